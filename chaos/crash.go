package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"teamsheet/internal/testkit/ledger"
	"teamsheet/internal/testkit/process"
)

// crashPoint is a place at which the program can be told to end.
type crashPoint struct {
	name     string
	producer bool // or the worker
	mail     bool // on the way of a mail
}

func crashPoints() []crashPoint {
	return []crashPoint{
		{name: "after_blob", producer: true}, {name: "after_insert", producer: true}, {name: "after_ring", producer: true},
		{name: beforeOutcome}, {name: "after_lock"}, {name: "mid_update"}, {name: "before_commit"}, {name: "after_commit"}, {name: "before_ack"},
		{name: "after_smtp_data", mail: true}, {name: "before_mark_sent", mail: true},
	}
}

// everyTry stands for a process that ends there each time.
const everyTry = 0

// crashCase is one point, and how often the process ends there.
type crashCase struct {
	crashPoint
	times int
	org   *org
}

func (c crashCase) String() string {
	times := "at every try"
	if c.times > 0 {
		times = fmt.Sprintf("%d×", c.times)
	}
	return fmt.Sprintf("%s %s with %d rows", c.name, times, c.org.rows)
}

// crashes has the program end at each point, once, twice and at every try, for
// files of each size.
func crashes(wanted func(crashPoint) bool, times ...int) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		number := 0
		for _, o := range r.orgs {
			for _, point := range crashPoints() {
				for _, n := range times {
					if !wanted(point) {
						continue
					}
					number++
					c := crashCase{point, n, o}
					if err := c.run(ctx, r, fmt.Sprintf("c%d.%d", r.seed, number)); err != nil {
						return fmt.Errorf("%v: %w", c, err)
					}
				}
			}
		}
		return nil
	}
}

const (
	// caseTime bounds one case.
	caseTime = 2 * time.Minute
	// triesMost is when a process that always ends stops ending, where nothing else
	// would ever come of it.
	triesMost = 4
)

// run has one file sent while the process ends at the point again and again.
func (c crashCase) run(ctx context.Context, r *rig, name string) error {
	ctx, cancel := context.WithTimeout(ctx, caseTime)
	defer cancel()
	p := c.victim(r)
	p.with(process.Settings{"TEAMSHEET_CRASH_AT": c.name})
	r.doubles.Add(mailsAtOnce) // the report of an earlier case may be under way
	if err := p.crash(); err != nil {
		return err
	}
	settled := make(chan error, 1)
	l := &load{rig: r, stopping: ctx}
	go func() { settled <- c.send(ctx, l, name) }()
	deaths, err := c.attend(ctx, r, p, settled)
	p.with(process.Settings{"TEAMSHEET_CRASH_AT": ""})
	if p.present().Running() {
		// It still waits for the point that it is to end at.
		r.doubles.Add(mailsAtOnce)
		err = errors.Join(err, p.crash())
	}
	if err == nil && deaths == 0 {
		err = errors.New("the process never got there")
	}
	return err
}

func (c crashCase) victim(r *rig) *post {
	switch {
	case r.embedded:
		return r.posts["run"][0]
	case c.producer:
		return r.posts["producer"][0]
	}
	return r.posts["worker"][0]
}

// send sends what gets to the point.
func (c crashCase) send(ctx context.Context, l *load, name string) error {
	if !c.mail {
		return l.send(ctx, c.org, name, false)
	}
	if err := l.sendWrong(ctx, c.org, name); err != nil {
		return err
	}
	const open = `SELECT count(*) FROM mails WHERE sent_at IS NULL AND given_up_at IS NULL`
	for {
		if left, err := l.ask(ctx, open); err == nil && left == 0 {
			return nil
		}
		if !wait(ctx, lookAt) {
			return fmt.Errorf("the mail is not sent: %w", ctx.Err())
		}
	}
}

// attend starts the process again whenever it has ended, until the file has come to
// rest, and says how often that was.
func (c crashCase) attend(ctx context.Context, r *rig, p *post, settled <-chan error) (deaths int, err error) {
	for {
		select {
		case err := <-settled:
			// Whoever asks may hear of a commit just before the process ends after it.
			if late := p.present().Exited(); deaths == 0 && endsWithin(ctx, late) {
				deaths++
			}
			return deaths, err
		case <-p.present().Exited():
		}
		deaths++
		r.events.fault(aKill)
		if c.mail {
			r.doubles.Add(1)
		}
		if enough := c.enough(); deaths == enough {
			p.with(process.Settings{"TEAMSHEET_CRASH_AT": ""})
		}
		if err := p.start(); err != nil {
			return deaths, err
		}
		if ctx.Err() != nil {
			return deaths, ctx.Err()
		}
	}
}

// endsWithin waits a moment for the end of a process.
func endsWithin(ctx context.Context, exited <-chan struct{}) bool {
	ctx, cancel := context.WithTimeout(ctx, mostPause)
	defer cancel()
	select {
	case <-exited:
		return true
	case <-ctx.Done():
		return false
	}
}

// enough is after how many ends the process is let through. One that ends inside
// an apply at every try is not: the batch has to fail by itself.
func (c crashCase) enough() int {
	switch {
	case c.times > 0:
		return c.times
	case c.producer || c.mail:
		return triesMost
	}
	return -1
}

// allPoints and somePoints choose.
func allPoints(crashPoint) bool { return true }

func somePoints(names ...string) func(crashPoint) bool {
	return func(p crashPoint) bool { return slices.Contains(names, p.name) }
}

// crashing is a trial of crash points.
func crashing(name string, embedded bool, rows []int, wanted func(crashPoint) bool, times ...int) trial {
	s := usually()
	s.embedded, s.producers, s.workers, s.orgs, s.people, s.rows = embedded, 1, 1, len(rows), 5, rows
	where := "Postgres and Redis"
	if embedded {
		where = "SQLite, everything in one process"
	}
	return trial{name: name, title: "The process ends at each named point (" + where + ")", shape: s, calm: true,
		instead: crashes(wanted, times...)}
}

// broken writes down what the program did that it must not do.
func (r *rig) broken(format string, args ...any) {
	_ = r.book.Add(ledger.Entry{Kind: ledger.Broken, Value: fmt.Sprintf(format, args...)})
}
