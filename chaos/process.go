package main

import (
	"bytes"
	"context"
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
	// Two processors are shared by many processes here.
	return append(environment, "GOMAXPROCS=2")
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
}

func start(program string, s settings, log *os.File, arguments ...string) (*process, error) {
	p := &process{exited: make(chan struct{})}
	p.cmd = exec.Command(program, arguments...)
	p.cmd.Env = s.environment()
	p.cmd.SysProcAttr = server.OwnGroup(syscall.SIGKILL)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start teamsheet: %w", err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // how it ended, the log tells
	}()
	return p, nil
}

func (p *process) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// signal sends a signal; a process that is gone is fine.
func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// kill ends the process as a crash does.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.exited
}

var errNoEnd = errors.New("the process does not end")

// stop asks the process to end and waits for it, for no longer than limit.
func (p *process) stop(limit time.Duration) error {
	p.signal(syscall.SIGCONT)
	p.signal(syscall.SIGTERM)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.exited:
		return nil
	case <-timer.C:
		p.kill()
		return errNoEnd
	}
}

// post is a place in which a process runs, one after the other.
type post struct {
	program   string
	arguments []string
	settings  settings
	log       *os.File

	mu      sync.Mutex
	process *process
	closed  bool
}

// start starts the process unless one runs or the post is closed.
func (p *post) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.process != nil && p.process.running() {
		return nil
	}
	var err error
	p.process, err = start(p.program, p.settings, p.log, p.arguments...)
	return err
}

// with starts the post's next processes with other settings besides its own.
func (p *post) with(more settings) {
	p.mu.Lock()
	defer p.mu.Unlock()
	own := settings{}
	for name, value := range p.settings {
		own[name] = value
	}
	for name, value := range more {
		own[name] = value
	}
	p.settings = own
}

// present is the process that runs there now; nil: none ever did.
func (p *post) present() *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.process
}

// crash kills the process and starts the next.
func (p *post) crash() error {
	if now := p.present(); now != nil {
		now.kill()
	}
	return p.start()
}

// close stops the process for good.
func (p *post) close(limit time.Duration) error {
	p.mu.Lock()
	p.closed = true
	now := p.process
	p.mu.Unlock()
	if now == nil || !now.running() {
		return nil
	}
	return now.stop(limit)
}
