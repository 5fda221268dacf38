package producer

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/store"
)

// parts answers with as many rows as each part of the file has, a hundred rows
// further on each time; the last part is the end.
func parts(asked *[]string, found ...int) func(store.RowsQuery) ([]plan.RowReport, int, error) {
	return func(q store.RowsQuery) ([]plan.RowReport, int, error) {
		*asked = append(*asked, fmt.Sprint(q.After, "+", q.Limit))
		rows := make([]plan.RowReport, min(found[0], q.Limit))
		next := q.After + 100
		if found = found[1:]; len(found) == 0 {
			next = 0
		}
		return rows, next, nil
	}
}

func TestPageIsFilledFromSeveralParts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		found []int
		asked []string
		rows  int
		next  int
		short bool
	}{
		"full at once":        {[]int{10, 10}, []string{"7+10"}, 10, 107, false},
		"the end":             {[]int{3}, []string{"7+10"}, 3, 0, false},
		"full after some":     {[]int{4, 0, 9, 9}, []string{"7+10", "107+6", "207+6"}, 10, 307, false},
		"the end after some":  {[]int{4, 0, 1}, []string{"7+10", "107+6", "207+6"}, 5, 0, false},
		"enough looked at":    {[]int{1, 0, 0, 0, 1, 5}, []string{"7+10", "107+9", "207+9", "307+9", "407+9"}, 2, 507, true},
		"the last look fills": {[]int{1, 0, 0, 0, 9, 5}, []string{"7+10", "107+9", "207+9", "307+9", "407+9"}, 10, 507, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			p, err := fillRows(store.RowsQuery{After: 7, Limit: 10}, parts(&asked, c.found...))
			if err != nil || len(p.rows) != c.rows || p.next != c.next || p.short != c.short || !slices.Equal(asked, c.asked) {
				t.Errorf("%v, %d rows, next %d, short %v, asked %q; want %+v", err, len(p.rows), p.next, p.short, asked, c)
			}
		})
	}
	broken := errors.New("database is away")
	if _, err := fillRows(store.RowsQuery{}, func(store.RowsQuery) ([]plan.RowReport, int, error) { return nil, 0, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestNoRowsIsSaidOfWhatWasLookedThrough(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query rowsQuery
		rows  rowsPage
		want  string
	}{
		{rowsQuery{Show: "problems"}, rowsPage{}, "No row has a problem."},
		{rowsQuery{Show: "changes", Search: "x"}, rowsPage{}, "No row fits what you are looking for."},
		{rowsQuery{Show: "changes", Search: "x"}, rowsPage{next: 1234, short: true}, "No row from 2 to 1,234 fits what you are looking for."},
		{rowsQuery{Show: "changes", Search: "x", After: 1234}, rowsPage{}, "No further row fits what you are looking for."},
	} {
		p := sampleParts(batch.Ready, c.query)
		p.rows = c.rows
		v := newRowsView(p)
		if v.Empty != c.want || (v.Further != "") != c.rows.short || v.More != "" {
			t.Errorf("%+v: %q, further %q, more %q", c.query, v.Empty, v.Further, v.More)
		}
	}
}
