// Package testkit gives tests the real things: databases of their own on a real
// Postgres, Redis servers of their own, an SMTP server that can misbehave, the
// browser and the spreadsheet program. Whatever it gives ends with the test.
//
// "make test" starts what is needed. Where something is missing a test skips
// loudly, and fails if TEAMSHEET_TEST_REQUIRE=1: a skip is never a pass.
package testkit

import (
	"fmt"
	"os"
	"testing"
	"time"

	"teamsheet/internal/testkit/server"
)

// The environment between "make test" and the tests.
const (
	EnvPostgres = "TEAMSHEET_TEST_POSTGRES_URL" // a server on which databases may be created
	EnvRedis    = "TEAMSHEET_TEST_REDIS_URL"    // a server whose databases 1 to 15 may be emptied
	EnvChromium = "TEAMSHEET_TEST_CHROMIUM"     // path of the program
	EnvCalc     = "TEAMSHEET_TEST_SOFFICE"      // path of the program
	EnvRequire  = "TEAMSHEET_TEST_REQUIRE"      // 1: what is missing fails the test
	EnvSkips    = "TEAMSHEET_TEST_SKIPS"        // a file to which each skip adds a line
)

// Limit is how long Wait waits. It only bounds a failing test: a passing one goes
// on as soon as the condition holds, however slow the machine is.
const Limit = 90 * time.Second

const pollEvery = 5 * time.Millisecond

// Need skips the test unless it has what it needs, loudly, and fails it instead
// if TEAMSHEET_TEST_REQUIRE=1. what completes "it needs …".
func Need(tb testing.TB, have bool, what string) {
	tb.Helper()
	if have {
		return
	}
	message := fmt.Sprintf("NOT TESTED: %s needs %s. \"make test\" provides it.", tb.Name(), what)
	if os.Getenv(EnvRequire) == "1" {
		tb.Fatal(message)
		return
	}
	announce(message)
	tb.Skip(message)
}

// announce makes a skip seen: go test keeps the output of packages that pass to
// itself, so "make test" repeats these lines at its end.
func announce(message string) {
	fmt.Fprintln(os.Stderr, message)
	path := os.Getenv(EnvSkips)
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer file.Close()
	fmt.Fprintln(file, message)
}

// Wait returns as soon as cond holds and fails the test if it does not within
// Limit. what completes "waited for …". cond runs on the test's own goroutine,
// so it may fail the test.
func Wait(tb testing.TB, what string, cond func() bool) {
	tb.Helper()
	deadline := time.NewTimer(Limit)
	defer deadline.Stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline.C:
			tb.Fatalf("waited %v for %s, in vain", Limit, what)
		}
	}
}

// Chromium is the path of a Chromium to drive. As root it needs --no-sandbox.
func Chromium(tb testing.TB) string {
	tb.Helper()
	return program(tb, EnvChromium, server.FindChromium, "Chromium")
}

// Calc is the path of a LibreOffice that opens and saves spreadsheets. Give each
// use a profile folder of its own (-env:UserInstallation=file://…): two that
// share one do not run at the same time.
func Calc(tb testing.TB) string {
	tb.Helper()
	return program(tb, EnvCalc, server.FindCalc, "LibreOffice Calc")
}

func program(tb testing.TB, env string, find func() string, what string) string {
	tb.Helper()
	path := os.Getenv(env)
	if path == "" {
		path = find()
	}
	Need(tb, path != "", what)
	return path
}
