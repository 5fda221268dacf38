// Package server starts private Postgres and Redis processes for tests: each in
// a temporary folder, on a free port of the loopback, never one that the
// distribution runs. It promises that a process is reached only by who asked for
// it, and that it ends when it is closed or when the process that started it dies.
//
// Nothing here is safe for data that matters: Redis keeps nothing, Postgres runs
// without fsync but where it is measured, and its folder goes when it is closed.
package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	// startLimit is how long a process may take until it answers. It is
	// generous because the machine may be busy with other tests.
	startLimit = 60 * time.Second
	// stopLimit is how long a process may take to end by itself.
	stopLimit = 20 * time.Second
	pollEvery = 10 * time.Millisecond
	// portTries bounds the tries with another port. A free port is only free
	// until somebody else takes it.
	portTries = 5
)

// Server is one server process that tests may stop, kill, pause and start again.
// Its methods may be called from several goroutines.
type Server struct {
	program string
	args    []string
	account *account
	dir     string
	url     string
	ready   func(context.Context) error
	ask     syscall.Signal // asks the process to end in good order

	mu     sync.Mutex
	cmd    *exec.Cmd
	exited chan struct{}
}

// URL is the address for the program's configuration. It stays the same when the
// server is started again.
func (s *Server) URL() string { return s.url }

// Start starts the process and returns when it answers. It is an error if the
// process is running.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running() {
		return fmt.Errorf("start %s: it is running", s.name())
	}
	if err := s.launch(); err != nil {
		return err
	}
	if err := s.awaitReady(ctx); err != nil {
		s.signalAll(syscall.SIGKILL)
		<-s.exited
		return fmt.Errorf("start %s: %w\n%s", s.name(), err, s.logTail())
	}
	return nil
}

// Stop ends the process in good order, by force if it takes too long. Stopping
// what does not run is nothing.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running() {
		return
	}
	s.signal(syscall.SIGCONT) // a paused process could not obey
	s.signal(s.ask)
	if !s.awaitExit(stopLimit) {
		s.signalAll(syscall.SIGKILL)
		<-s.exited
	}
}

// Kill ends the process and its children at once, as a crash would. What clients
// were waiting for is cut off without a word.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running() {
		return
	}
	s.signalAll(syscall.SIGKILL)
	<-s.exited
}

// Pause stops the process and its children from running, so that connections
// stay open and nothing answers.
func (s *Server) Pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signalAll(syscall.SIGSTOP)
}

// Resume lets a paused process go on.
func (s *Server) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signalAll(syscall.SIGCONT)
}

// Close ends the process and removes its folder.
func (s *Server) Close() error {
	s.Stop()
	return os.RemoveAll(s.dir)
}

func (s *Server) name() string { return filepath.Base(s.program) }

func (s *Server) running() bool {
	if s.cmd == nil {
		return false
	}
	select {
	case <-s.exited:
		return false
	default:
		return true
	}
}

func (s *Server) launch() error {
	log, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open log of %s: %w", s.name(), err)
	}
	defer log.Close()
	cmd := exec.Command(s.program, s.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	cmd.Env = plainEnvironment()
	cmd.SysProcAttr = s.account.process(s.ask)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.name(), err)
	}
	exited := make(chan struct{})
	s.cmd, s.exited = cmd, exited
	go func() {
		defer close(exited)
		_ = cmd.Wait() // how it ended stands in its log
	}()
	return nil
}

var errExited = errors.New("the process ended before it answered")

func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := s.ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.exited:
			return errExited
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w", err)
		case <-tick.C:
		}
	}
}

func (s *Server) awaitExit(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.exited:
		return true
	case <-timer.C:
		return false
	}
}

// signal and signalAll ignore errors: a process that is gone is what they want.

func (s *Server) signal(sig syscall.Signal) {
	if s.running() {
		_ = s.cmd.Process.Signal(sig)
	}
}

func (s *Server) signalAll(sig syscall.Signal) {
	if s.running() {
		signalTree(s.cmd.Process.Pid, sig)
	}
}

func (s *Server) logPath() string { return filepath.Join(s.dir, "server.log") }

// logTail is the end of the process's log, for the message of a failed start.
func (s *Server) logTail() string {
	const most = 4000
	text, err := os.ReadFile(s.logPath())
	if err != nil {
		return ""
	}
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return string(text)
}

// plainEnvironment keeps the settings of the person's own clients (PGHOST,
// PGDATABASE, LANG …) away from servers.
func plainEnvironment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
}

// freePort is a port of the loopback that nobody listened on a moment ago.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
