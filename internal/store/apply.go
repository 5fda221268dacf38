package store

import (
	"context"
	"errors"
	"fmt"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/sabotage"
)

// Recheck is what a second look at the stored file found.
type Recheck struct {
	Revision int64
	Totals   plan.Totals
	Run      *Run // its rows replace the previewed ones when the digest is the same
}

// ApplyOutcome of Apply.
type ApplyOutcome uint8

// The outcomes.
const (
	ApplyNothing ApplyOutcome = iota // no longer confirmed or another generation
	ApplyApplied
	ApplyStale // the plan is no longer the same: the batch is failed with stale-plan, nothing saved
	ApplyMoved // the revision has moved since the plan (or since recheck): look again and call with a Recheck
)

// staleMessage tells the person what a stale plan is.
const staleMessage = "The team has changed since the preview, and the file would no longer change what the preview showed." +
	" Nothing was saved. Preview the file again and confirm it."

// Apply is DESIGN §2.4 in one transaction. recheck nil: the plan of the preview.
// inside, if not nil, is called with a view inside the locks when the revision
// has moved since recheck too, so that a third look happens under them; it writes
// its rows with View.StartRun and View.AddRows, never with the store's own
// methods, which would wait for the locks. A COMMIT whose reply is lost is
// decided by reading the database again.
func (s *Store) Apply(ctx context.Context, run *Run, recheck *Recheck, inside func(v *View) (*Recheck, error)) (ApplyOutcome, error) {
	a := &applying{store: s, run: run, recheck: recheck, inside: inside}
	err := s.inTx(ctx, longWrite, func(h *handle) error {
		h.at = s.at
		return a.inLocks(h)
	})
	if errors.Is(err, errMoved) {
		return ApplyMoved, nil
	}
	if err != nil {
		return ApplyNothing, err
	}
	return a.outcome, nil
}

// errMoved rolls an apply back whose revision has moved.
var errMoved = errors.New("the revision has moved")

// applying is one apply.
type applying struct {
	store   *Store
	run     *Run
	recheck *Recheck
	inside  func(v *View) (*Recheck, error)
	outcome ApplyOutcome
}

// inLocks is the transaction: lock, look again, decide, save.
func (a *applying) inLocks(h *handle) error {
	h.at("before_lock")
	org, err := h.lockOrg(a.run.Batch.OrgID)
	if err != nil {
		return err
	}
	b, err := h.lockBatch(a.run.Batch.OrgID, a.run.Batch.ID)
	if err != nil {
		return err
	}
	h.at("after_lock")
	a.outcome = ApplyNothing
	if (b.State != batch.Confirmed || b.Generation != a.run.Batch.Generation) && !sabotage.Without("fence") {
		return nil
	}
	fresh, err := a.plan(h, &b, org.Revision)
	if err != nil {
		return err
	}
	if fresh != nil && !samePlan(&b, fresh) {
		a.outcome = ApplyStale
		return h.fail(&b, batch.Failure{Code: batch.FailureStalePlan, Message: staleMessage})
	}
	a.outcome = ApplyApplied
	return a.save(h, &b, fresh, org.People)
}

// plan finds the plan to save: nil is the preview's own, which still holds when
// the revision has not moved.
func (a *applying) plan(h *handle, b *batch.Batch, revision int64) (*Recheck, error) {
	switch {
	case revision == b.Revision, sabotage.Without("revision"):
		return nil, nil
	case a.recheck == nil:
		return nil, errMoved
	case revision == a.recheck.Revision:
		return a.recheck, nil
	case a.inside == nil:
		return nil, errMoved
	}
	view, err := a.store.newView(h, b.OrgID)
	if err != nil {
		return nil, err
	}
	view.applying = a.run
	fresh, err := a.inside(view)
	if err == nil && fresh.Revision != revision {
		err = fmt.Errorf("apply: looked at revision %d inside the locks of %d", fresh.Revision, revision)
	}
	return fresh, err
}

func samePlan(b *batch.Batch, fresh *Recheck) bool {
	return b.Plan != nil && fresh.Totals.Digest == *b.Plan
}

// save changes the profiles and writes everything that says so.
func (a *applying) save(h *handle, b *batch.Batch, fresh *Recheck, people int) error {
	step := move{to: batch.Applied, requestID: b.RequestID}
	run, changed := b.Run, b.Counts.Changed
	if fresh != nil {
		run, changed = fresh.Run.Number, fresh.Totals.Counts.Changed
		if err := h.addPostings(fresh.Run, fresh.Run.lists().rest()); err != nil {
			return err
		}
		var err error
		if step.set, step.args, err = totalsSet(fresh.Run, fresh.Totals); err != nil {
			return err
		}
	}
	if err := h.saveRows(b, run, int64(changed), people); err != nil {
		return err
	}
	h.at("mid_update")
	if changed > 0 {
		if err := h.raiseRevision(b.OrgID); err != nil {
			return err
		}
	}
	if err := h.move(b, step); err != nil {
		return wrap(err, "apply")
	}
	return h.postApplied(b)
}

// postApplied reports success to those who asked for it.
func (h *handle) postApplied(b *batch.Batch) error {
	var wanted bool
	if _, err := h.one(&wanted, "SELECT notify_applied FROM accounts WHERE org_id = ? AND id = ?", b.OrgID, b.AccountID); err != nil {
		return wrap(err, "load account")
	}
	if !wanted {
		return nil
	}
	return h.post(b, MailApplied)
}

// StartRun begins a run inside the locks of an apply, for the third look.
func (v *View) StartRun(context.Context) (*Run, error) {
	if v.applying == nil {
		return nil, errors.New("start run: this view is not inside an apply")
	}
	run := v.store.newRun(v.applying.Batch)
	return run, v.h.insertRun(run)
}

// AddRows writes kept rows of a run that View.StartRun began. They are saved or
// lost with the apply.
func (v *View) AddRows(_ context.Context, run *Run, rows []*plan.RowReport) error {
	if v.applying == nil {
		return errors.New("add rows: this view is not inside an apply")
	}
	return run.added(rows, v.h.addRows(run, rows))
}
