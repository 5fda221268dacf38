package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

func TestTotals(t *testing.T) {
	t.Parallel()
	s := sheetOf(`User ID | Hometown | Bio | Role | Deactivated
		@2 | Porto | x | Agnet | n
		.
		@3 | Faro | | Agent | n
		@3 | Faro | | Agnet | n
		@4 | | | Agnet | n
		@5 | | | Agent | n
		@1 | _ | | Agent | n`)
	org := theTeam()
	org.byID(idOf(5)).Bio = "long ago"
	for _, how := range []mode{byKey, whole} {
		got := org.check(t, s, how).Totals
		want := Totals{
			Counts:          batch.Counts{Rows: 6, Changed: 2, Unchanged: 1, Invalid: 3, Warnings: 2, Blank: 1},
			ChangesByColumn: []batch.ColumnChanges{{Column: "Hometown", Changed: 2}, {Column: "Bio", Changed: 2, Cleared: 1}},
			Groups: []Group{
				{Code: problem.RoleUnknown, Column: "Role", Value: "Agnet", Rows: 3, Cells: []string{"D2", "D5", "D6"}, Suggestions: []string{"Agent"}},
				{Code: problem.UserDuplicate, Column: "User ID", Value: idOf(3).String(), Rows: 1, Cells: []string{"A5"}, Suggestions: []string{}},
			},
			NotInFile: 4,
			Highlights: batch.Highlights{Examples: map[string][]batch.Example{
				"Hometown": {{New: "Porto"}, {New: "Faro"}}, "Bio": {{New: "x"}, {Old: "long ago"}},
			}},
		}
		for i := range got.Groups {
			got.Groups[i].Message, got.Groups[i].Fix = "", ""
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", how, diff)
		}
	}
}

// manyAgents is a team of n, led by the first.
func manyAgents(n int) *team {
	people := make([]*profile.Profile, n)
	for i := range people {
		people[i] = agent(i+1, fmt.Sprintf("P%d", i+1), fmt.Sprintf("p%d@example.com", i+1), fmt.Sprintf("%04d", i+1))
	}
	return newTeam(people...)
}

