package worker

import (
	"context"
	"errors"
	"testing"

	"teamsheet/internal/plan"
)

func uncaught(work func() error) error { return work() }

// Rows are kept in order, and wait returns only when all are.
func TestKeepAheadKeepsAll(t *testing.T) {
	t.Parallel()
	var kept []int
	k := newKeepAhead(t.Context(), func(_ context.Context, rows []*plan.RowReport) error {
		for _, row := range rows {
			kept = append(kept, row.Row)
		}
		return nil
	}, uncaught)
	for n := range 100 {
		must(t, k.keep(t.Context(), []*plan.RowReport{{Row: 2 * n}, {Row: 2*n + 1}}))
	}
	must(t, k.wait())
	for i, row := range kept {
		if row != i {
			t.Fatalf("row %d stands at %d", row, i)
		}
	}
	if len(kept) != 200 {
		t.Errorf("%d rows were kept", len(kept))
	}
}

// Trouble of the store ends the judging too: no later call is accepted.
func TestKeepAheadTellsTrouble(t *testing.T) {
	t.Parallel()
	trouble, calls := errors.New("the database is away"), 0
	k := newKeepAhead(t.Context(), func(context.Context, []*plan.RowReport) error {
		calls++
		return trouble
	}, uncaught)
	must(t, k.keep(t.Context(), nil))
	<-k.failed
	if err := k.keep(t.Context(), nil); !errors.Is(err, trouble) {
		t.Errorf("error %v", err)
	}
	if err := k.wait(); !errors.Is(err, trouble) || calls != 1 {
		t.Errorf("error %v after %d calls", err, calls)
	}
}
