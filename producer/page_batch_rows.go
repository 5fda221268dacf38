package producer

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// rowsShown is how many rows stand on one page.
const rowsShown = 100

// rowsQuery is which rows of a batch to show, as it stands in the address.
type rowsQuery struct {
	Show, Column, Code, Value, Search string
	After                             int // the row that the page before ended with
	Causes                            int // the same for the list of causes
}

// readRowsQuery takes what it understands; the rest of an address that somebody
// has typed or cut off is left alone.
func readRowsQuery(r *http.Request) rowsQuery {
	form := r.URL.Query()
	q := rowsQuery{Show: form.Get("show"), Column: form.Get("column"), Code: form.Get("code"),
		Value: form.Get("value"), Search: strings.TrimSpace(form.Get("q"))}
	if !slices.Contains([]string{"problems", "changes", "warnings", "all"}, q.Show) {
		q.Show = ""
	}
	q.After, q.Causes = natural(form.Get("after")), natural(form.Get("causes"))
	return q
}

// natural reads a number from 0; anything else is 0.
func natural(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return max(0, n)
}

// isStart reports whether the page was opened as such, not a part of it.
func (q rowsQuery) isStart() bool { return q == rowsQuery{} }

// filtered reports whether only some of the rows of Show are wanted.
func (q rowsQuery) filtered() bool {
	return q.Column != "" || q.Code != "" || q.Value != "" || q.Search != ""
}

// shown is what to show when the address does not say: what is wrong first.
func (q rowsQuery) shown(c batch.Counts) rowsQuery {
	switch {
	case q.Show != "":
	case c.Invalid > 0:
		q.Show = "problems"
	case c.Changed > 0:
		q.Show = "changes"
	default:
		q.Show = "warnings"
	}
	return q
}

func (q rowsQuery) forStore() store.RowsQuery {
	return store.RowsQuery{Show: q.Show, Column: q.Column, Code: q.Code, Value: q.Value,
		Search: q.Search, After: q.After, Limit: rowsShown}
}

// rowLooks is how many times a page goes on looking for rows before it shows what
// it has found.
const rowLooks = 5

// rowsPage is a page of rows.
type rowsPage struct {
	rows  []plan.RowReport
	next  int  // from where to go on; 0: that was the end
	short bool // the rows up to next were looked through, and did not fill the page
}

// fillRows reads a page. One read looks through a part of the rows when no list
// tells which of them are wanted, so a few parts are looked through in turn.
func fillRows(q store.RowsQuery, read func(store.RowsQuery) ([]plan.RowReport, int, error)) (rowsPage, error) {
	var p rowsPage
	for range rowLooks {
		some, next, err := read(q)
		if err != nil {
			return rowsPage{}, err
		}
		p.rows, p.next = append(p.rows, some...), next
		p.short = next > 0 && len(some) < q.Limit
		if !p.short {
			break
		}
		q.After, q.Limit = next, q.Limit-len(some)
	}
	return p, nil
}

// people are those whom rows are about.
func (p rowsPage) people() []profile.ID {
	var ids []profile.ID
	for i := range p.rows {
		if !p.rows[i].ProfileID.IsZero() {
			ids = append(ids, p.rows[i].ProfileID)
		}
	}
	return ids
}

// rowsView is the table of rows and what is above and below it.
type rowsView struct {
	Action, Show, Code, CodeWord, Value, Search string
	Tabs                                        []tabView
	ColumnOptions                               []optionView
	Filtered                                    bool
	Clear, Caption, Empty                       string
	Rows                                        []rowView
	Looked                                      string // how far a short page has come
	First, More, Further                        string
}

// tabView is one of the choices above the table.
type tabView struct {
	Label, Tone, URL string
	Count            int
	Counted, Current bool
}

// rowView is one row of the file.
type rowView struct {
	Row                int
	State              chipView
	Name, URL          string
	KnownBy            []string // what tells the person from a namesake
	Problems, Warnings []problem.Problem
	Changes            []changeView
}

// changeView is one cell: what it was and what it becomes.
type changeView struct {
	Column   string
	Word     string // what was done to a column that has no text
	Old, New excerptView
}

