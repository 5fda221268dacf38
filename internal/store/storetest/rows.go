package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// sampleRows are rows of every kind, in file order.
func (w *world) sampleRows() []*plan.RowReport {
	two := w.changing(2, w.profile(2), func(p *profile.Profile) { p.Hometown, p.Email = "Lisbon", "NEW@demo.example" }, profile.Hometown, profile.Email)
	three := invalid(3, personID(3), problem.LeaderNotFound, profile.TeamLeader, "it's \\ \t\"x\" 👩")
	three.Version = 1
	three.Problems[0].Suggestions = []string{"p1@demo.example"}
	three.Problems = append(three.Problems, problem.Problem{Code: problem.RequiredEmpty, Row: 3, Column: "First Name", Cell: "D3"})
	four := w.changing(4, w.profile(4), func(p *profile.Profile) { p.Bio = strings.Join(nasty, "") }, profile.Bio)
	four.Warnings = []problem.Problem{{Code: problem.Trimmed, Row: 4, Column: "Bio", Cell: "Q4", Message: "Space was taken off."}}
	five := invalid(5, profile.ID{}, problem.UserNotFound, profile.Email, "Nobody@demo.example")
	five.Name = ""
	six := invalid(6, personID(6), problem.LeaderNotFound, profile.TeamLeader, "other")
	six.Version = 1
	six.After = w.profile(6)
	return []*plan.RowReport{two, three, four, five, six}
}

func testRows(t *testing.T, w *world) {
	kept := w.sampleRows()
	b := w.preview(kept...)
	rows, next, err := w.store.Rows(w.ctx, w.org.ID, b.ID, store.RowsQuery{Show: "all"})
	w.must(err)
	want := make([]plan.RowReport, len(kept))
	for i, row := range kept {
		want[i] = *row
		want[i].After = profile.Profile{}
	}
	if diff := cmp.Diff(want, rows, cmpopts.EquateEmpty()); diff != "" || next != 0 {
		t.Errorf("next %d, rows:\n%s", next, diff)
	}
	for i := range rows {
		if rows[i].Changes == nil || rows[i].Problems == nil || rows[i].Warnings == nil {
			t.Errorf("row %d has a list that is null", rows[i].Row)
		}
	}
	_, _, err = w.store.Rows(w.ctx, w.org.ID, b.ID, store.RowsQuery{Show: "everything"})
	w.wantFault(err, fault.BadRequest, "show-unknown")
}

func testRowFilters(t *testing.T, w *world) {
	b := w.preview(w.sampleRows()...)
	const value = "it's \\ \t\"x\" 👩"
	for _, c := range []struct {
		query store.RowsQuery
		want  []int
	}{
		{store.RowsQuery{}, []int{2, 3, 4, 5, 6}},
		{store.RowsQuery{Show: "changes"}, []int{2, 4}},
		{store.RowsQuery{Show: "problems"}, []int{3, 5, 6}},
		{store.RowsQuery{Show: "warnings"}, []int{4}},
		{store.RowsQuery{Show: "changes", Column: "Hometown"}, []int{2}},
		{store.RowsQuery{Show: "changes", Column: "email"}, []int{2}},
		{store.RowsQuery{Show: "problems", Column: "Email"}, []int{5}},
		{store.RowsQuery{Show: "all", Column: "Email"}, []int{2, 5}},
		{store.RowsQuery{Show: "all", Column: "Shoe Size"}, nil},
		{store.RowsQuery{Show: "problems", Code: "leader-not-found"}, []int{3, 6}},
		{store.RowsQuery{Show: "problems", Code: "leader-not-found", Column: "Team Leader"}, []int{3, 6}},
		{store.RowsQuery{Show: "problems", Code: "leader-not-found", Column: "Email"}, nil},
		{store.RowsQuery{Show: "problems", Code: "leader-not-found", Column: "Team Leader", Value: value}, []int{3}},
		{store.RowsQuery{Show: "problems", Code: "leader-not-found", Value: value}, []int{3}},
		{store.RowsQuery{Show: "problems", Code: "leader"}, nil},
		{store.RowsQuery{Show: "problems", Code: "leader-not-found/8"}, nil},
		{store.RowsQuery{Show: "problems", Code: "leader-not-found", Column: "Shoe Size"}, nil},
		{store.RowsQuery{Show: "problems", Code: "leader-not-found", Column: "Team Leader", Value: "nobody's"}, nil},
		{store.RowsQuery{Show: "changes", Code: "trimmed"}, []int{4}},
		{store.RowsQuery{Show: "problems", Code: "trimmed"}, nil},
		{store.RowsQuery{Show: "changes", Search: "p6@demo"}, nil},
		{store.RowsQuery{Show: "warnings", Code: "trimmed"}, []int{4}},
		{store.RowsQuery{Code: "required-empty"}, []int{3}},
		{store.RowsQuery{Search: "FIRST2"}, []int{2}},
		{store.RowsQuery{Search: "new@"}, []int{2}},
		{store.RowsQuery{Search: "P2@demo"}, []int{2}},
		{store.RowsQuery{Search: "p6@demo"}, []int{6}},
		{store.RowsQuery{Search: "nobody@"}, []int{5}},
		{store.RowsQuery{Show: "problems", After: 3, Limit: 1}, []int{5}},
	} {
		w.wantRows(b, c.query, c.want...)
	}
}

