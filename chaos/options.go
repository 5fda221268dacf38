package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"teamsheet/internal/testkit"
)

// options of a run.
type options struct {
	program  string
	beside   string // another version of the program; "": itself with one migration more
	postgres string
	minutes  float64 // of each trial
	seed     uint64
	only     string
	kills    int
	batches  int
	without  string
	mutants  bool
	logs     string
	document string // path without extension; "": none is written
	out      io.Writer
}

func readOptions(arguments []string) (options, error) {
	o := options{out: os.Stdout, postgres: os.Getenv(testkit.EnvPostgres)}
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.StringVar(&o.program, "program", ".tools/teamsheet-sabotage", "the program, built with -tags sabotage")
	flags.StringVar(&o.beside, "beside", "", "an older version of the program, for the trial \"upgrade\"")
	flags.Float64Var(&o.minutes, "minutes", 2, "how long each kind of fault goes on, at most")
	flags.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()%1e6), "of files and faults")
	flags.StringVar(&o.only, "only", "", "names of trials, with commas between; empty: all")
	flags.IntVar(&o.kills, "kills", 0, "end the trial \"kill\" after so many kills (and -batches), if it comes before the time is over")
	flags.IntVar(&o.batches, "batches", 0, "see -kills")
	flags.StringVar(&o.without, "without", "", "work without these safeguards of the program")
	flags.BoolVar(&o.mutants, "mutants", false, "show that the ledger finds what goes wrong without the program's safeguards")
	flags.StringVar(&o.logs, "logs", "", "folder for the program's logs of trials that went wrong")
	flags.StringVar(&o.document, "document", "", "write the figures to this path with .json and .md")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if o.postgres == "" {
		return o, errors.New("there is no Postgres: run it by \"make chaos\"")
	}
	return o, nil
}

func (o options) say(format string, args ...any) { fmt.Fprintf(o.out, format+"\n", args...) }

func (o options) wants(name string) bool {
	return o.only == "" || o.only == name || slices.Contains(strings.Split(o.only, ","), name)
}

// runAll makes the trials, tells of each, and returns how many violations there were.
func runAll(ctx context.Context, o options) (broken int, err error) {
	o.say("seed %d", o.seed)
	if o.mutants {
		return runMutants(ctx, o)
	}
	for _, t := range trials(o) {
		if !o.wants(t.name) {
			continue
		}
		if ctx.Err() != nil {
			return broken, ctx.Err()
		}
		t.shape.without = o.without
		found, err := t.run(ctx, o, o.seed, time.Duration(o.minutes*float64(time.Minute)))
		if err != nil {
			return broken, err
		}
		found.tell(o)
		broken += found.Violations
		if o.document != "" {
			if err := merge(o.document, found); err != nil {
				return broken, err
			}
		}
	}
	if o.document == "" {
		return broken, nil
	}
	// Also when nothing was tried: the words around the figures may have changed.
	return broken, merge(o.document)
}
