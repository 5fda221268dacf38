package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// The words of the model: few, so that rows and queries meet.
var (
	modelFields   = []profile.Field{profile.Email, profile.TeamLeader, profile.Bio}
	modelProblems = []problem.Code{problem.TooLong, problem.LeaderNotFound}
	modelWarnings = []problem.Code{problem.Trimmed, problem.Cleared, problem.TooLong}
	modelValues   = []string{"", "x", "y z", "ümlaut\t\"quoted\""}
)

// testRowsModel compares every way of asking for rows with looking at each.
func testRowsModel(t *testing.T, w *world) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawRows(rt)
		b := w.upload()
		run := w.startRun(b)
		for _, some := range drawPasses(rt, rows) {
			w.must(w.store.AddRows(w.ctx, run, some))
		}
		_, err := w.store.FinishPreview(w.ctx, run, totalsOf(rows), w.revision())
		w.must(err)
		for range 12 {
			q := drawQuery(rt)
			got, want := w.allRows(b, q), modelRows(rows, q)
			if !slices.Equal(got, want) {
				rt.Fatalf("%+v gives %v, want %v", q, got, want)
			}
		}
	})
}

func drawRows(t *rapid.T) []*plan.RowReport {
	numbers := rapid.SliceOfNDistinct(rapid.IntRange(2, 400), 0, 40, rapid.ID).Draw(t, "rows")
	slices.Sort(numbers)
	rows := make([]*plan.RowReport, len(numbers))
	for i, number := range numbers {
		rows[i] = drawRow(t, number)
	}
	return rows
}

func drawRow(t *rapid.T, number int) *plan.RowReport {
	said := func(codes []problem.Code, name string) []problem.Problem {
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) problem.Problem {
			p := problem.Problem{Code: rapid.SampledFrom(codes).Draw(t, "code"), Row: number,
				Value: rapid.SampledFrom(modelValues).Draw(t, "value"), Suggestions: []string{}}
			if rapid.IntRange(0, 4).Draw(t, "place") > 0 {
				p.Column = profile.ColumnOf(rapid.SampledFrom(modelFields).Draw(t, "field")).Header
			}
			return p
		}), 0, 2).Draw(t, name)
	}
	r := &plan.RowReport{Row: number, Name: rapid.SampledFrom([]string{"Ana Silva", "Rui Costa"}).Draw(t, "name"), Result: plan.Unchanged}
	for _, f := range rapid.SliceOfDistinct(rapid.SampledFrom(modelFields), rapid.ID).Draw(t, "changes") {
		r.Changes = append(r.Changes, plan.Change{Column: profile.ColumnOf(f).Header, New: "n"})
		r.Result = plan.Changed
	}
	if r.Problems = said(modelProblems, "problems"); len(r.Problems) > 0 {
		r.Result = plan.Invalid
	}
	r.Warnings = said(modelWarnings, "warnings")
	return r
}

// drawPasses puts rows into several ascending passes, each in one or more calls.
func drawPasses(t *rapid.T, rows []*plan.RowReport) [][]*plan.RowReport {
	passes := make([][]*plan.RowReport, rapid.IntRange(1, 5).Draw(t, "passes"))
	for _, row := range rows {
		at := rapid.IntRange(0, len(passes)-1).Draw(t, "pass")
		passes[at] = append(passes[at], row)
	}
	var calls [][]*plan.RowReport
	for _, pass := range passes {
		calls = slices.AppendSeq(calls, slices.Chunk(pass, rapid.IntRange(1, 40).Draw(t, "at once")))
	}
	return calls
}

func drawQuery(t *rapid.T) store.RowsQuery {
	q := store.RowsQuery{Show: rapid.SampledFrom([]string{"all", "problems", "changes", "warnings"}).Draw(t, "show"),
		After: rapid.SampledFrom([]int{0, 0, 57, 200}).Draw(t, "after"), Limit: rapid.SampledFrom([]int{1, 2, 7, 100}).Draw(t, "limit"),
		Search: rapid.SampledFrom([]string{"", "", "", "SILVA", "x"}).Draw(t, "search")}
	if rapid.Bool().Draw(t, "by column") {
		q.Column = profile.ColumnOf(rapid.SampledFrom(modelFields).Draw(t, "column")).Header
	}
	if rapid.Bool().Draw(t, "by code") {
		q.Code = string(rapid.SampledFrom(slices.Concat(modelProblems, modelWarnings)).Draw(t, "code"))
		q.Value = rapid.SampledFrom(slices.Concat(modelValues, []string{"", "none"})).Draw(t, "value")
	}
	return q
}

// allRows goes through the pages of a query, and checks each.
func (w *world) allRows(b batch.Batch, q store.RowsQuery) []int {
	w.t.Helper()
	var all []int
	for {
		rows, next, err := w.store.Rows(w.ctx, w.org.ID, b.ID, q)
		w.must(err)
		if len(rows) > q.Limit || next > 0 && next <= q.After {
			w.t.Fatalf("%+v gives %d rows, next %d", q, len(rows), next)
		}
		for i := range rows {
			all = append(all, rows[i].Row)
		}
		if next == 0 {
			return all
		}
		q.After = next
	}
}

