// Command bench measures what the program takes for a million rows, beside the
// least work that could be done on the same machine in the same run, and writes
// what it found as deploy/docs/BENCHMARKS.md. "make bench" gives it its servers.
//
// It uses the program as its users do: the built binary as processes of their own,
// its commands, its HTTP API and pages, and its log for how long a task took. It
// stops at the first batch that does not come to the state and the counts that its
// file was made for: a figure in the document is one of work that was done.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 64 // EX_USAGE of sysexits.h
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:], os.Getenv, os.Stderr)
	stop()
	os.Exit(code)
}

func execute(ctx context.Context, args []string, getenv func(string) string, said io.Writer) int {
	o, err := parseOptions(args, getenv, said)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		_, _ = fmt.Fprintln(said, "bench:", err)
		return exitUsage
	}
	if err := run(ctx, o, said); err != nil {
		_, _ = fmt.Fprintln(said, "bench:", err)
		return exitFailure
	}
	return exitOK
}

// run measures the parts that are wanted, one after another. Each is kept as soon
// as it is whole, so that a later one that fails costs itself alone.
func run(ctx context.Context, o options, said io.Writer) error {
	kept, err := readResults(o.out)
	if err != nil {
		return err
	}
	if !o.renderOnly {
		if err := measure(ctx, o, kept, said); err != nil {
			return err
		}
	}
	if err := kept.write(o.out); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(said, "bench: written", o.out)
	return nil
}

func measure(ctx context.Context, o options, kept *results, said io.Writer) (err error) {
	b, err := newBench(ctx, o, said)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	b.keep = func(name string, r *record) error {
		kept.Parts[name] = r
		return kept.write(o.out)
	}
	for _, p := range parts() {
		if !o.wants(p.name) {
			continue
		}
		b.say("%s: %s", p.name, p.what)
		if err := p.measure(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}
