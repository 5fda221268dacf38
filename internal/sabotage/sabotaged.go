//go:build sabotage

// Package sabotage with its tag: see sabotage.go for what it is.
package sabotage

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ExitCode is that of a process which SIGKILL has ended, as a shell says it.
const ExitCode = 137

// plan is what the environment asks for.
type plan struct {
	point   string
	left    atomic.Int64 // times that the point is still passed or reached
	stop    string
	stopped sync.Once
	without map[string]bool
	waits   map[string]time.Duration
	trouble *trouble
	clock   string // path of a file that says how wrong the clock is
	next    string // path of a file of statements
}

var asked = sync.OnceValue(func() *plan { return read(os.Getenv) })

func read(env func(string) string) *plan {
	p := &plan{without: map[string]bool{}, waits: map[string]time.Duration{}}
	point, times, _ := strings.Cut(env("TEAMSHEET_CRASH_AT"), ":")
	p.point, p.stop = point, env("TEAMSHEET_STOP_AT")
	p.left.Store(1)
	if times != "" {
		n, err := strconv.ParseInt(times, 10, 64)
		if err != nil || n < 1 {
			panic("TEAMSHEET_CRASH_AT: " + times + " is not how often")
		}
		p.left.Store(n)
	}
	p.trouble = readTrouble(env("TEAMSHEET_TROUBLE"))
	p.clock, p.next = env("TEAMSHEET_CLOCK"), env("TEAMSHEET_NEXT_MIGRATION")
	for name := range strings.SplitSeq(env("TEAMSHEET_WITHOUT"), ",") {
		p.without[strings.TrimSpace(name)] = name != ""
	}
	for entry := range strings.SplitSeq(env("TEAMSHEET_HURRY"), ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(entry), "=")
		wait, err := time.ParseDuration(value)
		if ok && err != nil {
			panic("TEAMSHEET_HURRY: " + entry + " is no duration")
		}
		if ok {
			p.waits[name] = wait
		}
	}
	return p
}

// reaches tells whether the process is to end here.
func (p *plan) reaches(point string) bool { return p.point == point && p.left.Add(-1) == 0 }

// At ends the process, without a word to anybody, if it is to end at this point
// of its work; or stops it there until somebody sends SIGCONT.
func At(point string) {
	if asked().stop == point {
		asked().stopped.Do(func() {
			fmt.Fprintln(os.Stderr, "sabotage: stops at "+point)
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
			// The signal reaches another thread: this one is not to run past the point.
			time.Sleep(10 * time.Millisecond)
		})
	}
	if asked().reaches(point) {
		fmt.Fprintln(os.Stderr, "sabotage: ends at "+point)
		os.Exit(ExitCode)
	}
}

// Without reports whether the program is to work without a safeguard.
func Without(safeguard string) bool { return asked().without[safeguard] }

// Wait is how long a wait of this name lasts.
func Wait(name string, usual time.Duration) time.Duration {
	if wait, ok := asked().waits[name]; ok {
		return wait
	}
	return usual
}

// Now is the time of a machine whose clock is wrong.
func Now() time.Time { return asked().now() }

func (p *plan) now() time.Time {
	now := time.Now()
	if p.clock == "" {
		return now
	}
	text, err := os.ReadFile(p.clock)
	wrong, parseErr := time.ParseDuration(strings.TrimSpace(string(text)))
	if err = errors.Join(err, parseErr); err != nil {
		panic("TEAMSHEET_CLOCK: " + err.Error())
	}
	// Without the monotonic reading, which nobody can set.
	return now.Round(0).Add(wrong)
}

// NextMigration are the statements of a migration of the next version; "": there is
// none.
func NextMigration() string {
	if asked().next == "" {
		return ""
	}
	text, err := os.ReadFile(asked().next)
	if err != nil {
		panic("TEAMSHEET_NEXT_MIGRATION: " + err.Error())
	}
	return string(text)
}