// wantRows reads one page.
func (w *world) wantRows(b batch.Batch, q store.RowsQuery, want ...int) {
	w.t.Helper()
	rows, _, err := w.store.Rows(w.ctx, w.org.ID, b.ID, q)
	w.must(err)
	var got []int
	for i := range rows {
		got = append(got, rows[i].Row)
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("%+v gives %v, want %v", q, got, want)
	}
}

func testRowPaging(t *testing.T, w *world) {
	var kept []*plan.RowReport
	for n := range 1234 {
		kept = append(kept, invalid(2+2*n, personID(n), problem.TooLong, profile.Bio, fmt.Sprint(n)))
	}
	b := w.preview(kept...)
	after, seen := 0, 0
	for {
		rows, next, err := w.store.Rows(w.ctx, w.org.ID, b.ID, store.RowsQuery{Show: "problems", After: after, Limit: 100})
		w.must(err)
		for i := range rows {
			if rows[i].Row != kept[seen].Row {
				t.Fatalf("row %d comes where %d should", rows[i].Row, kept[seen].Row)
			}
			seen++
		}
		if next == 0 {
			break
		}
		after = next
	}
	if seen != len(kept) {
		t.Errorf("paged through %d of %d rows", seen, len(kept))
	}
}

func testGroups(t *testing.T, w *world) {
	b := w.upload()
	run := w.startRun(b)
	totals := plan.Totals{Counts: batch.Counts{Rows: 3, Invalid: 3}}
	for n := range 250 {
		totals.Groups = append(totals.Groups, plan.Group{Code: problem.RoleUnknown, Column: "Role", Value: fmt.Sprint("role", n), Rows: 250 - n,
			Cells: []string{"F2"}, Message: "m", Fix: "f", Suggestions: []string{}})
	}
	_, err := w.store.FinishPreview(w.ctx, run, totals, w.revision())
	w.must(err)
	var got []plan.Group
	after := 0
	for {
		groups, next, err := w.store.Groups(w.ctx, w.org.ID, b.ID, after, 100)
		w.must(err)
		got = append(got, groups...)
		if next == 0 {
			break
		}
		after = next
	}
	if diff := cmp.Diff(totals.Groups, got); diff != "" {
		t.Error(diff)
	}
}

func testRowProblems(t *testing.T, w *world) {
	b := w.preview(w.sampleRows()...)
	w.edit(3, moves("Lisbon"), profile.Hometown)
	var got []string
	w.must(w.store.RowProblems(w.ctx, w.org.ID, b.ID, func(rows []store.RowProblems) error {
		for _, r := range rows {
			got = append(got, fmt.Sprint(r.Row, " ", r.Version, " ", len(r.Problems), " ", r.Problems[0].Value))
		}
		return nil
	}))
	if diff := cmp.Diff([]string{"3 1 2 it's \\ \t\"x\" 👩", "5 0 1 Nobody@demo.example", "6 1 1 other"}, got); diff != "" {
		t.Error(diff)
	}
}
