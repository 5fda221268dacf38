package plan

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// What the tests' organization has besides people.
func testDirectory() *profile.Directory {
	return profile.NewDirectory(
		[]profile.Role{{ID: 1, Name: "Agent", Active: true}, {ID: 2, Name: "Team Lead", Active: true}, {ID: 3, Name: "Temp", Active: false}},
		[]profile.Group{{ID: 1, Name: "Billing"}, {ID: 2, Name: "Night Shift"}, {ID: 3, Name: "VIP"}},
	)
}

func idOf(n int) profile.ID {
	return profile.ID{0: 0x5e, 15: byte(n), 14: byte(n >> 8), 13: byte(n >> 16)}
}

// team is an organization in memory.
type team struct {
	people    []*profile.Profile
	directory *profile.Directory
}

// newTeam links the leaders' keys.
func newTeam(people ...*profile.Profile) *team {
	t := &team{people: people, directory: testDirectory()}
	for _, p := range people {
		p.LeaderKey = ""
		if leader := t.byID(p.LeaderID); leader != nil {
			p.LeaderKey = profile.LeaderKeyOf(leader)
		}
	}
	return t
}

func (t *team) byID(id profile.ID) *profile.Profile {
	for _, p := range t.people {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// agent is an active person who leads nobody.
func agent(n int, first, email, employee string, change ...func(*profile.Profile)) *profile.Profile {
	p := &profile.Profile{
		ID: idOf(n), Version: 3, Email: email, EmployeeID: employee, FirstName: first, LastName: "Silva",
		RoleID: 1, LicenseType: "standard", PhoneChannel: true,
	}
	for _, f := range change {
		f(p)
	}
	return p
}

func leads(p *profile.Profile)       { p.CanManageTeam = true }
func deactivated(p *profile.Profile) { p.Deactivated = true }
func under(n int) func(*profile.Profile) {
	return func(p *profile.Profile) { p.LeaderID = idOf(n) }
}

// sheet is a file of the tests.
type sheet struct {
	header []string
	rows   [][]string
	damage map[int][]problem.Problem // by row number
	past   map[int]Past
}

// sheetOf reads a table: a line for a row, cells between bars. A line of a dot is
// a blank row, @1 the User ID of person 1, _ a space.
func sheetOf(table string) sheet {
	var s sheet
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		var cells []string
		if strings.TrimSpace(line) != "." {
			for cell := range strings.SplitSeq(line, "|") {
				cells = append(cells, cellOf(strings.TrimSpace(cell)))
			}
		}
		if i == 0 {
			s.header = cells
			continue
		}
		s.rows = append(s.rows, cells)
	}
	return s
}

func cellOf(text string) string {
	if number, isID := strings.CutPrefix(text, "@"); isID {
		n, _ := strconv.Atoi(number)
		return idOf(n).String()
	}
	return strings.ReplaceAll(text, "_", " ")
}

// download is the sheet of everybody, as a download writes it.
func (t *team) download() sheet {
	var s sheet
	for _, column := range profile.Columns() {
		s.header = append(s.header, column.Header)
	}
	for _, p := range t.people {
		s.rows = append(s.rows, t.rowOf(p))
	}
	return s
}

func (t *team) rowOf(p *profile.Profile) []string {
	var cells []string
	for _, column := range profile.Columns() {
		cells = append(cells, profile.Text(p, column.Field, t.directory))
	}
	return cells
}

// outcome is all that a checker says.
type outcome struct {
	Reports []*RowReport // in file order, rows that say nothing left out
	Totals  Totals
}

type mode string

const (
	byKey mode = "asked by key"
	whole mode = "told the whole team"
)

// check drives a checker as the worker does.
func (t *team) check(tb testing.TB, s sheet, how mode) outcome {
	tb.Helper()
	layout, problems := ReadHeader(s.header)
	if len(problems) > 0 {
		tb.Fatalf("header: %v", problems)
	}
	size := len(t.people)
	if how == byKey {
		size = 1_000_000
	}
	c := NewChecker(Config{Layout: layout, Directory: t.directory, TeamSize: size,
		ProfileURL: func(id profile.ID) string { return "https://teamsheet.example/" + id.String()[34:] }})
	t.addRows(c, s)
	t.supply(tb, c, how)
	reports := t.judge(tb, c, s)
	totals := c.Totals()
	if how == byKey {
		totals.NotInFile -= size - len(t.people)
	}
	return outcome{reports, totals}
}

func (t *team) addRows(c *Checker, s sheet) {
	for i, cells := range s.rows {
		if cells == nil {
			c.AddBlank()
			continue
		}
		c.AddRow(RowRef{Row: i + 2, Offset: int64(i)}, bytesOf(cells), s.damage[i+2])
	}
}

func bytesOf(cells []string) [][]byte {
	all := make([][]byte, len(cells))
	for i, cell := range cells {
		all[i] = []byte(cell)
	}
	return all
}

func (t *team) supply(tb testing.TB, c *Checker, how mode) {
	tb.Helper()
	if c.WholeTeam() != (how == whole) {
		tb.Fatalf("WholeTeam: %v", c.WholeTeam())
	}
	if c.WholeTeam() {
		people := make([]profile.Profile, len(t.people))
		for i, p := range t.people {
			people[i] = *p
		}
		c.AddPeople(people)
		c.TeamComplete()
	}
	rounds := 0
	for needs := c.Needs(); !needs.Empty(); needs = c.Needs() {
		if rounds++; rounds > 50 {
			tb.Fatalf("needs do not end: %+v", needs)
		}
		for p := range t.answer(needs) {
			c.AddPerson(p)
		}
		c.Answered(needs)
	}
}

// answer finds the people asked for; those of several questions come twice.
func (t *team) answer(n Needs) iter.Seq[*profile.Profile] {
	return func(yield func(*profile.Profile) bool) {
		for _, p := range t.people {
			for _, wanted := range []bool{
				slices.Contains(n.IDs, p.ID),
				p.Email != "" && slices.Contains(n.EmailKeys, profile.EmailKey(p.Email)),
				p.EmployeeID != "" && slices.Contains(n.EmployeeIDs, p.EmployeeID),
				!p.Deactivated && slices.Contains(n.ReportsOf, p.LeaderID),
				n.Managers && p.CanManageTeam && !p.Deactivated,
			} {
				if wanted && !yield(p) {
					return
				}
			}
		}
	}
}

func (t *team) judge(tb testing.TB, c *Checker, s sheet) []*RowReport {
	tb.Helper()
	byRow := map[int]*RowReport{}
	keep := func(r *RowReport) {
		if len(r.Changes)+len(r.Problems)+len(r.Warnings) > 0 {
			byRow[r.Row] = r
		}
	}
	for suspect := range c.Suspects() {
		report, done := c.Judge(suspect, bytesOf(s.rows[suspect.Offset]), s.damage[suspect.Row], t.byID(suspect.ProfileID), s.past[suspect.Row])
		if done {
			keep(report)
		}
	}
	c.Resolve()
	for _, id := range c.NamesWanted() {
		if p := t.byID(id); p != nil {
			c.Name(p)
		}
	}
	for suspect := range c.Open() {
		keep(c.Report(suspect, bytesOf(s.rows[suspect.Offset]), s.damage[suspect.Row], t.byID(suspect.ProfileID), s.past[suspect.Row]))
	}
	var reports []*RowReport
	for i := range s.rows {
		if r := byRow[i+2]; r != nil {
			reports = append(reports, r)
		}
	}
	return reports
}

// say writes what was found, a line for each problem, warning and change.
func (o outcome) say() string {
	var b strings.Builder
	for _, r := range o.Reports {
		for _, p := range r.Problems {
			fmt.Fprintf(&b, "%s\n", sayProblem(p))
		}
		for _, p := range r.Warnings {
			if p.Code == problem.Cleared {
				fmt.Fprintf(&b, "%s cleared\n", p.Cell)
				continue
			}
			fmt.Fprintf(&b, "warning %s\n", sayProblem(p))
		}
		for _, change := range r.Changes {
			fmt.Fprintf(&b, "row %d %s: %q → %q\n", r.Row, change.Column, change.Old, change.New)
		}
	}
	for _, p := range append(o.Totals.FileProblems, o.Totals.FileWarnings...) {
		fmt.Fprintf(&b, "file %s\n", sayProblem(p))
	}
	return b.String()
}

func sayProblem(p problem.Problem) string {
	text := fmt.Sprintf("%s · %s · %q %s: %s", p.Cell, p.Column, p.Value, p.Code, p.Message)
	if len(p.Suggestions) > 0 {
		text += " Did you mean " + strings.Join(p.Suggestions, ", ") + "?"
	}
	return text
}
