package profile

import "teamsheet/internal/problem"

// Finding is what a rule says about a value, before anybody knows where it stands.
type Finding struct {
	Code        problem.Code
	Message     string
	Fix         string
	Suggestions []string // whole values for the cell, nearest first
}

// At places the finding: row as the spreadsheet numbers it, column counted from
// zero in the uploaded file (negative: the file does not have it, so there is no
// cell), value as it stands in the cell.
func (f Finding) At(row, column int, field Field, value string) problem.Problem {
	placed := f.Of(ColumnOf(field).Header, value)
	placed.Row = row
	if column >= 0 {
		placed.Cell = problem.CellAddress(column, row)
	}
	return placed
}

// Of places the finding in a file or a form that has no rows: header may be ""
// for the whole of it.
func (f Finding) Of(header, value string) problem.Problem {
	suggestions := f.Suggestions
	if suggestions == nil {
		suggestions = []string{} // the public JSON says [], never null
	}
	return problem.Problem{
		Code: f.Code, Column: header, Value: value,
		Message: f.Message, Fix: f.Fix, Suggestions: suggestions,
	}
}
