package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"teamsheet/internal/testkit/server"
)

// tools are the programs of the floors.
type tools struct{ psql, iconv, tr string }

// findTools names everything that is missing at once.
func findTools() (tools, error) {
	var t tools
	var missing []error
	if runtime.GOOS != "linux" {
		missing = append(missing, errors.New("measuring memory and processors needs Linux (/proc)"))
	}
	for _, tool := range []struct {
		path *string
		name string
		from string // a Debian package
	}{{&t.psql, "psql", "postgresql-client"}, {&t.iconv, "iconv", "libc-bin"}, {&t.tr, "tr", "coreutils"}} {
		if *tool.path = findTool(tool.name); *tool.path == "" {
			missing = append(missing, fmt.Errorf("%s is missing: install it (Debian, Ubuntu: apt-get install %s)", tool.name, tool.from))
		}
	}
	return t, errors.Join(missing...)
}

// findTool looks beside postgres too: psql need not be in PATH.
func findTool(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	postgres, err := filepath.EvalSymlinks(server.FindPostgres())
	if err != nil {
		return ""
	}
	path, err := exec.LookPath(filepath.Join(filepath.Dir(postgres), name))
	if err != nil {
		return ""
	}
	return path
}

// query is psql at one statement or \copy.
func (t tools) query(ctx context.Context, url, text string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, t.psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname="+url, "--command="+text)
	cmd.Env = append(os.Environ(), "PGCLIENTENCODING=UTF8")
	return cmd
}

// pipeline runs commands with each one's output as the next one's input, as a
// shell does, but fails when any of them fails.
func pipeline(commands ...*exec.Cmd) error {
	said := make([]bytes.Buffer, len(commands))
	var ends []*os.File
	for i, cmd := range commands {
		cmd.Stderr = &said[i]
		if i == 0 {
			continue
		}
		from, to, err := os.Pipe()
		if err != nil {
			return fmt.Errorf("make a pipe: %w", err)
		}
		commands[i-1].Stdout, cmd.Stdin = to, from
		ends = append(ends, from, to)
	}
	var errs []error
	for _, cmd := range commands {
		errs = append(errs, cmd.Start())
	}
	for _, end := range ends {
		errs = append(errs, end.Close()) // the commands have their own
	}
	for i, cmd := range commands {
		if cmd.Process == nil {
			continue
		}
		if err := cmd.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w %s", filepath.Base(cmd.Path), err, strings.TrimSpace(said[i].String())))
		}
	}
	return errors.Join(errs...)
}
