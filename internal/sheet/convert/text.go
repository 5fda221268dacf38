package convert

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"teamsheet/internal/sheet"
)

// textChunk is how many bytes are read at a time.
const textChunk = 64 << 10

// convertText reads comma-, semicolon- or tab-separated text in UTF-8 (RFC 4180,
// with any line breaks). A quote counts only at the start of a cell.
func convertText(out *sink, src Source, format sheet.Format, limits sheet.Limits) error {
	file := io.NewSectionReader(src.File, int64(format.Mark()), src.Size-int64(format.Mark()))
	t := &textReader{in: bufio.NewReaderSize(file, textChunk), limits: limits}
	t.separator = separatorOf(t.in, format.Separator(), limits.KnownHeader)
	for {
		cells, err := t.next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = out.row(t.row, cells)
		}
		if err != nil {
			return err
		}
	}
}

// separatorOf is what separates the columns: what makes most known headers of the
// first line, which have none of these characters in them; else what was seen.
func separatorOf(in *bufio.Reader, seen byte, known func(string) bool) byte {
	line, _ := in.Peek(textChunk) // as much of the file as there is
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	best, most := seen, 0
	for _, separator := range []byte{seen, '\t', ',', ';'} {
		headers := 0
		for _, cell := range bytes.Split(line, []byte{separator}) {
			if known(string(bytes.Trim(cell, "\" "))) {
				headers++
			}
		}
		if headers > most {
			best, most = separator, headers
		}
	}
	return best
}

// textReader reads one row at a time.
type textReader struct {
	in        *bufio.Reader
	separator byte
	limits    sheet.Limits
	row       int
	text      []byte // of the cell that is read
	cells     []string
}

// next returns the cells of the next row, valid until the next call; io.EOF after
// the last one.
func (t *textReader) next() ([]string, error) {
	if _, err := t.in.Peek(1); err != nil {
		return nil, err
	}
	t.row++
	t.cells = t.cells[:0]
	for column := 0; ; column++ {
		last, err := t.cell(column)
		if err != nil {
			return nil, err
		}
		if err := t.keep(column); err != nil {
			return nil, err
		}
		if last {
			return t.cells, nil
		}
	}
}

// keep adds the cell that was read; empty ones beyond the last column are nothing.
func (t *textReader) keep(column int) error {
	if !utf8.Valid(t.text) {
		return fileError(place(notUTF8(), column, t.row))
	}
	if column < t.limits.Columns {
		t.cells = append(t.cells, string(t.text))
		return nil
	}
	if len(t.text) > 0 {
		return fileError(place(sheet.TooManyColumns(t.limits.Columns), column, t.row))
	}
	return nil
}

// cell reads a cell; last: its row ends with it.
func (t *textReader) cell(column int) (last bool, err error) {
	t.text = t.text[:0]
	c, err := t.in.ReadByte()
	if err == nil && c == '"' {
		return t.quoted(column)
	}
	for {
		switch {
		case err == io.EOF:
			return true, nil
		case err != nil:
			return false, err
		case c == t.separator:
			return false, nil
		case c == '\n' || c == '\r':
			return true, t.lineEnd(c)
		}
		if err := t.add(column, c); err != nil {
			return false, err
		}
		c, err = t.in.ReadByte()
	}
}

// quoted reads on after the quote that opens a cell. Text after the closing one
// would be read by each program in another way: it is refused.
func (t *textReader) quoted(column int) (last bool, err error) {
	for {
		c, err := t.in.ReadByte()
		if err == io.EOF {
			return false, fileError(place(quoteNotClosed(), column, t.row))
		}
		if err != nil {
			return false, err
		}
		if c == '"' {
			c, err = t.in.ReadByte()
			switch {
			case err == io.EOF:
				return true, nil
			case err != nil:
				return false, err
			case c == t.separator:
				return false, nil
			case c == '\n' || c == '\r':
				return true, t.lineEnd(c)
			case c != '"':
				return false, fileError(place(quoteNotClosed(), column, t.row))
			}
		}
		if err := t.add(column, c); err != nil {
			return false, err
		}
	}
}

// lineEnd takes the LF after a CR.
func (t *textReader) lineEnd(c byte) error {
	if c == '\n' {
		return nil
	}
	next, err := t.in.Peek(1)
	if err == nil && next[0] == '\n' {
		_, err = t.in.Discard(1)
	}
	if err == io.EOF {
		return nil
	}
	return err
}

func (t *textReader) add(column int, c byte) error {
	if len(t.text) >= t.limits.CellChars*utf8.UTFMax {
		return fileError(place(cellTooLong(t.limits.CellChars), column, t.row))
	}
	t.text = append(t.text, c)
	return nil
}
