package store

import (
	"context"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/sabotage"
)

// lockBatch takes the lock of a batch and reads it again. It is the fence: what
// was read before may be old.
func (h *handle) lockBatch(orgID, id string) (batch.Batch, error) {
	b, err := h.batch(" WHERE b.org_id = ? AND b.id = ?"+h.dialect.forUpdate("b"), uid(orgID), uid(id))
	if err == nil {
		h.mark.batchID = b.ID
	}
	return b, err
}

// move is one step of a batch to another state, with its audit entry.
type move struct {
	to                 batch.State
	actorID, requestID string
	set                string // more columns, each with a leading comma
	args               []any
}

// move makes the step by compare-and-set on the state and generation that b was
// locked with.
func (h *handle) move(b *batch.Batch, m move) error {
	if !batch.CanMove(b.State, m.to) && !sabotage.Without("state") {
		return wrongState(b.State)
	}
	if m.to.Final() {
		m.set += ", finished_at = ?"
		m.args = append(m.args, h.now)
	}
	args := append([]any{string(m.to)}, m.args...)
	moved, err := h.exec("UPDATE batches SET state = ?"+m.set+" WHERE org_id = ? AND id = ? AND state = ? AND generation = ?",
		append(args, b.OrgID, b.ID, string(b.State), b.Generation)...)
	if err != nil {
		return err
	}
	if moved != 1 {
		return wrongState(b.State)
	}
	return h.audit(AuditEntry{OrgID: b.OrgID, ActorID: m.actorID, Action: "batch." + string(m.to), Subject: b.ID, RequestID: m.requestID})
}

func wrongState(now batch.State) error {
	return fault.Newf(fault.Conflict, "wrong-state", "This file %s", stands(now))
}

// stands says where a batch stands and what can be done then, after "This file": to
// somebody who pressed a button of an old page, and to a program.
func stands(state batch.State) string {
	switch state {
	case batch.Uploaded:
		return "is still being checked. Wait for its preview."
	case batch.Ready:
		return "is waiting to be confirmed. Confirm or cancel it."
	case batch.Rejected:
		return "has problems. Mend them and upload it again."
	case batch.Confirmed:
		return "is being saved. Wait until that has ended."
	case batch.Applied:
		return "has been saved. Nothing is left to be done."
	case batch.Failed:
		return "could not be saved. Preview it again."
	case batch.Cancelled:
		return "has been cancelled. Preview it again if it is to be saved after all."
	}
	return "was not confirmed in time. Preview it again."
}

func anotherConfirmed() error {
	return fault.New(fault.Conflict, "another-batch-confirmed",
		"Another file is being saved right now. Confirm this one when it has finished.")
}

func planChanged() error {
	return fault.New(fault.Stale, "plan-changed",
		"The preview has changed since you looked at it. Look at the preview again, then confirm.")
}

// Confirm moves ready → confirmed. Looked at in this order: fault.Conflict
// "wrong-state" or "another-batch-confirmed"; fault.Stale "plan-changed". The
// batch has a new generation: ring for that.
func (s *Store) Confirm(ctx context.Context, orgID, id, planDigest, accountID, requestID string) (batch.Batch, error) {
	err := s.whenIn(ctx, orgID, id, []batch.State{batch.Ready}, func(h *handle, b *batch.Batch) error {
		if err := h.mayConfirm(b, planDigest); err != nil {
			return err
		}
		err := h.move(b, move{to: batch.Confirmed, actorID: accountID, requestID: requestID,
			set: ", confirmed_at = ?, generation = generation + 1, crashes = 0," +
				" confirmed_by = (SELECT a.email FROM accounts a WHERE a.org_id = ? AND a.id = ?)",
			args: []any{h.now, b.OrgID, uid(accountID)}})
		if isDuplicate(err) { // somebody else's was quicker by a hair
			return anotherConfirmed()
		}
		return wrap(err, "confirm batch")
	})
	if err != nil {
		return batch.Batch{}, err
	}
	return s.Batch(ctx, orgID, id)
}

func (h *handle) mayConfirm(b *batch.Batch, planDigest string) error {
	if b.PreviewedAt != nil && h.now.Sub(*b.PreviewedAt) > batch.ConfirmWithin {
		return wrongState(batch.Expired) // the next sweep says so too
	}
	var other string
	found, err := h.one(&other, "SELECT id FROM batches WHERE org_id = ? AND state = 'confirmed'", b.OrgID)
	switch {
	case err != nil:
		return wrap(err, "look for a confirmed batch")
	case found:
		return anotherConfirmed()
	case b.Plan == nil || *b.Plan != planDigest:
		return planChanged()
	}
	return nil
}

