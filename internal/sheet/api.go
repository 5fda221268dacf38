package sheet

import (
	"io"

	"teamsheet/internal/problem"
)

// SniffLength is how many leading bytes Detect wants to see at most.
const SniffLength = 64 << 10

// Detect says what a file is from its first bytes (up to SniffLength).
// Kind UTF16LE / UTF16BE: fine. Everything else has a Problem.
func Detect(head []byte) Format { panic("todo") }

// Format is what a file is.
type Format struct {
	Kind Kind
	// Name for people: "CSV UTF-8 (comma separated)", "Excel workbook (.xlsx)" …
	Name string
}

// Kind of a file format, stable for metrics: utf-16le, utf-16be, utf-8-csv, utf-8-bom-csv,
// utf-8-tab, ansi-text, xlsx, xls, ods, utf-32, html, empty, utf-16-unmarked, binary …
type Kind string

// OK reports whether the file can be read as Unicode Text.
func (f Format) OK() bool { panic("todo") }

// Problem is file-encoding (or file-empty, file-delimiter) with the message and
// the menu steps of the program that made such a file.
func (f Format) Problem() problem.Problem { panic("todo") }

// Limits of what is read. Zero values: the defaults of CONTRACT §6.
type Limits struct {
	Bytes     int64
	Rows      int
	Columns   int // default 256
	CellChars int // default 32,767 characters (Excel's own limit); a longer one is a too-long problem of the cell, not of the file
}

// Row is one row as the tokenizer gives it. Everything in it is only valid until
// the next Read.
type Row struct {
	Number int   // as the spreadsheet shows it: the header is 1
	Offset int64 // byte offset in the file, for ReadAt
	// Cells as UTF-8, quotes undone, formula escape undone.
	Cells  [][]byte
	Blank  bool
	Damage []problem.Problem // of single cells: unclosed quotes, NUL, too long …; placed by row and cell
}

// Reader reads rows strictly: what it cannot read exactly it refuses, with the position.
type Reader struct{}

// NewReader starts reading; it looks at the mark, or without one at the header.
func NewReader(r io.Reader, limits Limits) (*Reader, error) { panic("todo") }

// Read returns the next row, io.EOF after the last one, or *FileError.
func (r *Reader) Read() (*Row, error) { panic("todo") }

// RowAt reads one row again by its offset and number.
type RowReader struct{}

func NewRowReader(r io.ReaderAt, order Kind, limits Limits) *RowReader { panic("todo") }
func (r *RowReader) ReadAt(offset int64, number int) (*Row, error)     { panic("todo") }

// Order is the byte order found, UTF16LE or UTF16BE.
func (r *Reader) Order() Kind { panic("todo") }

// FileError is a problem of the whole file that ends the reading.
type FileError struct{ Problem problem.Problem }

func (e *FileError) Error() string { panic("todo") }

// Escape and Unescape are the formula escape of CONTRACT §2; Unescape(Escape(v)) = v for every v.
func Escape(v string) string   { panic("todo") }
func Unescape(w string) string { panic("todo") }

// Writer writes Unicode Text: UTF-16LE with mark, tabs, CRLF, the formula escape
// and quotes where CONTRACT §2 wants them.
type Writer struct{}

func NewWriter(w io.Writer) *Writer               { panic("todo") }
func (w *Writer) Write(cells []string) error      { panic("todo") }
func (w *Writer) WriteBytes(cells [][]byte) error { panic("todo") }
func (w *Writer) Flush() error                    { panic("todo") }

// Workbook streams the .xlsx download: every cell typed as text, header frozen,
// drop-downs, ID columns greyed, a "Read me" sheet second.
type Workbook struct{}

// WorkbookColumn describes one column of a workbook; sheet does not know profiles.
type WorkbookColumn struct {
	Header  string
	Width   float64
	Choices []string // drop-down; nil: none
	Locked  bool     // greyed: not to be edited
	Help    string
}

func NewWorkbook(columns []WorkbookColumn, readMe []string) (*Workbook, error) { panic("todo") }
func (w *Workbook) Write(cells []string) error                                 { panic("todo") }

// WriteTo ends the workbook and sends it.
func (w *Workbook) WriteTo(dst io.Writer) (int64, error) { panic("todo") }
func (w *Workbook) Close() error                         { panic("todo") }
