package convert

import (
	"io"
	"strings"
	"unicode/utf8"

	"teamsheet/internal/sheet"
)

// lookChars is how much of a cell the report repeats.
const lookChars = 200

// sink writes the rows that a file has, keeps to the limits, and remembers the
// first rows for the report.
type sink struct {
	out    *sheet.Writer
	limits sheet.Limits
	look   int
	width  int // of the header
	number int // of the row written last
	cells  []string
	report Report
}

func newSink(dst io.Writer, o Options) *sink {
	limited := &limitedWriter{out: dst, left: o.Limits.Bytes, limit: o.Limits.Bytes}
	return &sink{out: sheet.NewWriter(limited), limits: o.Limits, look: o.Look}
}

// row writes a row under the number that the spreadsheet shows. Blank rows before
// it keep their place; blank ones at the end are nothing. The cells are text as
// the cell holds it, the formula escape not undone.
func (s *sink) row(number int, cells []string) error {
	cells = trimRight(cells)
	if len(cells) == 0 {
		return nil
	}
	for s.number+1 < number {
		if err := s.write(nil); err != nil {
			return err
		}
	}
	if number == 1 {
		s.width = len(cells)
	} else if s.report.Rows++; s.report.Rows > s.limits.Rows {
		return fileError(sheet.TooManyRows(s.limits.Rows))
	}
	if err := checkCells(number, cells, s.limits); err != nil {
		return err
	}
	return s.write(cells)
}

func trimRight(cells []string) []string {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

func checkCells(number int, cells []string, limits sheet.Limits) error {
	for column, cell := range cells {
		switch {
		case column >= limits.Columns && cell != "":
			return fileError(place(sheet.TooManyColumns(limits.Columns), column, number))
		case strings.IndexByte(cell, 0) >= 0:
			return fileError(place(nulInCell(), column, number))
		case len(cell) > limits.CellChars && utf8.RuneCountInString(cell) > limits.CellChars:
			return fileError(place(cellTooLong(limits.CellChars), column, number))
		}
	}
	return nil
}

// write writes the next row, as wide as the header.
func (s *sink) write(cells []string) error {
	s.number++
	s.cells = s.cells[:0]
	for _, cell := range cells {
		s.cells = append(s.cells, sheet.Unescape(cell))
	}
	for len(s.cells) > 0 && len(s.cells) < s.width {
		s.cells = append(s.cells, "")
	}
	s.report.Columns = max(s.report.Columns, len(s.cells))
	if s.number <= s.look {
		s.report.Look = append(s.report.Look, shortened(s.cells))
	}
	return s.out.Write(s.cells)
}

func (s *sink) end() error { return s.out.Flush() }

// shortened is a copy of a row for the report.
func shortened(cells []string) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		out[i] = strings.Clone(cell)
		if runes := []rune(cell); len(runes) > lookChars {
			out[i] = string(runes[:lookChars]) + "…"
		}
	}
	return out
}

// limitedWriter refuses what is larger than an upload may be.
type limitedWriter struct {
	out         io.Writer
	left, limit int64
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.left -= int64(len(p)); w.left < 0 {
		return 0, fileError(sheet.TooLarge(w.limit))
	}
	return w.out.Write(p)
}
