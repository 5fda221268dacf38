package sheet

import "teamsheet/internal/problem"

// Block holds some rows apart from the reader that gave them, so that one
// goroutine can read while another works. Its memory is used again after Reset.
type Block struct {
	text []byte // of all cells, one after another
	ends []int  // of each cell in text
	rows []blockRow
	row  Row
}

type blockRow struct {
	number int
	offset int64
	cells  int // end of its cells in Block.ends
	blank  bool
	damage []problem.Problem
}

// Reset forgets the rows.
func (b *Block) Reset() {
	const large = 1 << 20
	if cap(b.text) > large {
		b.text = nil // one huge row must not be paid for by all that follow
	}
	b.text, b.ends, b.rows = b.text[:0], b.ends[:0], b.rows[:0]
}

// Rows is how many rows there are.
func (b *Block) Rows() int { return len(b.rows) }

// Size is how many bytes of text there are.
func (b *Block) Size() int { return len(b.text) }

// Add copies a row.
func (b *Block) Add(row *Row) {
	for _, cell := range row.Cells {
		b.text = append(b.text, cell...)
		b.ends = append(b.ends, len(b.text))
	}
	b.rows = append(b.rows, blockRow{row.Number, row.Offset, len(b.ends), row.Blank, row.Damage})
}

// Row returns row i of the block, valid until the next call of Row or Reset.
func (b *Block) Row(i int) *Row {
	cell, start := 0, 0
	if i > 0 {
		cell = b.rows[i-1].cells
	}
	if cell > 0 {
		start = b.ends[cell-1]
	}
	kept := &b.rows[i]
	b.row = Row{Number: kept.number, Offset: kept.offset, Cells: b.row.Cells[:0], Blank: kept.blank, Damage: kept.damage}
	for _, end := range b.ends[cell:kept.cells] {
		b.row.Cells = append(b.row.Cells, b.text[start:end:end])
		start = end
	}
	return &b.row
}
