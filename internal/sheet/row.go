package sheet

import (
	"unicode"
	"unicode/utf8"

	"teamsheet/internal/problem"
)

// Row is one row as the tokenizer gives it. Everything in it is only valid until
// the next row is read.
type Row struct {
	// Number is the row's number as the spreadsheet shows it: the header is 1,
	// blank rows count, line breaks inside a cell do not.
	Number int
	// Offset of the row's first byte in the file, for RowReader.
	Offset int64
	// Cells as UTF-8, quotes undone, formula escape undone, otherwise exact. At
	// least one; as many as the row has, which need not be as many as the header.
	Cells [][]byte
	// Blank: nothing but space in any cell, and nothing damaged.
	Blank bool
	// Damage are problems of single cells, placed by row, column and cell: an
	// unclosed quote, half of a character, NUL, too long. The cell's text is then
	// what could be read of it and must not be used as the person's value. Column
	// is the header in the words of the file.
	Damage []problem.Problem
}

// onlySpace reports whether text holds nothing but Unicode space.
func onlySpace(text []byte) bool {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if !unicode.IsSpace(r) {
			return false
		}
		i += size
	}
	return true
}
