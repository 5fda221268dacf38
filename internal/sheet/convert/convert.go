// Package convert turns the files that people upload by mistake into Unicode Text
// without loss: Excel workbooks (.xlsx) and comma-, semicolon- or tab-separated
// text in UTF-8. What it cannot carry over exactly it refuses, with the cell, or
// says so in its report; it never guesses a code page and never works a formula
// out. Memory is bounded whatever the file holds: rows are streamed, and texts
// that cells share wait in a temporary file once they are many.
package convert

import (
	"errors"
	"fmt"
	"io"

	"teamsheet/internal/sheet"
)

// Source is the file to convert, read at offsets.
type Source struct {
	File io.ReaderAt
	Size int64 // bytes
}

// Options of Convert.
type Options struct {
	// Limits are those of the upload that follows: bytes of the Unicode Text, rows,
	// columns, characters of a cell. KnownHeader finds the sheet of a workbook that
	// holds the team.
	Limits sheet.Limits
	// Look is how many rows the report repeats; the header is one of them.
	Look int
	// TempDir is where much text waits; "": the system's own.
	TempDir string
}

// Can reports whether files of a format can be converted.
func Can(format sheet.Format) bool {
	switch format.Kind {
	case sheet.XLSX, sheet.UTF8CSV, sheet.UTF8MarkCSV, sheet.UTF8Tab, sheet.UTF8MarkTab:
		return true
	}
	return false
}

// Convert writes src, a file of a format that Can be converted, to dst as Unicode
// Text: the same bytes every time. A file that cannot be converted is a
// *sheet.FileError that says why and what to do; other errors are those of src, of
// dst and of the temporary file. What was written before an error is not whole.
func Convert(dst io.Writer, src Source, format sheet.Format, o Options) (Report, error) {
	if !Can(format) {
		return Report{}, fmt.Errorf("convert: a file of kind %s", format.Kind)
	}
	o.Limits = withDefaults(o.Limits)
	out := newSink(dst, o)
	err := error(nil)
	if format.Kind == sheet.XLSX {
		err = convertWorkbook(out, src, o)
	} else {
		err = convertText(out, src, format, o.Limits)
	}
	if err == nil {
		err = out.end()
	}
	if err != nil {
		return Report{}, fmt.Errorf("convert: %w", err)
	}
	return out.report, nil
}

func withDefaults(l sheet.Limits) sheet.Limits {
	if l.Bytes == 0 {
		l.Bytes = sheet.DefaultBytes
	}
	if l.Rows == 0 {
		l.Rows = sheet.DefaultRows
	}
	if l.Columns == 0 {
		l.Columns = sheet.DefaultColumns
	}
	if l.CellChars == 0 {
		l.CellChars = sheet.DefaultCellChars
	}
	if l.KnownHeader == nil {
		l.KnownHeader = func(string) bool { return false }
	}
	return l
}

// errEnough ends the reading of a sheet of which only the first row is wanted.
var errEnough = errors.New("enough was read")