// Cancel moves uploaded or ready → cancelled; otherwise fault.Conflict "wrong-state".
func (s *Store) Cancel(ctx context.Context, orgID, id, accountID, requestID string) (batch.Batch, error) {
	err := s.whenIn(ctx, orgID, id, []batch.State{batch.Uploaded, batch.Ready}, func(h *handle, b *batch.Batch) error {
		return wrap(h.move(b, move{to: batch.Cancelled, actorID: accountID, requestID: requestID}), "cancel batch")
	})
	if err != nil {
		return batch.Batch{}, err
	}
	return s.Batch(ctx, orgID, id)
}

// whenIn runs act with the locked batch if it is in one of the states. It looks
// before it locks, so that it does not wait for a running apply only to say that
// it came too late.
func (s *Store) whenIn(ctx context.Context, orgID, id string, states []batch.State, act func(*handle, *batch.Batch) error) error {
	b, err := s.reads(ctx).batch(" WHERE b.org_id = ? AND b.id = ?", uid(orgID), uid(id))
	if err != nil {
		return err
	}
	if !oneOf(b.State, states) {
		return wrongState(b.State)
	}
	return s.inTx(ctx, shortWrite, func(h *handle) error {
		locked, err := h.lockBatch(orgID, id)
		if err != nil {
			return err
		}
		if !oneOf(locked.State, states) {
			return wrongState(locked.State)
		}
		return act(h, &locked)
	})
}

func oneOf(state batch.State, states []batch.State) bool {
	for _, s := range states {
		if s == state {
			return true
		}
	}
	return false
}

// Fail moves uploaded or confirmed → failed if the generation is still this one,
// with its mail in the outbox.
func (s *Store) Fail(ctx context.Context, batchID string, generation int, f batch.Failure) (moved bool, err error) {
	return s.failUnless(ctx, batchID, generation, f, func(*handle, *batch.Batch) (bool, error) { return false, nil })
}

// FailSilent is Fail for a batch whose runs have given no sign of life for so
// long; moved is false when one has.
func (s *Store) FailSilent(ctx context.Context, batchID string, generation int, silence time.Duration, f batch.Failure) (moved bool, err error) {
	return s.failUnless(ctx, batchID, generation, f, func(h *handle, b *batch.Batch) (bool, error) { return s.stirs(h, b, silence) })
}

// failUnless fails a batch unless what is looked at under its lock stands against
// it.
func (s *Store) failUnless(ctx context.Context, batchID string, generation int, f batch.Failure,
	against func(*handle, *batch.Batch) (bool, error),
) (moved bool, err error) {
	err = s.inTx(ctx, shortWrite, func(h *handle) error {
		moved = false
		b, err := h.batch(" WHERE b.id = ?"+h.dialect.forUpdate("b"), uid(batchID))
		if err != nil {
			return err
		}
		if b.Generation != generation || !b.State.Waiting() {
			return nil
		}
		if stands, err := against(h, &b); err != nil || stands {
			return err
		}
		h.mark.batchID = b.ID
		moved = true
		return h.fail(&b, f)
	})
	return moved && err == nil, err
}

// fail moves a locked batch to failed and reports it.
func (h *handle) fail(b *batch.Batch, f batch.Failure) error {
	if err := h.move(b, move{to: batch.Failed, set: ", failure_code = ?, failure_message = ?",
		args: []any{string(f.Code), f.Message}}); err != nil {
		return wrap(err, "fail batch")
	}
	kind := MailFailed
	if f.Code == batch.FailureStalePlan {
		kind = MailStale
	}
	return h.post(b, kind)
}

// expireAtOnce is how many batches one sweep expires.
const expireAtOnce = 200

// ExpireReady expires batches that have been ready for longer than
// batch.ConfirmWithin, and returns how many.
func (s *Store) ExpireReady(ctx context.Context) (int, error) {
	old := s.now().Add(-batch.ConfirmWithin)
	list, err := s.reads(ctx).batches(" WHERE b.state = 'ready' AND b.previewed_at < ? ORDER BY b.previewed_at LIMIT ?", old, expireAtOnce)
	if err != nil {
		return 0, err
	}
	expired := 0
	for i := range list {
		moved, err := s.expire(ctx, &list[i], old)
		if err != nil {
			return expired, err
		}
		if moved {
			expired++
		}
	}
	return expired, nil
}

func (s *Store) expire(ctx context.Context, seen *batch.Batch, old time.Time) (moved bool, err error) {
	err = s.inTx(ctx, shortWrite, func(h *handle) error {
		b, err := h.lockBatch(seen.OrgID, seen.ID)
		if err != nil || b.State != batch.Ready || b.PreviewedAt == nil || !b.PreviewedAt.Before(old) {
			return err
		}
		moved = true
		return wrap(h.move(&b, move{to: batch.Expired}), "expire batch")
	})
	return moved && err == nil, err
}
