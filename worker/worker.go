// Package worker is the queue side: it previews uploaded files, saves confirmed
// ones, sends the mails of the outbox, and sets moving again what a lost ring, an
// emptied Redis or a dead worker has left behind.
//
// A task is only a doorbell. Every handler first asks the database whether there
// is still something to do, and only the database decides what was done: a task
// may come twice, at the same time too, late, or never.
//
// Logs, tasks and errors that reach Redis carry ids, never people.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"teamsheet/internal/blob"
	"teamsheet/internal/profile"
	"teamsheet/internal/sabotage"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
	"teamsheet/internal/telemetry"
)

// Sender sends one mail of the outbox. An error that trying again will not mend
// (a 5xx reply) has a method Permanent() bool that answers true.
type Sender interface {
	Send(ctx context.Context, m store.Mail) error
}

// Options of a Worker. What is zero has a default, except Store, Blobs,
// Connection and Sender.
type Options struct {
	Store      *store.Store
	Blobs      blob.Store
	Connection asynq.RedisConnOpt
	Sender     Sender
	Log        *slog.Logger       // nil: nothing is logged
	Metrics    *telemetry.Metrics // nil: nobody looks at them
	Now        func() time.Time
	// ProfileURL is the address of a person's own page; nil: messages have no link.
	ProfileURL  func(profile.ID) string
	MaxRows     int    // of a file; 0: 2,000,000
	MaxFileSize int64  // in bytes; 0: 1 GiB
	TempDir     string // where files are spooled to; "": the system's
	// Concurrency is how many previews and applies run at once. Large previews and
	// mails have lanes of their own beside them.
	Concurrency int
	// ShutdownTimeout is how long a stop waits for tasks at hand. It has to be
	// longer than the longest apply, or that is rolled back and begun anew.
	ShutdownTimeout time.Duration
	// Poll is how often an idle lane looks for a task.
	Poll time.Duration
	// ReconcileEvery is how often the database is compared with the queue. A lost
	// ring is noticed within twice that.
	ReconcileEvery time.Duration
	// RoomyGC is the percent by which the heap may grow between collections (GOGC)
	// while the rows of a file are judged of which most change: they leave much
	// behind, and there is memory left then. 0: as at other times.
	RoomyGC int
	// DeadAfter is the silence of a run after which its worker is taken for dead.
	// It has to be many times the heartbeat of a second.
	DeadAfter time.Duration
}

const (
	defaultConcurrency = 4
	defaultShutdown    = 20 * time.Minute
	defaultPoll        = 300 * time.Millisecond
	defaultReconcile   = 4 * time.Second
	defaultDeadAfter   = 20 * time.Second
)

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = telemetry.NewMetrics("")
	}
	if o.Now == nil {
		o.Now = o.Store.Now
	}
	if o.TempDir == "" {
		o.TempDir = os.TempDir()
	}
	o.Concurrency = positive(o.Concurrency, defaultConcurrency)
	o.ShutdownTimeout = positive(o.ShutdownTimeout, defaultShutdown)
	o.Poll = positive(o.Poll, defaultPoll)
	o.ReconcileEvery = positive(o.ReconcileEvery, sabotage.Wait("reconcile", defaultReconcile))
	o.DeadAfter = positive(o.DeadAfter, sabotage.Wait("dead_after", defaultDeadAfter))
	return o
}

func positive[N int | time.Duration](n, otherwise N) N {
	if n > 0 {
		return n
	}
	return otherwise
}

// Worker does the tasks of the queues.
type Worker struct {
	Options
	bell      *tasks.Bell
	inspector *tasks.Inspector
	handlers  sync.WaitGroup
	// outboxFilled wakes the reconciler to ring for mails.
	outboxFilled chan struct{}
	stallAfter   time.Duration
	begun        time.Time
	// large holds one for each large file that is being checked.
	large chan struct{}
}

// New makes a worker. It does not connect yet; Run does.
func New(options Options) (*Worker, error) {
	if options.Store == nil || options.Blobs == nil || options.Connection == nil || options.Sender == nil {
		return nil, errors.New("set up worker: store, blobs, connection and sender are needed")
	}
	inspector, err := tasks.NewInspector(options.Connection)
	if err != nil {
		return nil, fmt.Errorf("set up worker: %w", err)
	}
	options = options.withDefaults()
	return &Worker{
		Options: options, begun: options.Now(), bell: tasks.NewBell(options.Connection), inspector: inspector,
		outboxFilled: make(chan struct{}, 1), stallAfter: stallAfter, large: make(chan struct{}, largeAtOnce),
	}, nil
}

// Run works until ctx ends, then waits for the tasks at hand, for
// ShutdownTimeout at most, and returns when no handler runs any more. It can be
// called once.
func (w *Worker) Run(ctx context.Context) error {
	working, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	servers, err := w.startLanes(working)
	if err != nil {
		return errors.Join(err, w.close())
	}
	var beside sync.WaitGroup
	beside.Go(func() { w.tidyFiles(ctx) })
	w.reconcile(ctx)
	w.Log.InfoContext(ctx, "worker stops", "waits_for", w.ShutdownTimeout.String())
	stopLanes(servers)
	// asynq has let go of handlers that took too long; they go on until told.
	abandon()
	w.handlers.Wait()
	beside.Wait()
	return w.close()
}

func (w *Worker) close() error {
	return errors.Join(w.bell.Close(), w.inspector.Close())
}
