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

// preview checks an uploaded file and stores what it would change and what is
// wrong with it (DESIGN §2.2).
func (w *Worker) preview(ctx context.Context, task tasks.Batch) (*store.Run, error) {
	begun := w.Now()
	run, ok, err := w.Store.StartRun(ctx, task.BatchID, task.Generation, batch.Uploaded)
	if err != nil || !ok {
		return nil, err
	}
	p := w.newPulse(run)
	found, err := w.check(ctx, run, p)
	if err != nil {
		return run, err
	}
	var moved bool
	err = p.during(ctx, func() error {
		moved, err = w.Store.FinishPreview(ctx, run, found.Totals, found.Revision)
		return err
	})
	if err != nil {
		return run, err
	}
	if !moved {
		return run, errSuperseded
	}
	w.previewed(ctx, run, found.Totals, begun)
	return run, nil
}

// check reads the file of a run and compares it with the team, outside of any
// lock. The kept rows are the run's.
func (w *Worker) check(ctx context.Context, run *store.Run, p *pulse) (_ *store.Recheck, err error) {
	leave, err := w.largeTurn(ctx, run.Batch.File.Size, p)
	if err != nil {
		return nil, err
	}
	defer leave()
	r, err := w.read(ctx, run, p)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	found := &store.Recheck{Run: run}
	rows := newKeepAhead(ctx, func(ctx context.Context, rows []*plan.RowReport) error {
		return w.Store.AddRows(ctx, run, rows)
	}, w.catching(ctx))
	defer rows.end()
	err = w.Store.View(ctx, run.Batch.OrgID, func(view *store.View) error {
		var err error
		found.Revision = view.Revision()
		found.Totals, err = r.compare(ctx, view, rows.keep)
		return err
	})
	return found, errors.Join(err, p.during(ctx, rows.wait))
}

// previewed tells operators of a finished preview: one line, and the numbers.
func (w *Worker) previewed(ctx context.Context, run *store.Run, t plan.Totals, begun time.Time) {
	outcome := batch.Ready
	if t.Digest == "" {
		outcome = batch.Rejected
		w.wakeOutbox()
	}
	w.Log.InfoContext(ctx, "batch previewed", "batch_id", run.Batch.ID, "org_id", run.Batch.OrgID, "generation", run.Batch.Generation,
		"run", run.Number, "outcome", outcome, "bytes", run.Batch.File.Size, "rows", t.Counts.Rows, "changed", t.Counts.Changed,
		"invalid", t.Counts.Invalid, "warned", t.Counts.Warnings, "file_problems", len(t.FileProblems),
		"took_ms", w.Now().Sub(begun).Milliseconds(), "request_id", run.Batch.RequestID)
	w.Metrics.Batch(string(outcome))
	w.Metrics.Rows(string(plan.Changed), t.Counts.Changed)
	w.Metrics.Rows(string(plan.Unchanged), t.Counts.Unchanged)
	w.Metrics.Rows(string(plan.Invalid), t.Counts.Invalid)
	for _, group := range t.Groups {
		w.Metrics.Problems(string(group.Code), group.Rows)
	}
	for _, p := range t.FileProblems {
		w.Metrics.Problems(string(p.Code), 1)
	}
}
