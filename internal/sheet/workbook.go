package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"teamsheet/internal/fault"
)

// The limits of a sheet in Excel ("Excel specifications and limits").
const (
	workbookRows  = 1_048_576
	workbookChars = 32_767 // UTF-16 code units of a cell
)

// The sheets of a workbook. The first is the one that is active, so that it is
// the one that Excel saves as Unicode Text.
const (
	TeamSheet    = "Team"
	ReadMeSheet  = "Read me"
	choicesSheet = "Choices"
)

// Workbook streams the .xlsx download: every cell typed as text with the formula
// escape, header frozen, drop-downs, read-only columns greyed, a "Read me" sheet
// second. Rows wait in a temporary file, not in memory; Close removes it. It is
// not safe for concurrent use.
type Workbook struct {
	file    *excelize.File
	stream  *excelize.StreamWriter
	columns []WorkbookColumn
	styles  []int // of the cells of each column
	values  []any // of the row that is being written
	row     int   // written last
}

// WorkbookColumn describes one column of a workbook; sheet does not know profiles.
type WorkbookColumn struct {
	Header  string
	Width   float64  // in characters of the standard font; 0: Excel's own
	Choices []string // drop-down; nil: none
	Locked  bool     // greyed: not to be edited
	Help    string   // what to enter; shown at the header and on the "Read me" sheet
}

// NewWorkbook starts a workbook and writes its header. readMe are the paragraphs
// of the second sheet, above what is said of each column. Close it in any case.
func NewWorkbook(columns []WorkbookColumn, readMe []string) (*Workbook, error) {
	w := &Workbook{file: excelize.NewFile(), columns: columns, values: make([]any, len(columns))}
	if err := w.layOut(readMe); err != nil {
		return nil, errors.Join(fmt.Errorf("start workbook: %w", err), w.Close())
	}
	return w, nil
}

// layOut makes the sheets. What belongs to the team sheet as a whole has to be
// said before its first row, and validations before it is flushed.
func (w *Workbook) layOut(readMe []string) error {
	look, err := newLook(w.file)
	if err != nil {
		return err
	}
	if err := w.file.SetSheetName("Sheet1", TeamSheet); err != nil {
		return err
	}
	if err := writeReadMe(w.file, look, readMe, w.columns); err != nil {
		return err
	}
	if err := addDropDowns(w.file, w.columns); err != nil {
		return err
	}
	if w.stream, err = w.file.NewStreamWriter(TeamSheet); err != nil {
		return err
	}
	if err := w.layOutColumns(look); err != nil {
		return err
	}
	return w.writeHeader(look)
}

func (w *Workbook) layOutColumns(look look) error {
	err := w.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	w.styles = make([]int, len(w.columns))
	// From the right: the library puts each column before those it has, and Excel
	// wants them ascending.
	for i := len(w.columns) - 1; i >= 0; i-- {
		w.styles[i] = look.text
		if w.columns[i].Locked {
			w.styles[i] = look.locked
		}
		if err := w.stream.SetColStyle(i+1, i+1, w.styles[i]); err != nil {
			return err
		}
		if w.columns[i].Width == 0 {
			continue
		}
		if err := w.stream.SetColWidth(i+1, i+1, w.columns[i].Width); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workbook) writeHeader(look look) error {
	for i, column := range w.columns {
		w.values[i] = excelize.Cell{StyleID: look.header, Value: Escape(column.Header)}
	}
	w.row = 1
	return w.stream.SetRow("A1", w.values)
}

// Write writes a row of UTF-8 values, at most one a column. A value that a cell
// of a workbook cannot hold exactly is an error with ErrUnwritable in its chain;
// a row beyond Excel's last one is a fault for people.
func (w *Workbook) Write(cells []string) error {
	if w.row == workbookRows {
		return fault.Newf(fault.TooLarge, "workbook-full",
			"An Excel workbook holds %s people at most. Download the team as Unicode Text.", grouped(workbookRows-1))
	}
	if len(cells) > len(w.columns) {
		return fmt.Errorf("write workbook: row %d has %d cells for %d columns", w.row+1, len(cells), len(w.columns))
	}
	for i, cell := range cells {
		if cell == "" {
			w.values[i] = nil // the column's own style makes it text
			continue
		}
		text := Escape(cell)
		if !fitsWorkbook(text) {
			return fmt.Errorf("write workbook: row %d, column %d: %w", w.row+1, i+1, ErrUnwritable)
		}
		w.values[i] = excelize.Cell{StyleID: w.styles[i], Value: text}
	}
	w.row++
	if err := w.stream.SetRow(fmt.Sprintf("A%d", w.row), w.values[:len(cells)]); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// fitsWorkbook reports whether a cell can hold the text: its length, and the
// characters of XML 1.0 (production 2). The library would cut off and replace.
func fitsWorkbook(text string) bool {
	units := 0
	for at, r := range text {
		switch {
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0xFFFE, r == 0xFFFF:
			return false
		case r == utf8.RuneError && !strings.HasPrefix(text[at:], "\uFFFD"):
			return false
		}
		units += utf16.RuneLen(r)
	}
	return units <= workbookChars
}

// WriteTo ends the workbook and sends it, once. The zip goes straight to dst.
func (w *Workbook) WriteTo(dst io.Writer) (int64, error) {
	counted := &countingWriter{out: dst}
	if err := w.finish(); err != nil {
		return 0, fmt.Errorf("finish workbook: %w", err)
	}
	// The library would gather the whole zip in memory before it writes any of it.
	w.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(counted) })
	if err := w.file.Write(io.Discard); err != nil {
		return counted.n, fmt.Errorf("send workbook: %w", err)
	}
	return counted.n, nil
}

func (w *Workbook) finish() error {
	last, err := excelize.CoordinatesToCellName(len(w.columns), w.row)
	if err != nil {
		return err
	}
	if err := w.file.AutoFilter(TeamSheet, "A1:"+last, nil); err != nil {
		return err
	}
	// No green corners on employee IDs that are digits.
	if err := w.file.AddIgnoredErrors(TeamSheet, "A1:"+last, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	w.file.SetActiveSheet(0)
	return w.stream.Flush()
}

// Close removes the temporary file.
func (w *Workbook) Close() error { return w.file.Close() }

type countingWriter struct {
	out io.Writer
	n   int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.out.Write(p)
	c.n += int64(n)
	return n, err
}