func TestColumnMostlyChanged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows, changed int
		want          string
	}{
		"more than 80 in 100":  {100, 81, `file  · Hometown · "" column-mostly-changed: Hometown changes in 81 of 100 rows.`},
		"80 in 100":            {100, 80, ""},
		"too few rows to tell": {19, 19, ""},
		"enough":               {20, 20, `file  · Hometown · "" column-mostly-changed: Hometown changes in 20 of 20 rows.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := manyAgents(test.rows)
			s := org.download()
			for _, row := range s.rows[:test.changed] {
				row[profile.Hometown] = "Porto"
			}
			got := org.check(t, s, whole)
			got.Reports = nil
			if diff := cmp.Diff(lines(test.want), lines(got.say())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	digest := func(edit func(*team, *sheet)) string {
		org := manyAgents(30)
		s := org.download()
		s.rows[3][profile.Hometown], s.rows[7][profile.Bio], s.rows[7][profile.RoleName] = "Porto", "x", "Team Lead"
		edit(org, &s)
		return org.check(t, s, whole).Totals.Digest
	}
	plan := digest(func(*team, *sheet) {})
	if len(plan) != 64 {
		t.Fatalf("%q", plan)
	}
	same := map[string]func(*team, *sheet){
		"other order":            func(_ *team, s *sheet) { slices.Reverse(s.rows) },
		"without unchanged rows": func(_ *team, s *sheet) { s.rows = s.rows[:8] },
		"in other words":         func(_ *team, s *sheet) { s.rows[7][profile.RoleName] = "TEAM lead" },
		"a newer version of somebody, changed elsewhere": func(o *team, _ *sheet) { o.people[3].Version++ },
	}
	for name, edit := range same {
		if got := digest(edit); got != plan {
			t.Errorf("%s: another plan", name)
		}
	}
	another := map[string]func(*team, *sheet){
		"another value":     func(_ *team, s *sheet) { s.rows[3][profile.Hometown] = "Faro" },
		"one more change":   func(_ *team, s *sheet) { s.rows[4][profile.Hometown] = "Porto" },
		"one change less":   func(_ *team, s *sheet) { s.rows[3][profile.Hometown] = "" },
		"another person":    func(_ *team, s *sheet) { s.rows[3][profile.Hometown], s.rows[4][profile.Hometown] = "", "Porto" },
		"another field":     func(_ *team, s *sheet) { s.rows[3][profile.Hometown], s.rows[3][profile.StateOrCountry] = "", "Porto" },
		"another old value": func(o *team, _ *sheet) { o.people[3].Hometown = "Faro" },
		"another role's name": func(o *team, _ *sheet) {
			o.directory = profile.NewDirectory([]profile.Role{{ID: 1, Name: "Agent", Active: true}, {ID: 9, Name: "Team Lead", Active: true}}, nil)
		},
	}
	for name, edit := range another {
		if got := digest(edit); got == plan || got == "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := digest(func(_ *team, s *sheet) { s.rows[9][profile.RoleName] = "Nope" }); got != "" {
		t.Errorf("with a problem: %q", got)
	}
	if got := digest(func(_ *team, s *sheet) { s.header = append(s.header, ""); s.rows[9] = append(s.rows[9], "x") }); got != "" {
		t.Errorf("with a problem of the file: %q", got)
	}
}

// A file of nothing but different mistakes ends, and keeps only so many causes.
func TestGroupsAreBounded(t *testing.T) {
	t.Parallel()
	const rows = groupsMost + 500
	s := sheet{header: []string{"User ID"}}
	for i := range rows {
		s.rows = append(s.rows, []string{idOf(100_000 + i).String()})
	}
	totals := theTeam().check(t, s, whole).Totals
	if len(totals.Groups) != groupsMost+1 || totals.Groups[0].Rows != 500 || totals.Groups[0].Value != "" || len(totals.Groups[0].Suggestions) > 0 || totals.Groups[0].Fix != profile.ManyKinds("User ID", "").Fix || totals.Counts.Invalid != rows {
		t.Errorf("%d groups, the first %+v", len(totals.Groups), totals.Groups[0])
	}
	if first := totals.Groups[1].Message; !strings.HasSuffix(totals.Groups[0].Message, first) || first == "" {
		t.Errorf("%q does not tell of the first: %q", totals.Groups[0].Message, first)
	}
}

// What a spreadsheet program has done to a whole column is one cause, however many
// values came of it; a few of them are told apart.
func TestDamageIsOneCause(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]int{damageApart: 2 * damageApart, damageApart + 1: 2} {
		org := manyAgents(rows + 1)
		s := org.download()
		for i, row := range s.rows[:rows] {
			row[profile.EmployeeID] = strconv.Itoa(i + 1)
			row[profile.StartDate] = fmt.Sprintf("%d.4.2026", i+13)
		}
		s.rows[rows][profile.RoleName] = "Agnet"
		groups := org.check(t, s, whole).Totals.Groups
		if len(groups) != want+1 || groups[len(groups)-1].Value != "Agnet" {
			t.Fatalf("%d damaged rows are %d causes: %+v", rows, len(groups), groups)
		}
		if rows <= damageApart {
			if groups[0].Value != "1" || len(groups[0].Suggestions) != 1 {
				t.Errorf("one of a few: %+v", groups[0])
			}
			continue
		}
		for i, code := range []problem.Code{problem.EmployeeIDDamaged, problem.DateFormat} {
			many, _ := profile.ManyDamaged(code, groups[i].Column)
			if g := groups[i]; g.Code != code || g.Rows != rows || len(g.Cells) != rows || g.Value != "" || g.Message != many.Message || len(g.Suggestions) > 0 {
				t.Errorf("%s: %+v", code, g)
			}
		}
	}
}

func TestOneEmailInEveryRow(t *testing.T) {
	t.Parallel()
	org := manyAgents(3000)
	s := org.download()
	for _, row := range s.rows {
		row[profile.Email] = "one@example.com"
	}
	got := org.check(t, s, whole)
	want := `B2 · Email · "one@example.com" email-duplicate: Rows 3, 4, 5, 6, 7 and 2,994 more have this Email too.`
	if said := sayProblem(got.Reports[0].Problems[0]); said != want || len(got.Reports) != 3000 {
		t.Error(said)
	}
}
