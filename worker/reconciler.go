package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/blob"
	"teamsheet/internal/moment"
	"teamsheet/internal/sabotage"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
)

const (
	// crashesMost is how many dead workers a batch may cost before it is taken for
	// the reason.
	crashesMost = 3
	// sweepAtOnce is how many batches or mails one sweep looks at.
	sweepAtOnce = 200
	// tidyEvery is how often what nobody waits for is put in order.
	tidyEvery = time.Minute
	// filesEvery is how often files that wait for nothing any more are looked for,
	// filesTime how long that may take.
	filesEvery = time.Hour
	filesTime  = time.Minute
)

// reconciler compares what the database says should be moving with what Redis
// knows, and rings again. Any number of workers may do so at once: each step
// repeats its condition in the database.
type reconciler struct {
	*Worker
	// idle is since when tasks were seen in a state without a sign of a run.
	idle map[idleTask]time.Time
	// reached is how far the last sweep came behind those that wait the longest; zero:
	// to the end.
	reached store.WaitingBatch
	tidied  time.Time
	listed  time.Time // the files that wait
	away    bool      // Redis, at the last look
	awake   wakefulness
}

// idleTask is a task in one state.
type idleTask struct {
	task  string
	state tasks.TaskState
}

func (w *Worker) newReconciler() *reconciler {
	return &reconciler{Worker: w, idle: map[idleTask]time.Time{}}
}

// reconcile sweeps until ctx ends.
func (w *Worker) reconcile(ctx context.Context) {
	r := w.newReconciler()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.outboxFilled:
			r.report(ctx, "ring for mails", r.ringMails(ctx))
		case <-timer.C:
			r.sweep(ctx)
			// With jitter, so that workers do not sweep in step.
			timer.Reset(w.ReconcileEvery*3/4 + rand.N(w.ReconcileEvery/2))
		}
	}
}

// wakeOutbox has mails rung for now rather than at the next sweep.
func (w *Worker) wakeOutbox() {
	select {
	case w.outboxFilled <- struct{}{}:
	default: // it is awake already
	}
}

func (r *reconciler) sweep(ctx context.Context) {
	err := r.inspector.Register(ctx)
	if ctx.Err() != nil {
		return // it is the worker that ends, not Redis
	}
	if away := err != nil; away != r.away {
		r.away = away
		r.Log.WarnContext(ctx, "queue", "away", away, "error", err)
	}
	if err != nil {
		return // nothing could be rung, and nothing is known of the tasks
	}
	r.report(ctx, "reconcile batches", r.sweepBatches(ctx))
	r.report(ctx, "ring for mails", r.ringMails(ctx))
	if r.Now().Sub(r.tidied) >= tidyEvery {
		r.tidied = r.Now()
		r.report(ctx, "tidy up", r.tidy(ctx))
	}
}

func (r *reconciler) report(ctx context.Context, doing string, err error) {
	if err != nil && ctx.Err() == nil {
		r.Log.WarnContext(ctx, "reconciler", "doing", doing, "error", err)
	}
}

func (r *reconciler) sweepBatches(ctx context.Context) error {
	if sabotage.Without("reconciler") {
		return nil
	}
	now := r.Now() // before the look: whoever is slow in between is not taken for dead
	waiting, err := r.waiting(ctx)
	if err != nil {
		return err
	}
	drowsy := r.awake.look(moment.Now(time.Now()), r.DeadAfter)
	idle := map[idleTask]time.Time{}
	var trouble []error
	for i := range waiting {
		b := &waiting[i]
		task := idleTask{taskKey(b), r.taskOf(ctx, b)}
		if b.BeatAt.IsZero() {
			idle[task] = r.firstSeen(task, now)
		}
		judged := judgement{now: now, deadAfter: r.DeadAfter, task: task.state, idleSince: idle[task], drowsy: drowsy}
		trouble = append(trouble, r.carryOut(ctx, b, judged.of(b)))
	}
	r.idle = idle
	return errors.Join(trouble...)
}

// waiting are the batches that wait the longest and, if there are more, some of the
// others, in turns: large files that wait for each other must not keep a lost ring of a
// small one from being found.
func (r *reconciler) waiting(ctx context.Context) ([]store.WaitingBatch, error) {
	first, err := r.Store.Waiting(ctx, sweepAtOnce)
	if err != nil || len(first) < sweepAtOnce {
		r.reached = store.WaitingBatch{}
		return first, err
	}
	if last := first[len(first)-1]; r.reached.Since.Before(last.Since) {
		r.reached = last
	}
	others, err := r.Store.WaitingBehind(ctx, r.reached, sweepAtOnce)
	if err != nil {
		return nil, err
	}
	r.reached = store.WaitingBatch{}
	if len(others) == sweepAtOnce {
		r.reached = others[len(others)-1]
	}
	return append(first, others...), nil
}

