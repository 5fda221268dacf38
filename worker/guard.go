package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/hibiken/asynq"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/sabotage"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
)

// guarded makes a handler of asynq: it is waited for when the worker stops, a
// panic is an error, and Redis learns nothing but a code.
func (w *Worker) guarded(handle func(context.Context, *asynq.Task) error) asynq.HandlerFunc {
	return func(ctx context.Context, task *asynq.Task) error {
		w.handlers.Add(1)
		defer w.handlers.Done()
		err := w.recovered(ctx, task, handle)
		if err == nil {
			return nil
		}
		id, _ := asynq.GetTaskID(ctx)
		w.Log.ErrorContext(ctx, "task not done", "task", id, "code", fault.CodeOf(err), "waits", machineAway(err), "error", err)
		return opaqueOf(err)
	}
}

// errPanic is a panic of a handler: a bug.
var errPanic = errors.New("panic")

// recovered turns a panic into an error and logs its stack.
func (w *Worker) recovered(ctx context.Context, task *asynq.Task, handle func(context.Context, *asynq.Task) error) error {
	return w.catching(ctx)(func() error { return handle(ctx, task) })
}

// catching makes what runs a piece of a task's work, on a goroutine of its own
// too, where a panic would end the process.
func (w *Worker) catching(ctx context.Context) (caught func(work func() error) error) {
	return func(work func() error) (err error) {
		defer func() {
			bug := recover()
			if bug == nil {
				return
			}
			id, _ := asynq.GetTaskID(ctx)
			w.Metrics.Panic()
			w.Log.ErrorContext(ctx, "task panicked", "task", id, "panic", fault.PanicText(bug), "stack", string(debug.Stack()))
			err = errPanic
		}()
		return work()
	}
}

// batchHandler makes the handler of a task that moves a batch. work returns the
// run as soon as there is one. Nothing is left in Redis alone: when trying again
// is of no use, the batch fails, with its mail.
func (w *Worker) batchHandler(work func(context.Context, tasks.Batch) (*store.Run, error)) asynq.HandlerFunc {
	return w.guarded(func(ctx context.Context, task *asynq.Task) error {
		payload, err := tasks.DecodeBatch(task)
		if err != nil {
			return fmt.Errorf("%w: %w", asynq.SkipRetry, err)
		}
		var run *store.Run
		err = w.recovered(ctx, task, func(ctx context.Context, _ *asynq.Task) error {
			var err error
			run, err = work(ctx, payload)
			return err
		})
		if err != nil && run != nil { // else it is the batch that has ended
			w.ended(ctx, run)
		}
		switch {
		case err == nil, fault.Is(err, fault.NotFound) && run == nil:
			sabotage.At("before_ack")
			return nil // a batch that is not there needs nothing
		case errors.Is(err, errSuperseded):
			w.Log.InfoContext(ctx, "run superseded", "batch_id", payload.BatchID, "generation", payload.Generation)
			return nil
		case ctx.Err() != nil && !tookTooLong(ctx):
			return err // asynq has let go of this task already
		}
		failure, final := w.finalFailure(ctx, task.Type(), run, err)
		if !final {
			return err
		}
		return w.fail(context.WithoutCancel(ctx), payload, failure, err)
	})
}

// tookTooLong reports whether the time of a task is over. That is a try, whatever its
// error looks like, or a batch that always takes too long would go round for ever.
func tookTooLong(ctx context.Context) bool { return errors.Is(ctx.Err(), context.DeadlineExceeded) }

// endTime bounds noting that a run has ended; on SQLite it may wait for an apply.
const endTime = 5 * time.Minute

// ended notes that a run is no more, so that its silence is not taken for death.
func (w *Worker) ended(ctx context.Context, run *store.Run) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if err := w.Store.EndRun(ctx, run); err != nil {
		w.Log.WarnContext(ctx, "end of a run not noted", "batch_id", run.Batch.ID, "run", run.Number, "error", err)
	}
}

// patience is how long a worker waits out the machine's trouble for one batch. Time
// in which there was no worker at all is no trouble of the batch's.
const patience = 24 * time.Hour

// finalFailure tells whether the batch has to fail with err, and with what.
func (w *Worker) finalFailure(ctx context.Context, taskType string, run *store.Run, err error) (batch.Failure, bool) {
	state := batch.Uploaded
	if taskType == tasks.TypeApply {
		state = batch.Confirmed
	}
	var h *hopeless
	switch {
	case errors.As(err, &h):
		return h.failure, true
	case machineAway(err) && !tookTooLong(ctx):
		return internalFailure(state), w.outOfPatience(run)
	}
	tried, _ := asynq.GetRetryCount(ctx)
	most, _ := asynq.GetMaxRetry(ctx)
	return internalFailure(state), tried >= most
}

// outOfPatience reports whether trouble has been waited out for too long for a run; nil:
// it has not begun.
func (w *Worker) outOfPatience(run *store.Run) bool {
	if run == nil {
		return false
	}
	since := waitingSince(run)
	if w.begun.After(since) {
		since = w.begun
	}
	return w.Now().Sub(since) > patience
}

func waitingSince(run *store.Run) time.Time {
	if run.Batch.ConfirmedAt != nil {
		return *run.Batch.ConfirmedAt
	}
	return run.Batch.UploadedAt
}

// fail ends a batch. If even that does not succeed, it is tried again with
// patience: a batch must not be forgotten.
func (w *Worker) fail(ctx context.Context, payload tasks.Batch, failure batch.Failure, cause error) error {
	moved, err := w.Store.Fail(ctx, payload.BatchID, payload.Generation, failure)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "not-failed", "The outcome could not be stored.")
	}
	if moved {
		w.Log.ErrorContext(ctx, "batch failed", "batch_id", payload.BatchID, "generation", payload.Generation,
			"failure", failure.Code, "error", cause)
		w.Metrics.Batch(string(failure.Code))
		w.wakeOutbox()
	}
	return nil
}
