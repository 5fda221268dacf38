package plan

import (
	"teamsheet/internal/profile"
)

// Edit is the change of one profile on its own page or by the API, by the same
// rules as a file of one row with OwnPage: answer Needs until it is empty, then
// NamesWanted, then Finish.
type Edit struct{ edits }

// NewEdit prepares to change the given cells of current; only they are judged.
// Layout, TeamSize and OwnPage of the config are set here. User ID and Version
// among the cells are left out: they are never edited. Problems have row 0 and no
// cell.
func NewEdit(current *profile.Profile, cells map[profile.Field]string, config Config) *Edit {
	var fields []profile.Field
	for f := range profile.Field(profile.FieldCount) {
		if _, ok := cells[f]; ok && !profile.ColumnOf(f).ReadOnly {
			fields = append(fields, f)
		}
	}
	e := &Edit{newEdits(fields, config)}
	e.add(current, func(f profile.Field) string { return cells[f] })
	return e
}

// Finish returns the report. Unchanged without problems: there is nothing to save.
func (e *Edit) Finish() *RowReport { return e.finish()[0] }

// Reassignment gives several people another team leader at once, judged together
// on the state that all of it leads to, by the rules of Edit and driven as one.
type Reassignment struct{ edits }

// NewReassignment prepares to give each of the people, all of them different, the
// leader whose email or employee ID stands at the same place; "" is nobody.
func NewReassignment(people []profile.Profile, leaders []string, config Config) *Reassignment {
	r := &Reassignment{newEdits([]profile.Field{profile.TeamLeader}, config)}
	for i := range people {
		r.add(&people[i], func(profile.Field) string { return leaders[i] })
	}
	return r
}

// Finish returns the reports in the order of the people.
func (r *Reassignment) Finish() []*RowReport { return r.finish() }

// edits are rows of a form, one for each person, with the same cells.
type edits struct {
	checker *Checker
	fields  []profile.Field
	rows    []edit
	reports []*RowReport
	told    bool
	judged  bool
}

// edit is one of them.
type edit struct {
	current profile.Profile
	cells   [][]byte
	suspect Suspect
	report  *RowReport // nil as long as it depends on the others
}

func newEdits(fields []profile.Field, config Config) edits {
	config.OwnPage = true
	config.Layout = &Layout{Columns: []Meaning{{Known, profile.UserID}}}
	for _, f := range fields {
		config.Layout.Columns = append(config.Layout.Columns, Meaning{Known, f})
	}
	return edits{checker: NewChecker(config), fields: fields}
}

func (e *edits) add(current *profile.Profile, text func(profile.Field) string) {
	cells := [][]byte{[]byte(current.ID.String())}
	for _, f := range e.fields {
		cells = append(cells, []byte(text(f)))
	}
	e.rows = append(e.rows, edit{current: *current, cells: cells})
	e.checker.AddRow(RowRef{}, cells, nil)
}

// Needs, AddPerson and Answered are those of the Checker.
func (e *edits) Needs() Needs {
	e.tellCurrent()
	return e.checker.Needs()
}

// tellCurrent tells the checker of those who are changed, once all of them are
// known.
func (e *edits) tellCurrent() {
	if e.told {
		return
	}
	e.told = true
	for i := range e.rows {
		e.checker.AddPerson(&e.rows[i].current)
	}
}

// AddPerson tells about somebody whom Needs asked for.
func (e *edits) AddPerson(p *profile.Profile) { e.checker.AddPerson(p) }

// Answered says that everybody of the needs who exists was told.
func (e *edits) Answered(n Needs) { e.checker.Answered(n) }

// NamesWanted are people whom the reports have to name; answer with Name.
func (e *edits) NamesWanted() []profile.ID {
	e.judge()
	return e.checker.NamesWanted()
}

// Name tells how a wanted person is called.
func (e *edits) Name(p *profile.Profile) { e.checker.Name(p) }

func (e *edits) finish() []*RowReport {
	e.judge()
	if e.reports == nil {
		e.reports = make([]*RowReport, len(e.rows))
		for i := range e.rows {
			row := &e.rows[i]
			if e.reports[i] = row.report; row.report == nil {
				e.reports[i] = e.checker.Report(row.suspect, row.cells, nil, &row.current, nil)
			}
		}
	}
	return e.reports
}

// judge judges every row once.
func (e *edits) judge() {
	if e.judged {
		return
	}
	e.judged = true
	e.tellCurrent()
	e.checker.settle()
	for i := range e.rows {
		row := &e.rows[i]
		row.suspect = e.checker.suspect(uint32(i), e.checker.rows.at(uint32(i)))
		row.report, _ = e.checker.Judge(row.suspect, row.cells, nil, &row.current, nil)
	}
	e.checker.Resolve()
}
