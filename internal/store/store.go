// Package store is the truth: the only package with SQL. It runs on Postgres and
// on SQLite with the same methods, checked by one suite (storetest).
//
// InTx alone begins and commits. Every query is bound to an organization, except
// the few that a worker or the reconciler makes by the id of a batch or a mail,
// and they read the organization from the row.
//
// Ids are text in the form of a UUID. An id that is none names nobody: the answer
// is fault.NotFound, as for an id of another organization.
package store

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// Options of Open.
type Options struct {
	// Now is the time, also where machines otherwise go by the database's; nil: the
	// database's, or this machine's where it is alone.
	Now     func() time.Time
	AppName string       // shown in pg_stat_activity
	Log     *slog.Logger // slow statements, without values; nil: slog.Default
	// AtPoint is called when a write reaches a named point, so that a test can
	// stop the process there: "before_lock", "after_lock", "mid_update", "before_commit",
	// "after_commit" of an apply, "before_outcome" of a preview. nil: never.
	AtPoint func(point string)
	// PeopleBounds are what a page of people may cost. For tests.
	PeopleBounds PeopleBounds
}

// Store is a connected database. Safe for concurrent use.
type Store struct {
	options   Options
	givenTime bool // by Options.Now
	dialect   dialect
	// write and read are apart, so that whoever holds a long read (a download, a
	// preview) and writes in between never waits for itself.
	write, read *gorm.DB
	// writer lets one writer in at a time on SQLite, in the order of arrival;
	// nil on Postgres.
	writer chan struct{}
	pulse  pulse
	clock  clock
	copies copyBuffers
	// lastRun is the number of the newest run of this process: two that begin within
	// a microsecond never get the same.
	lastRun atomic.Int64
	closes  []func() error
}

// Close closes every connection.
func (s *Store) Close() error {
	var first error
	for _, closeOne := range s.closes {
		if err := closeOne(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if _, err := s.reads(ctx).one(&one, "SELECT 1"); err != nil {
		return wrap(err, "ping")
	}
	return nil
}

// Embedded reports whether the database is a file of this process: SQLite.
func (s *Store) Embedded() bool { return s.dialect.embedded() }

// at tells a test that a write has come to a point.
func (s *Store) at(point string) {
	if s.options.AtPoint != nil {
		s.options.AtPoint(point)
	}
}
