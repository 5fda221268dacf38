package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"teamsheet/internal/profile"
)

// Small pools, so that everything collides with everything.
var (
	emailPool    = []string{"a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", "f@x.org"}
	employeePool = []string{"1", "2", "3", "4", "5", "6"}
	strayEmails  = []string{"", "A@x.org", "B@X.ORG", "bad", "new@x.org", "New@x.org"}
	strayIDs     = []string{"", "7", "8", "a@x.org"}
	strayLeaders = []string{"", "ghost", "new@x.org", "7", "A@X.org"}
)

// focus is what most of the edits are about.
type focus int

const (
	onAll focus = iota
	onKeys
	onLeaders
	onCircles
)

func drawTeam(t *rapid.T, on focus) *team {
	managers := 2
	if on == onCircles {
		managers = 6
	}
	size := rapid.IntRange(1, 7).Draw(t, "people")
	emails := rapid.Permutation(append(slices.Clone(emailPool), "", "")).Draw(t, "emails")
	employees := rapid.Permutation(append(slices.Clone(employeePool), "", "")).Draw(t, "employees")
	people := make([]*profile.Profile, size)
	for i := range people {
		p := agent(i+1, fmt.Sprintf("P%d", i+1), emails[i], employees[i])
		p.CanManageTeam = rapid.IntRange(0, managers).Draw(t, "manager") == 0
		p.Deactivated = rapid.IntRange(0, 3).Draw(t, "deactivated") == 0
		if leader := rapid.IntRange(0, size).Draw(t, "leader"); leader > 0 && rapid.Bool().Draw(t, "led") {
			p.LeaderID = idOf(leader)
		}
		people[i] = p
	}
	return newTeam(people...)
}

// drawSheet edits a download.
func drawSheet(t *rapid.T, org *team, on focus) sheet {
	s := org.download()
	if rapid.IntRange(0, 3).Draw(t, "doubled") == 0 {
		i := rapid.IntRange(0, len(s.rows)-1).Draw(t, "which")
		s.rows = append(s.rows, slices.Clone(s.rows[i]))
	}
	s.rows = rapid.Permutation(s.rows).Draw(t, "order")
	keep := rapid.IntRange(1, len(s.rows)).Draw(t, "rows")
	s.rows = s.rows[:keep]
	if on == onCircles {
		for _, row := range s.rows {
			row[profile.CanManageTeam] = "y"
			row[profile.TeamLeader] = rapid.SampledFrom(append(slices.Clone(emailPool), row[profile.TeamLeader])).Draw(t, "leader")
		}
	}
	for range rapid.IntRange(0, 8).Draw(t, "edits") {
		row := s.rows[rapid.IntRange(0, keep-1).Draw(t, "row")]
		f, pool := drawField(t, on)
		row[f] = rapid.SampledFrom(pool).Draw(t, "cell")
	}
	return s
}

func drawField(t *rapid.T, on focus) (profile.Field, []string) {
	least, most := 0, 11
	switch on {
	case onKeys:
		most = 4
	case onLeaders, onCircles:
		least, most = 4, 9
	}
	switch rapid.IntRange(least, most).Draw(t, "field") {
	case 0, 1, 2:
		return profile.Email, append(slices.Clone(emailPool), strayEmails...)
	case 3, 4:
		return profile.EmployeeID, append(slices.Clone(employeePool), strayIDs...)
	case 5, 6:
		return profile.TeamLeader, append(append(slices.Clone(emailPool), employeePool...), strayLeaders...)
	case 7:
		return profile.Deactivated, []string{"y", "n", "n", "Y", "N", "maybe", ""}
	case 8, 9:
		return profile.CanManageTeam, []string{"y", "y", "y", "n", "Y", "N", "maybe"}
	case 10:
		return profile.RoleName, []string{"Team Lead", "Nope", ""}
	}
	return profile.UserID, []string{"", "", "", idOf(99).String(), "x", idOf(1).String()}
}

// The checker finds what a plain model finds, however it is told of the people.
func TestCheckerAgreesWithModel(t *testing.T) {
	t.Parallel()
	for on, name := range []string{onAll: "all", onKeys: "keys", onLeaders: "leaders", onCircles: "circles"} {
		for part := range 4 {
			t.Run(fmt.Sprintf("%s %d", name, part), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(rt *rapid.T) {
					org := drawTeam(rt, focus(on))
					s := drawSheet(rt, org, focus(on))
					keyed, told := org.check(t, s, byKey), org.check(t, s, whole)
					if diff := cmp.Diff(told, keyed); diff != "" {
						rt.Fatalf("asked by key it says something else (-whole +key):\n%s\n%s", diff, sayTeam(org, s))
					}
					compareWithModel(rt, org, s, told)
				})
			})
		}
	}
}

func compareWithModel(t *rapid.T, org *team, s sheet, got outcome) {
	m := newModel(org, s)
	reports := map[int]*RowReport{}
	for _, r := range got.Reports {
		reports[r.Row] = r
	}
	for _, r := range m.rows {
		var problems, changes []string
		if report := reports[r.number]; report != nil {
			for _, p := range report.Problems {
				problems = append(problems, string(p.Code)+"@"+p.Column)
			}
			for _, change := range report.Changes {
				changes = append(changes, change.Column)
			}
		}
		slices.Sort(problems)
		if want := slices.Sorted(maps.Keys(r.problems)); !slices.Equal(want, problems) {
			t.Fatalf("row %d: problems\n got %v\nwant %v\n%s%s", r.number, problems, want, sayTeam(org, s), got.say())
		}
		if want := m.changed(r); !slices.Equal(want, changes) {
			t.Fatalf("row %d: changes\n got %v\nwant %v\n%s%s", r.number, changes, want, sayTeam(org, s), got.say())
		}
	}
}

func sayTeam(org *team, s sheet) string {
	var b strings.Builder
	for _, p := range org.people {
		fmt.Fprintf(&b, "  %s\n", strings.Join(org.rowOf(p), "|"))
	}
	for i, row := range s.rows {
		fmt.Fprintf(&b, "%d %s\n", i+2, strings.Join(row, "|"))
	}
	return b.String()
}
