package store

import (
	"errors"
	"io"

	"github.com/jackc/pgx/v5"
)

// stream is bulk for many rows one after another, which the database works on
// while the next ones are written. Until flush or close the handle can do nothing
// else; close ends what is not flushed.
func (h *handle) stream(table string, columns []string) (w bulk, closes func()) {
	w = h.bulk(table, columns)
	if copies, ok := w.(*copyBulk); ok {
		s := &copyStream{copyBulk: copies}
		return s, s.close
	}
	return w, func() {}
}

// copyStream is one COPY that begins with the first chunk.
type copyStream struct {
	*copyBulk
	pipe  *io.PipeWriter
	ended chan error // of the COPY
}

// streamChunk is how many bytes are handed over at a time.
const streamChunk = 64 << 10

func (s *copyStream) end() error {
	s.buffer = append(s.buffer, '\n')
	s.inRow = false
	if len(s.buffer) < streamChunk {
		return nil
	}
	return s.send()
}

// send hands over what is written so far.
func (s *copyStream) send() error {
	if s.pipe == nil {
		s.begin()
	}
	_, err := s.pipe.Write(s.buffer)
	s.buffer = s.buffer[:0]
	if err != nil { // the COPY has ended, and says why
		return s.wait()
	}
	return nil
}

func (s *copyStream) begin() {
	in, out := io.Pipe()
	s.pipe, s.ended = out, make(chan error, 1)
	go func() {
		err := s.h.raw(func(connection *pgx.Conn) error {
			_, err := connection.PgConn().CopyFrom(s.h.ctx, in, s.statement)
			return err
		})
		_ = in.Close() // what is still to come is refused
		s.ended <- err
	}()
}

func (s *copyStream) flush() error {
	if len(s.buffer) > 0 {
		if err := s.send(); err != nil {
			return err
		}
	}
	if s.pipe == nil {
		return nil
	}
	_ = s.pipe.Close() // never fails
	return s.wait()
}

// wait waits for the end of the COPY.
func (s *copyStream) wait() error {
	s.pipe = nil
	s.h.copies.put(s.buffer)
	s.buffer = nil
	return s.h.note(<-s.ended)
}

// errNotWritten ends a COPY whose rows could not all be made.
var errNotWritten = errors.New("the rows were not all written")

func (s *copyStream) close() {
	if s.pipe != nil {
		_ = s.pipe.CloseWithError(errNotWritten) // never fails
		_ = s.wait()                             // is noted
	}
}
