package main

import (
	"fmt"
	"slices"
	"strings"
)

// target is what a figure should come to.
type target struct {
	what string
	part string
	most float64
	unit unit
	// values of the part; what is judged is their median, or the most of them.
	values func(figures) []float64
	worst  bool
}

// unit is how values are written: how many of the figure's own make one.
type unit struct {
	name string
	of   float64
}

func (u unit) write(n float64) string { return digits(n / u.of) }

func ratioOf(of, by string) func(figures) []float64 {
	return func(f figures) []float64 { return f.ratio(of, by) }
}

// mostOf is the greatest of several figures, measurement by measurement.
func mostOf(names ...string) func(figures) []float64 {
	return func(f figures) []float64 {
		var most []float64
		for _, name := range names {
			for i, value := range f[name] {
				if i == len(most) {
					most = append(most, value)
				}
				most[i] = max(most[i], value)
			}
		}
		return most
	}
}

func targets() []target {
	const mib = 1 << 20
	times, inMiB, inSeconds, inMillis := unit{"×", 1}, unit{"MiB", mib}, unit{"s", 1}, unit{"ms", 0.001}
	return []target{
		{"Preview, 10 % of rows changed, to its floor", "postgres", 2, times,
			ratioOf("preview/changed-10/client_s", "preview/changed-10/floor_s"), false},
		{"Preview, 100 % of rows changed, to its floor", "postgres", 5, times,
			ratioOf("preview/changed-100/client_s", "preview/changed-100/floor_s"), false},
		{"Apply, 10 % of rows changed, to its floor", "postgres", 0.9, times,
			ratioOf("apply/changed-10/client_s", "apply/changed-10/floor_s"), false},
		{"Apply, 100 % of rows changed, to its floor", "postgres", 1.1, times,
			ratioOf("apply/changed-100/client_s", "apply/changed-100/floor_s"), false},
		{"Memory of the worker, 10 % of rows changed", "postgres", 160 * mib, inMiB,
			mostOf("preview/changed-10/memory_B", "apply/changed-10/memory_B"), false},
		{"Memory of the worker, 100 % of rows changed", "postgres", 320 * mib, inMiB,
			mostOf("preview/changed-100/memory_B", "apply/changed-100/memory_B"), false},
		{"Preview of 1,000 rows, the worker's own time", "postgres", 0.1, inSeconds, mostOf("preview/small/worker_s"), false},
		{"Download as text, to its floor", "postgres", 1.5, times, ratioOf("download/text/client_s", "download/text/floor_s"), false},
		{"Preview of another's 20 rows while a large file is previewed", "fairness", 2, inSeconds,
			mostOf("fairness/preview/upload/worst_s"), true},
		{"A page while a large file is previewed", "fairness", 0.1, inMillis, mostOf(worstPages("preview")...), true},
	}
}

// worstPages are the figures of the slowest answers of the pages in a phase.
func worstPages(phase string) []string {
	var names []string
	for _, page := range watchedPages() {
		names = append(names, "fairness/"+phase+"/"+page[0]+"/worst_s")
	}
	return names
}

// targets compares what is wanted with what was measured.
func (r *results) targets(to *strings.Builder) {
	t := newTable("", "at most", "measured", "")
	for _, wanted := range targets() {
		t.row(wanted.what, fmt.Sprintf("%g %s", wanted.most/wanted.unit.of, wanted.unit.name), wanted.measured(r.Parts[wanted.part]), wanted.verdict(r.Parts[wanted.part]))
	}
	to.WriteString(t.String())
}

func (t target) measured(r *record) string {
	if r == nil {
		return notMeasured
	}
	values := t.values(r.Figures)
	if len(values) == 0 {
		return notMeasured
	}
	if t.worst {
		return t.unit.write(slices.Max(values)) + " " + t.unit.name + " at worst"
	}
	return spread(values, t.unit.write) + " " + t.unit.name
}

// verdict judges a measurement of a million people; with fewer the floors are
// other ones.
func (t target) verdict(r *record) string {
	switch {
	case r == nil || len(t.values(r.Figures)) == 0:
		return "not measured"
	case r.People < million:
		return fmt.Sprintf("not judged with %s people", grouped(r.People))
	}
	judged := median(t.values(r.Figures))
	if t.worst {
		judged = slices.Max(t.values(r.Figures))
	}
	if judged <= t.most {
		return "met"
	}
	return "**missed**"
}
