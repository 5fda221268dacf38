package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"teamsheet/internal/testkit/process"
)

const (
	aMailAway = "mail server away"
	aGreylist = "greylisted"
	aMailCut  = "dropped after the data"
	aFullDisk = "disk full"
	aTimeout  = "seconds in which applies time out"
	aTrouble  = "times in which calls went wrong"
)

// mailTroubles has the mail server be away, put off, or take a mail without saying so.
func mailTroubles(every time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		for n := 0; wait(ctx, about(r.random, every)); n++ {
			switch n % 3 {
			case 0:
				r.events.fault(aMailAway)
				r.doubles.Add(mailsAtOnce * int64(r.workers)) // what it was just taking
				r.mail.close()
				wait(ctx, 2*time.Second)
				if err := r.mail.again(); err != nil {
					return err
				}
			case 1:
				r.events.fault(aGreylist)
				const comeBackLater = 451
				r.mail.refusing(comeBackLater)
				wait(ctx, 2*time.Second)
				r.mail.refusing(0)
			case 2:
				r.events.fault(aMailCut)
				r.mail.cutOffNext(2)
			}
		}
		r.mail.cutOffNext(0)
		return nil
	}
}

// diskSize in bytes is that of the file system of files.
const diskSize = 8 << 20

var errNoMount = errors.New("a small file system cannot be mounted: it needs root")

// smallDisk keeps uploaded files on a small file system.
func smallDisk(_ context.Context, r *rig) error {
	r.disk = filepath.Join(r.dir, "disk")
	if err := os.MkdirAll(r.disk, 0o700); err != nil {
		return err
	}
	if err := syscall.Mount("tmpfs", r.disk, "tmpfs", 0, fmt.Sprintf("size=%d,mode=700", diskSize)); err != nil {
		return errors.Join(errNoMount, err)
	}
	r.closing(func() error { return syscall.Unmount(r.disk, 0) })
	r.with(process.Settings{"TEAMSHEET_BLOB_URL": "file:" + filepath.Join(r.disk, "files")})
	return nil
}

// fillsDisk leaves no room for files for a while, again and again.
func fillsDisk(every time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		filler := filepath.Join(r.disk, "filler")
		for wait(ctx, about(r.random, every)) {
			r.events.fault(aFullDisk)
			// It takes what there is: that it is too little is the point.
			if err := os.WriteFile(filler, make([]byte, 2*diskSize), 0o600); err == nil {
				return errors.New("the disk was not full")
			}
			wait(ctx, every)
			if err := os.Remove(filler); err != nil {
				return err
			}
		}
		return nil
	}
}

// slowApplies makes the database save slowly: often for longer than the task of an
// apply may take, so that the queue takes it away.
func slowApplies(ctx context.Context, r *rig) error {
	return onServer(ctx, r.database,
		`CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1.6 * random()); RETURN NULL; END $$`,
		// An edit changes somebody too, and writes its history before: only applies wait.
		`CREATE TRIGGER slow AFTER INSERT ON profile_history FOR EACH STATEMENT EXECUTE FUNCTION be_slow()`)
}

// counts notes a fault every so often: it happens by itself.
func counts(kind string, every time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		for wait(ctx, every) {
			r.events.fault(kind)
		}
		return nil
	}
}

// troubled has one call in fifty go wrong in every process, at the end too: what was
// begun has to come to rest all the same.
func troubled(_ context.Context, r *rig) error {
	r.with(process.Settings{"TEAMSHEET_TROUBLE": fmt.Sprintf("0.02:%d", r.random.Uint32())})
	// A mail whose sending was misheard goes out again; how many were, only the
	// processes know. The ledger counts the others as it does everywhere.
	r.doubles.Add(math.MaxInt32)
	return nil
}

// troubles counts: the trouble comes by itself.
func troubles(every time.Duration) func(context.Context, *rig) error { return counts(aTrouble, every) }
