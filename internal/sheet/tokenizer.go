package sheet

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"teamsheet/internal/problem"
)

const (
	quote         = '"'
	noStop        = 0x80 // no ASCII character
	byteOrderMark = 0xFEFF
	ctrlZ         = 0x1A
)

// ending says what a cell ends with.
type ending uint8

const (
	atTab ending = iota
	atRowEnd
	atFileEnd
)

// tokenizer reads one row at a time from a source. It knows nothing of the rows
// before, so that a row read again by its offset comes out the same.
type tokenizer struct {
	src    source
	limits Limits
	header []string // for the Column of a problem; nil until known
	row    Row
	text   []byte // of the row's cells, one after another
	ends   []int  // of each cell in text
	cell   cellState
}

// cellState is what is known of the cell that is being read.
type cellState struct {
	start  int // in text
	chars  int // read so far, those beyond the limit included
	cut    int // where in text the limit was passed; 0: it was not
	damage int // how many problems the row had before the cell
	odd    oddities
}

// oddities of a cell are told once each.
type oddities uint8

const (
	halfCharacter oddities = 1 << iota
	nulCharacter
)

// next reads the row at the source's position. io.EOF: there is none.
func (t *tokenizer) next(number int) (*Row, error) {
	t.begin(number)
	if !t.src.more() || t.atCtrlZ() {
		if err := t.inputEnd(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	for end := atTab; end == atTab; {
		var err error
		if end, err = t.readCell(); err != nil {
			return nil, err
		}
		if err = t.endCell(); err != nil {
			return nil, err
		}
	}
	return t.finish(), nil
}

func (t *tokenizer) begin(number int) {
	const large = 1 << 20
	if cap(t.text) > large && len(t.text) < large/4 {
		t.text = nil // one huge row must not be paid for by all that follow
	}
	t.text, t.ends = t.text[:0], t.ends[:0]
	t.row = Row{Number: number, Offset: t.src.offset(), Cells: t.row.Cells[:0], Damage: nil}
}

func (t *tokenizer) readCell() (ending, error) {
	t.cell = cellState{start: len(t.text), damage: len(t.row.Damage)}
	if len(t.ends) == 0 {
		t.skipSecondMark()
	}
	if t.src.more() && t.src.unit() == quote {
		return t.readQuoted()
	}
	return t.readLiteral()
}

// skipSecondMark reports a byte order mark at the start of a row, which is what
// two files leave behind that were joined. The writer quotes a first cell that
// begins with that character; further right it is one like any other.
func (t *tokenizer) skipSecondMark() {
	if t.src.offset() > 0 && t.src.more() && t.src.unit() == byteOrderMark {
		t.addDamage(secondMark(t.src.offset()))
		t.src.pos += 2
	}
}

// readLiteral reads a cell up to the next tab or line break, quotes as they are.
func (t *tokenizer) readLiteral() (ending, error) {
	for {
		t.run(noStop)
		t.curb()
		if !t.src.more() {
			return atFileEnd, t.inputEnd()
		}
		if end, ok := t.takeEnding(); ok {
			return end, nil
		}
		if err := t.takeOther(); err != nil {
			return atFileEnd, err
		}
	}
}

// takeEnding steps over the tab, line break or last Ctrl-Z at pos, if one is there.
func (t *tokenizer) takeEnding() (ending, bool) {
	switch t.src.unit() {
	case '\t':
		t.src.pos += 2
		return atTab, true
	case '\n':
		t.src.pos += 2
		return atRowEnd, true
	case '\r':
		t.src.pos += 2
		if t.src.more() && t.src.unit() == '\n' {
			t.src.pos += 2
		}
		return atRowEnd, true
	case ctrlZ:
		if t.atCtrlZ() {
			t.src.pos += 2
			return atFileEnd, true
		}
	}
	return atTab, false
}

// atCtrlZ reports whether all that is left is the Ctrl-Z with which old programs
// end a text file.
func (t *tokenizer) atCtrlZ() bool {
	return t.src.more() && t.src.unit() == ctrlZ && !t.src.ensure(4) && t.src.err == io.EOF && !t.src.odd()
}

// takeOther takes a character that is neither plain nor wide: one of two code
// units, a control character, or something that is no character.
func (t *tokenizer) takeOther() error {
	u := t.src.unit()
	switch {
	case u == 0:
		t.tellOnce(nulCharacter, nulInside)
		t.src.pos += 2
	case u < 0x80 || u < 0xD800 || u > 0xDFFF:
		t.text = utf8.AppendRune(t.text, rune(u))
		t.src.pos += 2
	default:
		return t.takeSurrogates()
	}
	t.cell.chars++
	return nil
}

func (t *tokenizer) takeSurrogates() error {
	t.cell.chars++
	first := rune(t.src.unit())
	if first < 0xDC00 && !t.src.ensure(4) {
		if t.src.err == io.EOF {
			return &FileError{t.place(fileTruncated())}
		}
		return t.inputEnd()
	}
	if first < 0xDC00 {
		if r := utf16.DecodeRune(first, rune(t.src.unitAt(2))); r != utf8.RuneError {
			t.text = utf8.AppendRune(t.text, r)
			t.src.pos += 4
			return nil
		}
	}
	t.tellOnce(halfCharacter, halfInside)
	t.src.pos += 2
	return nil
}

func (t *tokenizer) tellOnce(kind oddities, describe func(offset int64) problem.Problem) {
	if t.cell.odd&kind == 0 {
		t.cell.odd |= kind
		t.addDamage(describe(t.src.offset()))
	}
}

// curb cuts the cell's text off at the limit, so that a cell of any length takes
// no more memory than the longest allowed and a window of the source.
func (t *tokenizer) curb() {
	c := &t.cell
	if c.cut > 0 {
		t.text = t.text[:c.cut]
		return
	}
	limit := t.limits.CellChars
	if len(t.text)-c.start <= limit || c.chars <= limit {
		return
	}
	at := c.start
	for range limit {
		_, size := utf8.DecodeRune(t.text[at:])
		at += size
	}
	c.cut = at
	t.text = t.text[:at]
}

// inputEnd is the error with which the input ended; nil at its proper end.
func (t *tokenizer) inputEnd() error {
	if t.src.odd() {
		return &FileError{t.place(fileTruncated())}
	}
	var file *FileError
	switch err := t.src.err; {
	case err == nil || err == io.EOF:
		return nil
	case errors.As(err, &file):
		return file
	default:
		return fmt.Errorf("read sheet: %w", err)
	}
}

// endCell closes the cell: its length, and the value in its problems.
func (t *tokenizer) endCell() error {
	t.curb()
	if t.cell.chars > t.limits.CellChars {
		t.addDamage(cellTooLong(t.cell.chars, t.limits.CellChars))
	}
	text := t.text[t.cell.start:]
	if len(t.ends) >= t.limits.Columns {
		if len(text) > 0 || len(t.row.Damage) > t.cell.damage {
			return &FileError{t.place(TooManyColumns(t.limits.Columns))}
		}
		return nil
	}
	for i := t.cell.damage; i < len(t.row.Damage); i++ {
		t.row.Damage[i].Value = excerpt(text)
	}
	t.ends = append(t.ends, len(t.text))
	return nil
}

func (t *tokenizer) finish() *Row {
	start := 0
	for _, end := range t.ends {
		t.row.Cells = append(t.row.Cells, unescaped(t.text[start:end:end]))
		start = end
	}
	t.row.Blank = len(t.row.Damage) == 0 && onlySpace(t.text)
	return &t.row
}

func (t *tokenizer) addDamage(p problem.Problem) {
	t.row.Damage = append(t.row.Damage, t.place(p))
}

// place says where the cell that is being read stands.
func (t *tokenizer) place(p problem.Problem) problem.Problem {
	column := len(t.ends)
	p.Row, p.Cell = t.row.Number, problem.CellAddress(column, t.row.Number)
	if column < len(t.header) {
		p.Column = t.header[column]
	}
	return p
}
