package plan

import (
	"slices"

	"teamsheet/internal/batch"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// Mended is the stored value that mends the cell of a problem: what a spreadsheet
// program made of an employee ID or a date is undone. stored is the text that the
// person has today in the problem's column. ok is false for any other problem.
func Mended(p problem.Problem, stored string) (kind batch.MendKind, value string, ok bool) {
	if len(p.Suggestions) != 1 || p.Cell == "" {
		return "", "", false
	}
	value = p.Suggestions[0]
	switch {
	case p.Code == problem.EmployeeIDDamaged:
		return batch.MendEmployeeIDs, value, true
	case p.Code == problem.DateFormat && value == stored:
		return batch.MendDates, value, true
	}
	return "", "", false
}

// mendCounts counts what could be mended without opening the file.
type mendCounts struct {
	employeeIDs, incomplete int
	dates                   [profile.FieldCount]int
	moved                   [profile.FieldCount]int // cells that have what a neighbour's had
	last                    [profile.FieldCount]movedCell
}

// movedCell is a change of a column, kept until the one of the next row.
type movedCell struct {
	row      int
	old, new string
}

// neighbour looks whether a cell has the stored value of the row above, or the row
// above has the stored value of this one: a column that was moved by a row is like
// that from the place on where it was.
func (m *mendCounts) neighbour(f profile.Field, row int, change *Change) {
	last := &m.last[f]
	m.moved[f] += oneIf(last.row+1 == row && (change.New == last.old || last.new == change.Old))
	*last = movedCell{row, change.Old, change.New}
}

func (m *mendCounts) add(d *draft) {
	if len(d.report.Problems) == 0 {
		return
	}
	m.incomplete += oneIf(slices.ContainsFunc(d.report.Problems, profile.CanTakeRowOut))
	for _, p := range d.report.Problems {
		field, known := profile.FieldByHeader(p.Column)
		if !known {
			continue
		}
		switch kind, _, _ := Mended(p, profile.Text(d.before, field, d.c.config.Directory)); kind {
		case batch.MendEmployeeIDs:
			m.employeeIDs++
		case batch.MendDates:
			m.dates[field]++
		}
	}
}

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// mends are the offers for the file. A column that mostly changes, or whose cells
// have what their neighbours had, may have moved against the others; it can be taken
// out unless it tells whose the rows are.
func (c *Checker) mends(mostly profile.Fields) []batch.Mend {
	found := &c.tally.mends
	var offers []batch.Mend
	offer := func(kind batch.MendKind, column string, n int) {
		if n > 0 {
			offers = append(offers, batch.Mend{Kind: kind, Column: column, Count: n})
		}
	}
	offer(batch.MendEmployeeIDs, profile.ColumnOf(profile.EmployeeID).Header, found.employeeIDs)
	for f, n := range found.dates {
		offer(batch.MendDates, profile.ColumnOf(profile.Field(f)).Header, n)
	}
	for f, moved := range found.moved {
		if changed := c.tally.changed[f]; changed >= mostlyRows && 2*moved > changed {
			mostly = mostly.With(profile.Field(f))
		}
	}
	for f := range mostly.All() {
		if key := f == profile.Email || f == profile.EmployeeID; !key || c.columns.has(profile.UserID) {
			offer(batch.MendColumn, profile.ColumnOf(f).Header, c.tally.changed[f])
		}
	}
	offer(batch.MendIncomplete, "", found.incomplete)
	return offers
}
