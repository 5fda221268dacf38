package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

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

// command runs a command of the program to its end and returns the last line that
// it printed.
func command(ctx context.Context, program string, s settings, arguments ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, arguments...)
	cmd.Env = s.environment()
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("teamsheet %s: %w\n%s", strings.Join(arguments, " "), err, said.String())
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], nil
}

// process is one running process of the program.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{}
	err    error // of Wait, once exited

	mu    sync.Mutex
	lines []string      // that it has printed or logged
	more  chan struct{} // closed when there are more lines
}

func start(program string, s settings, arguments ...string) (*process, error) {
	p := &process{exited: make(chan struct{}), more: make(chan struct{})}
	p.cmd = exec.Command(program, arguments...)
	p.cmd.Env = s.environment()
	p.cmd.SysProcAttr = server.OwnGroup(syscall.SIGKILL)
	p.cmd.Stdout, p.cmd.Stderr = &lineWriter{each: p.note}, &lineWriter{each: p.note}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start teamsheet: %w", err)
	}
	go func() {
		defer close(p.exited)
		p.err = p.cmd.Wait()
	}()
	return p, nil
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

func (p *process) note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = append(p.lines, line)
	close(p.more)
	p.more = make(chan struct{})
}

// await waits until a line is what is looked for.
func (p *process) await(ctx context.Context, found func(line string) bool) error {
	for seen := 0; ; {
		p.mu.Lock()
		lines, more := p.lines, p.more
		p.mu.Unlock()
		if slices.ContainsFunc(lines[seen:], found) {
			return nil
		}
		seen = len(lines)
		select {
		case <-more:
		case <-p.exited:
			return p.ended()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// printed waits for a "name: value" line.
func (p *process) printed(ctx context.Context, name string) (value string, err error) {
	err = p.await(ctx, func(line string) (is bool) {
		value, is = strings.CutPrefix(line, name+": ")
		return is
	})
	return value, err
}

// took waits until the log says that a task of a batch is done and returns how
// many seconds it took by the worker's own clock.
func (p *process) took(ctx context.Context, message, batchID string) (float64, error) {
	var entry struct {
		Msg, Batch string
		TookMS     float64 `json:"took_ms"`
	}
	err := p.await(ctx, func(line string) bool {
		return json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == message && entry.Batch == batchID
	})
	return entry.TookMS / 1000, err
}

// complaints are the lines of its log that warn or tell of an error.
func (p *process) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []string
	for _, line := range p.lines {
		var entry struct{ Level string }
		if json.Unmarshal([]byte(line), &entry) == nil && (entry.Level == "WARN" || entry.Level == "ERROR") {
			found = append(found, line)
		}
	}
	return found
}

// ended is the error of a process that should still be running.
func (p *process) ended() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := p.lines[max(0, len(p.lines)-20):]
	return fmt.Errorf("teamsheet %s has ended: %w\n%s", p.cmd.Args[1], errors.Join(p.err, errEnded), strings.Join(last, "\n"))
}

var errEnded = errors.New("nobody asked it to")

// stopLimit is how long a process may take to end by itself.
const stopLimit = time.Minute

// stop asks the process to end and waits for it.
func (p *process) stop() error {
	select {
	case <-p.exited:
		return p.ended()
	default:
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(stopLimit, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	<-p.exited
	if p.err != nil {
		return fmt.Errorf("stop teamsheet %s: %w", p.cmd.Args[1], p.err)
	}
	return nil
}
