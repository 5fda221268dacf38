// Package e2e uses the program as its users do: the built binary as processes of
// their own, its command line, its HTTP API and its files. It knows only what
// they are promised, and shares no code with the program, so that a mistake in
// the program cannot hide itself here.
package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programPath is the program under test, built once.
var programPath string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if testing.Short() {
		return m.Run() // every test skips itself
	}
	dir, err := os.MkdirTemp("", "teamsheet-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	programPath = filepath.Join(dir, "teamsheet")
	if err := build(programPath); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: build the program:", err)
		return 1
	}
	return m.Run()
}

func build(path string) error {
	cmd := exec.Command("go", "build", "-o", path, "teamsheet/cmd/teamsheet")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

// processTest marks a test of whole processes: it runs beside others, and not in
// the race detector's short run, which cannot see into them.
func processTest(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("these tests start processes of their own; make test runs them")
	}
	t.Parallel()
}
