package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func testFinishPreview(t *testing.T, w *world) {
	b := w.upload()
	run := w.startRun(b)
	warning := problem.Problem{Code: problem.ColumnMostlyChanged, Column: "Hometown", Message: "m", Fix: "f", Suggestions: []string{}}
	totals := plan.Totals{
		Counts:          batch.Counts{Rows: 10, Changed: 3, Unchanged: 7, Warnings: 1, Blank: 2},
		ChangesByColumn: []batch.ColumnChanges{{Column: "Hometown", Changed: 3, Cleared: 1}},
		FileWarnings:    []problem.Problem{warning}, NotInFile: 5, Digest: "digest",
		Highlights: batch.Highlights{Deactivated: 2, Examples: map[string][]batch.Example{"Hometown": {{Old: "Porto", New: "É\n\"x\""}}},
			Mends: []batch.Mend{{Kind: batch.MendDates, Column: "Start Date", Count: 7}}},
	}
	w.clock.Add(time.Minute)
	moved, err := w.store.FinishPreview(w.ctx, run, totals, 42)
	w.must(err)
	got := w.batch(b.ID)
	if !moved || got.State != batch.Ready || got.Counts != totals.Counts || got.Plan == nil || *got.Plan != "digest" || got.Revision != 42 ||
		got.Run != run.Number || got.NotInFile != 5 || !got.PreviewedAt.Equal(w.account.CreatedAt.Add(time.Minute)) ||
		got.Progress != (batch.Progress{Phase: batch.Comparing, Done: 10, Total: 10}) {
		t.Errorf("moved %v, %+v", moved, got)
	}
	if diff := cmp.Diff(totals.ChangesByColumn, got.ChangesByColumn) + cmp.Diff(totals.FileWarnings, got.FileWarnings) +
		cmp.Diff(totals.Highlights, got.Highlights); diff != "" {
		t.Error(diff)
	}
	if len(w.dueMails()) != 0 {
		t.Error("a ready batch has a mail")
	}
}

func testRejected(t *testing.T, w *world) {
	for name, totals := range map[string]plan.Totals{
		"a row":    {Counts: batch.Counts{Rows: 3, Invalid: 3}, Groups: []plan.Group{{Rows: 3}, {Rows: 1}}},
		"the file": {FileProblems: []problem.Problem{{Code: problem.HeaderMissing, Message: "m", Suggestions: []string{}}}, Digest: "digest"},
	} {
		b := w.upload()
		moved, err := w.store.FinishPreview(w.ctx, w.startRun(b), totals, 1)
		w.must(err)
		got := w.batch(b.ID)
		if !moved || got.State != batch.Rejected || got.Plan != nil || got.FinishedAt == nil || got.Problems != totals.Problems() || len(got.FileProblems) != len(totals.FileProblems) {
			t.Errorf("%s: moved %v, %+v", name, moved, got)
		}
		w.wantMails(b.ID, store.MailRejected)
	}
}

// testLatePreview ends a preview after the batch has moved on: its rows go.
func testLatePreview(t *testing.T, w *world) {
	b := w.upload()
	late := w.startRun(b)
	w.must(w.store.AddRows(w.ctx, late, w.sampleRows()))
	w.clock.Add(time.Minute)
	moved, err := w.store.NextGeneration(w.ctx, b.ID, b.Generation, time.Second)
	w.must(err)
	if !moved {
		t.Fatal("the generation was not raised")
	}
	if _, ok, err := w.store.StartRun(w.ctx, b.ID, b.Generation, batch.Uploaded); err != nil || ok {
		t.Errorf("a run of an old generation: %v, %v", ok, err)
	}
	fresh := w.startRun(w.batch(b.ID))
	rows := w.sampleRows()[:1]
	w.must(w.store.AddRows(w.ctx, fresh, rows))
	for _, c := range []struct {
		run  *store.Run
		want bool
	}{{late, false}, {fresh, true}, {fresh, false}} {
		moved, err := w.store.FinishPreview(w.ctx, c.run, totalsOf(rows), 1)
		w.must(err)
		if moved != c.want {
			t.Fatalf("moved %v, want %v", moved, c.want)
		}
	}
	left, _, err := w.store.Rows(w.ctx, w.org.ID, b.ID, store.RowsQuery{})
	w.must(err)
	if len(left) != len(rows) {
		t.Errorf("%d rows of the live run are left, want %d", len(left), len(rows))
	}
	// The late run's rows are gone: writing them again does not collide.
	w.must(w.store.AddRows(w.ctx, late, w.sampleRows()))
	got := w.batch(b.ID)
	if got.State != batch.Ready || got.Generation != 2 || got.Crashes != 0 || got.Run != fresh.Number {
		t.Errorf("%+v", got)
	}
}

