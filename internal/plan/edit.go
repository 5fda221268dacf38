package plan

import (
	"teamsheet/internal/profile"
)

// Edit is the change of one profile on its own page or by the API, by the same
// rules as a file of one row with OwnPage: answer Needs until it is empty, then
// NamesWanted, then Finish.
type Edit struct {
	checker *Checker
	current profile.Profile
	cells   [][]byte
	suspect Suspect
	report  *RowReport
	judged  bool
}

// NewEdit prepares to change the given cells of current; only they are judged.
// Layout, TeamSize and OwnPage of the config are set here. User ID and Version
// among the cells are left out: they are never edited. Problems have row 0 and no
// cell.
func NewEdit(current *profile.Profile, cells map[profile.Field]string, config Config) *Edit {
	config.OwnPage = true
	config.Layout = &Layout{Columns: []Meaning{{Known, profile.UserID}}}
	e := &Edit{current: *current, cells: [][]byte{[]byte(current.ID.String())}}
	for f := range profile.Field(profile.FieldCount) {
		if text, ok := cells[f]; ok && !profile.ColumnOf(f).ReadOnly {
			config.Layout.Columns = append(config.Layout.Columns, Meaning{Known, f})
			e.cells = append(e.cells, []byte(text))
		}
	}
	e.checker = NewChecker(config)
	e.checker.AddRow(RowRef{}, e.cells, nil)
	e.checker.AddPerson(current)
	return e
}

// Needs, AddPerson and Answered are those of the Checker.
func (e *Edit) Needs() Needs { return e.checker.Needs() }

// AddPerson tells about somebody whom Needs asked for.
func (e *Edit) AddPerson(p *profile.Profile) { e.checker.AddPerson(p) }

// Answered says that everybody of the needs who exists was told.
func (e *Edit) Answered(n Needs) { e.checker.Answered(n) }

// NamesWanted are people whom the report has to name; answer with Name.
func (e *Edit) NamesWanted() []profile.ID {
	e.judge()
	return e.checker.NamesWanted()
}

// Name tells how a wanted person is called.
func (e *Edit) Name(p *profile.Profile) { e.checker.Name(p) }

// Finish returns the report. Unchanged without problems: there is nothing to save.
func (e *Edit) Finish() *RowReport {
	e.judge()
	if e.report == nil {
		e.report = e.checker.Report(e.suspect, e.cells, nil, &e.current, nil)
	}
	return e.report
}

// judge judges the row once.
func (e *Edit) judge() {
	if e.judged {
		return
	}
	e.judged = true
	e.checker.settle()
	e.suspect = e.checker.suspect(0, e.checker.rows.at(0))
	e.report, _ = e.checker.Judge(e.suspect, e.cells, nil, &e.current, nil)
	e.checker.Resolve()
}
