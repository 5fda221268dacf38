package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// testApplyCrash breaks an apply off at each point, as the end of the process
// would, and applies it again.
func testApplyCrash(t *testing.T, w *world) {
	for _, point := range []string{"after_lock", "mid_update", "before_commit"} {
		b := w.confirmed(w.changing(2, w.profile(2), moves("Town "+point), profile.Hometown))
		before := w.profile(2)
		run := w.startRun(b)
		crashing := w.open(store.Options{AtPoint: func(at string) {
			if at == point {
				panic(point)
			}
		}})
		func() {
			defer func() {
				if recover() != point {
					t.Errorf("the apply never came to %s", point)
				}
			}()
			_, _ = crashing.Apply(w.ctx, run, nil, nil)
		}()
		if diff := cmp.Diff(before, w.profile(2)); diff != "" {
			t.Errorf("%s: something was saved:\n%s", point, diff)
		}
		if got, err := w.store.Apply(w.ctx, run, nil, nil); err != nil || got != store.ApplyApplied {
			t.Errorf("%s: the next apply: outcome %d, %v", point, got, err)
		}
	}
}

// testCancelled cancels the caller in the middle of an apply: nothing is saved.
func testCancelled(t *testing.T, w *world) {
	b := w.confirmed(w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown))
	run := w.startRun(b)
	for _, point := range []string{"after_lock", "mid_update"} {
		ctx, cancel := context.WithCancel(w.ctx)
		cancelling := w.open(store.Options{AtPoint: func(at string) {
			if at == point {
				cancel()
			}
		}})
		if got, err := cancelling.Apply(ctx, run, nil, nil); err == nil {
			t.Errorf("%s: outcome %d of a cancelled apply", point, got)
		}
		w.untouched(2)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	late := w.open(store.Options{AtPoint: func(at string) {
		if at == "before_commit" {
			cancel()
		}
	}})
	if got, err := late.Apply(ctx, run, nil, nil); err != nil || got != store.ApplyApplied {
		t.Errorf("a COMMIT cannot be cancelled: outcome %d, %v", got, err)
	}
}

// testReaders read the whole team while batches are applied: all of a plan or
// none of it.
func testReaders(t *testing.T, w *world) {
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					w.wantOneTown()
				}
			}
		})
	}
	for round := range 15 {
		var rows []*plan.RowReport
		for n := 1; n <= teamSize; n++ {
			rows = append(rows, w.changing(n, w.profile(n), moves(fmt.Sprint("Town", round)), profile.Hometown))
		}
		if got := w.apply(w.confirmed(rows...)); got != store.ApplyApplied {
			t.Errorf("outcome %d", got)
		}
	}
	close(done)
	readers.Wait()
}

// wantOneTown fails unless everybody lives in one town and has one version.
func (w *world) wantOneTown() {
	towns := map[string]int{}
	err := w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		return v.Team(w.ctx, store.TeamOptions{}, func(p *profile.Profile) error {
			towns[fmt.Sprint(p.Hometown, " ", p.Version, " ", v.Revision())]++
			return nil
		})
	})
	if err != nil || len(towns) != 1 {
		w.t.Errorf("a reader saw %v, %v", towns, err)
	}
}

// testAppliesAndEdits applies batches while people edit the same profiles: no
// deadlock, nothing lost, every change in the history once.
func testAppliesAndEdits(t *testing.T, w *world) {
	const editors, edits, files = 3, 12, 6
	second := w.open(store.Options{})
	var applied int
	errs := together(editors+1, func(n int) error {
		if n == editors {
			for range files {
				if w.applyOnce(second) {
					applied++
				}
			}
			return nil
		}
		for i := range edits {
			if err := w.appendToBio(n + 1 + i%4); err != nil {
				return err
			}
		}
		return nil
	})
	w.must(errors.Join(errs...))
	var bios, versions int
	for n := 1; n <= teamSize; n++ {
		p := w.profile(n)
		bios += len(p.Bio)
		versions += int(p.Version) - 1
		history, err := w.store.History(w.ctx, w.org.ID, personID(n), 1000)
		w.must(err)
		if len(history) != int(p.Version)-1 {
			t.Errorf("person %d has version %d and %d changes", n, p.Version, len(history))
		}
	}
	if bios != editors*edits || versions != editors*edits+applied*teamSize || w.revision() != int64(1+editors*edits+applied) {
		t.Errorf("%d edits kept of %d, %d versions, %d files applied, revision %d", bios, editors*edits, versions, applied, w.revision())
	}
	t.Logf("%d of %d files applied beside %d edits", applied, files, editors*edits)
}