// testSlowIsNotDead takes a run for dead that was only slow: when it ends, its crash
// is taken back, once. One that is really gone, and those of a state before, count.
func testSlowIsNotDead(t *testing.T, w *world) {
	b := w.upload()
	takeOver := func() {
		t.Helper()
		w.clock.Add(time.Minute)
		now := w.batch(b.ID)
		moved, err := w.store.NextGeneration(w.ctx, b.ID, now.Generation, time.Second)
		w.must(err)
		if !moved {
			t.Fatal("the batch was not taken over")
		}
	}
	crashes := func(want int) {
		t.Helper()
		if got := w.batch(b.ID).Crashes; got != want {
			t.Fatalf("%d crashes, want %d", got, want)
		}
	}
	dead := w.startRun(b)
	takeOver()
	slow := w.startRun(w.batch(b.ID))
	twin := w.startRun(w.batch(b.ID)) // its task came twice
	takeOver()
	crashes(2)
	w.must(w.store.EndRun(w.ctx, slow))
	crashes(2)
	w.must(w.store.EndRun(w.ctx, twin))
	crashes(1)
	w.must(w.store.EndRun(w.ctx, slow)) // again: it has ended already
	crashes(1)
	last := w.startRun(w.batch(b.ID))
	w.must(w.store.EndRun(w.ctx, last)) // of this generation: nobody was taken for dead
	crashes(1)
	w.must(w.store.EndRun(w.ctx, dead))
	crashes(0)
}

// testRowsNotAdded fails to add rows: nothing of them is found later.
func testRowsNotAdded(t *testing.T, w *world) {
	b := w.upload()
	run := w.startRun(b)
	rows := w.sampleRows()
	w.must(w.store.AddRows(w.ctx, run, rows[2:]))
	gone, cancel := context.WithCancel(w.ctx)
	cancel()
	for _, some := range [][]*plan.RowReport{rows[:1], rows[2:3]} { // by a caller who is gone, and a second time
		if err := w.store.AddRows(gone, run, some); err == nil {
			t.Fatal("rows were added")
		}
		gone = w.ctx
	}
	w.must(w.store.AddRows(w.ctx, run, rows[1:2]))
	_, err := w.store.FinishPreview(w.ctx, run, totalsOf(rows[1:]), w.revision())
	w.must(err)
	w.wantRows(b, store.RowsQuery{}, 3, 4, 5, 6)
	w.wantRows(b, store.RowsQuery{Show: "changes"}, 4)
}

