package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/hibiken/asynq"
	"golang.org/x/sync/errgroup"

	"teamsheet/internal/auth"
	"teamsheet/internal/blob"
	"teamsheet/internal/config"
	"teamsheet/internal/fault"
	"teamsheet/internal/mailer"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
	"teamsheet/internal/tasks/embedded"
	"teamsheet/internal/telemetry"
	"teamsheet/producer"
	"teamsheet/worker"
)

// app is the only wiring: what the sides of the program share, opened once and
// closed in the opposite order.
type app struct {
	settings   config.Config
	log        *slog.Logger
	store      *store.Store
	blobs      blob.Store
	connection asynq.RedisConnOpt
	bell       *tasks.Bell
	metrics    *telemetry.Metrics
	closers    []func() error
}

// openApp opens database, files and queue. The caller closes it, also after an
// error.
func openApp(ctx context.Context, p process, settings config.Config, role string) (*app, error) {
	a := &app{settings: settings, metrics: telemetry.NewMetrics(version())}
	var err error
	if a.log, err = telemetry.NewLog(p.stderr, settings.LogFormat, "info"); err != nil {
		return a, errors.Join(errConfig, err)
	}
	if p.hearLibraries != nil {
		p.hearLibraries(a.log)
	}
	if a.store, err = openStore(ctx, settings, role); err != nil {
		return a, err
	}
	a.closing(a.store.Close)
	if a.blobs, err = blob.Open(ctx, settings.BlobURL); err != nil {
		return a, fault.Wrap(err, fault.Unavailable, "files-unreachable", "The store for files cannot be reached.")
	}
	if err := a.openQueue(); err != nil {
		return a, err
	}
	a.bell = tasks.NewBell(a.connection)
	a.closing(a.bell.Close)
	// Later a Redis that is away is waited out; at the start it is a wrong setting
	// more often than an outage, and nobody would see it.
	if err := a.bell.Ping(); err != nil {
		return a, fault.Wrap(err, fault.Unavailable, "redis-unreachable", "Redis cannot be reached.")
	}
	a.closing(a.metrics.WatchQueues(a.connection))
	a.metrics.WatchStore(a.store.Stats)
	return a, nil
}

func (a *app) closing(closer func() error) { a.closers = append(a.closers, closer) }

// close closes what was opened, last first.
func (a *app) close() error {
	var faults []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		faults = append(faults, a.closers[i]())
	}
	return errors.Join(faults...)
}

// openQueue connects to Redis, or starts the embedded queue where none is set.
func (a *app) openQueue() error {
	if a.settings.RedisURL == "" {
		queue := embedded.Start()
		a.closing(queue.Close)
		a.connection = queue
		return nil
	}
	connection, err := tasks.Connect(a.settings.RedisURL)
	if err != nil {
		return errors.Join(errConfig, fmt.Errorf("TEAMSHEET_REDIS_URL: %w", err))
	}
	a.connection = connection
	return nil
}

// web serves pages and API on the listener until the context ends, and for the time
// of notice after that.
func (a *app) web(ctx context.Context, listener net.Listener, notice time.Duration) error {
	callers, err := auth.New(auth.Options{Store: a.store, Secure: isSecure(a.settings.BaseURL)})
	if err != nil {
		return fmt.Errorf("set up sign-in: %w", err)
	}
	queues := telemetry.NewQueuePages(a.connection, "/ops/queues")
	a.closing(queues.Close)
	server, err := producer.New(producer.Options{
		BaseURL: a.settings.BaseURL, MaxFileSize: a.settings.MaxFileSize, MaxRows: a.settings.MaxRows,
		Store: a.store, Blobs: a.blobs, Bell: a.bell, Auth: callers, Log: a.log,
		Queues: queues, Metrics: a.metrics.Handler(), Stopping: ctx.Done(),
		OnRequest: func(r producer.RequestSeen) { a.metrics.Request(r.Route, r.Method, r.Status, r.Took) },
		OnUpload:  func(u producer.UploadSeen) { a.metrics.Upload(u.Format, u.Bytes, u.Accepted) },
	})
	if err != nil {
		return fmt.Errorf("set up the web side: %w", err)
	}
	return serve(ctx, listener, server.HTTP(), notice)
}

// workerGC is the percent by which the heap may grow before it is collected
// again. What a check of a million rows keeps has no pointers, so that collecting
// costs little, and Go's own hundred would double the memory.
const workerGC = 6

// roomyGC is the same while most rows of a large file change.
const roomyGC = 40

// work runs the worker until the context ends.
func (a *app) work(ctx context.Context) error {
	roomy := 0
	if _, isSet := os.LookupEnv("GOGC"); !isSet {
		debug.SetGCPercent(workerGC)
		roomy = roomyGC
	}
	sender, err := mailer.New(mailer.Options{
		Source: a.store, BaseURL: a.settings.BaseURL, From: a.settings.MailFrom,
		SMTPURL: a.settings.SMTPURL, Folder: filepath.Join(a.settings.DataDir, "mail"), Links: a.links(),
	})
	if err != nil {
		return errors.Join(errConfig, err)
	}
	w, err := worker.New(worker.Options{
		Store: a.store, Blobs: a.blobs, Connection: a.connection, Sender: sender, Log: a.log,
		MaxRows: a.settings.MaxRows, MaxFileSize: a.settings.MaxFileSize,
		ProfileURL: func(id profile.ID) string { return a.settings.BaseURL + producer.ProfilePath(id) },
		Metrics:    a.metrics,
		RoomyGC:    roomy,
	})
	if err != nil {
		return fmt.Errorf("set up the worker: %w", err)
	}
	return w.Run(ctx)
}

// started says in the log what runs from here on, and where mails will lead.
func (a *app) started(ctx context.Context, role, address string) {
	a.log.InfoContext(ctx, "started", "role", role, "version", version(), "address", address, "base_url", a.settings.BaseURL)
}

// links are the pages that mails lead to.
func (a *app) links() mailer.Links {
	base := a.settings.BaseURL
	return mailer.Links{
		Batch:    func(id string) string { return base + producer.BatchPath(id) },
		FixUp:    func(id string) string { return base + producer.FixUpPath(id) },
		Upload:   func(id string) string { return base + producer.UploadPath(id) },
		Settings: base + producer.AccountPath(),
	}
}

// together runs several sides; the first that ends with an error ends all.
func together(ctx context.Context, sides ...func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, side := range sides {
		group.Go(func() error { return side(ctx) })
	}
	return group.Wait()
}

// release is set by the linker where the program is built without its history:
// -ldflags="-X main.release=…".
var release string

// version is what the program was built from.
func version() string {
	if release != "" {
		return release
	}
	build, ok := debug.ReadBuildInfo()
	if !ok || build.Main.Version == "" {
		return "unknown"
	}
	return build.Main.Version
}
