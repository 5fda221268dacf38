package store

import (
	"strconv"
	"strings"
	"testing"

	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
)

func reportOf(row int, code problem.Code, value string) *plan.RowReport {
	return &plan.RowReport{Row: row, Result: plan.Invalid, Problems: []problem.Problem{{Code: code, Column: "Bio", Value: value}}}
}

// TestSomeValuesAreToldApart: so many lists, however many values there are, and
// none for what a warning is about.
func TestSomeValuesAreToldApart(t *testing.T) {
	t.Parallel()
	p := newPostings()
	for row := range 2 * valuesMost {
		r := reportOf(row+2, problem.TooLong, strconv.Itoa(row))
		r.Warnings = []problem.Problem{{Code: problem.Trimmed, Column: "Bio", Value: strconv.Itoa(row)}}
		p.gather([]*plan.RowReport{r})
	}
	p.gather([]*plan.RowReport{reportOf(1_000_000, problem.TooLong, "0"), reportOf(1_000_001, problem.TooLong, "")})
	var told, warned int
	for _, chunk := range p.rest() {
		switch {
		case strings.HasPrefix(chunk.list, "=too-long/16/"):
			told++
		case strings.HasPrefix(chunk.list, "=trimmed/16/"):
			warned++
		}
	}
	if told != valuesMost || warned != 0 {
		t.Errorf("%d values of a problem and %d of a warning are told apart, want %d and none", told, warned, valuesMost)
	}
	if first := p.causes[cause{code: problem.TooLong, in: columnOf("Bio")}.of("0")]; first.last != 1_000_000 {
		t.Errorf("the list of the first value ends with row %d", first.last)
	}
}

// TestGatheredListsAreBounded: a run of any size holds some megabytes of its
// lists. The rows are so far apart that a number in the list of a value takes four
// bytes.
func TestGatheredListsAreBounded(t *testing.T) {
	t.Parallel()
	const rows, apart, each, values = 30_000, 100_000, 40, 8000
	p := newPostings()
	var chunks []posting
	for row := range rows {
		r := &plan.RowReport{Row: 2 + apart*row, Result: plan.Invalid}
		for i := range each {
			r.Problems = append(r.Problems, problem.Problem{Code: problem.TooLong, Column: "Bio", Value: strconv.Itoa((row*each + i) % values)})
		}
		p.gather([]*plan.RowReport{r})
		chunks, p.cut = append(chunks, p.cut...), nil
		if p.gathered > gatheredMost {
			t.Fatalf("%d bytes are held after %d rows", p.gathered, row)
		}
	}
	chunks = append(chunks, p.rest()...)
	lists := map[string]int{}
	for i := range chunks {
		lists[chunks[i].list] += chunks[i].count
	}
	if len(chunks) < 2*values || len(lists) != 5+values {
		t.Errorf("%d chunks of %d lists: the test has not reached the bound", len(chunks), len(lists))
	}
	for list, count := range lists {
		if want := rows * each / values; strings.Count(list, "/") == 2 && count != want {
			t.Fatalf("list %s has %d rows, want %d", list, count, want)
		}
	}
}