func newRowsView(p batchParts) *rowsView {
	q, id := p.query.shown(p.batch.Counts), p.batch.ID
	v := &rowsView{Action: batchURL(id), Show: q.Show, Code: q.Code, CodeWord: codeWord(q.Code), Value: q.Value,
		Search: q.Search, Tabs: rowTabs(id, q, p.batch.Counts), ColumnOptions: columnOptions(q.Column),
		Filtered: q.filtered(), Clear: rowsURL(id, rowsQuery{Show: q.Show}), Caption: captionOf(q),
		Empty: emptyOf(q)}
	for i := range p.rows.rows {
		r := &p.rows.rows[i]
		v.Rows = append(v.Rows, newRowView(r, p.known[r.ProfileID]))
	}
	v.addPager(id, q, p.rows)
	return v
}

// addPager leads to the other rows, and says how far a page has come that looking
// did not fill.
func (v *rowsView) addPager(id string, q rowsQuery, p rowsPage) {
	to := q
	if q.After > 0 {
		to.After = 0
		v.First = rowsURL(id, to)
	}
	to.After = p.next
	switch {
	case p.short:
		v.Further = rowsURL(id, to)
		const firstRow = 2 // the header is row 1
		through := number(max(q.After+1, firstRow)) + " to " + number(p.next)
		v.Looked = "Rows " + through + " have been looked through."
		v.Empty = "No row from " + through + " fits what you are looking for."
	case p.next > 0:
		v.More = rowsURL(id, to)
	}
}

func captionOf(q rowsQuery) string {
	captions := map[string]string{"problems": "Rows with problems", "changes": "Rows that change",
		"warnings": "Rows with a warning", "all": "Rows that change, have a problem or a warning"}
	return captions[q.Show] + ", in the order of the file"
}

func emptyOf(q rowsQuery) string {
	switch {
	case q.After > 0:
		return "No further row fits what you are looking for."
	case q.filtered():
		return "No row fits what you are looking for."
	case q.Show == "problems":
		return "No row has a problem."
	case q.Show == "changes":
		return "No row changes anything."
	case q.Show == "warnings":
		return "No row has a warning."
	}
	return "No row changes anything, has a problem or a warning."
}

func rowTabs(id string, q rowsQuery, c batch.Counts) []tabView {
	tabs := []tabView{
		{Label: "Problems", Tone: "problem", URL: "problems", Count: c.Invalid, Counted: true},
		{Label: "Changes", Tone: "change", URL: "changes", Count: c.Changed, Counted: true},
		{Label: "Warnings", Tone: "warning", URL: "warnings", Count: c.Warnings, Counted: true},
		{Label: "All of these", URL: "all"},
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].URL == q.Show
		tabs[i].URL = rowsURL(id, rowsQuery{Show: tabs[i].URL})
	}
	return tabs
}

func columnOptions(selected string) []optionView {
	options := []optionView{{Value: "", Label: "All columns", Selected: selected == ""}}
	for _, c := range profile.Columns() {
		options = append(options, optionView{Value: c.Header, Label: c.Header, Selected: c.Header == selected})
	}
	return options
}

func newRowView(r *plan.RowReport, known store.Identifiers) rowView {
	v := rowView{Row: r.Row, Name: r.Name, State: rowChip(r), Problems: r.Problems, Warnings: warningsBeside(r)}
	if !r.ProfileID.IsZero() {
		v.URL = profileURL(r.ProfileID)
	}
	for _, by := range []string{known.Email, known.EmployeeID} {
		if by != "" && by != r.Name {
			v.KnownBy = append(v.KnownBy, by)
		}
	}
	for _, c := range r.Changes {
		v.Changes = append(v.Changes, newChangeView(c))
	}
	return v
}

// warningsBeside leaves out what the change beside it already shows: that a
// cell was cleared.
func warningsBeside(r *plan.RowReport) []problem.Problem {
	var out []problem.Problem
	for _, w := range r.Warnings {
		cleared := w.Code == problem.Cleared && slices.ContainsFunc(r.Changes, func(c plan.Change) bool {
			return c.Column == w.Column && c.New == ""
		})
		if !cleared {
			out = append(out, w)
		}
	}
	return out
}

func newChangeView(c plan.Change) changeView {
	before, after := excerptPair(c.Old, c.New)
	return changeView{Column: c.Column, Old: before, New: after}
}

func rowChip(r *plan.RowReport) chipView {
	switch r.Result {
	case plan.Invalid:
		return chipView{"problem", "Problem"}
	case plan.Changed:
		return chipView{"change", "Change"}
	}
	if len(r.Warnings) > 0 {
		return chipView{"warning", "Check"}
	}
	return chipView{"neutral", "No change"}
}

func profileURL(id profile.ID) string { return "/team/" + id.String() }
