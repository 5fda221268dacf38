package store

import (
	"context"
	"sync"
	"time"

	"teamsheet/internal/moment"
)

// clock is the time that all machines agree on: the database's, carried on by this
// machine's monotonic clock from the last look at it. A machine whose own clock is
// hours wrong, or is set while it works, writes and compares the same moments as
// any other.
type clock struct {
	mu     sync.Mutex
	looked moment.Moment // this machine's at the last look
	there  time.Time     // the database's then; zero: there was no look
}

const (
	// clockLasts is how long a look is good for: clocks run apart by far less than a
	// millisecond in that time.
	clockLasts = 30 * time.Second
	// clockSlips is by how much a machine's two clocks may part before it has been
	// set, or has slept.
	clockSlips = time.Second
)

// set notes a look at the database's clock that was asked for and answered at these
// readings. One that took long says little: whoever looked was stopped meanwhile.
func (c *clock) set(there time.Time, asked, answered moment.Moment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	steady, wall := answered.Since(asked)
	if max(steady, wall) < clockSlips || c.there.IsZero() {
		c.looked, c.there = answered, there
	}
}

// at is the agreed time; sure tells that the last look is still good. Before the
// first look it is what this machine has.
func (c *clock) at(own moment.Moment) (now time.Time, sure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.there.IsZero() {
		return own.Wall, false
	}
	passed, wall := own.Since(c.looked)
	return c.there.Add(passed), passed < clockLasts && (wall-passed).Abs() < clockSlips
}

// own is this moment by this machine's clocks.
func (s *Store) own() moment.Moment { return moment.Now(s.options.Now()) }

// Now is the time that all machines of an installation agree on, for whatever is
// stored or compared with what is stored: on Postgres the database's, to within the
// time of a reply; on SQLite, whose machine is alone, its own.
func (s *Store) Now() time.Time { return s.now() }

// now is the time as it is stored: UTC, in microseconds.
func (s *Store) now() time.Time {
	now := s.options.Now()
	if s.dialect.clock() != "" {
		now, _ = s.clock.at(s.own())
	}
	return now.UTC().Truncate(time.Microsecond)
}

// lookAtClock looks at the database's clock if the last look is too long ago. Without
// an answer the time goes on as before: whatever comes next will say so.
func (s *Store) lookAtClock(ctx context.Context) {
	sql := s.dialect.clock()
	if sql == "" {
		return
	}
	if _, sure := s.clock.at(s.own()); sure {
		return
	}
	h := &handle{ctx: ctx, db: s.read.WithContext(ctx), dialect: s.dialect}
	asked := s.own()
	var there time.Time
	if found, err := h.one(&there, "SELECT "+sql); err == nil && found {
		s.clock.set(there, asked, s.own())
	}
}

// instant is now in a statement that writes a sign of life, with its arguments: as
// late as can be, since it may have waited for a connection.
func (h *handle) instant(now time.Time) (sql string, args []any) {
	if clock := h.dialect.clock(); clock != "" {
		return clock, nil
	}
	return "?", []any{now}
}
