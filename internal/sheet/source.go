package sheet

import (
	"encoding/binary"
	"io"
)

// smallRead is the least room that is worth a call to the reader.
const smallRead = 512

// emptyReads is how often a reader may give neither a byte nor an error.
const emptyReads = 100

// source is a window on the UTF-16 code units of a file. Big-endian input is
// turned around as it comes in, so that what reads the window sees one order.
type source struct {
	in    io.Reader
	buf   []byte
	base  int64 // offset in the file of buf[0]
	pos   int   // the next code unit
	units int   // bytes of buf that are whole code units, in little-endian order
	end   int   // bytes of buf that are filled: units, or one more
	keep  int   // the first byte that has to stay in the window; -1: pos
	chunk int   // most bytes of one read
	big   bool
	limit int64 // bytes of the file
	empty int   // reads in a row that gave nothing
	err   error // why there is no more: io.EOF, or the reader's trouble
}

func newSource(in io.Reader, order Kind, chunk int, limit int64) source {
	return source{in: in, buf: make([]byte, chunk), keep: -1, chunk: chunk, big: order == UTF16BE, limit: limit}
}

// more reports whether there is a code unit at pos.
func (s *source) more() bool { return s.pos+2 <= s.units || s.ensure(2) }

// ensure reports whether n bytes of whole code units follow pos.
func (s *source) ensure(n int) bool {
	for s.pos+n > s.units {
		if !s.fill() {
			return false
		}
	}
	return true
}

// unit returns the code unit at pos; there must be one.
func (s *source) unit() uint16 { return binary.LittleEndian.Uint16(s.buf[s.pos:]) }

// unitAt returns the code unit n bytes after pos; there must be one.
func (s *source) unitAt(n int) uint16 { return binary.LittleEndian.Uint16(s.buf[s.pos+n:]) }

// offset is where pos is in the file.
func (s *source) offset() int64 { return s.base + int64(s.pos) }

// odd reports whether a single byte is left at the end of the file.
func (s *source) odd() bool { return s.err == io.EOF && s.end != s.units }

// fill reads once more; false: there is no more, and err says why.
func (s *source) fill() bool {
	if s.err != nil {
		return false
	}
	s.makeRoom()
	n, err := s.in.Read(s.buf[s.end:min(len(s.buf), s.end+s.chunk)])
	s.end += n
	s.err = err
	if n > 0 {
		s.empty = 0
	} else if s.empty++; err == nil && s.empty > emptyReads {
		s.err = io.ErrNoProgress
	}
	if s.base+int64(s.end) > s.limit {
		s.err = &FileError{TooLarge(s.limit)}
		s.end = s.units
		return false
	}
	s.order()
	return true
}

// makeRoom drops what is no longer needed, or else grows the window.
func (s *source) makeRoom() {
	if len(s.buf)-s.end >= smallRead {
		return
	}
	from := s.pos
	if s.keep >= 0 {
		from = s.keep
	}
	to := s.buf
	if s.end-from > len(s.buf)/2 {
		to = make([]byte, 2*len(s.buf))
	}
	copy(to, s.buf[from:s.end])
	s.buf = to
	s.base += int64(from)
	s.pos -= from
	s.units -= from
	s.end -= from
	if s.keep >= 0 {
		s.keep = 0
	}
}

// order takes the bytes that have come in for code units.
func (s *source) order() {
	whole := s.end &^ 1
	if s.big {
		for i := s.units; i < whole; i += 2 {
			s.buf[i], s.buf[i+1] = s.buf[i+1], s.buf[i]
		}
	}
	s.units = whole
}

// seek moves to an offset of the file; where the window does not hold it, open
// has to give a reader from there.
func (s *source) seek(offset int64, open func(offset int64) io.Reader) {
	s.keep = -1
	if at := offset - s.base; at >= 0 && at <= int64(s.units) {
		s.pos = int(at)
		return
	}
	s.in = open(offset)
	s.base, s.pos, s.units, s.end, s.err = offset, 0, 0, 0, nil
}
