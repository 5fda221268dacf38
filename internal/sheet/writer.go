package sheet

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// writerChunk is how many bytes are gathered before they are written.
const writerChunk = 64 << 10

// ErrUnwritable is in the chain of the error for a value that text cannot hold:
// bytes that are not UTF-8, or NUL. Nothing is put in its place.
var ErrUnwritable = errors.New("value cannot be written as text")

// Writer writes Unicode Text: UTF-16LE with mark, tabs, CRLF after every row, the
// formula escape, and quotes where CONTRACT §2 wants them. Line breaks inside a
// cell are written as they are: LF in every stored value. It is not safe for
// concurrent use.
type Writer struct {
	out io.Writer
	buf []byte
	row int
	err error
}

// NewWriter returns a Writer; the mark is written with the first row, or by Flush.
func NewWriter(w io.Writer) *Writer {
	return &Writer{out: w, buf: append(make([]byte, 0, writerChunk+4096), 0xFF, 0xFE)}
}

// Write writes a row of UTF-8 values. After an error the sheet is not whole and
// every later call returns the same error.
func (w *Writer) Write(cells []string) error {
	for column, cell := range cells {
		w.cell(column, cell)
	}
	return w.endRow()
}

// WriteBytes is Write for values as bytes; it does not keep them.
func (w *Writer) WriteBytes(cells [][]byte) error {
	for column, cell := range cells {
		w.cell(column, unsafe.String(unsafe.SliceData(cell), len(cell)))
	}
	return w.endRow()
}

// Flush writes what is still held back. Call it after the last row.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	if _, err := w.out.Write(w.buf); err != nil {
		w.err = fmt.Errorf("write sheet: %w", err)
	}
	w.buf = w.buf[:0]
	return w.err
}

func (w *Writer) endRow() error {
	w.row++
	w.ascii('\r')
	w.ascii('\n')
	if len(w.buf) < writerChunk {
		return w.err
	}
	return w.Flush()
}

func (w *Writer) cell(column int, value string) {
	if w.err != nil {
		return
	}
	if column > 0 {
		w.ascii('\t')
	}
	escape := needsEscape(value)
	if !escape && !needsQuotes(value) {
		w.text(column, value)
		return
	}
	w.ascii(quote)
	if escape {
		w.ascii('\'')
	}
	w.text(column, value)
	w.ascii(quote)
}

// text appends a value with its quotes doubled. An unquoted value has none.
func (w *Writer) text(column int, value string) {
	buf := w.buf
	for at := 0; at < len(value); {
		if c := value[at]; c < utf8.RuneSelf && c != 0 {
			if c == quote {
				buf = append(buf, quote, 0)
			}
			buf = append(buf, c, 0)
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(value[at:])
		if r == 0 || r == utf8.RuneError && size == 1 {
			w.err = fmt.Errorf("write sheet: row %d, column %d: %w", w.row+1, column+1, ErrUnwritable)
			return
		}
		buf = appendUnits(buf, r)
		at += size
	}
	w.buf = buf
}

func (w *Writer) ascii(c byte) { w.buf = append(w.buf, c, 0) }

func appendUnits(buf []byte, r rune) []byte {
	if r < 0x10000 {
		return append(buf, byte(r), byte(r>>8))
	}
	high, low := utf16.EncodeRune(r)
	return append(buf, byte(high), byte(high>>8), byte(low), byte(low>>8))
}
