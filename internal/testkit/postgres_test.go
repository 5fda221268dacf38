package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"teamsheet/internal/testkit/server"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func count(t *testing.T, conn *pgx.Conn, query string, arguments ...any) int {
	t.Helper()
	var n int
	if err := conn.QueryRow(context.Background(), query, arguments...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestPostgresURLIsTheTestsAlone(t *testing.T) {
	t.Parallel()
	first, second := connect(t, PostgresURL(t)), connect(t, PostgresURL(t))
	execute(t, first, "CREATE TABLE people (name text)")
	if n := count(t, second, "SELECT count(*) FROM pg_class WHERE relname = 'people'"); n != 0 {
		t.Error("one test's table is seen by another's database")
	}
}

func TestPostgresURLIsDroppedWithOpenConnections(t *testing.T) {
	t.Parallel()
	var url, name string
	t.Run("inner", func(t *testing.T) {
		url = PostgresURL(t)
		left, err := pgx.Connect(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		name = left.Config().Database // left open, as a test that fails would
	})
	outer := connect(t, PostgresURL(t))
	if n := count(t, outer, "SELECT count(*) FROM pg_database WHERE datname = $1", name); n != 0 {
		t.Errorf("database %s is still there", name)
	}
}

func TestTemplateIsPreparedOnceAndCopied(t *testing.T) {
	t.Parallel()
	prepared := 0
	template := Template(rand.Text(), func(url string) error {
		prepared++
		conn, err := pgx.Connect(context.Background(), url)
		if err != nil {
			return err
		}
		_, err = conn.Exec(context.Background(), "CREATE TABLE people (name text); INSERT INTO people VALUES ('Ana')")
		return err // the connection stays open: the copy must not mind
	})
	first, second := connect(t, PostgresURL(t, template)), connect(t, PostgresURL(t, template))
	execute(t, first, "DELETE FROM people")
	if n := count(t, second, "SELECT count(*) FROM people"); n != 1 || prepared != 1 {
		t.Errorf("%d people, prepared %d times; want 1 and 1", n, prepared)
	}
}

func TestTemplateThatFails(t *testing.T) {
	t.Parallel()
	Need(t, postgresServer() != "", "Postgres")
	trouble := errors.New("no such migration")
	option := Template(rand.Text(), func(string) error { return trouble })
	for range 2 {
		if _, err := newDatabase(postgresServer(), []Option{option}); !errors.Is(err, trouble) {
			t.Errorf("got %v, want %v", err, trouble)
		}
	}
}

func TestPostgresSortsAsALanguageDoes(t *testing.T) {
	t.Parallel()
	conn := connect(t, StartPostgres(t).URL())
	if hasICU := count(t, conn, "SELECT count(*) FROM pg_collation WHERE collprovider = 'i'") > 0; !hasICU {
		t.Skip("this Postgres was built without ICU and sorts by bytes")
	}
	if n := count(t, conn, "SELECT count(*) FROM (VALUES ('a'), ('B')) AS v(name) WHERE name < 'B'"); n != 1 {
		t.Error("the test server sorts by bytes: it hides mistakes that production would show")
	}
}

func TestStartPostgresKeepsWhatWasCommittedOverKill(t *testing.T) {
	t.Parallel()
	postgres := StartPostgres(t)
	before := connect(t, postgres.URL())
	execute(t, before, "CREATE TABLE people (name text)")
	execute(t, before, "INSERT INTO people VALUES ('Ana')")
	execute(t, before, "BEGIN")
	execute(t, before, "INSERT INTO people VALUES ('Ben')")
	postgres.Kill()
	if err := before.Ping(context.Background()); err == nil {
		t.Error("a killed server answers")
	}
	postgres.Restart()
	if n := count(t, connect(t, postgres.URL()), "SELECT count(*) FROM people"); n != 1 {
		t.Errorf("%d people after the restart, want the committed one", n)
	}
}

func TestProductionPostgresWritesAsOneInProduction(t *testing.T) {
	t.Parallel()
	Need(t, server.FindPostgres() != "", "the program postgres")
	conn := connect(t, owned(t, server.ProductionPostgres).URL())
	for setting, want := range map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "shared_buffers": "1GB", "max_wal_size": "4GB", "jit": "on",
	} {
		var got string
		if err := conn.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", setting, got, err, want)
		}
	}
}

func TestIsAbandoned(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	tests := []struct {
		name string
		want bool
	}{
		{"teamsheet_test_1799900000_12_1", true},
		{"teamsheet_test_1799999000_12_1", false},
		{"teamsheet_test_soon", false},
		{"production", false},
	}
	for _, test := range tests {
		if got := isAbandoned(test.name, now); got != test.want {
			t.Errorf("isAbandoned(%q) = %v, want %v", test.name, got, test.want)
		}
	}
}
