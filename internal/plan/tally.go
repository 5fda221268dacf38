package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math/bits"
	"slices"

	"teamsheet/internal/batch"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

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
	FileProblems    []problem.Problem     // found in the rows: a column without a header that has something in it
	FileWarnings    []problem.Problem     // column-mostly-changed
	Groups          []Group               // problems by cause, biggest first
	NotInFile       int
	Highlights      batch.Highlights
	// Digest of the plan: of every (profile, column, old, new). The same changes
	// give the same digest in whatever order the rows stand. "" with problems.
	Digest string
}

// Problems is how many problems there are, of the file and of all rows.
func (t *Totals) Problems() int {
	n := len(t.FileProblems)
	for i := range t.Groups {
		n += t.Groups[i].Rows
	}
	return n
}

const (
	groupCells = 20
	// groupsMost is how many causes are told apart; what comes after them is put
	// together by code and column, with no value.
	groupsMost = 10_000
	// A column has mostly changed if it does so in more than mostlyPercent of the
	// rows, and there are enough rows to say so.
	mostlyPercent = 80
	mostlyRows    = 20
)

// tally adds up the reports.
type tally struct {
	counts  batch.Counts
	changed [profile.FieldCount]int
	cleared [profile.FieldCount]int
	groups  map[cause]*Group
	order   []*Group // in the order of their first cells
	digest  digest

	highlights highlights
	mends      mendCounts
}

type cause struct {
	code          problem.Code
	column, value string
}

func newTally() tally { return tally{groups: map[cause]*Group{}} }

func (t *tally) add(d *draft) {
	switch d.report.Result {
	case Changed:
		t.counts.Changed++
		t.digest.add(d)
	case Invalid:
		t.counts.Invalid++
	}
	if len(d.report.Warnings) > 0 {
		t.counts.Warnings++
	}
	at := 0
	for f := range d.asked.All() {
		t.changed[f]++
		if d.report.Changes[at].New == "" {
			t.cleared[f]++
		}
		t.mends.neighbour(f, d.report.Row, &d.report.Changes[at])
		at++
	}
	t.highlights.add(d)
	t.mends.add(d)
	for _, p := range d.report.Problems {
		t.addProblem(p)
	}
}

func (t *tally) addProblem(p problem.Problem) {
	key := cause{p.Code, p.Column, p.Value}
	group, known := t.groups[key]
	if !known && len(t.groups) >= groupsMost {
		key.value = ""
		if group, known = t.groups[key]; !known {
			// What is right for the first of them is wrong for the others.
			many := profile.ManyKinds(p.Column, p.Message)
			p.Message, p.Fix, p.Suggestions = many.Message, many.Fix, []string{}
		}
	}
	if !known {
		group = &Group{Code: p.Code, Column: p.Column, Value: key.value, Cells: []string{},
			Message: p.Message, Fix: p.Fix, Suggestions: p.Suggestions}
		t.groups[key] = group
		t.order = append(t.order, group)
	}
	group.Rows++
	if len(group.Cells) < groupCells && p.Cell != "" {
		group.Cells = append(group.Cells, p.Cell)
	}
}

// Totals after the last Report. Rows that were never suspects are unchanged.
func (c *Checker) Totals() Totals {
	t := &c.tally
	counts := t.counts
	counts.Rows = c.rows.size
	counts.Unchanged = counts.Rows - counts.Changed - counts.Invalid
	totals := Totals{
		Counts:       counts,
		FileProblems: c.strayProblems(),
		Groups:       t.biggestFirst(),
		NotInFile:    max(c.config.TeamSize-c.matched, 0),
	}
	var mostly profile.Fields
	for f := range profile.Field(profile.FieldCount) {
		if t.changed[f] > 0 {
			totals.ChangesByColumn = append(totals.ChangesByColumn, batch.ColumnChanges{
				Column: profile.ColumnOf(f).Header, Changed: t.changed[f], Cleared: t.cleared[f]})
		}
		if counts.Rows >= mostlyRows && 100*t.changed[f] > mostlyPercent*counts.Rows {
			header := profile.ColumnOf(f).Header
			mostly = mostly.With(f)
			totals.FileWarnings = append(totals.FileWarnings, profile.ColumnMostlyChanged(f, t.changed[f], counts.Rows).Of(header, ""))
		}
	}
	totals.Highlights = c.highlights(mostly)
	if counts.Invalid == 0 && len(totals.FileProblems) == 0 {
		totals.Digest = t.digest.String()
	}
	return totals
}

// biggestFirst are the groups by number of cells; equals in the order of the file.
func (t *tally) biggestFirst() []Group {
	groups := damageTogether(t.order)
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(b.Rows, a.Rows) })
	return groups
}

// strayProblems are the columns without a header that have something in them.
func (c *Checker) strayProblems() []problem.Problem {
	var problems []problem.Problem
	for _, at := range slices.Sorted(maps.Keys(c.stray)) {
		p := profile.HeaderBlank().Of("", c.stray[at].value)
		p.Row, p.Cell = headerRow, problem.CellAddress(at, headerRow)
		problems = append(problems, p)
	}
	return problems
}

// digest is the sum, modulo 2^256, of a SHA-256 for every row that changes: the
// order of the rows makes no difference, and no person has two.
type digest struct {
	sum [4]uint64
	row []byte
}

// add takes a row in: the person, and for each change the field, both texts, and
// what the new text stands for where it is the name of something else.
func (g *digest) add(d *draft) {
	g.row = append(g.row[:0], d.before.ID[:]...)
	at := 0
	for f := range d.asked.All() {
		change := d.report.Changes[at]
		at++
		g.row = append(g.row, byte(f))
		g.row = appendSized(g.row, change.Old)
		g.row = appendSized(g.row, change.New)
		g.row = appendReference(g.row, f, &d.after)
	}
	hash := sha256.Sum256(g.row)
	var carry uint64
	for i := range g.sum {
		g.sum[i], carry = bits.Add64(g.sum[i], binary.LittleEndian.Uint64(hash[8*i:]), carry)
	}
}

func appendSized(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// appendReference writes the ids that are saved for a name: the name alone could
// be another's by the time the plan is carried out.
func appendReference(dst []byte, f profile.Field, p *profile.Profile) []byte {
	switch f {
	case profile.TeamLeader:
		return append(dst, p.LeaderID[:]...)
	case profile.RoleName:
		return binary.BigEndian.AppendUint32(dst, uint32(p.RoleID))
	case profile.Groups:
		for _, id := range p.GroupIDs {
			dst = binary.BigEndian.AppendUint32(dst, uint32(id))
		}
	}
	return dst
}

func (g *digest) String() string {
	var sum [32]byte
	for i, word := range g.sum {
		binary.LittleEndian.PutUint64(sum[8*i:], word)
	}
	return hex.EncodeToString(sum[:])
}
