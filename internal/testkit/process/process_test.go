package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"teamsheet/internal/testkit/process"
)

// The tests' own binary is the program: its first argument says what it does.
func TestMain(m *testing.M) {
	roles := map[string]func() int{
		"show": show, "serve": func() int { return serve(0) }, "serve-badly": func() int { return serve(4) }, "ignore": ignore, "fail": fail,
	}
	if len(os.Args) > 1 {
		if role, ok := roles[os.Args[1]]; ok {
			os.Exit(role())
		}
	}
	os.Exit(m.Run())
}

// show prints the settings that it is asked for.
func show() int {
	for _, name := range os.Args[2:] {
		value, set := os.LookupEnv(name)
		fmt.Printf("%s %q %v\n", name, value, set)
	}
	return 0
}

// serve runs until it is asked to end.
func serve(code int) int {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	fmt.Println("url: here")
	<-asked
	return code
}

// ignore runs on.
func ignore() int {
	signal.Ignore(syscall.SIGTERM)
	fmt.Println("url: here")
	select {}
}

func fail() int {
	fmt.Println("url: here")
	fmt.Fprintln(os.Stderr, "no such table")
	return 3
}

// long is more than a process that ends may take, and bounds a failing test alone.
const long = time.Minute

func program(t *testing.T, settings process.Settings) process.Program {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return process.Program{Path: path, Settings: settings}
}

// started is a process that has said that it is there.
func started(t *testing.T, role string) *process.Process {
	t.Helper()
	p, err := program(t, nil).Start(role)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	if value, err := p.Printed(within(t), "url"); err != nil || value != "here" {
		t.Fatalf("printed %q, %v", value, err)
	}
	return p
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	t.Cleanup(cancel)
	return ctx
}

func TestProcessGetsItsSettingsAndNoOthers(t *testing.T) {
	t.Setenv("TEAMSHEET_AROUND", "1")
	t.Setenv("AROUND", "2")
	settings := process.Settings{"TEAMSHEET_OWN": "a", "TEAMSHEET_BOTH": "b"}
	other := settings.With(process.Settings{"TEAMSHEET_BOTH": "c", "AROUND": "3"})
	for want, s := range map[string]process.Settings{
		`TEAMSHEET_AROUND "" false`: settings, `AROUND "2" true`: settings, `TEAMSHEET_OWN "a" true`: other,
		`TEAMSHEET_BOTH "b" true`: settings, `TEAMSHEET_BOTH "c" true`: other, `AROUND "3" true`: other,
	} {
		name, _, _ := strings.Cut(want, " ")
		if got, err := program(t, s).Run(within(t), "show", name); err != nil || got != want {
			t.Errorf("with %v it has %s (%v), want %s", s, got, err, want)
		}
	}
}

func TestCommandGivesTheLastLineOrWhatWentWrong(t *testing.T) {
	t.Parallel()
	if got, err := program(t, nil).Run(within(t), "show", "NONE", "NEITHER"); err != nil || got != `NEITHER "" false` {
		t.Errorf("the last line is %q, %v", got, err)
	}
	if got, err := program(t, nil).Run(within(t), "show"); err != nil || got != "" {
		t.Errorf("the last line of nothing is %q, %v", got, err)
	}
	if got, err := program(t, nil).Run(within(t), "fail"); got != "" || err == nil || !strings.Contains(err.Error(), "no such table") {
		t.Errorf("a command that fails gives %q, %v", got, err)
	}
}

func TestProcessThatEndsByItself(t *testing.T) {
	t.Parallel()
	p := started(t, "fail")
	if _, err := p.Printed(within(t), "token"); !errors.Is(err, process.ErrEnded) || !strings.Contains(err.Error(), "no such table") {
		t.Errorf("waiting for what never comes ends with %v", err)
	}
	if p.Running() {
		t.Error("it is said to run still")
	}
	if err := p.Stop(long); !errors.Is(err, process.ErrEnded) {
		t.Errorf("stopping it is answered with %v", err)
	}
	if lines := p.Lines(); !slices.Contains(lines, "url: here") || !slices.Contains(lines, "no such table") || len(lines) != 2 {
		t.Errorf("it said %q", lines)
	}
}

func TestProcessIsWaitedForNoLongerThanWanted(t *testing.T) {
	t.Parallel()
	p := started(t, "serve")
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	if _, err := p.Printed(ctx, "token"); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting ends with %v", err)
	}
	if value, err := p.Printed(ctx, "url"); err != nil || value != "here" {
		t.Errorf("what was printed before is %q, %v", value, err)
	}
}

func TestProcessIsStopped(t *testing.T) {
	t.Parallel()
	p := started(t, "serve")
	if err := p.Ended(); err != nil {
		t.Errorf("a running process has ended: %v", err)
	}
	p.Signal(syscall.SIGSTOP) // it is woken for its end
	if err := p.Stop(long); err != nil {
		t.Error(err)
	}
	if p.Running() {
		t.Error("it runs still")
	}
	if err := started(t, "serve-badly").Stop(long); err == nil || errors.Is(err, process.ErrNoEnd) || errors.Is(err, process.ErrEnded) {
		t.Errorf("an end in bad order is answered with %v", err)
	}
}

func TestProcessThatDoesNotEndIsKilled(t *testing.T) {
	t.Parallel()
	p := started(t, "ignore")
	if err := p.Stop(time.Millisecond); !errors.Is(err, process.ErrNoEnd) {
		t.Errorf("stopping it is answered with %v", err)
	}
	if p.Running() {
		t.Error("it runs still")
	}
}

func TestProcessWithALogKeepsNoLines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	log, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	logged := program(t, nil)
	logged.Log = log
	p, err := logged.Start("fail")
	if err != nil {
		t.Fatal(err)
	}
	<-p.Exited()
	if text, err := os.ReadFile(path); err != nil || string(text) != "url: here\nno such table\n" || len(p.Lines()) > 0 {
		t.Errorf("the log is %q (%v), and the lines kept are %q", text, err, p.Lines())
	}
}

func TestProgramThatIsMissing(t *testing.T) {
	t.Parallel()
	if _, err := (process.Program{Path: filepath.Join(t.TempDir(), "none")}).Start("serve"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("starting it is answered with %v", err)
	}
}