// taskOf asks for the task of a batch's generation. One that cannot be read is
// none: its id may be taken for ever, and the next generation has another.
func (r *reconciler) taskOf(ctx context.Context, b *store.WaitingBatch) tasks.TaskState {
	ask := r.inspector.Apply
	if b.State == batch.Uploaded {
		ask = func(id string, generation int) (tasks.TaskState, error) {
			return r.inspector.Preview(id, generation, b.Size)
		}
	}
	state, err := ask(b.ID, b.Generation)
	if err != nil {
		r.Log.WarnContext(ctx, "task cannot be read", "batch_id", b.ID, "generation", b.Generation, "error", err)
		return tasks.Missing
	}
	return state
}

func taskKey(b *store.WaitingBatch) string {
	return tasks.BatchTaskID(string(b.State), b.ID, b.Generation)
}

func (r *reconciler) firstSeen(task idleTask, now time.Time) time.Time {
	if since, seen := r.idle[task]; seen {
		return since
	}
	return now
}

// carryOut sets a batch moving again under its next generation, which fences off
// whoever may still be working on this one.
func (r *reconciler) carryOut(ctx context.Context, b *store.WaitingBatch, v verdict) error {
	if v == leave {
		return nil
	}
	log := r.Log.With("batch_id", b.ID, "state", b.State, "generation", b.Generation, "crashes", b.Crashes)
	if v == takeOver && b.Crashes+1 >= crashesMost {
		return r.quarantine(ctx, b)
	}
	var silence time.Duration
	if v == takeOver {
		silence = r.DeadAfter
	}
	moved, err := r.Store.NextGeneration(ctx, b.ID, b.Generation, silence)
	if err != nil || !moved {
		return err
	}
	if v == takeOver {
		log.WarnContext(ctx, "worker of a batch is gone")
		r.Metrics.Rescue("dead")
	} else {
		log.InfoContext(ctx, "ring was lost")
		r.Metrics.Rescue("lost")
	}
	return r.ring(ctx, b, b.Generation+1)
}

func (r *reconciler) quarantine(ctx context.Context, b *store.WaitingBatch) error {
	moved, err := r.Store.FailSilent(ctx, b.ID, b.Generation, r.DeadAfter, internalFailure(b.State))
	if moved {
		r.Log.ErrorContext(ctx, "batch has cost too many workers", "batch_id", b.ID, "state", b.State, "generation", b.Generation)
		r.Metrics.Batch(string(batch.FailureInternal))
		r.wakeOutbox()
	}
	return err
}

func (r *reconciler) ring(ctx context.Context, b *store.WaitingBatch, generation int) error {
	var err error
	if b.State == batch.Uploaded {
		err = r.bell.Preview(ctx, b.ID, generation, b.Size)
	} else {
		err = r.bell.Apply(ctx, b.ID, generation)
	}
	if err != nil {
		return err
	}
	return r.Store.Rung(ctx, b.ID, generation)
}

// ringMails rings for each try that is due. A task that is there already is not
// rung for twice: the number of the try is in its id.
func (r *reconciler) ringMails(ctx context.Context) error {
	due, err := r.Store.DueMails(ctx, sweepAtOnce)
	if err != nil {
		return err
	}
	var trouble []error
	for _, m := range due {
		trouble = append(trouble, r.bell.Mail(ctx, m.ID, m.Tries))
	}
	return errors.Join(trouble...)
}

// tidy puts in order what nobody waits for.
func (r *reconciler) tidy(ctx context.Context) error {
	archived, err := r.inspector.DropArchived(ctx)
	if archived > 0 {
		r.Log.WarnContext(ctx, "archived tasks dropped", "tasks", archived)
	}
	expired, expireErr := r.Store.ExpireReady(ctx)
	for range expired {
		r.Metrics.Batch(string(batch.Expired))
	}
	_, dropErr := r.Store.DropDeadRuns(ctx)
	return errors.Join(err, expireErr, dropErr, r.dropWaiting(ctx), r.dropBlobs(ctx))
}

// dropWaiting deletes what people uploaded by mistake and did not have converted.
func (r *reconciler) dropWaiting(ctx context.Context) error {
	if r.Now().Sub(r.listed) < filesEvery {
		return nil
	}
	r.listed = r.Now()
	ctx, cancel := context.WithTimeout(ctx, filesTime)
	defer cancel()
	dropped, err := blob.DropWaiting(ctx, r.Blobs, r.Now())
	if dropped > 0 {
		r.Log.InfoContext(ctx, "files that waited too long dropped", "files", dropped)
	}
	return err
}

// looseFor is how long a file may be on its way to become a photo.
const looseFor = time.Hour

// dropBlobs deletes files that nothing refers to. Whoever dies on the way leaves
// the rest to the next sweep.
func (r *reconciler) dropBlobs(ctx context.Context) error {
	condemned, err := r.Store.CondemnBlobs(ctx, looseFor, sweepAtOnce)
	if err != nil {
		return err
	}
	var trouble []error
	var gone []store.LooseBlob
	for _, b := range condemned {
		if err := r.Blobs.Delete(ctx, b.Key); err != nil {
			trouble = append(trouble, err)
			continue
		}
		gone = append(gone, b)
	}
	return errors.Join(append(trouble, r.Store.DropBlobs(ctx, gone))...)
}
