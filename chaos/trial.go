package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"teamsheet/internal/testkit/ledger"
)

// trial is the program at work under one kind of fault.
type trial struct {
	name  string
	title string // in the document
	shape shape
	// prepare changes the installation before the program starts; nil: nothing.
	prepare func(ctx context.Context, r *rig) error
	// harm makes faults until ctx ends, and then mends what does not mend itself.
	harm func(ctx context.Context, r *rig) error
	// enough tells that there is no need to go on; nil: when the time is over.
	enough func(r *rig) bool
	rest   time.Duration // how long what was begun may take at the end; 0: as usual
	calm   bool          // nobody edits by hand, nobody looks
	// instead is done in place of people at work and harm; nil: those.
	instead func(ctx context.Context, r *rig) error
}

const (
	// usualRest is how long what was begun may take once the faults have ended.
	usualRest = 4 * time.Minute
	lookAt    = 200 * time.Millisecond
)

// run makes one trial for so long.
func (t trial) run(ctx context.Context, o options, seed uint64, duration time.Duration) (_ result, err error) {
	begun := time.Now()
	r, err := install(ctx, o, t.name, seed, t.shape)
	if err != nil {
		return result{}, fmt.Errorf("%s: install: %w", t.name, err)
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := t.begin(ctx, r); err != nil {
		return result{}, fmt.Errorf("%s: begin: %w", t.name, err)
	}
	work := func() error { return t.work(ctx, r, duration) }
	if t.instead != nil {
		work = func() error { return t.instead(ctx, r) }
	}
	for _, step := range []func() error{work, func() error { return r.comeToRest(ctx, t.restTime()) }} {
		// What does not come to rest, or does not get where it should, is a violation.
		if err := step(); err != nil {
			r.broken("%v", err)
		}
	}
	if err := r.halt(); err != nil {
		r.broken("a process did not end in good order: %v", err)
	}
	found, err := t.judge(ctx, r)
	found.Seconds = time.Since(begun).Seconds()
	r.keepLog(o, t.name, found.Violations > 0)
	return found, err
}

func (t trial) restTime() time.Duration {
	if t.rest > 0 {
		return t.rest
	}
	return usualRest
}

func (t trial) begin(ctx context.Context, r *rig) error {
	if err := r.populate(ctx); err != nil {
		return err
	}
	if err := ledger.Begin(ctx, r.database, r.book); err != nil {
		return err
	}
	if t.prepare != nil {
		if err := t.prepare(ctx, r); err != nil {
			return err
		}
	}
	return r.launch(ctx)
}

// work lets people work and harms them for so long; then lets them finish.
func (t trial) work(ctx context.Context, r *rig, duration time.Duration) error {
	harming, endHarm := context.WithTimeout(ctx, duration)
	defer endHarm()
	if t.enough != nil {
		go func() {
			for wait(harming, lookAt) {
				if t.enough(r) {
					endHarm()
				}
			}
		}()
	}
	working, endWork := context.WithTimeout(ctx, duration+t.restTime())
	defer endWork()
	done := make(chan error, 1)
	l := &load{rig: r, stopping: harming, editing: !t.calm, reading: !t.calm}
	go func() { done <- l.run(working) }()
	err := t.harm(harming, r)
	<-harming.Done()
	for _, p := range r.everyone() {
		err = errors.Join(err, p.start())
	}
	return errors.Join(err, <-done)
}

// comeToRest waits until nothing is to be done any more.
func (r *rig) comeToRest(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	const open = `SELECT (SELECT count(*) FROM batches WHERE state IN ('uploaded', 'confirmed'))
		+ (SELECT count(*) FROM mails WHERE sent_at IS NULL AND given_up_at IS NULL)`
	for {
		left, err := r.ask(ctx, open)
		if err == nil && left == 0 {
			return nil
		}
		if !wait(ctx, lookAt) {
			return fmt.Errorf("after %v %d batches and mails are not finished: %w", limit, left, err)
		}
	}
}

// judge checks the ledger.
func (t trial) judge(ctx context.Context, r *rig) (result, error) {
	entries, err := r.book.Entries()
	if err != nil {
		return result{}, err
	}
	accepted, cut := r.mail.ids()
	mails := &ledger.Mails{Accepted: accepted, Doubles: cut + int(r.doubles.Load())}
	violations, totals, err := ledger.Check(ctx, r.database, entries, mails)
	if err != nil {
		return result{}, err
	}
	median, worst := r.events.recovery()
	found := result{
		Name: t.name, Title: t.title, Seed: r.seed, Embedded: r.embedded, Hurried: r.hurry != "", Without: r.without,
		Kills: r.events.counted(aKill), Faults: len(r.events.faults),
		Uploads: r.events.counted("uploads"), Batches: totals.Batches, States: totals.ByState, Edits: totals.Edits,
		Reads: r.events.counted("reads"), Mails: totals.Mails, Doubles: totals.Doubles, Crashes: totals.Crashes,
		Violations: len(violations), MedianSeconds: median.Seconds(), WorstSeconds: worst.Seconds(), Counts: r.events.counts, Remarks: r.events.remarks,
	}
	for _, v := range violations {
		found.Words = append(found.Words, v.String())
	}
	return found, nil
}

// keepLog saves the program's log of a trial that went wrong.
func (r *rig) keepLog(o options, name string, broken bool) {
	if !broken || o.logs == "" {
		return
	}
	text, err := os.ReadFile(filepath.Join(r.dir, "log"))
	if err == nil {
		err = os.WriteFile(filepath.Join(o.logs, fmt.Sprintf("%s-%d.log", name, r.seed)), text, 0o600)
	}
	if err != nil {
		o.say("keep log: %v", err)
	}
}
