package storetest

import (
	"fmt"
	"testing"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// testSupply has a checker ask for the people whom a small file concerns, one way
// or another: by id, by key, as holders of keys, as leaders of leaders, as reports
// and as suggestions.
func testSupply(t *testing.T, w *world) {
	people := somePeople(300)[teamSize:]
	people[0].LeaderID, people[0].CanManageTeam = personID(1), true // 13 leads 14 leads 15
	people[1].LeaderID, people[1].CanManageTeam = personID(13), true
	people[2].LeaderID = personID(14)
	w.insert(w.org, people)
	rows := [][]string{
		{personID(15).String(), "p15@demo.example", "p16@demo.example", "n"},   // no manager
		{personID(17).String(), "P18@demo.example", "p1@demo.example", "n"},    // taken
		{personID(19).String(), "new19@demo.example", "p13@demo.example", "n"}, // fine
		{"", "p20@demo.example", "p99@demo.exmaple", "n"},                      // nobody: a suggestion
		{personID(14).String(), "p14@demo.example", "p13@demo.example", "y"},   // a manager
		{personID(9999).String(), "x@demo.example", "", "n"},                   // nobody
	}
	got := map[int]string{}
	w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		layout, problems := plan.ReadHeader([]string{"User ID", "Email", "Team Leader", "Deactivated"})
		if len(problems) > 0 {
			return fmt.Errorf("header: %v", problems)
		}
		checker := plan.NewChecker(plan.Config{Layout: layout, Directory: v.Directory(), TeamSize: v.TeamSize()})
		for i, row := range rows {
			checker.AddRow(plan.RowRef{Row: i + 2}, cells(row), nil)
		}
		if checker.WholeTeam() {
			t.Error("the file is large against the team")
		}
		if err := v.Supply(w.ctx, checker, func(p *profile.Profile) error {
			checker.AddPerson(p)
			return nil
		}); err != nil {
			return err
		}
		return w.judgeAll(v, checker, rows, func(r *plan.RowReport) { got[r.Row] = summary(r) })
	}))
	want := map[int]string{
		2: "invalid leader-not-manager", 3: "invalid email-taken", 4: "changed", 5: "invalid leader-not-found p",
		6: "invalid manager-deactivation-locked", 7: "invalid user-not-found",
	}
	for row, text := range want {
		if got[row] != text {
			t.Errorf("row %d: %q, want %q", row, got[row], text)
		}
	}
}

func cells(row []string) [][]byte {
	cells := make([][]byte, len(row))
	for i, text := range row {
		cells[i] = []byte(text)
	}
	return cells
}

// judgeAll goes on as the worker does.
func (w *world) judgeAll(v *store.View, c *plan.Checker, rows [][]string, each func(*plan.RowReport)) error {
	person := func(id profile.ID) (current *profile.Profile, err error) {
		err = v.People(w.ctx, []profile.ID{id}, func(p *profile.Profile) error {
			kept := *p
			current = &kept
			return nil
		})
		return current, err
	}
	for s := range c.Suspects() {
		current, err := person(s.ProfileID)
		if err != nil {
			return err
		}
		if report, done := c.Judge(s, cells(rows[s.Row-2]), nil, current, nil); done {
			each(report)
		}
	}
	c.Resolve()
	if err := v.People(w.ctx, c.NamesWanted(), func(p *profile.Profile) error { c.Name(p); return nil }); err != nil {
		return err
	}
	for s := range c.Open() {
		current, err := person(s.ProfileID)
		if err != nil {
			return err
		}
		each(c.Report(s, cells(rows[s.Row-2]), nil, current, nil))
	}
	return nil
}

// summary is the result, the codes, and whether somebody was suggested.
func summary(r *plan.RowReport) string {
	text := string(r.Result)
	for _, p := range r.Problems {
		text += " " + string(p.Code)
		if len(p.Suggestions) > 0 {
			text += " " + p.Suggestions[0][:1]
		}
	}
	return text
}
