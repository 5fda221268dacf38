package plan

import (
	"cmp"
	"slices"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// draft is a row that is being judged.
type draft struct {
	c       *Checker
	i       uint32
	row     *row
	cells   [][]byte
	damaged profile.Fields
	before  *profile.Profile // blank if the row is nobody's
	matched bool             // the row is somebody's
	stored  string           // the employee ID that the row has without its zeros, and so is nobody's
	past    Past
	after   profile.Profile
	asked   profile.Fields // cells that change something and are fine
	leader  bool           // the Team Leader cell names somebody new; who is meant comes with Resolve
	report  *RowReport
}

func (c *Checker) newDraft(s Suspect, cells [][]byte, damage []problem.Problem, current *profile.Profile, past Past) *draft {
	i := uint32(s.Place)
	r := c.rows.at(i)
	d := &c.draft // one at a time, so that a million rows do not leave a million behind
	*d = draft{c: c, i: i, row: r, cells: cells, damaged: c.columns.damaged(damage), before: current}
	d.matched = current != nil && !r.is(notFound|ambiguous)
	if !d.matched {
		d.before = &profile.Profile{}
	}
	if current != nil && r.lostZeros() {
		d.stored = current.EmployeeID
	}
	if r.is(older) && !r.is(duplicate) {
		d.past = past
	}
	d.after = *d.before
	d.report = &RowReport{
		Row: c.places.number(i), ProfileID: d.before.ID, Version: d.before.Version,
		Changes: []Change{}, Problems: []problem.Problem{}, Warnings: []problem.Problem{},
	}
	if d.matched {
		d.report.Name = profile.DisplayName(d.before)
	}
	d.addDamage(damage)
	return d
}

// addDamage takes the tokenizer's problems in, with headers in the words of the
// column table.
func (d *draft) addDamage(damage []problem.Problem) {
	for _, p := range damage {
		if header := d.c.columns.header(columnOfCell(p.Cell)); header != "" {
			p.Column = header
		}
		if p.Suggestions == nil {
			p.Suggestions = []string{}
		}
		d.report.Problems = append(d.report.Problems, p)
	}
}

// text is the cell of a field as it stands in the file.
func (d *draft) text(f profile.Field) string { return string(cellAt(d.cells, d.c.columns.at[f])) }

// problem says what is wrong with the cell of a field.
func (d *draft) problem(f profile.Field, finding profile.Finding) {
	d.report.Problems = append(d.report.Problems, d.placed(f, finding))
}

func (d *draft) warn(f profile.Field, finding profile.Finding) {
	d.report.Warnings = append(d.report.Warnings, d.placed(f, finding))
}

// placed puts a finding at the cell of its field. What is about a column that the
// file does not have stands where the row's own problems stand.
func (d *draft) placed(f profile.Field, finding profile.Finding) problem.Problem {
	at := d.c.columns.at[f]
	if at < 0 {
		at = d.c.columns.anchor
	}
	return d.c.place(d.i, at, f, d.text(f), finding)
}

// rowProblem says what is wrong with the row: at its User ID, else in its first
// column.
func (d *draft) rowProblem(value string, finding profile.Finding) {
	at := d.c.columns.anchor
	p := d.c.place(d.i, at, profile.UserID, value, finding)
	p.Column = d.c.columns.header(at)
	d.report.Problems = append(d.report.Problems, p)
}

func (c *Checker) place(i uint32, at int, f profile.Field, value string, finding profile.Finding) problem.Problem {
	if c.config.OwnPage {
		at = -1 // a form has no cells
	}
	return finding.At(c.places.number(i), at, f, value)
}

// refuse takes a change back that was asked for.
func (d *draft) refuse(f profile.Field) {
	d.asked &^= profile.FieldsOf(f)
	switch f {
	case profile.Email:
		d.after.Email = d.before.Email
	case profile.EmployeeID:
		d.after.EmployeeID = d.before.EmployeeID
	case profile.CanManageTeam:
		d.after.CanManageTeam = d.before.CanManageTeam
	case profile.Deactivated:
		d.after.Deactivated = d.before.Deactivated
	}
}

// finish makes the report of what is left.
func (d *draft) finish() *RowReport {
	d.addChanges()
	d.order(d.report.Problems)
	d.order(d.report.Warnings)
	switch {
	case len(d.report.Problems) > 0:
		d.report.Result = Invalid
	case len(d.report.Changes) > 0:
		d.report.Result = Changed
		d.report.Mask = d.asked
	default:
		d.report.Result = Unchanged
	}
	d.report.After = d.after
	d.c.tally.add(d)
	return d.report
}

// addChanges lists what changes, in the order of the sheet.
func (d *draft) addChanges() {
	if d.row.is(duplicate) {
		d.asked = 0
	}
	for f := range d.asked.All() {
		old, new := profile.Text(d.before, f, d.c.config.Directory), profile.Text(&d.after, f, d.c.config.Directory)
		if old == new && !(f == profile.TeamLeader && d.before.LeaderID != d.after.LeaderID) {
			d.asked &^= profile.FieldsOf(f)
			continue // (another leader may have the very key that the old one gives up)
		}
		d.report.Changes = append(d.report.Changes, Change{Column: profile.ColumnOf(f).Header, Old: old, New: new})
		if new == "" && old != "" {
			d.warn(f, profile.Cleared(f, old))
		}
	}
}

// order sorts by column, as the file has them.
func (d *draft) order(problems []problem.Problem) {
	if len(problems) < 2 {
		return
	}
	slices.SortStableFunc(problems, func(a, b problem.Problem) int {
		return cmp.Compare(columnOfCell(a.Cell), columnOfCell(b.Cell))
	})
}
