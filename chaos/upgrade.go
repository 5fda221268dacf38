package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"teamsheet/internal/testkit/process"
)

const (
	anUpgrade   = "processes replaced by another version"
	aMigration  = "migrations under load"
	aRound      = "rounds from old to new and back"
	pairedWith  = "applied with %s producers and %s workers"
	pairingTime = time.Minute
	readyTime   = 30 * time.Second
)

// nextMigration adds to every table that the program writes, as the migration of a
// later version may.
//
//go:embed next.sql
var nextMigration string

// version is one of two versions of the program that run side by side.
type version struct {
	name     string
	path     string
	settings process.Settings
}

// versions are the one that is there first and the one that replaces it: another
// program and this one, or this one and itself with one migration more.
func versions(o options, dir string) (before, after version, err error) {
	const next = "TEAMSHEET_NEXT_MIGRATION"
	before = version{"old", o.program, process.Settings{next: ""}}
	after = version{"new", o.program, process.Settings{next: filepath.Join(dir, "next.sql")}}
	if o.beside != "" {
		before.path, after.settings = o.beside, before.settings
		return before, after, nil
	}
	return before, after, os.WriteFile(after.settings[next], []byte(nextMigration), 0o600)
}

// of is the version of a program.
func (v version) of(p process.Program) process.Program {
	p.Path, p.Settings = v.path, p.Settings.With(v.settings)
	return p
}

// upgrades migrates under load, and then replaces one process after the other by the
// new version, and by the old one again: producers first, so that each version of a
// producer has worked beside each version of a worker.
func upgrades(o options, every time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		before, after, err := versions(o, r.dir)
		if err != nil {
			return err
		}
		if err := r.migrateUnderLoad(ctx, after); err != nil {
			return err
		}
		defer r.tellRounds()
		producers, workers := before, before
		for next := after; ctx.Err() == nil; next = map[string]version{"old": after, "new": before}[next.name] {
			for _, role := range []string{"producer", "worker"} {
				for i, p := range r.posts[role] {
					if !wait(ctx, every) {
						return nil
					}
					if err := r.replace(p, next); err != nil {
						return err
					}
					if role == "producer" {
						r.mustBeReady(ctx, r.urls[i], next)
					}
				}
				if role == "producer" {
					producers = next
				} else {
					workers = next
				}
				r.seePairing(ctx, producers, workers)
			}
			if next.name == before.name {
				r.events.count(aRound)
			}
		}
		return nil
	}
}

// tellRounds tells how often every pair of versions has worked together.
func (r *rig) tellRounds() {
	rounds := r.events.counted(aRound)
	if rounds == 0 {
		r.broken("not one round from old to new and back was made: nothing is shown")
	}
	r.events.remark("%d rounds from old to new and back, in each of which something was saved by every pair of an old or new producer and an old or new worker;"+
		" the migration was done under load and took %d tries", rounds, r.events.counted(aMigration))
}

// migrateUnderLoad migrates while everybody works. Postgres may end it to let others
// go on, as the command says; then it is done again.
func (r *rig) migrateUnderLoad(ctx context.Context, to version) (err error) {
	const tries = 10
	for range tries {
		r.events.fault(aMigration)
		if _, err = to.of(r.program).Run(context.WithoutCancel(ctx), "migrate"); err == nil {
			return nil
		}
	}
	return err
}

// replace stops a process in good order and starts the other version in its place.
func (r *rig) replace(p *post, by version) error {
	r.events.fault(anUpgrade)
	if err := p.pause(); err != nil {
		return err
	}
	p.becomes(by)
	return p.start()
}

// mustBeReady waits until a producer says that it is: an old one beside a schema that
// only has more in it has to.
func (r *rig) mustBeReady(ctx context.Context, url string, v version) {
	limited, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	for wait(limited, lookAt) {
		if process.IsReady(limited, url) {
			return
		}
	}
	if ctx.Err() == nil {
		r.broken("a producer of the %s version is not ready within %v", v.name, readyTime)
	}
}

// seePairing waits until something was saved by two versions together.
func (r *rig) seePairing(ctx context.Context, producers, workers version) {
	limited, cancel := context.WithTimeout(ctx, pairingTime)
	defer cancel()
	from := r.events.counted("applied")
	what := fmt.Sprintf(pairedWith, producers.name, workers.name)
	// Of those that end now, each organization may have begun one before.
	for r.events.counted("applied") < from+2*r.shape.orgs {
		if !wait(limited, lookAt) {
			if ctx.Err() == nil {
				r.broken("within %v nothing is %s", pairingTime, what)
			}
			return
		}
	}
	r.events.count(what)
}

// becomes has the post's next processes be of a version.
func (p *post) becomes(v version) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.program = v.of(p.program)
}
