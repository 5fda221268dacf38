package main

import (
	"errors"
	"sync"
	"time"

	"teamsheet/internal/testkit/process"
)

// post is a place in which a process runs, one after the other.
type post struct {
	role string

	mu      sync.Mutex
	program process.Program
	process *process.Process // the last one
	closed  bool
}

// start starts the process unless one runs or the post is closed.
func (p *post) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.process != nil && p.process.Running() {
		return nil
	}
	var err error
	p.process, err = p.program.Start(p.role)
	return err
}

// with starts the post's next processes with other settings besides its own.
func (p *post) with(more process.Settings) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.program.Settings = p.program.Settings.With(more)
}

// present is the process that runs there now; nil: none ever did.
func (p *post) present() *process.Process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.process
}

// crash kills the process and starts the next.
func (p *post) crash() error {
	if now := p.present(); now != nil {
		now.Kill()
	}
	return p.start()
}

// close stops the process for good.
func (p *post) close() error {
	p.mu.Lock()
	p.closed = true
	now := p.process
	p.mu.Unlock()
	return stop(now)
}

// pause ends the process in good order; the post may be started again.
func (p *post) pause() error { return stop(p.present()) }

// stopLimit is how long a process may take to end by itself.
const stopLimit = 45 * time.Second

// stop asks a process to end; nil and one that has ended are fine. That it ends is
// what is asked of it: with what error, is the doing of the faults, and its log tells.
func stop(p *process.Process) error {
	if p == nil {
		return nil
	}
	if err := p.Stop(stopLimit); errors.Is(err, process.ErrNoEnd) {
		return err
	}
	return nil
}
