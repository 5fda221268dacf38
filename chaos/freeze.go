package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"teamsheet/internal/testkit/ledger"
	"teamsheet/internal/testkit/process"
)

// stopsAt has a worker stop at a point of its work, as a frozen machine does, until
// another has taken its batch over and is done; then it goes on. It must come to
// nothing. It does so for each organization.
func stopsAt(points ...string) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		for i, o := range r.orgs {
			point := points[i%len(points)]
			if err := r.overtake(ctx, o, point); err != nil {
				return fmt.Errorf("stop %s: %w", point, err)
			}
		}
		return nil
	}
}

func (r *rig) overtake(ctx context.Context, o *org, point string) error {
	ctx, cancel := context.WithTimeout(ctx, caseTime)
	defer cancel()
	slow, quick := r.posts["worker"][0], r.posts["worker"][1]
	if err := quick.pause(); err != nil {
		return err
	}
	slow.with(process.Settings{"TEAMSHEET_STOP_AT": point})
	if err := slow.crash(); err != nil {
		return err
	}
	l := &load{rig: r, stopping: ctx}
	b, err := l.sendTo(ctx, o, point)
	if err != nil {
		return err
	}
	if err := awaitStop(ctx, slow.present()); err != nil {
		return err
	}
	waiting := time.Now()
	r.events.fault(aFreeze)
	if err := quick.start(); err != nil {
		return err
	}
	// A lock that the frozen one holds is waited for: it goes on before.
	if point == beforeOutcome || point == "before_lock" {
		if b, err = l.rest(ctx, o, b.ID); err != nil {
			return err
		}
	} else {
		wait(ctx, 6*editPause)
	}
	slow.with(process.Settings{"TEAMSHEET_STOP_AT": ""})
	slow.present().Signal(syscall.SIGCONT)
	if b, err = l.rest(ctx, o, b.ID); err != nil {
		return err
	}
	r.events.waited(waiting)
	// It is to have done what it would do.
	if err := slow.pause(); err != nil {
		return err
	}
	if err := slow.start(); err != nil {
		return err
	}
	return r.book.Add(ledger.Entry{Kind: ledger.Settled, Batch: b.ID, State: b.State})
}

// beforeOutcome is where a preview is about to store what it has found.
const beforeOutcome = "before_outcome"

// sendTo sends a file that gets a worker to a point: one with a problem to that of a
// preview, which ends it with a mail; to those of an apply one that is confirmed.
func (l *load) sendTo(ctx context.Context, o *org, point string) (b batchJSON, err error) {
	if point == beforeOutcome {
		return l.accepted(ctx, o, "overtaken."+o.id, o.fileWithProblem("overtaken"), nil)
	}
	file, changes := o.file("overtaken." + point)
	if b, err = l.accepted(ctx, o, "overtaken."+o.id, file, changes); err != nil {
		return b, err
	}
	if b, err = o.client.settle(ctx, b.ID); err != nil {
		return b, err
	}
	if confirmed, err := l.confirm(ctx, o, b); err != nil || !confirmed {
		return b, errors.Join(err, errors.New("the batch is not confirmed"))
	}
	return b, nil
}

// awaitStop waits until the process has stopped itself.
func awaitStop(ctx context.Context, p *process.Process) error {
	for {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID()))
		if err != nil {
			return err
		}
		// The state stands after the name, which is in parentheses (proc(5)).
		if after := string(stat[strings.LastIndexByte(string(stat), ')')+1:]); strings.HasPrefix(after, " T") {
			return nil
		}
		if !wait(ctx, lookAt) {
			return errors.New("the process never got there")
		}
	}
}

// overtaking is a trial of workers that stop at points of an apply.
func overtaking() trial {
	return stopping("overtaken", "A worker stops inside an apply for longer than it may be silent, and goes on",
		"before_lock", "after_lock", "mid_update", "before_commit")
}

// overtakingPreviews is a trial of workers that stop at the end of a preview.
func overtakingPreviews() trial {
	return stopping("overtaken-preview", "A worker stops at the end of a preview for longer than it may be silent, and goes on", beforeOutcome)
}

func stopping(name, title string, points ...string) trial {
	s := usually()
	s.producers, s.workers, s.orgs, s.people, s.rows = 1, 2, len(points), 5, []int{20}
	return trial{name: name, title: title, shape: s, calm: true, instead: stopsAt(points...)}
}
