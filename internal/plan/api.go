package plan

import (
	"iter"
	"time"

	"teamsheet/internal/batch"
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

type ColumnKind uint8

const (
	Unknown ColumnKind = iota // a header nobody knows: a file problem
	Known
	FixUp // Result, Problem, How to fix: ignored
	Blank // no header: fine as long as the column is blank throughout
)

// ReadHeader reads the header row. With problems the file cannot be checked
// row by row in full, but rows are still judged on the columns that are known,
// unless no column identifies a row.
func ReadHeader(cells []string) (*Layout, []problem.Problem) { panic("todo") }

// Index returns the position of a field's column in the file.
func (l *Layout) Index(f profile.Field) (int, bool) { panic("todo") }

// Config of a Checker.
type Config struct {
	Layout    *Layout
	Directory *profile.Directory
	// TeamSize is the number of people in the organization.
	TeamSize int
	// OwnPage: the one row is an edit on the person's own profile page or by the
	// API, where a manager may be given another leader, and be demoted or
	// deactivated once no active person reports to them.
	OwnPage bool
	// ProfileURL makes the link to a person's own page for the manager-locked
	// messages; nil: no link.
	ProfileURL func(profile.ID) string
}

// Checker compares the rows of a file with the team. Call its methods in the
// order in which they stand here. It keeps a compact entry a row, never the row.
type Checker struct{}

func NewChecker(Config) *Checker { panic("todo") }

// RowRef says where a row stands.
type RowRef struct {
	Row    int   // as the spreadsheet numbers it
	Offset int64 // opaque to the checker: where the reader finds the row again
}

// AddRow takes one data row (not blank, not the header). cells are UTF-8 text as
// the tokenizer gives it, formula escape undone, not cleaned; they are only
// valid during the call. damage are problems that the tokenizer found in it.
func (c *Checker) AddRow(ref RowRef, cells [][]byte, damage []problem.Problem) { panic("todo") }

// AddBlank counts a blank row.
func (c *Checker) AddBlank() { panic("todo") }

// Rows is the number of rows added.
func (c *Checker) Rows() int { panic("todo") }

// WholeTeam reports, after the last AddRow, whether the file is so large against
// the team that everybody has to be told: then call AddPerson once for every
// person of the organization and TeamComplete, before the first Needs. Otherwise
// Needs alone asks for the people who matter.
func (c *Checker) WholeTeam() bool { panic("todo") }

// Needs are people that the checker has to be told about before it can judge.
// Answer with AddPerson for everyone found, then Answered(needs), and ask again
// until it is empty. Ask after TeamComplete too: it is nearly always empty then,
// but not when a leader was not found (Managers) or a leader is no manager (IDs).
type Needs struct {
	IDs         []profile.ID
	EmailKeys   []string     // profile.EmailKey form
	EmployeeIDs []string     // exact
	ReportsOf   []profile.ID // active people whose leader is one of these
	Managers    bool         // active people with Can Manage Team, for did-you-mean (a sample of at most 100,000 will do)
}

func (n Needs) Empty() bool {
	return len(n.IDs) == 0 && len(n.EmailKeys) == 0 && len(n.EmployeeIDs) == 0 && len(n.ReportsOf) == 0 && !n.Managers
}

func (c *Checker) Needs() Needs     { panic("todo") }
func (c *Checker) Answered(n Needs) { panic("todo") }
func (c *Checker) TeamComplete()    { panic("todo") }

// AddPerson tells about one person as they are today; p is only valid during
// the call. The same person may be told twice.
func (c *Checker) AddPerson(p *profile.Profile) { panic("todo") }

// Suspect is a row that may change something or has something wrong: the worker
// reads it again and has it judged.
type Suspect struct {
	RowRef
	ProfileID profile.ID // zero: nobody was found for the row
	// PastVersion is the version the row was downloaded at when the person has
	// changed since; 0: no history is needed.
	PastVersion int64
}

// Suspects are the rows to judge, in file order.
func (c *Checker) Suspects() iter.Seq[Suspect] { panic("todo") }

// Past is what of a profile has changed since a version, from its history.
type Past map[profile.Field]PastValue

// PastValue is what a download at that version would have written for a field,
// and who changed it last since then, and when.
type PastValue struct {
	Text string
	By   string
	At   time.Time
}

// Judge judges one suspect on its own. done: the report is final. Otherwise it
// depends on other rows and comes from Report after Resolve.
func (c *Checker) Judge(s Suspect, cells [][]byte, damage []problem.Problem, current *profile.Profile, past Past) (report *RowReport, done bool) {
	panic("todo")
}

// Resolve judges what depends on several rows: keys, leaders, circles.
func (c *Checker) Resolve() { panic("todo") }

// Open are the suspects that Judge left open, in file order.
func (c *Checker) Open() iter.Seq[Suspect] { panic("todo") }

// NamesWanted are people whom messages and changes of open rows have to name, after
// Resolve; answer with Name for everyone found.
func (c *Checker) NamesWanted() []profile.ID { panic("todo") }

// Name tells how a wanted person is called and which keys they have today; p is
// only valid during the call.
func (c *Checker) Name(p *profile.Profile) { panic("todo") }

// Report is Judge's second part, for open rows after Resolve.
func (c *Checker) Report(s Suspect, cells [][]byte, damage []problem.Problem, current *profile.Profile, past Past) *RowReport {
	panic("todo")
}

// Result of a row.
type Result string

const (
	Changed   Result = "changed"
	Unchanged Result = "unchanged"
	Invalid   Result = "invalid"
)

// Change is one cell that changes; texts as a download writes them.
type Change struct {
	Column string `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// RowReport is what is said of one row. The JSON form is public (CONTRACT §5).
type RowReport struct {
	Row       int               `json:"row"`
	ProfileID profile.ID        `json:"profile_id"`
	Name      string            `json:"name"`
	Result    Result            `json:"result"`
	Changes   []Change          `json:"changes"`
	Problems  []problem.Problem `json:"problems"`
	Warnings  []problem.Problem `json:"warnings"`

	// Version of the profile when it was compared.
	Version int64 `json:"-"`
	// Mask says which fields of After are to be saved; empty unless Changed.
	Mask  profile.Fields  `json:"-"`
	After profile.Profile `json:"-"`
}

// Group is one cause with all the cells that share it. The JSON form is public.
type Group struct {
	Code        problem.Code `json:"code"`
	Column      string       `json:"column"`
	Value       string       `json:"value"`
	Rows        int          `json:"rows"`
	Cells       []string     `json:"cells"` // the first 20
	Message     string       `json:"message"`
	Fix         string       `json:"fix"`
	Suggestions []string     `json:"suggestions"`
}

// Totals of a checked file.
type Totals struct {
	Counts          batch.Counts
	ChangesByColumn []batch.ColumnChanges // in the order of the sheet
	FileProblems    []problem.Problem
	FileWarnings    []problem.Problem // column-mostly-changed
	Groups          []Group           // problems by cause, biggest first
	NotInFile       int
	// Digest of the plan: of every (profile, column, old, new). The same changes
	// give the same digest in whatever order the rows stand. "" with problems.
	Digest string
}

// Totals after the last Report. Rows that were never suspects are unchanged.
func (c *Checker) Totals() Totals { panic("todo") }

// Edit is the change of one profile on its own page or by the API, by the same
// rules as a file of one row with OwnPage: answer Needs until it is empty, then
// NamesWanted, then Finish.
type Edit struct{}

// NewEdit prepares to change the given cells of current; only they are judged.
// Layout, TeamSize and OwnPage of the config are set here. Problems have row 0 and
// no cell.
func NewEdit(current *profile.Profile, cells map[profile.Field]string, config Config) *Edit {
	panic("todo")
}

func (e *Edit) Needs() Needs                 { panic("todo") }
func (e *Edit) AddPerson(p *profile.Profile) { panic("todo") }
func (e *Edit) Answered(n Needs)             { panic("todo") }
func (e *Edit) NamesWanted() []profile.ID    { panic("todo") }
func (e *Edit) Name(p *profile.Profile)      { panic("todo") }
func (e *Edit) Finish() *RowReport           { panic("todo") }
