package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/testkit"
	"teamsheet/internal/testkit/process"
)

// program is one running process of the program. Where it goes another way than it
// should, the test fails.
type program struct {
	*process.Process
	t *testing.T
}

// start starts the program. It is stopped with the test, whose log gets what it
// said if the test has failed.
func start(t *testing.T, s process.Settings, arguments ...string) *program {
	t.Helper()
	started, err := process.Program{Path: programPath, Settings: s}.Start(arguments...)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{started, t}
	t.Cleanup(p.end)
	return p
}

// value waits for a "name: value" line.
func (p *program) value(name string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), testkit.Limit)
	defer cancel()
	value, err := p.Printed(ctx, name)
	if err != nil {
		p.t.Fatal(err)
	}
	return value
}

// stop asks the program to end and waits for it; ending with an error fails the
// test.
func (p *program) stop() {
	p.t.Helper()
	if err := p.Stop(testkit.Limit); err != nil {
		p.t.Errorf("the program did not end in good order: %v", err)
	}
}

// end leaves nothing running, and shows what the program said in a failed test.
func (p *program) end() {
	_ = p.Stop(30 * time.Second)
	if p.t.Failed() {
		p.t.Logf("%v said:\n%s", p, strings.Join(p.Lines(), "\n"))
	}
}

// command runs a command of the program to its end and returns the last line that
// it printed.
func command(t *testing.T, s process.Settings, arguments ...string) string {
	t.Helper()
	made, err := process.Program{Path: programPath, Settings: s}.Run(t.Context(), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// mails are the mails in the data directory, by their text as sent.
func mails(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "mail", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, string(text))
	}
	return found
}
