package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"teamsheet/internal/tasks"
)

// lane is a set of queues with workers of their own: a million rows of one
// organization do not hold up another's twenty, and a mail server that hangs holds
// up mails alone.
type lane struct {
	queues      []string
	concurrency int
	stop        time.Duration // how long a stop waits for its tasks
}

const (
	// largeAtOnce bounds the memory that large files take.
	largeAtOnce = 1
	mailsAtOnce = 2
	// mailStop: a mail server may think for minutes, and the mail is due again.
	mailStop = 30 * time.Second
	// retryCheck is how often tasks whose next try is due are looked for.
	retryCheck = time.Second
)

// largeTurn waits until a file of this size may be checked: an apply that has to
// look at its file again does so outside of the lane of large ones. It is waited
// for before any lock, with a sign of life for as long as others take: it is no call of
// the database, and nobody knows how many are before it.
func (w *Worker) largeTurn(ctx context.Context, size int64, p *pulse) (leave func(), err error) {
	if size < tasks.LargeFile {
		return func() {}, nil
	}
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case w.large <- struct{}{}:
			return func() { <-w.large }, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-ticker.C:
			if err := p.beat(ctx); err != nil {
				return nil, err
			}
		}
	}
}

func (w *Worker) lanes() []lane {
	return []lane{
		{[]string{tasks.QueueApply, tasks.QueuePreview}, w.Concurrency, w.ShutdownTimeout},
		{[]string{tasks.QueuePreviewLarge}, largeAtOnce, w.ShutdownTimeout},
		{[]string{tasks.QueueMail}, mailsAtOnce, min(mailStop, w.ShutdownTimeout)},
	}
}

// startLanes starts an asynq server for each lane. Handlers run under ctx.
func (w *Worker) startLanes(ctx context.Context) ([]*asynq.Server, error) {
	var started []*asynq.Server
	for _, l := range w.lanes() {
		server := asynq.NewServer(w.Connection, w.laneConfig(ctx, l))
		if err := server.Start(w.mux()); err != nil {
			stopLanes(started)
			return nil, fmt.Errorf("start lane %v: %w", l.queues, err)
		}
		started = append(started, server)
	}
	return started, nil
}

func (w *Worker) laneConfig(ctx context.Context, l lane) asynq.Config {
	weights := map[string]int{}
	for _, name := range l.queues {
		weights[name] = tasks.Queues()[name]
	}
	return asynq.Config{
		Queues: weights, Concurrency: l.concurrency,
		BaseContext:              func() context.Context { return ctx },
		TaskCheckInterval:        w.Poll,
		DelayedTaskCheckInterval: retryCheck,
		ShutdownTimeout:          l.stop,
		RetryDelayFunc:           retryDelay,
		IsFailure:                countsAsTry,
		Logger:                   queueLog{w.Log},
		LogLevel:                 asynq.WarnLevel,
	}
}

// stopLanes stops taking tasks everywhere before it waits anywhere.
func stopLanes(servers []*asynq.Server) {
	for _, server := range servers {
		server.Stop()
	}
	var stopped sync.WaitGroup
	for _, server := range servers {
		stopped.Go(server.Shutdown)
	}
	stopped.Wait()
}

func (w *Worker) mux() *asynq.ServeMux {
	mux := asynq.NewServeMux()
	mux.HandleFunc(tasks.TypePreview, w.batchHandler(w.preview))
	mux.HandleFunc(tasks.TypeApply, w.batchHandler(w.apply))
	mux.HandleFunc(tasks.TypeMail, w.guarded(w.mail))
	return mux
}

// queueLog takes asynq's own words into the log. It names tasks, never payloads.
type queueLog struct{ log *slog.Logger }

func (l queueLog) Debug(args ...any) { l.log.Debug(fmt.Sprint(args...), "from", "asynq") }
func (l queueLog) Info(args ...any)  { l.log.Info(fmt.Sprint(args...), "from", "asynq") }
func (l queueLog) Warn(args ...any)  { l.log.Warn(fmt.Sprint(args...), "from", "asynq") }
func (l queueLog) Error(args ...any) { l.log.Error(fmt.Sprint(args...), "from", "asynq") }

// Fatal is asynq's word for trouble at its start; the program decides when to end.
func (l queueLog) Fatal(args ...any) { l.log.Error(fmt.Sprint(args...), "from", "asynq") }
