package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"teamsheet/internal/config"
	"teamsheet/internal/telemetry"
)

// runCommand is everything in one process.
type runCommand struct {
	Demo bool `help:"Add the organization \"demo\" with 10,000 made-up people, and print how to sign in."`
}

// Run serves and works until it is told to stop.
func (c runCommand) Run(ctx context.Context, p process) error {
	settings, err := p.settings()
	if err != nil {
		return err
	}
	unlock, err := lockFolder(settings.DataDir)
	if err != nil {
		return err
	}
	listener, err := listenFor(ctx, &settings)
	if err != nil {
		return errors.Join(err, unlock())
	}
	a, err := openApp(ctx, p, settings, "run")
	if err == nil {
		err = a.store.Migrate(ctx)
	}
	if err == nil {
		err = c.announce(ctx, p, a)
	}
	if err == nil {
		a.started(ctx, "run", listener.Addr().String())
		err = together(ctx, a.work, func(ctx context.Context) error { return a.web(ctx, listener, 0) }) // nobody sends requests elsewhere
	} else {
		err = errors.Join(err, listener.Close())
	}
	return errors.Join(err, a.close(), unlock())
}

// announce prints where to go, and with the demo how to sign in.
func (c runCommand) announce(ctx context.Context, p process, a *app) error {
	lines := []string{"url: " + a.settings.BaseURL}
	if c.Demo {
		secrets, err := setUpDemo(ctx, a.store, a.settings.DataDir)
		if err != nil {
			return err
		}
		password, err := passwordSaid(ctx, a.store, secrets)
		if err != nil {
			return err
		}
		lines = append(lines, "email: "+demoEmail, "password: "+password, "token: "+secrets.Token)
	}
	return p.print(strings.Join(lines, "\n"))
}

// listenFor opens the address and fills in the base URL from it.
func listenFor(ctx context.Context, settings *config.Config) (net.Listener, error) {
	listener, err := listen(ctx, settings.Addr)
	if err == nil && settings.BaseURL == "" {
		settings.BaseURL = baseURL(listener)
	}
	return listener, err
}

func isSecure(base string) bool { return strings.HasPrefix(base, "https://") }

// producerCommand is the web side alone.
type producerCommand struct{}

// Run serves until it is told to stop.
func (producerCommand) Run(ctx context.Context, p process) error {
	settings, err := separate(p)
	if err != nil {
		return err
	}
	listener, err := listenFor(ctx, &settings)
	if err != nil {
		return err
	}
	a, err := openApp(ctx, p, settings, "producer")
	if err == nil {
		err = a.store.CheckSchema(ctx)
	}
	if err == nil {
		err = p.print("url: " + settings.BaseURL)
	}
	if err == nil {
		a.started(ctx, "producer", listener.Addr().String())
		err = a.web(ctx, listener, noticeTime)
	} else {
		err = errors.Join(err, listener.Close())
	}
	return errors.Join(err, a.close())
}

// workerCommand is the queue side alone.
type workerCommand struct{}

// Run works until it is told to stop.
func (workerCommand) Run(ctx context.Context, p process) error {
	settings, err := separate(p)
	if err != nil {
		return err
	}
	if settings.BaseURL == "" {
		settings.BaseURL = "http://" + settings.Addr // as the producer beside it would have it
	}
	a, err := openApp(ctx, p, settings, "worker")
	if err == nil {
		err = a.store.CheckSchema(ctx)
	}
	if err == nil {
		a.started(ctx, "worker", settings.WorkerAddr)
		err = a.workWithNumbers(ctx)
	}
	return errors.Join(err, a.close())
}

// separate reads the settings of a process that is not alone: it needs servers
// that others reach too.
func separate(p process) (config.Config, error) {
	settings, err := p.settings()
	if !p.isSet("TEAMSHEET_REDIS_URL") {
		err = errors.Join(err, errors.New("TEAMSHEET_REDIS_URL: is needed, since producer and worker meet in Redis; 'teamsheet run' needs none"))
	}
	if !p.isSet("TEAMSHEET_DATABASE_URL") || strings.HasPrefix(settings.DatabaseURL, "sqlite:") {
		err = errors.Join(err, errors.New("TEAMSHEET_DATABASE_URL: is needed, and has to begin with postgres:; 'teamsheet run' needs none"))
	}
	if err != nil && !errors.Is(err, errConfig) {
		err = errors.Join(errConfig, err)
	}
	return settings, err
}

// workWithNumbers works until the context ends. Health and metrics are told for as
// long as there is work at hand: a worker that is finishing is alive, and not ready.
func (a *app) workWithNumbers(ctx context.Context) error {
	alive, done := context.WithCancel(context.WithoutCancel(ctx))
	return together(ctx, func(ctx context.Context) error {
		defer done()
		return a.work(ctx)
	}, func(ctx context.Context) error { return a.numbers(ctx, alive) })
}

// numbers serves the worker's health and metrics, where an address is set, until
// alive ends. It is not ready once working has ended.
func (a *app) numbers(working, alive context.Context) error {
	if a.settings.WorkerAddr == "" {
		return nil
	}
	listener, err := listen(working, a.settings.WorkerAddr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", telemetry.Health)
	mux.Handle("GET /readyz", &telemetry.Readiness{Log: a.log, Checks: map[string]func(context.Context) error{
		"database": a.store.Ping,
		"schema":   a.store.CheckSchema,
		"queue":    func(context.Context) error { return a.bell.Ping() },
		"files":    a.blobs.Ping,
		"process":  func(context.Context) error { return working.Err() },
	}})
	mux.Handle("GET /metrics", a.metrics.Handler())
	return serve(alive, listener, &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}, 0)
}