func testHeartbeats(t *testing.T, w *world) {
	b := w.upload()
	w.wantWaiting(store.WaitingBatch{ID: b.ID, State: batch.Uploaded, Generation: 1, Size: 1234, Since: b.UploadedAt})
	w.must(w.store.Rung(w.ctx, b.ID, 1))
	rung := w.stamp()
	w.clock.Add(time.Second)
	run := w.startRun(b)
	w.wantWaiting(store.WaitingBatch{ID: b.ID, State: batch.Uploaded, Generation: 1, Size: 1234, Since: b.UploadedAt, RungAt: rung, BeatAt: w.stamp()})
	w.clock.Add(time.Second)
	progress := batch.Progress{Phase: batch.Comparing, Done: 7, Total: 9}
	w.must(w.store.Beat(w.ctx, run, progress))
	if got := w.batch(b.ID).Progress; got != progress {
		t.Errorf("progress %+v, want %+v", got, progress)
	}
	w.wantWaiting(store.WaitingBatch{ID: b.ID, State: batch.Uploaded, Generation: 1, Size: 1234, Since: b.UploadedAt, RungAt: rung, BeatAt: w.stamp()})

	for _, c := range []struct {
		from          int
		passed, limit time.Duration
		want          bool
	}{{1, 0, 0, false}, {1, time.Second, time.Second, false}, {1, time.Second, time.Second, true}, {1, time.Hour, time.Second, false}, {2, 0, 0, true}} {
		w.clock.Add(c.passed)
		moved, err := w.store.NextGeneration(w.ctx, b.ID, c.from, c.limit)
		w.must(err)
		if moved != c.want {
			t.Fatalf("from %d: moved %v", c.from, moved)
		}
	}
	w.must(w.store.Beat(w.ctx, run, progress)) // the dead worker was only slow
	w.wantWaiting(store.WaitingBatch{ID: b.ID, State: batch.Uploaded, Generation: 3, Size: 1234, Crashes: 1, Since: b.UploadedAt})
	if got := w.batch(b.ID).Progress; got.Done != 0 {
		t.Errorf("progress %+v of an old generation", got)
	}
	_, err := w.store.Cancel(w.ctx, w.org.ID, b.ID, w.account.ID, "")
	w.must(err)
	w.wantWaiting()
}

// stamp is the time as it is stored.
func (w *world) stamp() time.Time { return w.clock.Now().Truncate(time.Microsecond) }

func (w *world) wantWaiting(want ...store.WaitingBatch) {
	w.t.Helper()
	got, err := w.store.Waiting(w.ctx, 10)
	w.must(err)
	if len(got)+len(want) > 0 {
		if diff := cmp.Diff(want, got); diff != "" {
			w.t.Errorf("waiting:\n%s", diff)
		}
	}
	for i, last := range got {
		behind, err := w.store.WaitingBehind(w.ctx, last, 10)
		w.must(err)
		if diff := cmp.Diff(got[i+1:], behind); diff != "" {
			w.t.Errorf("waiting behind number %d:\n%s", i+1, diff)
		}
	}
}

// testWaitingConfirmed waits in another state: the heartbeat of the preview says
// nothing about the apply.
func testWaitingConfirmed(t *testing.T, w *world) {
	b := w.readyBatch()
	w.wantWaiting()
	w.clock.Add(time.Hour)
	b = w.confirm(b)
	w.wantWaiting(store.WaitingBatch{ID: b.ID, State: batch.Confirmed, Generation: 2, Size: 1234, Since: w.stamp()})
}

// testDeadRuns drops what an abandoned run wrote, and nothing else.
func testDeadRuns(t *testing.T, w *world) {
	dead := w.upload()
	deadRun := w.startRun(dead)
	w.addTwice(deadRun)
	live := w.preview(w.sampleRows()...)
	w.clock.Add(30 * time.Minute)
	slow := w.upload()
	slowRun := w.startRun(slow)
	w.must(w.store.AddRows(w.ctx, slowRun, w.sampleRows()))
	w.wantDropped(0)
	w.clock.Add(31 * time.Minute)
	w.must(w.store.Beat(w.ctx, slowRun, batch.Progress{}))
	w.wantDropped(0) // the dead one might still end its preview
	w.takeOver(dead)
	w.wantDropped(1)
	w.clock.Add(59 * time.Minute)
	w.wantDropped(0)
	rows, _, err := w.store.Rows(w.ctx, w.org.ID, live.ID, store.RowsQuery{})
	w.must(err)
	if len(rows) != 5 {
		t.Errorf("%d rows of the live run are left", len(rows))
	}
	moved, err := w.store.FinishPreview(w.ctx, slowRun, totalsOf(w.sampleRows()), 1)
	w.must(err)
	rows, _, err = w.store.Rows(w.ctx, w.org.ID, slow.ID, store.RowsQuery{})
	w.must(err)
	if !moved || len(rows) != 5 {
		t.Errorf("moved %v, %d rows of the slow run", moved, len(rows))
	}
	// What the dead run wrote is gone: writing it again does not collide.
	w.addTwice(&store.Run{Batch: deadRun.Batch, Number: deadRun.Number})
}

