package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// bench is one run.
type bench struct {
	options
	dir   string // of files that go with the run
	tools tools
	said  io.Writer
	about machine
	keep  func(part string, r *record) error
}

// part is something that can be measured by itself. The document shows each as it
// was measured last.
type part struct {
	name    string
	what    string
	measure func(context.Context, *bench) error
}

func parts() []part {
	return []part{
		{"postgres", "download, upload, preview and apply on Postgres and Redis, beside the floors", measurePostgres},
		{"embedded", "the same on the embedded database and queue, beside the same floors", measureEmbedded},
		{"growth", "the same with teams of other sizes", measureGrowth},
		{"gorm", "the ways in which one would write it with GORM alone", measureGORM},
		{"fairness", "small files and pages while a large file is at work", measureFairness},
		{"capacity", "many small files through one worker", measureCapacity},
	}
}

func newBench(ctx context.Context, o options, said io.Writer) (*bench, error) {
	b := &bench{options: o, said: said}
	var err error
	if b.tools, err = findTools(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(o.program); err != nil {
		return nil, fmt.Errorf("find the program: %w (\"make build\" builds it)", err)
	}
	if b.about, err = thisMachine(ctx, o.postgresURL, o.redisURL); err != nil {
		return nil, err
	}
	if b.dir, err = os.MkdirTemp("", "teamsheet-bench-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	return b, nil
}

func (b *bench) close() error { return os.RemoveAll(b.dir) }

// say tells how far it is.
func (b *bench) say(format string, args ...any) {
	_, _ = fmt.Fprintf(b.said, "%s bench: %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// newRecord begins the record of a part.
func (b *bench) newRecord(people int) *record {
	return &record{MeasuredAt: time.Now().UTC().Truncate(time.Second), People: people, Rounds: b.rounds, Machine: b.about, Figures: figures{}}
}

// rest is how long is looked at where nothing happens: a trial has no patience.
func (b *bench) rest(ctx context.Context, whole time.Duration) error {
	if b.people < million {
		whole /= 5
	}
	timer := time.NewTimer(whole)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// timed is how many seconds something takes.
func timed(do func() error) (float64, error) {
	begun := time.Now()
	err := do()
	return time.Since(begun).Seconds(), err
}

// closing closes something at the end of a function whose error it adds to.
func closing(err *error, closer func() error) { *err = errors.Join(*err, closer()) }
