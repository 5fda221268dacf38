package store

import (
	"context"
	"time"

	"teamsheet/internal/batch"
)

// WaitingBatch is one that a task should be moving.
type WaitingBatch struct {
	ID         string
	State      batch.State
	Generation int
	Size       int64
	Crashes    int
	Since      time.Time // uploaded or confirmed at
	RungAt     time.Time // for this generation; zero: never
	// BeatAt is the newest sign of life of this generation; zero: none of its runs
	// is going on, because none has begun or each has ended.
	BeatAt time.Time
}

// Waiting lists batches that a task should be moving, the longest waiting first.
func (s *Store) Waiting(ctx context.Context, limit int) ([]WaitingBatch, error) {
	return s.waiting(ctx, &conditions{}, limit)
}

// WaitingBehind lists batches as Waiting does, from behind one of an earlier list on.
func (s *Store) WaitingBehind(ctx context.Context, last WaitingBatch, limit int) ([]WaitingBatch, error) {
	where := &conditions{}
	where.add("(coalesce(b.confirmed_at, b.uploaded_at), b.id) > (?, ?)", stored(last.Since), uid(last.ID))
	return s.waiting(ctx, where, limit)
}

func (s *Store) waiting(ctx context.Context, where *conditions, limit int) ([]WaitingBatch, error) {
	where.add("b.state IN ('uploaded', 'confirmed')")
	list, err := s.reads(ctx).batches(where.sql()+" ORDER BY coalesce(b.confirmed_at, b.uploaded_at), b.id LIMIT ?",
		append(where.args, pageLimit(limit))...)
	if err != nil {
		return nil, err
	}
	refs := make([]batchRef, len(list))
	for i := range list {
		refs[i] = batchRef{list[i].OrgID, list[i].ID, list[i].Generation}
	}
	signs, err := s.pulse.signs(ctx, refs)
	if err != nil {
		return nil, wrap(err, "read heartbeats")
	}
	h := s.reads(ctx)
	begun, err := h.runsGoingOn(list)
	if err != nil {
		return nil, err
	}
	waiting := make([]WaitingBatch, len(list))
	for i := range list {
		b, sign := &list[i], signs[list[i].ID]
		waiting[i] = WaitingBatch{ID: b.ID, State: b.State, Generation: b.Generation, Size: b.File.Size, Crashes: b.Crashes,
			Since: waitingSince(b), RungAt: sign.rungAt, BeatAt: lifeOf(begun[b.ID], sign.beatAt)}
	}
	return waiting, nil
}

// lifeOf is the newest sign of life of runs of which the last began at begun;
// zero: none is going on. A beat can be lost, on SQLite with its process; that
// the run began is not.
func lifeOf(begun, beatAt time.Time) time.Time {
	if begun.IsZero() || begun.After(beatAt) {
		return begun
	}
	return beatAt
}

// runsGoingOn tells of each batch when the last run of its generation began that
// has not ended.
func (h *handle) runsGoingOn(list []batch.Batch) (map[string]time.Time, error) {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	var runs []struct {
		BatchID   string
		StartedAt time.Time
	}
	if err := h.all(&runs, "SELECT r.batch_id, r.started_at FROM runs r JOIN batches b ON b.org_id = r.org_id AND b.id = r.batch_id"+
		" AND b.generation = r.generation AND b.state = r.state WHERE r.ended_at IS NULL AND "+h.dialect.inList("b.id", uuidList),
		h.dialect.list(ids)); err != nil {
		return nil, wrap(err, "list runs")
	}
	begun := make(map[string]time.Time, len(runs))
	for _, run := range runs {
		if at := run.StartedAt.UTC(); at.After(begun[run.BatchID]) {
			begun[run.BatchID] = at
		}
	}
	return begun, nil
}

func waitingSince(b *batch.Batch) time.Time {
	if b.State == batch.Confirmed && b.ConfirmedAt != nil {
		return *b.ConfirmedAt
	}
	return b.UploadedAt
}

// NextGeneration raises the generation if it is still from. silence is after what
// time without a sign of life a worker is taken for dead, which is counted; 0: no
// worker is at it. What the caller has seen may be old, so moved is false when a
// run does stir, and when somebody has the batch locked, who is working on it.
func (s *Store) NextGeneration(ctx context.Context, batchID string, from int, silence time.Duration) (moved bool, err error) {
	crashes := 0
	if silence > 0 {
		crashes = 1
	}
	err = s.inTx(ctx, shortWrite, func(h *handle) error {
		free, err := h.batches(" WHERE b.id = ? AND b.generation = ? AND b.state IN ('uploaded', 'confirmed')"+
			h.dialect.forUpdate("b")+h.dialect.skipLocked(), uid(batchID), from)
		if err != nil || len(free) == 0 {
			return err
		}
		if stirs, err := s.stirs(h, &free[0], silence); err != nil || stirs {
			return err
		}
		moved = true
		return wrap(h.do("UPDATE batches SET generation = generation + 1, crashes = crashes + ? WHERE org_id = ? AND id = ? AND generation = ?",
			crashes, free[0].OrgID, free[0].ID, from), "raise generation")
	})
	return moved && err == nil, err
}

// stirs reports whether a run of a locked batch is alive after all: on SQLite the
// caller may have waited for minutes to write, as the run has.
func (s *Store) stirs(h *handle, b *batch.Batch, silence time.Duration) (bool, error) {
	begun, err := h.runsGoingOn([]batch.Batch{*b})
	if err != nil || begun[b.ID].IsZero() {
		return false, err
	}
	signs, err := s.pulse.signs(h.ctx, []batchRef{{b.OrgID, b.ID, b.Generation}})
	if err != nil {
		return false, wrap(err, "read heartbeats")
	}
	return silence == 0 || s.now().Sub(lifeOf(begun[b.ID], signs[b.ID].beatAt)) <= silence, nil
}

// runRef names a run.
type runRef struct {
	OrgID, BatchID string
	Number         int64
}

// dropRunsAtOnce is how many runs one sweep drops.
const dropRunsAtOnce = 20

// mayCount is a run that its batch may still come to: its state and generation let
// it end, however long it has been silent. A preview ends before its run does; of a
// batch that is being saved, a run that has ended may be what is saved.
const mayCount = "r.state = b.state AND r.generation = b.generation AND (r.ended_at IS NULL OR b.state = 'confirmed')"

// DropDeadRuns drops the rows of runs that their batches can no longer come to and
// that have had no heartbeat for an hour, and the heartbeats of batches that have
// finished. Returns how many runs.
func (s *Store) DropDeadRuns(ctx context.Context) (int, error) {
	old := s.now().Add(-deadAfter)
	var runs []runRef
	if err := s.reads(ctx).all(&runs, "SELECT r.org_id, r.batch_id, r.number FROM runs r"+
		" JOIN batches b ON b.org_id = r.org_id AND b.id = r.batch_id"+
		" WHERE r.number <> b.run AND NOT ("+mayCount+") AND r.started_at < ? ORDER BY r.started_at LIMIT ?", old, dropRunsAtOnce); err != nil {
		return 0, wrap(err, "list runs")
	}
	dropped := 0
	for _, run := range runs {
		beatAt, err := s.pulse.lastBeat(ctx, run.OrgID, run.BatchID, run.Number)
		if err != nil {
			return dropped, wrap(err, "read heartbeats")
		}
		if beatAt.After(old) {
			continue
		}
		if err := s.dropRun(ctx, run.OrgID, run.BatchID, run.Number); err != nil {
			return dropped, err
		}
		dropped++
	}
	return dropped, wrap(s.pulse.forgetBefore(ctx, old), "forget heartbeats")
}
