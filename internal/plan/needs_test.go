package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/profile"
)

// What is asked for, round by round.
func TestNeeds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		table string
		want  []Needs
	}{
		"one cell": {
			`User ID | Email | Hometown
			@2 | rui@example.com | Porto`,
			[]Needs{{IDs: []profile.ID{idOf(2)}}},
		},
		"without User ID": {
			`Email | Employee ID | Hometown
			RUI@example.com | 2 | Porto
			| 3 | Porto`,
			[]Needs{{EmailKeys: []string{"rui@example.com"}, EmployeeIDs: []string{"2", "3"}}},
		},
		"new keys: who has them": {
			`User ID | Email | Employee ID
			@2 | Eva@example.com | 2
			@3 | eva@example.com | 9`,
			[]Needs{{IDs: []profile.ID{idOf(2), idOf(3)}}, {EmailKeys: []string{"eva@example.com"}, EmployeeIDs: []string{"9"}}},
		},
		"a new leader, and those above": {
			`User ID | Team Leader
			@6 |
			@2 | 5`,
			[]Needs{
				{IDs: []profile.ID{idOf(6), idOf(2)}},
				{IDs: []profile.ID{idOf(1)}, EmailKeys: []string{"5"}, EmployeeIDs: []string{"5"}},
			},
		},
		"a leader nobody knows": {
			`User ID | Team Leader
			@4 | ghost`,
			[]Needs{
				{IDs: []profile.ID{idOf(4)}},
				{IDs: []profile.ID{idOf(5)}, EmailKeys: []string{"ghost"}, EmployeeIDs: []string{"ghost"}},
				{Managers: true},
			},
		},
		"the reports of whom is deactivated; managers are locked anyway": {
			`User ID | Deactivated
			@5 | yes
			@1 | y
			@8 | y`,
			[]Needs{{IDs: []profile.ID{idOf(5), idOf(1), idOf(8)}}, {ReportsOf: []profile.ID{idOf(5)}}},
		},
		"reactivated: the leaders above": {
			`User ID | Deactivated
			@8 | n`,
			[]Needs{{IDs: []profile.ID{idOf(8)}}, {IDs: []profile.ID{idOf(5)}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, org := sheetOf(test.table), theTeam()
			layout, _ := ReadHeader(s.header)
			c := NewChecker(Config{Layout: layout, Directory: org.directory, TeamSize: 1_000_000})
			org.addRows(c, s)
			var got []Needs
			for needs := c.Needs(); !needs.Empty(); needs = c.Needs() {
				got = append(got, needs)
				for p := range org.answer(needs) {
					c.AddPerson(p)
				}
				c.Answered(needs)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Told the whole team, a checker asks for nothing more but what to suggest, and
// leaders who were told before anybody was led by them and are no managers.
func TestNeedsAfterTheWholeTeam(t *testing.T) {
	t.Parallel()
	org := theTeam()
	org.people[3], org.people[4] = org.people[4], org.people[3] // Cy before Bo, whom he leads
	for table, want := range map[string]Needs{
		"User ID | Deactivated \n @8 | n":                       {IDs: []profile.ID{idOf(5)}},
		"User ID | Team Leader \n @2 | ghost":                   {Managers: true},
		"User ID | Team Leader \n @2 | zoe@example.com \n @3 |": {},
	} {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			s := sheetOf(table)
			layout, _ := ReadHeader(s.header)
			c := NewChecker(Config{Layout: layout, Directory: org.directory, TeamSize: len(org.people)})
			org.addRows(c, s)
			for _, p := range org.people {
				c.AddPerson(p)
			}
			c.TeamComplete()
			if diff := cmp.Diff(want, c.Needs()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNeedsBeforeTheTeamIsComplete(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("it asked by key without the keys")
		}
	}()
	layout, _ := ReadHeader([]string{"User ID"})
	c := NewChecker(Config{Layout: layout, Directory: testDirectory(), TeamSize: 9})
	c.AddRow(RowRef{Row: 2}, bytesOf([]string{idOf(1).String()}), nil)
	c.Needs()
}