func modelRows(rows []*plan.RowReport, q store.RowsQuery) []int {
	var fit []int
	for _, r := range rows {
		if r.Row > q.After && shownBy(r, q) && saidBy(r, q) && strings.Contains(searched(r), strings.ToLower(q.Search)) {
			fit = append(fit, r.Row)
		}
	}
	return fit
}

// shownBy: the row stands in the view, and with what the view is about in the
// column, unless a code says what is to be there.
func shownBy(r *plan.RowReport, q store.RowsQuery) bool {
	inColumn := func(headers ...string) bool {
		return q.Column == "" || q.Code != "" || slices.Contains(headers, q.Column)
	}
	changes := inColumn(headersOf(r.Changes, func(c plan.Change) string { return c.Column })...)
	problems := inColumn(headersOf(r.Problems, columnOf)...)
	warnings := inColumn(headersOf(r.Warnings, columnOf)...)
	switch q.Show {
	case "changes":
		return r.Result == plan.Changed && changes
	case "problems":
		return len(r.Problems) > 0 && problems
	case "warnings":
		return len(r.Warnings) > 0 && warnings
	}
	return changes || problems || warnings
}

func columnOf(p problem.Problem) string { return p.Column }

func headersOf[T any](list []T, header func(T) string) []string {
	headers := make([]string, len(list))
	for i := range list {
		headers[i] = header(list[i])
	}
	return headers
}

// saidBy: one problem or warning has the code, the column and the value.
func saidBy(r *plan.RowReport, q store.RowsQuery) bool {
	return q.Code == "" || slices.ContainsFunc(slices.Concat(r.Problems, r.Warnings), func(p problem.Problem) bool {
		return string(p.Code) == q.Code && (q.Column == "" || p.Column == q.Column) && (q.Value == "" || p.Value == q.Value)
	})
}

func searched(r *plan.RowReport) string {
	words := []string{r.Name}
	for _, p := range r.Problems {
		if p.Column == "Email" {
			words = append(words, p.Value)
		}
	}
	return strings.ToLower(strings.Join(words, "\n"))
}

// testManyRows asks for rows of a batch that has more of them than one query looks
// through, and more values than are told apart.
func testManyRows(t *testing.T, w *world) {
	const count, values = 24_000, 12_000
	rows := make([]*plan.RowReport, count)
	for i := range rows {
		rows[i] = invalid(2+i, profile.ID{}, problem.LeaderNotFound, profile.TeamLeader, fmt.Sprint("value", i%values))
	}
	rows[count-2].Problems[0].Column = "Bio"
	rows[count-1].Name = "Needle"
	// Every tenth row depends on others and comes in a second pass.
	passes := make([][]*plan.RowReport, 2)
	for i, row := range rows {
		passes[min(1, (i%10)/9)] = append(passes[min(1, (i%10)/9)], row)
	}
	b := w.upload()
	run := w.startRun(b)
	for _, some := range slices.Collect(slices.Chunk(slices.Concat(passes...), 5000)) {
		w.must(w.store.AddRows(w.ctx, run, some))
	}
	_, err := w.store.FinishPreview(w.ctx, run, totalsOf(rows), w.revision())
	w.must(err)
	for _, q := range []store.RowsQuery{
		{Show: "all", After: 23_000}, {Show: "problems", After: 12_345},
		{Show: "problems", Column: "Bio"}, {Show: "all", Column: "Bio"}, {Show: "problems", Code: "leader-not-found", Column: "Bio"},
		{Show: "problems", Code: "leader-not-found", Column: "Team Leader", Value: "value7"},
		{Show: "problems", Code: "leader-not-found", Column: "Team Leader", Value: fmt.Sprint("value", values-3)}, // not told apart
		{Show: "problems", Code: "leader-not-found", Value: "value7"},
		{Show: "problems", Search: "needle"}, {Show: "all", Search: "nowhere"},
	} {
		q.Limit = 1000
		if got, want := w.allRows(b, q), modelRows(rows, q); !slices.Equal(got, want) {
			t.Errorf("%+v gives %d rows %v…, want %d", q, len(got), got[:min(len(got), 5)], len(want))
		}
	}
	w.wantShortPage(b, store.RowsQuery{Show: "problems", Search: "needle"}, 20_000)
	w.wantShortPage(b, store.RowsQuery{Show: "problems", Code: "leader-not-found", Column: "Team Leader", Value: fmt.Sprint("value", values-3)}, 4000)
	seen := 0
	w.must(w.store.RowProblems(w.ctx, w.org.ID, b.ID, func(some []store.RowProblems) error {
		for _, p := range some {
			if p.Row != rows[seen].Row || p.Problems[0].Value != rows[seen].Problems[0].Value {
				t.Fatalf("row %d comes where %d should", p.Row, rows[seen].Row)
			}
			seen++
		}
		return nil
	}))
	if seen != count {
		t.Errorf("%d of %d rows have problems", seen, count)
	}
}

// wantShortPage: one query looks through so many rows, finds nothing in them, and
// says where to go on.
func (w *world) wantShortPage(b batch.Batch, q store.RowsQuery, looked int) {
	w.t.Helper()
	rows, next, err := w.store.Rows(w.ctx, w.org.ID, b.ID, q)
	w.must(err)
	if len(rows) != 0 || next != 1+looked {
		w.t.Errorf("%+v: %d rows, next %d, want none and %d", q, len(rows), next, 1+looked)
	}
}
