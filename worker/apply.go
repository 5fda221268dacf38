package worker

import (
	"context"
	"errors"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
)

// roundsOutside is how often the file is looked at again outside the locks before
// it is looked at inside them, where nobody else can save.
const roundsOutside = 2

// apply saves a confirmed batch (DESIGN §2.4). The team may have changed since
// the preview: then the file is checked again, and saved if it still changes the
// very same things.
func (w *Worker) apply(ctx context.Context, task tasks.Batch) (*store.Run, error) {
	begun := w.Now()
	run, ok, err := w.Store.StartRun(ctx, task.BatchID, task.Generation, batch.Confirmed)
	if err != nil || !ok {
		return nil, err
	}
	outcome, err := w.save(ctx, run, nil, nil)
	for round := 0; err == nil && outcome == store.ApplyMoved && round < roundsOutside; round++ {
		var again *store.Recheck
		if again, err = w.recheck(ctx, run); err == nil {
			outcome, err = w.save(ctx, run, again, nil)
		}
	}
	if err == nil && outcome == store.ApplyMoved {
		outcome, err = w.saveInside(ctx, run)
	}
	if err != nil {
		return run, err
	}
	if outcome == store.ApplyNothing {
		w.ended(ctx, run)
	}
	w.applied(ctx, run, outcome, begun)
	return run, nil
}

// inside is a look at the file under the locks of an apply.
type inside func(*store.View) (*store.Recheck, error)

// save tries to save under the organization's lock.
func (w *Worker) save(ctx context.Context, run *store.Run, again *store.Recheck, look inside) (outcome store.ApplyOutcome, err error) {
	p := w.newPulse(run)
	if err := p.enter(ctx, batch.Saving, run.Batch.Counts.Changed); err != nil {
		return store.ApplyNothing, err
	}
	err = p.during(ctx, func() error {
		outcome, err = w.Store.Apply(ctx, run, again, look)
		return err
	})
	if err == nil && outcome == store.ApplyApplied {
		p.left(run.Batch.Counts.Rows)
	}
	return outcome, err
}

// recheck looks at the stored file again, as a run of its own.
func (w *Worker) recheck(ctx context.Context, run *store.Run) (*store.Recheck, error) {
	w.Log.InfoContext(ctx, "team has changed since the preview: checking again", "batch_id", run.Batch.ID, "generation", run.Batch.Generation)
	again, ok, err := w.Store.StartRun(ctx, run.Batch.ID, run.Batch.Generation, batch.Confirmed)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errSuperseded
	}
	found, err := w.check(ctx, again, w.newPulse(again))
	w.ended(ctx, again)
	return found, err
}

// saveInside reads the file before the locks and compares it under them.
func (w *Worker) saveInside(ctx context.Context, run *store.Run) (_ store.ApplyOutcome, err error) {
	p := w.newPulse(run)
	leave, err := w.largeTurn(ctx, run.Batch.File.Size, p)
	if err != nil {
		return store.ApplyNothing, err
	}
	defer leave()
	r, err := w.read(ctx, run, p)
	if err != nil {
		return store.ApplyNothing, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	// A recheck of revision 0, which no plan has, stands for "look inside".
	return w.save(ctx, run, &store.Recheck{}, func(view *store.View) (*store.Recheck, error) {
		again, err := view.StartRun(ctx)
		if err != nil {
			return nil, err
		}
		found := &store.Recheck{Revision: view.Revision(), Run: again}
		found.Totals, err = r.compare(ctx, view, func(ctx context.Context, rows []*plan.RowReport) error {
			return view.AddRows(ctx, again, rows)
		})
		return found, err
	})
}

// applied tells operators of a finished apply.
func (w *Worker) applied(ctx context.Context, run *store.Run, outcome store.ApplyOutcome, begun time.Time) {
	if outcome == store.ApplyNothing {
		w.Log.InfoContext(ctx, "nothing to save any more", "batch_id", run.Batch.ID, "generation", run.Batch.Generation)
		return
	}
	state := string(batch.Applied)
	if outcome == store.ApplyStale {
		state = string(batch.FailureStalePlan)
	}
	w.Log.InfoContext(ctx, "batch saved", "batch_id", run.Batch.ID, "org_id", run.Batch.OrgID, "generation", run.Batch.Generation,
		"run", run.Number, "outcome", state, "changed", run.Batch.Counts.Changed,
		"took_ms", w.Now().Sub(begun).Milliseconds(), "request_id", run.Batch.RequestID)
	w.Metrics.Batch(state)
	w.wakeOutbox()
}
