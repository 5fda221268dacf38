package producer

import (
	"context"
	"io"
	"runtime/debug"

	"teamsheet/internal/fault"
)

// pour writes a file on a goroutine of its own, for whoever reads it from out. ended
// tells once how the writing ended: nil when all of it was read, the reader's own
// error when out was closed with one, errBug for a panic, which outside of the
// request's goroutine would end the process.
func (s *Server) pour(ctx context.Context, write func(io.Writer) error) (out *io.PipeReader, ended <-chan error) {
	out, in := io.Pipe()
	end := make(chan error, 1)
	go func() {
		err := s.caught(ctx, func() error { return write(in) })
		_ = in.CloseWithError(err) // never fails
		end <- err
	}()
	return out, end
}

// caught makes an error of a panic, and logs its stack.
func (s *Server) caught(ctx context.Context, work func() error) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			s.Log.ErrorContext(ctx, "panic", "request_id", requestID(ctx), "panic", fault.PanicText(bug), "stack", string(debug.Stack()))
			err = errBug
		}
	}()
	return work()
}
