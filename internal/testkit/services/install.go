package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"teamsheet/internal/testkit"
	"teamsheet/internal/testkit/server"
)

// need is something the tests use and how it is had.
type need struct {
	name     string
	what     string
	variable string // set by the person: nothing is to be installed
	find     func() string
	// packages of Debian and its family; of each group the first that exists.
	packages [][]string
	// optional: without it tests skip loudly, and the run goes on.
	optional bool
}

func needs() []need {
	return []need{
		{name: "postgres", what: "Postgres (the program postgres)", variable: testkit.EnvPostgres,
			find: server.FindPostgres, packages: [][]string{{"postgresql"}}},
		{name: "production-postgres", what: "Postgres (the program postgres)", variable: testkit.EnvPostgres,
			find: server.FindPostgres, packages: [][]string{{"postgresql"}}},
		{name: "redis", what: "Redis (the program redis-server)", variable: testkit.EnvRedis,
			find: server.FindRedis, packages: [][]string{{"redis-server"}}},
		{name: "chromium", what: "Chromium", variable: testkit.EnvChromium,
			find: server.FindChromium, packages: [][]string{{"chromium"}}, optional: true},
		{name: "calc", what: "LibreOffice Calc", variable: testkit.EnvCalc,
			find: server.FindCalc, packages: [][]string{{"libreoffice-calc-nogui", "libreoffice-calc"}}, optional: true},
		{name: "gcc", what: "a C compiler and the C library's headers, for the race detector",
			find: server.FindCompiler, packages: [][]string{{"gcc"}, {"libc6-dev"}}},
	}
}

// provide installs what is wanted and missing.
func provide(ctx context.Context, wanted []string) error {
	if err := known(wanted); err != nil {
		return err
	}
	missing := missingOf(wanted)
	if len(missing) == 0 {
		return nil
	}
	if err := install(ctx, missing); err != nil {
		fmt.Fprintln(os.Stderr, "services:", err)
	}
	return errors.Join(stillMissing(missingOf(wanted))...)
}

func known(wanted []string) error {
	for _, name := range wanted {
		if !slices.ContainsFunc(needs(), func(n need) bool { return n.name == name }) {
			return fmt.Errorf("-with %q: not known", name)
		}
	}
	return nil
}

func missingOf(wanted []string) []need {
	return slices.DeleteFunc(needs(), func(n need) bool {
		return !slices.Contains(wanted, n.name) || n.present()
	})
}

func (n need) present() bool {
	return n.variable != "" && os.Getenv(n.variable) != "" || n.find() != ""
}

// stillMissing is an error for each need that the run cannot do without. The
// optional ones are announced; their tests say so again.
func stillMissing(missing []need) []error {
	var errs []error
	for _, n := range missing {
		err := fmt.Errorf("%s is missing: install it (Debian, Ubuntu: apt-get install %s)%s", n.what, n.packageNames(), n.orAddress())
		if n.optional {
			fmt.Fprintln(os.Stderr, "services:", err)
			continue
		}
		errs = append(errs, err)
	}
	return errs
}

func (n need) packageNames() string {
	var names []string
	for _, group := range n.packages {
		names = append(names, group[0])
	}
	return strings.Join(names, " ")
}

func (n need) orAddress() string {
	if n.variable == "" {
		return ""
	}
	return " or set " + n.variable
}

// installScript installs Debian packages. It takes groups of names, the names of
// a group separated by "|".
//
//go:embed install.sh
var installScript string

var errNoInstall = errors.New("packages can be installed on Debian and Ubuntu only, as root or with sudo that asks for no password")

func install(ctx context.Context, missing []need) error {
	shell, err := rootShell(ctx)
	if err != nil {
		return err
	}
	command := append(shell, "sh", "-c", installScript, "install")
	for _, n := range missing {
		fmt.Fprintf(os.Stderr, "services: installing %s\n", n.what)
		for _, group := range n.packages {
			command = append(command, strings.Join(group, "|"))
		}
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("install packages: %w", err)
	}
	return nil
}

// rootShell is what goes before a command to run it as root.
func rootShell(ctx context.Context) ([]string, error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return nil, errNoInstall
	}
	if os.Geteuid() == 0 {
		return nil, nil
	}
	if err := exec.CommandContext(ctx, "sudo", "-n", "true").Run(); err != nil {
		return nil, errNoInstall
	}
	return []string{"sudo", "-n"}, nil
}
