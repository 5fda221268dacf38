package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"teamsheet/internal/config"
	"teamsheet/internal/fault"
)

// cli is the command line. Each command's Run gets what it needs by type.
type cli struct {
	Run      runCommand      `cmd:"" help:"Everything in one process: web, worker, embedded database and queue."`
	Producer producerCommand `cmd:"" help:"The web side, for Postgres and Redis."`
	Worker   workerCommand   `cmd:"" help:"The queue side, for Postgres and Redis."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database schema up to date."`
	Org      struct {
		Create orgCreateCommand `cmd:"" help:"Create an organization and print its id."`
	} `cmd:"" help:"Organizations."`
	Admin struct {
		Create adminCreateCommand `cmd:"" help:"Create somebody who signs in and print the link for the first password."`
		Link   adminLinkCommand   `cmd:"" help:"Print a link for a new password, for a lost or forgotten one."`
		Lock   adminLockCommand   `cmd:"" help:"End an account's sessions, tokens and links; 'admin link' opens it again."`
	} `cmd:"" help:"People who sign in."`
	Token struct {
		Create tokenCreateCommand `cmd:"" help:"Create an API token and print it, alone on the last line."`
	} `cmd:"" help:"API tokens."`
	Seed   seedCommand   `cmd:"" help:"Fill an organization with a made-up, reproducible team."`
	Config configCommand `cmd:"" help:"Print the effective configuration, secrets redacted."`

	Version kong.VersionFlag `help:"Print the version of the program."`
}

// Exit codes: sysexits.h, as CONTRACT §6 names them.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 64
	exitUnavailable = 69
	exitConfig      = 78
)

const exitHelp = `Exit codes: 0 done; 1 failed; 64 wrong arguments; 69 a server cannot be reached, or the schema is not one that the
program can work with; 78 wrong settings.`

// errNotCurrent is the answer of a check, not an outage.
var errNotCurrent = errors.New("the schema is not up to date")

// errConfig marks settings that cannot be used.
var errConfig = errors.New("the settings cannot be used")

// execute runs one command and returns the exit code.
func execute(ctx context.Context, p process) int {
	exit := -1
	if len(p.args) > 0 && p.args[0] == "help" { // as other programs have it
		p.args = append(p.args[1:len(p.args):len(p.args)], "--help")
	}
	parser, err := kong.New(&cli{},
		kong.Name("teamsheet"),
		kong.Description("Update the profiles of a large team with a spreadsheet.\n\n"+settingsHelp()+"\n\n"+exitHelp),
		kong.Vars{"version": version()},
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(p),
	)
	if err != nil {
		complain(p.stderr, err)
		return exitFailure
	}
	command, err := parser.Parse(p.args)
	switch {
	case exit >= 0: // --help has printed itself
		return exit
	case err != nil:
		complain(p.stderr, err)
		complain(p.stderr, errors.New("'teamsheet --help' lists the commands"))
		return exitUsage
	}
	err = command.Run()
	if err != nil {
		complain(p.stderr, err)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errConfig):
		return exitConfig
	case errors.Is(err, errNotCurrent):
		return exitFailure
	case fault.Is(err, fault.Unavailable):
		return exitUnavailable
	case fault.Is(err, fault.BadRequest), fault.Is(err, fault.NotFound):
		return exitUsage
	}
	return exitFailure
}

// complain says what went wrong: of a fault that nothing else has caused, the sentence
// for people alone.
func complain(w io.Writer, err error) {
	said := err.Error()
	for cause := err; cause != nil; cause = onlyCause(cause) {
		if told, ok := cause.(*fault.Error); ok && told.Err == nil { //nolint:errorlint // every link is looked at
			said = told.Message
		}
	}
	_, _ = fmt.Fprintln(w, "teamsheet: "+strings.ReplaceAll(said, "\n", "\nteamsheet: "))
}

// onlyCause is what an error wraps, unless it joins several: each of those is said.
func onlyCause(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		if causes := joined.Unwrap(); len(causes) == 1 {
			return causes[0]
		}
		return nil
	}
	return errors.Unwrap(err)
}

// settings reads the configuration for a command.
func (p process) settings() (config.Config, error) {
	c, err := config.Read(p.lookup)
	if err != nil {
		return c, errors.Join(errConfig, err)
	}
	return c, nil
}

// isSet reports whether a setting has a value, its own or from a file.
func (p process) isSet(name string) bool {
	value, _ := p.lookup(name)
	file, _ := p.lookup(name + "_FILE")
	return value != "" || file != ""
}

// print writes a line of the result.
func (p process) print(line string) error {
	_, err := fmt.Fprintln(p.stdout, line)
	return err
}

func settingsHelp() string {
	var text strings.Builder
	text.WriteString("Settings are environment variables; NAME_FILE names a file that holds the value:\n")
	for _, s := range (config.Config{}).Settings() {
		fmt.Fprintf(&text, "\n  %s\n      %s", s.Name, s.Help)
		if s.Default != "" {
			text.WriteString(" (" + s.Default + ")")
		}
	}
	return text.String()
}

// configCommand prints the effective configuration.
type configCommand struct{}

// Run prints one setting a line.
func (configCommand) Run(p process) error {
	c, err := p.settings()
	if err != nil {
		return err
	}
	for _, s := range c.Settings() {
		if err := p.print(s.Name + "=" + s.Value); err != nil {
			return err
		}
	}
	return nil
}
