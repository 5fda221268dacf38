package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/sabotage"
)

// Run is one execution of a preview or an apply. Runs never share rows, so that
// executions that overlap cannot mix.
type Run struct {
	Batch    batch.Batch
	Number   int64
	postings *postings // of the rows added so far; nil: none
}

func (r *Run) lists() *postings {
	if r.postings == nil {
		r.postings = newPostings()
	}
	return r.postings
}

// StartRun begins a run if the batch still is in the state and generation;
// otherwise ok is false: there is nothing to do. It takes no lock: whatever the
// run does is checked again when it ends.
func (s *Store) StartRun(ctx context.Context, batchID string, generation int, state batch.State) (run *Run, ok bool, err error) {
	b, err := s.reads(ctx).batch(" WHERE b.id = ?", uid(batchID))
	if err != nil {
		return nil, false, err
	}
	if b.State != state || b.Generation != generation {
		return nil, false, nil
	}
	run = s.newRun(b)
	if err := s.repeatable(ctx, func(h *handle) error { return h.insertRun(run) }); err != nil {
		return nil, false, err
	}
	if err := s.Beat(ctx, run, b.Progress); err != nil {
		return nil, false, err
	}
	return run, true, nil
}

// newRun makes a run. Its number is never used again, and later ones are greater.
func (s *Store) newRun(b batch.Batch) *Run {
	const perMicrosecond = 1000
	number := s.now().UnixMicro()*perMicrosecond + rand.Int64N(perMicrosecond)
	for {
		last := s.lastRun.Load()
		if next := max(number, last+1); s.lastRun.CompareAndSwap(last, next) {
			return &Run{Batch: b, Number: next}
		}
	}
}

func (h *handle) insertRun(run *Run) error {
	now, args := h.instant(h.now)
	return wrap(h.do("INSERT INTO runs (org_id, batch_id, number, generation, state, started_at) VALUES (?, ?, ?, ?, ?, "+now+")"+
		" ON CONFLICT DO NOTHING", append([]any{run.Batch.OrgID, run.Batch.ID, run.Number, run.Batch.Generation, string(run.Batch.State)},
		args...)...), "start run")
}

// EndRun notes that the handler of a run has returned, however: whatever comes of
// the batch, this run has cost no worker. If it was taken for dead meanwhile, that
// counts no longer: it was only slow.
func (s *Store) EndRun(ctx context.Context, run *Run) error {
	var ended int64
	err := s.repeatable(ctx, func(h *handle) (err error) {
		ended, err = h.exec("UPDATE runs SET ended_at = ? WHERE org_id = ? AND batch_id = ? AND number = ? AND ended_at IS NULL",
			h.now, run.Batch.OrgID, run.Batch.ID, run.Number)
		return wrap(err, "end run")
	})
	if err != nil || ended == 0 {
		return err
	}
	return s.repeatable(ctx, func(h *handle) error { return h.forgiveCrash(run) })
}

// forgiveCrash takes a crash back that the generation of a run was counted for, if
// none of its runs is missing any more. It does not wait for the lock of whoever has
// the batch by now: they are about to move it on.
func (h *handle) forgiveCrash(run *Run) error {
	const runsMissing = "SELECT 1 FROM runs r WHERE r.org_id = b.org_id AND r.batch_id = b.id AND r.generation = ? AND r.state = b.state" +
		" AND r.ended_at IS NULL"
	b := run.Batch
	counted, err := h.batches(" WHERE b.org_id = ? AND b.id = ? AND b.state = ? AND b.generation > ? AND b.crashes > 0 AND NOT EXISTS ("+
		runsMissing+")"+h.dialect.forUpdate("b")+h.dialect.skipLocked(), b.OrgID, b.ID, string(b.State), b.Generation, b.Generation)
	if err != nil || len(counted) == 0 {
		return wrap(err, "look for a crash")
	}
	return wrap(h.do("UPDATE batches SET crashes = crashes - 1 WHERE org_id = ? AND id = ? AND crashes > 0", b.OrgID, b.ID), "take a crash back")
}

