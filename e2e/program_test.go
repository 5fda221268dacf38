package e2e

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"teamsheet/internal/testkit"
	"teamsheet/internal/testkit/server"
)

// settings are environment variables of the program, by name.
type settings map[string]string

// environment is this process's without settings of the program, with these.
func (s settings) environment() []string {
	environment := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "TEAMSHEET_")
	})
	for name, value := range s {
		environment = append(environment, name+"="+value)
	}
	return environment
}

// program is one running process of the program.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	exited chan struct{}
	err    error // of Wait, once exited

	mu     sync.Mutex
	values map[string]string // the "name: value" lines of standard output
	log    bytes.Buffer      // standard error
}

// start starts the program. It is stopped with the test, whose log gets what it
// said if the test has failed.
func start(t *testing.T, s settings, arguments ...string) *program {
	t.Helper()
	p := &program{t: t, exited: make(chan struct{}), values: map[string]string{}}
	p.cmd = exec.Command(programPath, arguments...)
	p.cmd.Env = s.environment()
	p.cmd.SysProcAttr = server.OwnGroup(syscall.SIGKILL)
	p.cmd.Stdout = &lines{each: p.keep}
	p.cmd.Stderr = &lines{each: p.note}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start teamsheet: %v", err)
	}
	go func() {
		defer close(p.exited)
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(p.end)
	return p
}

// lines gives each whole line written to it to each.
type lines struct {
	each func(string)
	rest []byte
}

func (l *lines) Write(text []byte) (int, error) {
	l.rest = append(l.rest, text...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return len(text), nil
		}
		l.each(string(line))
		l.rest = bytes.Clone(rest)
	}
}

func (p *program) keep(line string) {
	if name, value, ok := strings.Cut(line, ": "); ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.values[name] = value
	}
}

func (p *program) note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log.WriteString(line + "\n")
}

func (p *program) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// value waits for a "name: value" line on standard output.
func (p *program) value(name string) string {
	p.t.Helper()
	var value string
	testkit.Wait(p.t, "the program to print "+name, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		value = p.values[name]
		return value != "" || p.hasExited()
	})
	if value == "" {
		p.t.Fatalf("the program ended (%v) without printing %q:\n%s", p.err, name, p.said())
	}
	return value
}

func (p *program) hasExited() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// stop asks the program to end and waits for it; ending with an error fails the
// test.
func (p *program) stop() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	p.await()
	if p.err != nil {
		p.t.Errorf("the program did not end in good order: %v", p.err)
	}
}

// kill ends the program as a crash would.
func (p *program) kill() {
	p.t.Helper()
	_ = p.cmd.Process.Kill()
	p.await()
}

func (p *program) await() {
	p.t.Helper()
	timer := time.NewTimer(testkit.Limit)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		p.t.Fatal("the program does not end")
	}
}

// end leaves nothing running, and shows the log of a failed test.
func (p *program) end() {
	if !p.hasExited() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		timer := time.AfterFunc(30*time.Second, func() { _ = p.cmd.Process.Kill() })
		<-p.exited
		timer.Stop()
	}
	if p.t.Failed() {
		p.t.Logf("the program's log:\n%s", p.said())
	}
}

// command runs a command of the program to its end and returns the lines of its
// standard output.
func command(t *testing.T, s settings, arguments ...string) []string {
	t.Helper()
	cmd := exec.Command(programPath, arguments...)
	cmd.Env = s.environment()
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("teamsheet %s: %v\n%s", strings.Join(arguments, " "), err, said.String())
	}
	var printed []string
	for scanner := bufio.NewScanner(bytes.NewReader(out)); scanner.Scan(); {
		printed = append(printed, scanner.Text())
	}
	return printed
}

// lastLine is where commands print what they made.
func lastLine(t *testing.T, printed []string) string {
	t.Helper()
	if len(printed) == 0 {
		t.Fatal("the command printed nothing")
	}
	return printed[len(printed)-1]
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
