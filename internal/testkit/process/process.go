// Package process runs the built program as its users do: as processes of their
// own, with their settings in the environment. It promises that a process gets
// none of the settings that are around it, is not reached by Ctrl-C at the
// terminal, and ends with the one that started it where the system can see to that.
//
// It knows the program's command line and nothing of its code.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"teamsheet/internal/testkit/server"
)

// Program is the built program as somebody has set it up.
type Program struct {
	Path     string
	Settings Settings
	// Log gets what the processes say. Without one each process keeps its lines,
	// to be waited for: too much for one that runs for hours.
	Log *os.File
}

// Run runs a command of the program to its end and returns the last line that it
// printed, which is where commands print what they made.
func (p Program) Run(ctx context.Context, arguments ...string) (string, error) {
	cmd := exec.CommandContext(ctx, p.Path, arguments...)
	cmd.Env = p.Settings.environment()
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", nameOf(cmd), err, said.String())
	}
	printed := strings.TrimSpace(string(out))
	return printed[strings.LastIndexByte(printed, '\n')+1:], nil
}

// Start starts a process of the program. It may not be ready to work yet.
func (p Program) Start(arguments ...string) (*Process, error) {
	started := &Process{cmd: exec.Command(p.Path, arguments...), exited: make(chan struct{}), more: make(chan struct{})}
	started.cmd.Env = p.Settings.environment()
	started.cmd.SysProcAttr = server.OwnGroup(syscall.SIGKILL)
	if p.Log != nil {
		started.cmd.Stdout, started.cmd.Stderr = p.Log, p.Log
	} else {
		started.cmd.Stdout, started.cmd.Stderr = &lineWriter{each: started.keep}, &lineWriter{each: started.keep}
	}
	if err := started.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %v: %w", started, err)
	}
	go func() {
		defer close(started.exited)
		started.err = started.cmd.Wait()
	}()
	return started, nil
}

// Process is one running process of the program. Its methods may be called from
// several goroutines.
type Process struct {
	cmd    *exec.Cmd
	exited chan struct{}
	err    error // of Wait, once exited

	mu    sync.Mutex
	lines []string      // that it has printed or logged
	more  chan struct{} // closed when there are more lines
}

// String is the command line, without the program's folder.
func (p *Process) String() string { return nameOf(p.cmd) }

func nameOf(cmd *exec.Cmd) string {
	return strings.Join(append([]string{filepath.Base(cmd.Path)}, cmd.Args[1:]...), " ")
}

// PID is the number that the system knows the process by.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Running tells whether the process has not ended yet.
func (p *Process) Running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// ErrEnded is for a process that has ended although nobody asked it to.
var ErrEnded = errors.New("it has ended by itself")

// Ended is the error of a process that should still be running, with the last
// lines that it said; nil: it is running.
func (p *Process) Ended() error {
	if p.Running() {
		return nil
	}
	const most = 20
	lines := p.Lines()
	return fmt.Errorf("%v: %w (%v)\n%s", p, ErrEnded, p.cmd.ProcessState, strings.Join(lines[max(0, len(lines)-most):], "\n"))
}

// Signal sends a signal; a process that is gone is fine.
func (p *Process) Signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// Kill ends the process as a crash does.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.exited
}

// ErrNoEnd is for a process that did not end when it was asked to.
var ErrNoEnd = errors.New("it does not end")

// Stop asks the process to end and waits for it. It is an error if the process had
// ended before, if it ends in bad order, or if it has to be killed because it has
// not ended within the limit.
func (p *Process) Stop(limit time.Duration) error {
	if err := p.Ended(); err != nil {
		return err
	}
	p.Signal(syscall.SIGCONT) // a paused process could not obey
	p.Signal(syscall.SIGTERM)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		p.Kill()
		return fmt.Errorf("stop %v: %w", p, ErrNoEnd)
	}
	if p.err != nil {
		return fmt.Errorf("stop %v: %w", p, p.err)
	}
	return nil
}

// Lines are what the process has printed and logged so far, if it has no Log.
func (p *Process) Lines() []string {
	lines, _ := p.heard()
	return lines
}

// heard are the lines so far, and what is closed when there are more.
func (p *Process) heard() (lines []string, more <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clip(p.lines), p.more
}

func (p *Process) keep(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = append(p.lines, line)
	close(p.more)
	p.more = make(chan struct{})
}

// Await waits until a line is what is looked for, from the first line on. That the
// process ends without one is ErrEnded.
func (p *Process) Await(ctx context.Context, found func(line string) bool) error {
	for seen := 0; ; {
		ended := p.Ended() // asked first: after its end nothing is added to its lines
		lines, more := p.heard()
		if slices.ContainsFunc(lines[seen:], found) {
			return nil
		}
		if ended != nil {
			return ended
		}
		seen = len(lines)
		select {
		case <-more:
		case <-p.exited:
		case <-ctx.Done():
			return fmt.Errorf("wait for %v: %w", p, ctx.Err())
		}
	}
}

// Printed waits for a "name: value" line.
func (p *Process) Printed(ctx context.Context, name string) (value string, err error) {
	err = p.Await(ctx, func(line string) (is bool) {
		value, is = strings.CutPrefix(line, name+": ")
		return is
	})
	if err != nil {
		return "", fmt.Errorf("no %q is printed: %w", name, err)
	}
	return value, nil
}

// lineWriter gives each whole line written to it to each.
type lineWriter struct {
	each func(string)
	rest []byte
}

func (w *lineWriter) Write(text []byte) (int, error) {
	w.rest = append(w.rest, text...)
	for {
		line, rest, whole := bytes.Cut(w.rest, []byte("\n"))
		if !whole {
			return len(text), nil
		}
		w.each(string(line))
		w.rest = bytes.Clone(rest)
	}
}