// Beat is the heartbeat and progress of a run, written by the work loop. It
// never waits for the locks of an apply.
func (s *Store) Beat(ctx context.Context, run *Run, p batch.Progress) error {
	return wrap(s.pulse.beat(ctx, run, p, s.now()), "write heartbeat")
}

// AddRows writes kept rows of the run (COPY on Postgres), in one short
// transaction. They count, and are safe from a crash of the database, once the run
// is finished. A COMMIT whose reply is lost spoils the run; after any other error
// nothing was added. Not for use by several goroutines at once, nor for a run that
// View.StartRun began.
func (s *Store) AddRows(ctx context.Context, run *Run, rows []*plan.RowReport) error {
	if len(rows) == 0 {
		return nil
	}
	return run.added(rows, s.inTx(ctx, draftWrite, func(h *handle) error { return h.addRows(run, rows) }))
}

// added takes rows that were written into the lists of the run. The chunks that
// were waiting have been written with them.
func (r *Run) added(rows []*plan.RowReport, err error) error {
	if err == nil {
		r.lists().cut = nil
		r.lists().gather(rows)
	}
	return err
}

// addRows writes rows, and the chunks of lists that are waiting.
func (h *handle) addRows(run *Run, rows []*plan.RowReport) error {
	if err := h.addPostings(run, run.lists().cut); err != nil {
		return err
	}
	w, closes := h.stream("batch_rows", rowColumns())
	defer closes()
	for _, row := range rows {
		if err := writeRow(w, run, row); err != nil {
			return err
		}
		if err := w.end(); err != nil {
			return wrap(err, "write rows")
		}
	}
	return wrap(w.flush(), "write rows")
}

// FinishPreview closes a preview run: totals, revision and digest are stored and
// the batch moves uploaded → ready or rejected, with the mail of a rejected one
// in the outbox, all in one transaction. moved is false when the batch had
// already moved on; the run's rows are then dropped.
func (s *Store) FinishPreview(ctx context.Context, run *Run, totals plan.Totals, revision int64) (moved bool, err error) {
	s.at("before_outcome")
	err = s.inTx(ctx, shortWrite, func(h *handle) error {
		moved = false
		b, err := h.lockBatch(run.Batch.OrgID, run.Batch.ID)
		if err != nil {
			return err
		}
		if (b.State != batch.Uploaded || b.Generation != run.Batch.Generation) && !sabotage.Without("fence") {
			return nil
		}
		moved = true
		return h.finishPreview(&b, run, totals, revision)
	})
	if err != nil {
		return false, err
	}
	if !moved {
		// It has ended before its rows go: it has cost no worker.
		if err := s.EndRun(ctx, run); err != nil {
			return false, err
		}
		return false, s.dropRun(ctx, run.Batch.OrgID, run.Batch.ID, run.Number)
	}
	return true, nil
}

func (h *handle) finishPreview(b *batch.Batch, run *Run, totals plan.Totals, revision int64) error {
	if err := h.addGroups(run, totals.Groups); err != nil {
		return err
	}
	if err := h.addPostings(run, run.lists().rest()); err != nil {
		return err
	}
	set, args, err := totalsSet(run, totals)
	if err != nil {
		return err
	}
	step := move{to: previewState(totals), set: set + ", previewed_at = ?, revision = ?, plan = ?", args: append(args, h.now, revision, nil)}
	if step.to == batch.Ready {
		step.args[len(step.args)-1] = totals.Digest
	}
	if err := h.move(b, step); err != nil {
		return wrap(err, "finish preview")
	}
	if step.to == batch.Rejected {
		return h.post(b, MailRejected)
	}
	return nil
}

// previewState is where a preview ends: one problem anywhere rejects the file.
func previewState(totals plan.Totals) batch.State {
	if totals.Counts.Invalid > 0 || len(totals.FileProblems) > 0 || totals.Digest == "" {
		return batch.Rejected
	}
	return batch.Ready
}

