package plan

import (
	"slices"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// Layout is what the header row of a file says: which column is which.
type Layout struct {
	// Columns has one entry per column of the file, in its order.
	Columns []Meaning
}

// Meaning of one column of a file.
type Meaning struct {
	Kind  ColumnKind
	Field profile.Field // when Kind is Known
}

// ColumnKind says what a column of a file is to the checker.
type ColumnKind uint8

// The kinds of columns.
const (
	Unknown ColumnKind = iota // a header nobody knows, or a second one of the same name: a file problem
	Known
	FixUp // Result, Problem, How to fix: ignored
	Blank // no header: fine as long as the column is blank throughout
)

// headerRow is the number of the header row as the spreadsheet shows it.
const headerRow = 1

// ReadHeader reads the header row: any order, any case, outer spaces. With
// problems the file cannot be checked row by row in full, but rows are still
// judged on the columns that are known, unless no column identifies a row
// (header-missing). That comes first, since nothing else is of use without it, and
// alone where no cell is a header at all: people then have lost the header row, and
// a problem for each value of a person would hide that.
func ReadHeader(cells []string) (*Layout, []problem.Problem) {
	layout := &Layout{Columns: make([]Meaning, len(cells))}
	var problems []problem.Problem
	for i, cell := range cells {
		meaning, finding := layout.read(cell)
		layout.Columns[i] = meaning
		if finding != nil {
			problems = append(problems, headerProblem(*finding, i, meaning, cell))
		}
	}
	switch {
	case layout.identifies():
		return layout, problems
	case noHeaders(layout.Columns, problems):
		return layout, []problem.Problem{ofHeaderRow(profile.HeaderRowMissing())}
	}
	return layout, append([]problem.Problem{ofHeaderRow(profile.HeaderMissing())}, problems...)
}

// noHeaders reports whether the cells of row 1 are not even mistyped headers.
func noHeaders(columns []Meaning, problems []problem.Problem) bool {
	unknown := 0
	for _, column := range columns {
		switch column.Kind {
		case Known, FixUp:
			return false
		case Unknown:
			unknown++
		}
	}
	return unknown > 0 && !slices.ContainsFunc(problems, func(p problem.Problem) bool { return len(p.Suggestions) > 0 })
}

func ofHeaderRow(finding profile.Finding) problem.Problem {
	placed := finding.Of("", "")
	placed.Row = headerRow
	return placed
}

// HeaderBelow is header-missing for a file whose header is not in row 1 but in the
// given one, if these cells of it are a header.
func HeaderBelow(cells []string, row int) (problem.Problem, bool) {
	if layout, _ := ReadHeader(cells); !layout.identifies() {
		return problem.Problem{}, false
	}
	return ofHeaderRow(profile.HeaderBelow(row)), true
}

// read tells what a header means beside those that were read before it.
func (l *Layout) read(cell string) (Meaning, *profile.Finding) {
	if clean, _ := profile.CleanText(cell); clean == "" {
		return Meaning{Kind: Blank}, nil
	}
	if profile.IsFixUpHeader(cell) {
		return Meaning{Kind: FixUp}, nil
	}
	field, known := profile.FieldByHeader(cell)
	if !known {
		finding := profile.HeaderUnknown(cell)
		return Meaning{Kind: Unknown}, &finding
	}
	if first, taken := l.Index(field); taken {
		finding := profile.HeaderDuplicate(field, problem.ColumnLetters(first))
		return Meaning{Kind: Unknown, Field: field}, &finding
	}
	return Meaning{Kind: Known, Field: field}, nil
}

func headerProblem(finding profile.Finding, column int, meaning Meaning, cell string) problem.Problem {
	header := ""
	if finding.Code == problem.HeaderDuplicate {
		header = profile.ColumnOf(meaning.Field).Header
	}
	placed := finding.Of(header, cell)
	placed.Row, placed.Cell = headerRow, problem.CellAddress(column, headerRow)
	return placed
}

// Index returns the position of a field's column in the file.
func (l *Layout) Index(f profile.Field) (int, bool) {
	for i, column := range l.Columns {
		if column.Kind == Known && column.Field == f {
			return i, true
		}
	}
	return 0, false
}

// identifies reports whether a column tells whose row a row is.
func (l *Layout) identifies() bool {
	for _, f := range keyFields {
		if _, ok := l.Index(f); ok {
			return true
		}
	}
	return false
}

// keyFields are the columns that a row can be matched by, the strongest first.
var keyFields = [...]profile.Field{profile.UserID, profile.Email, profile.EmployeeID}