// testFrozenRun has a machine sleep in the middle of a preview, for longer than a run
// may be silent. Whatever sweeps first when it wakes, the run can still end, so that
// all it wrote is kept until it can no longer.
func testFrozenRun(t *testing.T, w *world) {
	b := w.upload()
	run := w.startRun(b)
	rows := w.sampleRows()
	w.must(w.store.AddRows(w.ctx, run, rows[:3]))
	w.clock.Add(8 * time.Hour)
	w.wantDropped(0)
	w.must(w.store.AddRows(w.ctx, run, rows[3:]))
	moved, err := w.store.FinishPreview(w.ctx, run, totalsOf(rows), 1)
	w.must(err)
	kept, _, err := w.store.Rows(w.ctx, w.org.ID, b.ID, store.RowsQuery{})
	w.must(err)
	if !moved || len(kept) != len(rows) {
		t.Errorf("moved %v, with %d of %d rows", moved, len(kept), len(rows))
	}
	// A run that ended without an end of its preview, and so will have none, is dropped.
	failed := w.startRun(w.upload())
	w.must(w.store.AddRows(w.ctx, failed, rows))
	w.must(w.store.EndRun(w.ctx, failed))
	w.clock.Add(2 * time.Hour)
	w.wantDropped(1)
	// What looks at a file again has ended before its rows are saved.
	confirmed := w.confirm(w.readyBatch())
	again, ok, err := w.store.StartRun(w.ctx, confirmed.ID, confirmed.Generation, batch.Confirmed)
	w.must(err)
	w.must(w.store.EndRun(w.ctx, again))
	w.clock.Add(2 * time.Hour)
	w.wantDropped(0)
	w.takeOver(confirmed)
	w.wantDropped(1)
	if !ok {
		t.Error("the second look did not begin")
	}
}

// takeOver raises the generation of a batch, as if its worker was gone.
func (w *world) takeOver(b batch.Batch) {
	w.t.Helper()
	moved, err := w.store.NextGeneration(w.ctx, b.ID, b.Generation, time.Minute)
	w.must(err)
	if !moved {
		w.t.Fatal("the batch was not taken over")
	}
}

// addTwice adds rows in two passes and then one more: what was gathered of the
// first pass is written with it.
func (w *world) addTwice(run *store.Run) {
	w.t.Helper()
	w.must(w.store.AddRows(w.ctx, run, w.sampleRows()[2:]))
	w.must(w.store.AddRows(w.ctx, run, w.sampleRows()[:1]))
	w.must(w.store.AddRows(w.ctx, run, w.sampleRows()[1:2]))
}

func (w *world) wantDropped(want int) {
	w.t.Helper()
	got, err := w.store.DropDeadRuns(w.ctx)
	w.must(err)
	if got != want {
		w.t.Errorf("dropped %d runs, want %d", got, want)
	}
}

// testUnknownBatch asks for batches that do not exist.
func testUnknownBatch(t *testing.T, w *world) {
	for _, id := range []string{"", "x", store.NewID()} {
		if _, _, err := w.store.StartRun(w.ctx, id, 1, batch.Uploaded); err == nil {
			t.Errorf("a run of %q began", id)
		}
		if moved, err := w.store.NextGeneration(w.ctx, id, 1, 0); err != nil || moved {
			t.Errorf("NextGeneration of %q: %v, %v", id, moved, err)
		}
		if err := w.store.Rung(w.ctx, id, 1); err == nil {
			t.Errorf("rang for %q", id)
		}
	}
}

func testStats(t *testing.T, w *world) {
	w.upload()
	w.clock.Add(time.Minute)
	w.upload()
	w.preview(invalid(2, personID(2), problem.TooLong, profile.Bio, "x"))
	w.clock.Add(time.Minute)
	got, err := w.store.Stats(w.ctx)
	w.must(err)
	want := store.Stats{
		BatchesByState: map[batch.State]int{batch.Uploaded: 2, batch.Rejected: 1},
		OldestWaiting:  map[batch.State]time.Duration{batch.Uploaded: 2 * time.Minute},
		MailsPending:   1, OldestMail: time.Minute,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
