package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"teamsheet/internal/testkit"
)

// million is the size of team that the document is about.
const million = 1_000_000

// The document, and where one of a smaller team goes, so that a trial does not
// replace the figures that are published.
const (
	publishedDocument = "deploy/docs/BENCHMARKS.md"
	trialDocument     = ".tmp/bench/BENCHMARKS.md"
)

// options of a run.
type options struct {
	people      int
	rounds      int
	only        []string // parts; none: all
	sizes       []int    // of teams, for the part growth
	out         string   // the document; its measurements are kept beside it
	program     string   // path of the program that is measured
	renderOnly  bool
	postgresURL string // of a server on which databases may be made
	redisURL    string
}

func parseOptions(args []string, getenv func(string) string, said io.Writer) (options, error) {
	o := options{postgresURL: getenv(testkit.EnvPostgres), redisURL: getenv(testkit.EnvRedis)}
	var only, sizes string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(said)
	flags.IntVar(&o.people, "people", million, "people of the team")
	flags.IntVar(&o.rounds, "rounds", 3, "how often everything is measured")
	flags.StringVar(&only, "only", "", "`parts` to measure, with commas between; the others stay as they were:\n"+partsHelp())
	flags.StringVar(&sizes, "sizes", "", "`people` of the teams of part growth, with commas between (default a hundredth and a tenth of -people)")
	flags.StringVar(&o.out, "out", "", "the document; its measurements are kept beside it, as .json (default "+publishedDocument+
		",\nand "+trialDocument+" with fewer than a million people)")
	flags.StringVar(&o.program, "program", "bin/teamsheet", "the program that is measured")
	flags.BoolVar(&o.renderOnly, "render", false, "measure nothing: write the document from the measurements that are kept")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return o.completed(only, sizes)
}

// completed checks the options and fills in what was not given.
func (o options) completed(only, sizes string) (options, error) {
	if o.people < 1 || o.rounds < 1 {
		return o, errors.New("-people and -rounds have to be at least 1")
	}
	if !o.renderOnly && (o.postgresURL == "" || o.redisURL == "") {
		return o, fmt.Errorf("%s and %s have to name the servers; \"make bench\" starts them", testkit.EnvPostgres, testkit.EnvRedis)
	}
	if o.out == "" {
		o.out = publishedDocument
		if o.people < million && !o.renderOnly {
			o.out = trialDocument
		}
	}
	var err error
	if o.only, err = partNames(only); err != nil {
		return o, err
	}
	if o.sizes, err = teamSizes(sizes, o.people); err != nil {
		return o, err
	}
	o.program, err = filepath.Abs(o.program)
	return o, err
}

func partNames(text string) ([]string, error) {
	names := listed(text)
	for _, name := range names {
		if !slices.ContainsFunc(parts(), func(p part) bool { return p.name == name }) {
			return nil, fmt.Errorf("-only %s: there is no such part", name)
		}
	}
	return names, nil
}

// teamSizes are the sizes of teams for growth, beside that of the whole team.
func teamSizes(text string, people int) ([]int, error) {
	var sizes []int
	for _, word := range listed(text) {
		size, err := strconv.Atoi(word)
		if err != nil || size < 1 {
			return nil, fmt.Errorf("-sizes %s: not a number of people", word)
		}
		sizes = append(sizes, size)
	}
	if len(sizes) == 0 {
		sizes = []int{max(1, people/100), max(1, people/10)}
	}
	return sizes, nil
}

func listed(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

func (o options) wants(part string) bool { return len(o.only) == 0 || slices.Contains(o.only, part) }

func partsHelp() string {
	lines := make([]string, 0, len(parts()))
	for _, p := range parts() {
		lines = append(lines, "  "+p.name+": "+p.what)
	}
	return strings.Join(lines, "\n")
}
