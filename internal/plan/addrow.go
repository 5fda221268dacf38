package plan

import (
	"math"
	"strconv"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// cellEnd stands between cells under the row's hash; no UTF-8 text has it.
const cellEnd = 0xFF

// keyTexts are the texts of a row by which people can be asked for. They are kept
// only as long as the file is small against the team.
type keyTexts struct{ email, employee, leader string }

// AddRow takes one data row (not blank, not the header). cells are UTF-8 text as
// the tokenizer gives it, formula escape undone, not cleaned; they are only
// valid during the call. damage are problems that the tokenizer found in it.
func (c *Checker) AddRow(ref RowRef, cells [][]byte, damage []problem.Problem) {
	r, i := c.rows.add()
	r.offset = c.places.put(i, ref)
	texts := c.readRow(r, cells, c.columns.damaged(damage))
	if len(damage) > 0 || c.lacksKeys(r) {
		r.set(mustLook)
	}
	c.noteStray(ref.Row, cells)
	c.noteKeys(r)
	if c.asksByKey() {
		c.texts = append(c.texts, texts)
	} else {
		c.texts = nil
	}
}

// AddBlank counts a blank row.
func (c *Checker) AddBlank() { c.tally.counts.Blank++ }

// readRow fills in what the cells say.
func (c *Checker) readRow(r *row, cells [][]byte, damaged profile.Fields) (texts keyTexts) {
	keep := c.asksByKey()
	c.scratch = c.scratch[:0]
	for _, column := range c.columns.known {
		clean, trimmed := profile.Clean(cellAt(cells, column.at))
		if trimmed {
			r.set(mustLook)
		}
		if damaged.Has(column.field) {
			r.readDamaged(column.field)
			continue
		}
		c.readCell(r, column.field, clean)
		if keep {
			texts.keep(column.field, clean)
		}
	}
	r.text = c.hash.row(c.scratch)
	return texts
}

// readDamaged: a cell that cannot be read says nothing.
func (r *row) readDamaged(f profile.Field) {
	switch f {
	case profile.UserID, profile.Email, profile.EmployeeID:
		r.set(keyDamaged)
	}
}

func (t *keyTexts) keep(f profile.Field, clean []byte) {
	switch f {
	case profile.Email:
		t.email = string(clean)
	case profile.EmployeeID:
		t.employee = string(clean)
	case profile.TeamLeader:
		t.leader = string(clean)
	}
}

// readCell takes one clean cell.
func (c *Checker) readCell(r *row, f profile.Field, clean []byte) {
	switch f {
	case profile.UserID:
		r.readID(clean)
		return
	case profile.Version:
		r.readVersion(clean)
		return
	case profile.Email:
		r.email = c.hash.emailBytes(clean)
	case profile.EmployeeID:
		r.employee = c.hash.bytes(clean)
	case profile.TeamLeader:
		r.leader = c.leaders.number(&c.hash, clean)
	case profile.CanManageTeam, profile.Deactivated:
		r.readFlag(f, clean)
	}
	if len(clean) == 0 && profile.ColumnOf(f).Required {
		r.set(mustLook)
	}
	c.scratch = append(append(c.scratch, clean...), cellEnd)
}

func (r *row) readID(clean []byte) {
	if len(clean) == 0 {
		return
	}
	id, ok := profile.ParseID(clean)
	if !ok {
		r.set(badID | mustLook)
		return
	}
	r.id = id
	r.set(hasID)
}

// readVersion takes a version that can be compared; any other is Judge's.
func (r *row) readVersion(clean []byte) {
	if len(clean) == 0 {
		return
	}
	version, err := strconv.ParseUint(string(clean), 10, 64)
	if err != nil || version == 0 || version > math.MaxUint32 {
		r.set(mustLook)
		return
	}
	r.version = uint32(version)
}

// readFlag notes what the cell asks for, so that the people whom it concerns can
// be asked for before it is judged.
func (r *row) readFlag(f profile.Field, clean []byte) {
	says := func(value bool) bool {
		p := profile.Profile{CanManageTeam: value, Deactivated: value}
		return profile.Same(&p, f, string(clean), nil)
	}
	switch {
	case f == profile.CanManageTeam && says(false):
		r.set(saysNotManager)
	case f == profile.Deactivated && says(false):
		r.set(saysActive)
	case f == profile.Deactivated && says(true):
		r.set(saysInactive)
	}
}

// lacksKeys: neither an email nor an employee ID, as far as the file has them.
func (c *Checker) lacksKeys(r *row) bool {
	asked := c.columns.has(profile.Email) || c.columns.has(profile.EmployeeID)
	return asked && r.email.isZero() && r.employee.isZero()
}

// noteKeys notes by what the file's rows are matched.
func (c *Checker) noteKeys(r *row) {
	c.keyed = c.keyed || r.keyed()
	c.numbered = c.numbered || r.byEmployeeAlone()
}

// indexRows puts the rows into the indexes once all are there: their number is
// known then.
func (c *Checker) indexRows() {
	count := c.rows.count()
	if c.indexed == count {
		return
	}
	c.byID.reserve(int(count))
	c.email.rows.reserve(int(count))
	c.employee.rows.reserve(int(count))
	for ; c.indexed < count; c.indexed++ {
		r := c.rows.at(c.indexed)
		c.indexID(c.indexed, r)
		c.email.addRow(c.indexed, r)
		c.employee.addRow(c.indexed, r)
	}
}

func (c *Checker) indexID(i uint32, r *row) {
	if !r.is(hasID) {
		return
	}
	if first, taken := c.byID.add(r.id, i); taken {
		c.rows.at(first).set(sharedID)
		r.set(repeatsID)
	}
}

// stray is the first row that has something in a column without a header.
type stray struct {
	row   int
	value string
}

// noteStray finds text under a blank header and beyond the last one.
func (c *Checker) noteStray(number int, cells [][]byte) {
	for _, at := range c.columns.blank {
		c.noteStrayCell(number, at, cellAt(cells, at))
	}
	for at := len(c.columns.layout.Columns); at < len(cells); at++ {
		c.noteStrayCell(number, at, cells[at])
	}
}

func (c *Checker) noteStrayCell(number, at int, cell []byte) {
	if len(cell) == 0 {
		return
	}
	if _, known := c.stray[at]; known {
		return
	}
	if clean, _ := profile.Clean(cell); len(clean) > 0 {
		c.stray[at] = stray{number, string(cell)}
	}
}
