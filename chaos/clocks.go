package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"teamsheet/internal/testkit/process"
)

const aClock = "clocks set"

// wrongClocks are by how much a machine's clock may be wrong. An hour is longer than
// anything here that is taken for dead may be silent.
func wrongClocks() []time.Duration {
	return []time.Duration{0, 2 * time.Second, -2 * time.Second, time.Minute, -time.Minute,
		time.Hour + time.Minute, -time.Hour - time.Minute, 26 * time.Hour, -26 * time.Hour}
}

// ownClocks gives every process a clock of its own, each of them wrong.
func ownClocks(_ context.Context, r *rig) error {
	for i := range r.producers + r.workers {
		if err := r.setClock(i, r.randomClock()); err != nil {
			return err
		}
	}
	r.eachPost = func(i int) process.Settings { return process.Settings{"TEAMSHEET_CLOCK": r.clockPath(i)} }
	return nil
}

// setsClocks sets one process's clock every so often, at random. They stay wrong
// when everything comes to rest.
func setsClocks(every time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		for wait(ctx, about(r.random, every)) {
			r.events.fault(aClock)
			if err := r.setClock(r.random.IntN(r.producers+r.workers), r.randomClock()); err != nil {
				return err
			}
		}
		return nil
	}
}

func (r *rig) randomClock() time.Duration {
	wrong := wrongClocks()
	return wrong[r.random.IntN(len(wrong))]
}

func (r *rig) clockPath(post int) string {
	return filepath.Join(r.dir, fmt.Sprintf("clock%d", post))
}

// setClock writes aside first: a process reads the file at any moment.
func (r *rig) setClock(post int, wrong time.Duration) error {
	path := r.clockPath(post)
	if err := os.WriteFile(path+".new", []byte(wrong.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
