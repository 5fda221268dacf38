package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"teamsheet/internal/fault"
	"teamsheet/internal/store"
	"teamsheet/internal/testkit"
)

// emptyDatabases are the databases to migrate from nothing.
var emptyDatabases = []struct {
	name string
	url  func(t *testing.T) string
}{
	{"SQLite", func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "a ?b#%20.db") }},
	{"Postgres", func(t *testing.T) string { return testkit.PostgresURL(t) }},
}

// TestMigrateAtOnce starts three programs on an empty database.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for _, database := range emptyDatabases {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			url := database.url(t)
			before := open(t, url)
			wantCode(t, before.CheckSchema(t.Context()), "schema-older")
			var starters sync.WaitGroup
			for range 3 {
				s := open(t, url)
				starters.Go(func() {
					if err := s.Migrate(t.Context()); err != nil {
						t.Errorf("migrate: %v", err)
					}
				})
			}
			starters.Wait()
			if err := before.CheckSchema(t.Context()); err != nil {
				t.Errorf("after the migration: %v", err)
			}
			if applied := countApplied(t, url); applied != 1 {
				t.Errorf("the first migration was applied %d times", applied)
			}
			if _, err := before.CreateOrg(t.Context(), "demo"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSchemaNewer(t *testing.T) {
	t.Parallel()
	for _, database := range emptyDatabases {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			url := database.url(t)
			s := open(t, url)
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			raw := rawDatabase(t, url)
			if _, err := raw.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)"); err != nil {
				t.Fatal(err)
			}
			// A schema that only adds is one that this program can go on with.
			if err := s.CheckSchema(t.Context()); err != nil {
				t.Errorf("beside a newer program: %v", err)
			}
			if _, err := s.CreateOrg(t.Context(), "demo"); err != nil {
				t.Errorf("beside a newer program: %v", err)
			}
			if _, err := raw.Exec("UPDATE schema_floor SET version = 99999"); err != nil {
				t.Fatal(err)
			}
			wantCode(t, s.CheckSchema(t.Context()), "schema-newer")
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "mysql://x", "sqlite:", "postgres://secret@%zz"} {
		s, err := store.Open(t.Context(), url, store.Options{})
		if err == nil {
			s.Close()
			t.Errorf("%q was opened", url)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
	_, err := store.Open(t.Context(), "postgres://user:secret@127.0.0.1:1/none", store.Options{})
	wantCode(t, err, "database-away")
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, fault.Unavailable) || fault.CodeOf(err) != code {
		t.Errorf("got error %v, want %s", err, code)
	}
}

func countApplied(t *testing.T, url string) int {
	t.Helper()
	var count int
	if err := rawDatabase(t, url).QueryRow("SELECT count(*) FROM goose_db_version WHERE version_id = 1 AND is_applied").Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count
}

// rawDatabase is the database without the store.
func rawDatabase(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver := "pgx"
	if path, embedded := strings.CutPrefix(url, "sqlite://"); embedded {
		driver, url = "sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23", " ", "%20").Replace(path)
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