// totalsSet stores what a run found, and makes it the live one.
func totalsSet(run *Run, t plan.Totals) (set string, args []any, err error) {
	texts := make([]any, 3)
	if texts[0], err = jsonText(t.ChangesByColumn); err != nil {
		return "", nil, err
	}
	if texts[1], err = jsonText(t.FileProblems); err != nil {
		return "", nil, err
	}
	if texts[2], err = jsonText(t.FileWarnings); err != nil {
		return "", nil, err
	}
	highlights, err := json.Marshal(&t.Highlights)
	if err != nil {
		return "", nil, fmt.Errorf("write highlights: %w", err)
	}
	return ", changes_by_column = ?, file_problems = ?, file_warnings = ?, highlights = ?, run = ?, rows_total = ?, rows_changed = ?," +
			" rows_unchanged = ?, rows_invalid = ?, rows_warned = ?, rows_blank = ?, not_in_file = ?, problems = ?",
		append(texts, string(highlights), run.Number, t.Counts.Rows, t.Counts.Changed, t.Counts.Unchanged, t.Counts.Invalid,
			t.Counts.Warnings, t.Counts.Blank, t.NotInFile, t.Problems()), nil
}

// addGroups keeps problems by cause, ranked: the biggest is 1.
func (h *handle) addGroups(run *Run, groups []plan.Group) error {
	w := h.bulk("batch_groups", []string{"org_id", "batch_id", "run", "rank", "content"})
	for i := range groups {
		content, err := json.Marshal(&groups[i])
		if err != nil {
			return fmt.Errorf("write group: %w", err)
		}
		w.text(run.Batch.OrgID)
		w.text(run.Batch.ID)
		w.integer(run.Number)
		w.integer(int64(i + 1))
		w.text(string(content))
		if err := w.end(); err != nil {
			return wrap(err, "write groups")
		}
	}
	return wrap(w.flush(), "write groups")
}

// dropAtOnce is how many rows one transaction drops.
const dropAtOnce = 5000

// dropRun deletes the rows of a run in short transactions, then the run. One that
// has become its batch's live run stays; of a batch that is being saved nothing is
// dropped now.
func (s *Store) dropRun(ctx context.Context, orgID, batchID string, number int64) error {
	for {
		var dropped int64
		err := s.inTx(ctx, shortWrite, func(h *handle) error {
			dropped = 0
			dead, err := h.batches(" WHERE b.org_id = ? AND b.id = ? AND b.run <> ?"+h.dialect.forUpdate("b")+h.dialect.skipLocked(),
				orgID, batchID, number)
			if err == nil && len(dead) > 0 {
				dropped, err = h.dropSome(orgID, batchID, number)
			}
			return err
		})
		if err != nil || dropped == 0 {
			return err
		}
	}
}

func (h *handle) dropSome(orgID, batchID string, number int64) (int64, error) {
	for _, table := range []struct{ name, order string }{{"batch_rows", "row_no"}, {"batch_groups", "rank"}, {"batch_postings", "list"}} {
		const of = " WHERE org_id = ? AND batch_id = ? AND run = ?"
		args := []any{orgID, batchID, number, orgID, batchID, number, dropAtOnce}
		dropped, err := h.exec("DELETE FROM "+table.name+of+" AND "+table.order+" <= (SELECT max(oldest."+table.order+
			") FROM (SELECT "+table.order+" FROM "+table.name+of+" ORDER BY "+table.order+" LIMIT ?) oldest)", args...)
		if err != nil || dropped > 0 {
			return dropped, wrap(err, "drop run")
		}
	}
	_, err := h.exec("DELETE FROM runs WHERE org_id = ? AND batch_id = ? AND number = ?", orgID, batchID, number)
	return 0, wrap(err, "drop run")
}

// deadAfter is how long a run that is not live may be silent.
const deadAfter = time.Hour
