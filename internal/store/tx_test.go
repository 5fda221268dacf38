package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/testkit"
)

// eachDatabase runs a test on an open, migrated store of each kind.
func eachDatabase(t *testing.T, test func(t *testing.T, s *Store)) {
	for name, url := range map[string]func(t *testing.T) string{
		"SQLite":   func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "store.db") },
		"Postgres": func(t *testing.T) string { return testkit.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := Open(t.Context(), url(t), Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
}

// TestFirstErrorEnds swallows an error inside a transaction: it is rolled back
// all the same.
func TestFirstErrorEnds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		insert := func(h *handle, name string) error {
			return h.do("INSERT INTO orgs (id, name, created_at) VALUES (?, ?, ?)", NewID(), name, h.now)
		}
		err := s.inTx(t.Context(), shortWrite, func(h *handle) error {
			if err := insert(h, "first"); err != nil {
				return err
			}
			if err := insert(h, "first"); !isDuplicate(err) {
				t.Errorf("the same name again: %v", err)
			}
			return nil
		})
		if err == nil {
			t.Error("a transaction with an error was committed")
		}
		if _, err := s.OrgByName(t.Context(), "first"); err == nil {
			t.Error("part of a transaction was saved")
		}
	})
}

// TestQueryInsideQuery refuses to wait for itself.
func TestQueryInsideQuery(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		var inside error
		_ = s.inTx(t.Context(), shortWrite, func(h *handle) error {
			return h.each(func(*sql.Rows) error {
				inside = h.do("DELETE FROM orgs WHERE name = ?", "none")
				return nil
			}, "SELECT 1")
		})
		if !errors.Is(inside, errStreaming) {
			t.Errorf("got %v", inside)
		}
	})
}

// TestPanic rolls back and gives the connection, and the writer's turn, back.
func TestPanic(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		for range writeConnections + 1 {
			func() {
				defer func() { _ = recover() }()
				_ = s.inTx(t.Context(), shortWrite, func(*handle) error { panic("a bug") })
			}()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := s.CreateOrg(ctx, "after"); err != nil {
			t.Errorf("after the panics: %v", err)
		}
	})
}

// TestPanicWhilePeopleAreRead is a bug of whoever is told of people: it reaches the
// caller, from one person asked for and from the whole team, and nothing hangs.
func TestPanicWhilePeopleAreRead(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		org, err := s.CreateOrg(t.Context(), "panics")
		if err != nil {
			t.Fatal(err)
		}
		p := &profile.Profile{ID: profile.ID{1}, Version: 1, FirstName: "Ana"}
		if _, err := s.InsertPeople(t.Context(), org.ID, slices.Values([]*profile.Profile{p})); err != nil {
			t.Fatal(err)
		}
		bug := func(*profile.Profile) error { panic("a bug") }
		for name, read := range map[string]func(*View) error{
			"people": func(v *View) error { return v.People(t.Context(), []profile.ID{p.ID}, bug) },
			"team":   func(v *View) error { return v.Team(t.Context(), TeamOptions{}, bug) },
		} {
			func() {
				defer func() {
					if found := recover(); found != "a bug" {
						t.Errorf("%s: recovered %v", name, found)
					}
				}()
				_ = s.View(t.Context(), org.ID, read)
			}()
		}
	})
}

// A write whose outcome is unknown stays unknown when a later try only fails: the first
// may still be ending.
func TestUnknownStaysUnknown(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		tries := 0
		err := s.repeatable(t.Context(), func(*handle) error {
			if tries++; tries == 1 {
				return &unknownOutcome{errors.New("the line is down")}
			}
			return fault.New(fault.Unavailable, "database-busy", "The database is busy.")
		})
		if tries != 2 || !errors.Is(err, ErrOutcomeUnknown) || !fault.Is(err, fault.Unavailable) {
			t.Errorf("after %d tries: %v", tries, err)
		}
		if err := s.repeatable(t.Context(), func(*handle) error { return errMoved }); errors.Is(err, ErrOutcomeUnknown) {
			t.Errorf("a failure is %v", err)
		}
	})
}

// TestWriterTurns has writers wait for one that does not end: each of them stops
// waiting when its caller does.
func TestWriterTurns(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "store.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.inTx(t.Context(), shortWrite, func(*handle) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return s.inTx(ctx, shortWrite, func(*handle) error { return nil })
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "wait to write") {
		t.Errorf("got %v", err)
	}
}

// TestTurnIsNotTheWork bounds the wait for the writer's turn, and nothing after it.
func TestTurnIsNotTheWork(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "store.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	hasty := limits{turn: time.Millisecond}
	err = s.inTx(t.Context(), hasty, func(h *handle) error {
		waiting := s.inTx(t.Context(), hasty, func(*handle) error { return nil })
		if !errors.Is(waiting, context.DeadlineExceeded) {
			t.Errorf("who waits for the turn got %v", waiting)
		}
		return h.do("SELECT 1") // the turn of the other has passed, and so has this one's
	})
	if err != nil {
		t.Errorf("who had the turn got %v", err)
	}
}
