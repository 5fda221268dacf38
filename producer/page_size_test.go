package producer

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// No page grows with the team: with ten times the rows, problems and people, each is
// as large as before, but for the digits of its numbers.
func TestNoPageGrowsWithTheTeam(t *testing.T) {
	t.Parallel()
	sizes := map[string][]int{}
	for _, people := range []int{300, 3000} {
		r := newRig(t)
		b := r.signedIn()
		crowd := make([]*profile.Profile, people)
		for n := range crowd {
			crowd[n] = testPerson(1, 0, fmt.Sprintf("P%07d", n), fmt.Sprintf("p%07d@home.example", n), fmt.Sprintf("e%07d", n))
			crowd[n].ID = profile.ID{0: 1, 12: 1, 13: byte(n >> 8), 14: byte(n)}
		}
		_, err := r.store.InsertPeople(t.Context(), r.home.org.ID, slices.Values(crowd))
		r.must(err)
		changed, wrong := r.judged(people, false), r.judged(people, true)
		for name, address := range map[string]string{
			"team": "/team", "history": "/bulk-update/history", "changes": "/bulk-update/" + changed.ID, "problems": "/bulk-update/" + wrong.ID,
			"all rows": "/bulk-update/" + wrong.ID + "?show=all", "update": "/bulk-update",
		} {
			sizes[name] = append(sizes[name], len(b.open(address).is(http.StatusOK).body))
		}
	}
	for name, size := range sizes {
		if size[1] > size[0]+size[0]/100+100 {
			t.Errorf("page %s has %d bytes for 300 people and %d for 3,000", name, size[0], size[1])
		}
	}
}

// judged is a batch with so many rows that change, or that are wrong, each in its own
// way.
func (r *rig) judged(rows int, wrong bool) batch.Batch {
	r.t.Helper()
	ctx := r.t.Context()
	id := r.uploaded([]string{"User ID"}, []string{r.home.profile.String()})
	run, _, err := r.store.StartRun(ctx, id, r.batch(id).Generation, batch.Uploaded)
	r.must(err)
	totals := plan.Totals{Counts: batch.Counts{Rows: rows, Changed: rows}, Digest: "d", ChangesByColumn: []batch.ColumnChanges{{Column: "Hometown", Changed: rows}}}
	var reports []*plan.RowReport
	for n := range rows {
		report := &plan.RowReport{Row: n + 2, ProfileID: profile.ID{0: 1, 12: 1, 13: byte(n >> 8), 14: byte(n)}, Name: fmt.Sprintf("P%07d Silva", n), Version: 1,
			Result: plan.Changed, Mask: profile.FieldsOf(profile.Hometown), After: profile.Profile{Hometown: "Faro"}, Changes: []plan.Change{{Column: "Hometown", Old: "Porto", New: "Faro"}}}
		if wrong {
			p := problem.Problem{Code: problem.RoleUnknown, Row: n + 2, Column: "Role", Cell: fmt.Sprintf("F%d", n+2), Value: fmt.Sprintf("R%07d", n), Message: "m", Fix: "f", Suggestions: []string{}}
			report.Result, report.Mask, report.Changes, report.Problems = plan.Invalid, 0, nil, []problem.Problem{p}
			totals.Groups = append(totals.Groups, plan.Group{Code: p.Code, Column: p.Column, Value: p.Value, Rows: 1, Cells: []string{p.Cell}, Message: "m", Fix: "f"})
		}
		reports = append(reports, report)
	}
	if wrong {
		totals.Counts, totals.Digest, totals.ChangesByColumn = batch.Counts{Rows: rows, Invalid: rows}, "", nil
	}
	r.must(r.store.AddRows(ctx, run, reports))
	_, err = r.store.FinishPreview(ctx, run, totals, 1)
	r.must(err)
	return r.batch(id)
}