func (w *world) appendToBio(n int) error {
	for {
		p, err := w.store.Profile(w.ctx, w.org.ID, personID(n))
		if err != nil {
			return err
		}
		_, _, err = w.tryEdit(w.store, n, p.Version, func(p *profile.Profile) { p.Bio += "x" }, profile.Bio)
		if err == nil || !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Unavailable) {
			return err
		}
	}
}

// applyOnce brings one file through on a store, looking again inside the locks.
func (w *world) applyOnce(s *store.Store) bool {
	rowsOf := func(v *store.View) (rows []*plan.RowReport, err error) {
		err = v.Team(w.ctx, store.TeamOptions{}, func(p *profile.Profile) error {
			kept := *p
			kept.GroupIDs = nil
			rows = append(rows, changing(v.Directory(), len(rows)+2, kept, func(p *profile.Profile) { p.StateOrCountry += "y" }, profile.StateOrCountry))
			return nil
		})
		return rows, err
	}
	b := w.upload()
	run := w.startRun(b)
	w.must(s.View(w.ctx, w.org.ID, func(v *store.View) error {
		rows, err := rowsOf(v)
		if err == nil {
			err = s.AddRows(w.ctx, run, rows)
		}
		if err == nil {
			_, err = s.FinishPreview(w.ctx, run, totalsOf(rows), v.Revision())
		}
		return err
	}))
	b = w.confirm(w.batch(b.ID))
	run = w.startRun(b)
	outcome, err := s.Apply(w.ctx, run, &store.Recheck{Revision: -1, Run: run}, func(v *store.View) (*store.Recheck, error) {
		third, err := v.StartRun(w.ctx)
		if err != nil {
			return nil, err
		}
		rows, err := rowsOf(v)
		if err != nil {
			return nil, err
		}
		return &store.Recheck{Revision: v.Revision(), Totals: totalsOf(rows), Run: third}, v.AddRows(w.ctx, third, rows)
	})
	w.must(err)
	return outcome == store.ApplyApplied
}

// testEditWaits edits while an apply holds its locks.
func testEditWaits(t *testing.T, w *world) {
	b := w.confirmed(w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown))
	locked, release := make(chan struct{}), make(chan struct{})
	var log bytes.Buffer
	slow := w.open(store.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), AtPoint: func(at string) {
		if at == "after_lock" {
			close(locked)
			<-release
		}
	}})
	run := w.startRun(b)
	outcome := make(chan error, 1)
	go func() {
		_, err := slow.Apply(w.ctx, run, nil, nil)
		outcome <- err
	}()
	<-locked
	// Whoever reads or beats does not wait.
	w.untouched(2)
	w.must(w.store.Beat(w.ctx, run, batch.Progress{Phase: batch.Saving}))
	w.must(w.store.Rung(w.ctx, b.ID, b.Generation))
	if !slow.Embedded() { // on SQLite every write waits for its turn
		w.clock.Add(time.Minute)
		if moved, err := w.store.NextGeneration(w.ctx, b.ID, b.Generation, time.Second); err != nil || moved {
			t.Errorf("the generation of a batch that is being saved: moved %v, %v", moved, err)
		}
	}
	if _, err := w.store.Cancel(w.ctx, w.org.ID, b.ID, w.account.ID, ""); fault.CodeOf(err) != "wrong-state" {
		t.Errorf("cancel: %v", err)
	}
	_, _, err := w.tryEdit(slow, 3, 1, moves("Faro"), profile.Hometown)
	w.wantFault(err, fault.Unavailable, "bulk-update-running")
	close(release)
	w.must(<-outcome)
	// The lock that the edit waited for is a slow statement on Postgres.
	if text := log.String(); strings.Contains(text, "slow statement") == slow.Embedded() || strings.Contains(text, w.org.ID) {
		t.Errorf("slow statements are logged without values; got %q", text)
	}
	w.edit(3, moves("Faro"), profile.Hometown)
}
