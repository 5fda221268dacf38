// Command services runs a command with what the tests need around it: it finds or
// installs Postgres, Redis, Chromium and LibreOffice Calc, starts the two servers
// on free ports in temporary folders, runs the command with their addresses in
// its environment, stops everything again and exits as the command did.
//
//	services -- go test ./...
//
// An address that is already in the environment is used as it is.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"teamsheet/internal/testkit"
	"teamsheet/internal/testkit/server"
)

const (
	exitUsage       = 64 // EX_USAGE of sysexits.h
	exitUnavailable = 69 // EX_UNAVAILABLE
	exitInterrupted = 130
)

func main() {
	// Linux ties the servers' life to the thread that started them: this goroutine
	// starts them, and keeps its thread.
	runtime.LockOSThread()
	with := flag.String("with", "postgres,redis,chromium,calc",
		"what the command needs; also: gcc, and production-postgres in place of postgres, to measure on")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: services [-with LIST] -- COMMAND [ARGUMENT …]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(exitUsage)
	}
	code, err := run(strings.Split(*with, ","), flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "services:", err)
	}
	os.Exit(code)
}

func run(wanted, command []string) (code int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := provide(ctx, wanted); err != nil {
		return exitUnavailable, err
	}
	around := &surroundings{}
	defer func() { err = errors.Join(err, around.close()) }()
	if err := around.start(ctx, wanted); err != nil {
		return exitUnavailable, err
	}
	return runCommand(ctx, command, around.environment)
}

// surroundings are the servers that were started and what the command is told.
type surroundings struct {
	environment []string
	servers     []*server.Server
	skips       string
}

func (s *surroundings) start(ctx context.Context, wanted []string) error {
	for _, name := range wanted {
		var err error
		switch name {
		case "postgres":
			err = s.startServer(ctx, testkit.EnvPostgres, server.Postgres)
		case "production-postgres":
			err = s.startServer(ctx, testkit.EnvPostgres, server.ProductionPostgres)
		case "redis":
			err = s.startServer(ctx, testkit.EnvRedis, server.Redis)
		case "chromium":
			s.tell(testkit.EnvChromium, server.FindChromium())
		case "calc":
			s.tell(testkit.EnvCalc, server.FindCalc())
		}
		if err != nil {
			return err
		}
	}
	return s.collectSkips()
}

func (s *surroundings) startServer(ctx context.Context, variable string, start func(context.Context) (*server.Server, error)) error {
	if os.Getenv(variable) != "" {
		return nil
	}
	started, err := start(ctx)
	if err != nil {
		return err
	}
	s.servers = append(s.servers, started)
	s.tell(variable, started.URL())
	return nil
}

// tell adds to the command's environment what the person has not set.
func (s *surroundings) tell(variable, value string) {
	if value != "" && os.Getenv(variable) == "" {
		s.environment = append(s.environment, variable+"="+value)
	}
}

func (s *surroundings) collectSkips() error {
	file, err := os.CreateTemp("", "teamsheet-skips-")
	if err != nil {
		return fmt.Errorf("make a file for skipped tests: %w", err)
	}
	s.skips = file.Name()
	s.environment = append(s.environment, testkit.EnvSkips+"="+s.skips)
	return file.Close()
}

func (s *surroundings) close() error {
	errs := []error{s.reportSkips()}
	for _, started := range s.servers {
		errs = append(errs, started.Close())
	}
	return errors.Join(errs...)
}

func (s *surroundings) reportSkips() error {
	if s.skips == "" {
		return nil
	}
	skipped, err := os.ReadFile(s.skips)
	if err != nil {
		return fmt.Errorf("read the skipped tests: %w", err)
	}
	fmt.Fprint(os.Stderr, string(skipped))
	return os.Remove(s.skips)
}

// runCommand runs the command in a process group of its own, so that an
// interrupt reaches all of it, once.
func runCommand(ctx context.Context, command, environment []string) (int, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = server.OwnGroup(syscall.SIGTERM)
	if err := cmd.Start(); err != nil {
		return exitUnavailable, fmt.Errorf("run %s: %w", command[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return exitCode(err)
	case <-ctx.Done():
		endGroup(cmd.Process.Pid, ended)
		return exitInterrupted, nil
	}
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode(), nil
	}
	return 1, err
}
