package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"teamsheet/internal/testkit"
)

// programPath is the program with the tag, built once.
var programPath string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "teamsheet-chaos-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	programPath = filepath.Join(dir, "teamsheet")
	build := exec.Command("go", "build", "-tags", "sabotage", "-o", programPath, "teamsheet/cmd/teamsheet")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "chaos: build the program:", err)
		return 1
	}
	return m.Run()
}

const testSeed = 7

// try makes a trial of a few seconds, beside others.
func try(t *testing.T, wanted trial, duration time.Duration) result {
	t.Helper()
	if testing.Short() {
		t.Skip("these tests start processes of their own; make test runs them")
	}
	t.Parallel()
	postgres := os.Getenv(testkit.EnvPostgres)
	testkit.Need(t, wanted.shape.embedded || postgres != "", "Postgres ("+testkit.EnvPostgres+")")
	o := options{program: programPath, postgres: postgres, out: t.Output(), logs: t.TempDir()}
	found, err := wanted.run(context.Background(), o, testSeed, duration)
	if err != nil {
		t.Fatal(err)
	}
	found.tell(o)
	return found
}

func clean(t *testing.T, found result) {
	t.Helper()
	if found.Violations > 0 {
		t.Errorf("%d violations: %v", found.Violations, found.Words)
	}
}

func named(t *testing.T, name string) trial {
	t.Helper()
	for _, each := range trials(options{program: programPath}) {
		if each.name == name {
			each.shape.orgs = 3
			return each
		}
	}
	t.Fatalf("no trial %s", name)
	return trial{}
}

func TestKillsForAShortWhile(t *testing.T) {
	found := try(t, named(t, "kill"), 8*time.Second)
	clean(t, found)
	if found.Kills == 0 || found.States["applied"] == 0 {
		t.Errorf("%d kills and %v: nothing was shown", found.Kills, found.States)
	}
}

func TestCrashPoints(t *testing.T) {
	some := somePoints("after_insert", "mid_update", "after_commit")
	clean(t, try(t, crashing("points", false, []int{3}, some, 1), 0))
}

func TestCrashPointsEmbedded(t *testing.T) {
	some := somePoints("after_blob", "before_commit", "before_mark_sent")
	clean(t, try(t, crashing("points-embedded", true, []int{3}, some, 1), 0))
}

// A process that dies in every apply of a batch ends that batch, with a mail.
func TestCrashAtEveryTryFailsTheBatch(t *testing.T) {
	found := try(t, crashing("points-every", true, []int{3}, somePoints("after_lock"), everyTry), 0)
	clean(t, found)
	if found.States["failed"] != 1 || found.Mails != 1 {
		t.Errorf("%v and %d mails, want one failed batch and its mail", found.States, found.Mails)
	}
}

// Old and new processes work together while they are replaced, and on the way back.
func TestOldAndNewSideBySide(t *testing.T) {
	wanted := named(t, "upgrade")
	wanted.enough = func(r *rig) bool { return r.events.counted(aRound) > 0 }
	found := try(t, wanted, time.Minute)
	clean(t, found)
	for _, producers := range []string{"old", "new"} {
		for _, workers := range []string{"old", "new"} {
			if what := fmt.Sprintf(pairedWith, producers, workers); found.Counts[what] == 0 {
				t.Errorf("nothing was %s", what)
			}
		}
	}
}

func TestClocksThatAreWrong(t *testing.T) {
	found := try(t, named(t, "clocks"), 8*time.Second)
	clean(t, found)
	if found.Counts[aClock] == 0 || found.States["applied"] == 0 {
		t.Errorf("clocks were set %d times, and %v: nothing was shown", found.Counts[aClock], found.States)
	}
}
