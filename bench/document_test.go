package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"teamsheet/internal/testkit/report"
)

func TestSpreadIsTheMedianWithItsBounds(t *testing.T) {
	t.Parallel()
	for want, values := range map[string][]float64{
		notMeasured: nil, "2.00": {2}, "1.50 (1.00–9.00)": {9, 1, 1.5}, "2.50 (1.00–4.00)": {4, 1, 2, 3}, "0.0123": {0.01234},
		"123": {123.4}, "1235": {1234.5678}, "0": {0}, "12.3": {12.345},
	} {
		if got := spread(values, digits); got != want {
			t.Errorf("%v is written %q, want %q", values, got, want)
		}
	}
}

func TestGrouped(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}

func TestQuantileAndRatio(t *testing.T) {
	t.Parallel()
	if got := quantile([]float64{5, 1, 4, 2, 3}, 0.6); got != 4 {
		t.Errorf("the value that 60 %% do not exceed is %v", got)
	}
	f := figures{"a": {6, 9}, "b": {2, 3, 100}}
	if got := f.ratio("a", "b"); len(got) != 2 || got[0] != 3 || got[1] != 3 {
		t.Errorf("ratios are %v", got)
	}
}

// measuredWith is a part of so many people in which a preview took so many times
// its floor.
func measuredWith(people int, ratio float64) *results {
	return &results{Parts: map[string]*record{"postgres": {People: people, Rounds: 1, Figures: figures{
		"preview/changed-10/client_s": {ratio}, "preview/changed-10/floor_s": {1},
	}}}}
}

func TestTargetsAreJudged(t *testing.T) {
	t.Parallel()
	const label = "| Preview, 10 % of rows changed, to its floor | 2 × | "
	for want, r := range map[string]*results{
		"2.00 × | met |":                                measuredWith(million, 2),
		"2.01 × | **missed** |":                         measuredWith(million, 2.01),
		"3.00 × | not judged with 20,000 people |":      measuredWith(20_000, 3),
		notMeasured + " | not measured |":               {Parts: map[string]*record{}},
		notMeasured + " | not measured |\n| Preview, 1": {Parts: map[string]*record{"postgres": {People: million}}},
	} {
		if document := r.document(""); !strings.Contains(document, label+want) {
			t.Errorf("no %q in\n%s", label+want, document)
		}
	}
}

func TestWorstOfAllRoundsIsJudged(t *testing.T) {
	t.Parallel()
	r := &results{Parts: map[string]*record{"fairness": {People: million, Figures: figures{
		"fairness/preview/upload/worst_s":     {0.5, 2.5, 0.6},
		"fairness/preview/team-small/worst_s": {0.09, 0.01}, "fairness/preview/team-large/worst_s": {0.01, 0.1},
	}}}}
	document := r.document("")
	for _, want := range []string{"| 2 s | 2.50 s at worst | **missed** |", "| 100 ms | 100 ms at worst | met |"} {
		if !strings.Contains(document, want) {
			t.Errorf("no %q in\n%s", want, document)
		}
	}
}

// A part that is measured anew takes the place of its own earlier figures alone,
// and what is written by hand stays.
func TestResultsAreKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "docs", "BENCHMARKS.md")
	must(t, measuredWith(million, 3).write(path))
	text, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, []byte(strings.Replace(string(text), report.HandBegin, report.HandBegin+"\nThe disk was slow.\n", 1)), 0o600))

	kept := mustRead(t, path)
	kept.Parts["embedded"] = &record{People: 7, Rounds: 1}
	must(t, kept.write(path))
	text, err = os.ReadFile(path)
	must(t, err)
	for _, want := range []string{"3.00 × | **missed** |", report.HandBegin + "\nThe disk was slow.\n", "7 people"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "benchmarks.json")); err != nil {
		t.Error(err)
	}
}

func TestGrowthIsInTheOrderOfSize(t *testing.T) {
	t.Parallel()
	r := measuredWith(million, 2)
	r.Parts[growthName(5_000_000)], r.Parts[growthName(10_000)] = &record{People: 5_000_000}, &record{People: 10_000}
	document := r.document("")
	small, whole, large := strings.Index(document, "\n| 10,000 |"), strings.Index(document, "\n| 1,000,000 |"), strings.Index(document, "\n| 5,000,000 |")
	if small < 0 || whole < small || large < whole {
		t.Errorf("10,000 is at %d, 1,000,000 at %d, 5,000,000 at %d", small, whole, large)
	}
}
