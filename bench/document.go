package main

import (
	_ "embed"
	"fmt"
	"strings"
)

// howText says how everything is measured.
//
//go:embed how.md
var howText string

// section is the part of the document about a part of the bench.
type section struct {
	title string
	write func(*results, *strings.Builder)
}

func sections() []section {
	return []section{
		{"Postgres and Redis", func(r *results, to *strings.Builder) { r.team(to, "postgres") }},
		{"The embedded database and queue", func(r *results, to *strings.Builder) { r.team(to, "embedded") }},
		{"How it grows", (*results).growth},
		{"Beside GORM alone", (*results).gorm},
		{"Beside a large file", (*results).fairness},
		{"Many small files", (*results).capacity},
	}
}

// document is made from the measurements and from what is written by hand.
func (r *results) document(hand string) string {
	var to strings.Builder
	to.WriteString("# Benchmarks\n\nWritten by `make bench` from the measurements in `benchmarks.json`; what stands between the marks" +
		" \"by hand\" alone is written by people.\n\n## What is wanted, and what is\n\n")
	r.targets(&to)
	to.WriteString("\n" + hand + "\n\n" + howText)
	for _, s := range sections() {
		to.WriteString("\n## " + s.title + "\n\n")
		s.write(r, &to)
	}
	return to.String()
}

// part is the record of a part; where there is none, the document says so.
func (r *results) part(to *strings.Builder, name string) (*record, bool) {
	found, ok := r.Parts[name]
	if !ok {
		to.WriteString("Not measured yet.\n")
		return nil, false
	}
	to.WriteString(found.about() + "\n\n")
	return found, true
}

// about says when and on what something was measured.
func (r *record) about() string {
	m := r.Machine
	rounds := "once"
	if r.Rounds > 1 {
		rounds = fmt.Sprintf("in %d rounds", r.Rounds)
	}
	program := ""
	if m.Program != "" {
		program = ", Teamsheet " + m.Program
	}
	return fmt.Sprintf("%s people (%s rows in a file of everybody), measured %s on %s%s: %s, %d cores, %s GiB of memory, Linux %s;"+
		" %s, PostgreSQL %s (%s), Redis %s.",
		grouped(r.People), grouped(r.Rows), rounds, r.MeasuredAt.Format("2 January 2006, 15:04 UTC"), program,
		m.CPU, m.Cores, digits(float64(m.Memory)/(1<<30)), m.Kernel, m.Go, m.Postgres, m.PostgresSettings, m.Redis)
}
