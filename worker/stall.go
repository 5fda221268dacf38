package worker

import (
	"context"
	"errors"
	"time"
)

// stallAfter is how long a file store may keep a worker waiting for a byte.
const stallAfter = 2 * time.Minute

// errStalled is a file store that hangs. It is waited out, as one that is away.
var errStalled = errors.New("the file store has sent nothing for too long")

// stall ends a context when nothing moves for a while.
type stall struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	after  time.Duration
	timer  *time.Timer
}

func newStall(ctx context.Context, after time.Duration) *stall {
	s := &stall{after: after}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	s.timer = time.AfterFunc(after, func() { s.cancel(errStalled) })
	return s
}

// on says that something has moved.
func (s *stall) on() { s.timer.Reset(s.after) }

// pause stops watching.
func (s *stall) pause() { s.timer.Stop() }

func (s *stall) end() {
	s.timer.Stop()
	s.cancel(nil)
}

// explain says of an error whether it comes from the stall.
func (s *stall) explain(err error) error {
	if err != nil && errors.Is(context.Cause(s.ctx), errStalled) {
		return filesAway(errStalled)
	}
	return err
}
