package sheet

import (
	"bytes"
	"io"
)

// readerChunk is the window of a reader of a whole file: large reads, and still
// in the processor's cache.
const readerChunk = SniffLength

// Reader reads rows strictly: what it cannot read exactly it refuses, with the
// position. It is not safe for concurrent use.
type Reader struct {
	tokens tokenizer
	order  Kind
	number int // of the row read last
	rows   int // below the header, not blank
	err    error
}

// NewReader starts reading; it looks at the byte order mark, or without one at
// the header. A file that is not Unicode Text is a *FileError that says what it
// is; any other error is the reader's own.
func NewReader(r io.Reader, limits Limits) (*Reader, error) {
	limits = limits.withDefaults()
	tokens := tokenizer{limits: limits}
	tokens.src = newSource(r, UTF16LE, readerChunk, limits.Bytes)
	for tokens.src.end < SniffLength && tokens.src.fill() {
	}
	if err := tokens.inputEnd(); err != nil && !tokens.src.odd() {
		return nil, err
	}
	format := DetectSheet(tokens.src.buf[:tokens.src.end], limits.KnownHeader)
	if !format.OK() {
		return nil, &FileError{format.Problem()}
	}
	tokens.src.startWith(format)
	return &Reader{tokens: tokens, order: format.Kind}, nil
}

// startWith tells the source what the bytes that it holds are.
func (s *source) startWith(format Format) {
	s.big = format.Kind == UTF16BE
	s.units = 0
	s.order()
	s.pos = format.mark
}

// Order is the byte order found, UTF16LE or UTF16BE.
func (r *Reader) Order() Kind { return r.order }

// Read returns the next row, io.EOF after the last one, a *FileError that ends
// the reading, or the trouble of the reader beneath. The row is valid until the
// next call.
func (r *Reader) Read() (*Row, error) {
	if r.err != nil {
		return nil, r.err
	}
	row, err := r.tokens.next(r.number + 1)
	if err != nil {
		r.err = err
		return nil, err
	}
	r.number++
	if r.number == 1 {
		r.tokens.header = headerOf(row)
		return row, nil
	}
	if !row.Blank {
		r.rows++
	}
	if r.rows > r.tokens.limits.Rows {
		r.err = &FileError{TooManyRows(r.tokens.limits.Rows)}
		return nil, r.err
	}
	return row, nil
}

// headerOf copies the headers of a first row.
func headerOf(row *Row) []string {
	header := make([]string, len(row.Cells))
	for i, cell := range row.Cells {
		header[i] = excerpt(bytes.TrimSpace(cell))
	}
	return header
}

// RowReader reads single rows again, in any order, by the offset and number that
// Reader gave them: the same cells and the same damage. It is not safe for
// concurrent use. Rows in ascending order are read fastest.
type RowReader struct {
	tokens  tokenizer
	file    io.ReaderAt
	started bool
}

// rowChunk is what one read takes in: some rows before and after are likely
// wanted next.
const rowChunk = 16 << 10

// NewRowReader reads rows of a file of which a Reader with the same limits has
// found the order.
func NewRowReader(r io.ReaderAt, order Kind, limits Limits) *RowReader {
	limits = limits.withDefaults()
	reader := &RowReader{tokens: tokenizer{limits: limits}, file: r}
	reader.tokens.src = newSource(nil, order, rowChunk, limits.Bytes)
	reader.tokens.src.base = -1 // nothing is in the window yet
	return reader
}

// ReadAt reads the row at a byte offset of the file. number is the one it had.
// The row is valid until the next call.
func (r *RowReader) ReadAt(offset int64, number int) (*Row, error) {
	if err := r.start(); err != nil {
		return nil, err
	}
	header := r.tokens.header
	if number == 1 {
		r.tokens.header = nil
	}
	r.tokens.src.seek(offset, r.open)
	row, err := r.tokens.next(number)
	r.tokens.header = header
	return row, err
}

// start reads the header, whose words the problems of all other rows use.
func (r *RowReader) start() error {
	if r.started {
		return nil
	}
	src := &r.tokens.src
	src.seek(0, r.open)
	if src.more() && src.unit() == byteOrderMark {
		src.pos += 2
	}
	row, err := r.tokens.next(1)
	if err != nil {
		return err
	}
	r.tokens.header = headerOf(row)
	r.started = true
	return nil
}

func (r *RowReader) open(offset int64) io.Reader { return &offsetReader{r.file, offset} }

// offsetReader reads on from an offset.
type offsetReader struct {
	file   io.ReaderAt
	offset int64
}

func (o *offsetReader) Read(p []byte) (int, error) {
	n, err := o.file.ReadAt(p, o.offset)
	o.offset += int64(n)
	return n, err
}
