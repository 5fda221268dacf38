package plan

import (
	"strings"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// columns is a Layout made ready for a million rows.
type columns struct {
	layout  *Layout
	known   []knownColumn // in the order of the file
	present profile.Fields
	at      [profile.FieldCount]int // place in the file; -1: not there
	blank   []int                   // columns without a header
	anchor  int                     // where a row's problem without a column of its own stands
}

type knownColumn struct {
	field profile.Field
	at    int
}

func newColumns(layout *Layout) columns {
	c := columns{layout: layout}
	for f := range c.at {
		c.at[f] = -1
	}
	for i, column := range layout.Columns {
		switch column.Kind {
		case Known:
			c.known = append(c.known, knownColumn{column.Field, i})
			c.present = c.present.With(column.Field)
			c.at[column.Field] = i
		case Blank:
			c.blank = append(c.blank, i)
		}
	}
	c.anchor = max(c.at[profile.UserID], 0)
	return c
}

// has reports whether the file has the field's column.
func (c *columns) has(f profile.Field) bool { return c.present.Has(f) }

// header is the name of the column at a place of the file, in the words of the
// column table; "" for one that the table does not have.
func (c *columns) header(at int) string {
	if at < 0 || at >= len(c.layout.Columns) || c.layout.Columns[at].Kind != Known {
		return ""
	}
	return profile.ColumnOf(c.layout.Columns[at].Field).Header
}

// damaged are the fields whose cells cannot be read.
func (c *columns) damaged(damage []problem.Problem) profile.Fields {
	var fields profile.Fields
	for _, p := range damage {
		if at := columnOfCell(p.Cell); at >= 0 && at < len(c.layout.Columns) && c.layout.Columns[at].Kind == Known {
			fields = fields.With(c.layout.Columns[at].Field)
		}
	}
	return fields
}

// columnOfCell reads the column of an address such as D17, counted from zero; -1
// if there is none. It undoes problem.CellAddress.
func columnOfCell(cell string) int {
	letters := strings.TrimRight(cell, "0123456789")
	column := 0
	for _, letter := range []byte(letters) {
		if letter < 'A' || letter > 'Z' || column > 1<<20 {
			return -1
		}
		column = column*26 + int(letter-'A') + 1
	}
	return column - 1
}

// cellAt returns a cell of a row that may be ragged.
func cellAt(cells [][]byte, at int) []byte {
	if at < 0 || at >= len(cells) {
		return nil
	}
	return cells[at]
}
