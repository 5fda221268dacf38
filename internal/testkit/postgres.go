package testkit

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	databasePrefix = "teamsheet_test_"
	// abandoned is the age from which a test database belongs to nobody: its
	// test was killed before it could drop it.
	abandoned = 24 * time.Hour
	// maintenance bounds creating or dropping a database.
	maintenance = 60 * time.Second
)

// Option says what a database begins with.
type Option func(*databaseOptions)

type databaseOptions struct {
	key     string
	prepare func(url string) error
}

// Template makes the database a copy of one that prepare has brought up to date,
// which happens once for each key in each test program: a copy takes a fraction of
// the time of the migrations. prepare must close its connections.
func Template(key string, prepare func(url string) error) Option {
	return func(o *databaseOptions) { o.key, o.prepare = key, prepare }
}

// PostgresURL is the address of a new database that is this test's alone. It is
// empty unless Template is given, and is dropped when the test ends.
func PostgresURL(tb testing.TB, options ...Option) string {
	tb.Helper()
	server := postgresServer()
	Need(tb, server != "", "Postgres ("+EnvPostgres+")")
	sweepOnce(server)
	name, err := newDatabase(server, options)
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	tb.Cleanup(func() {
		if err := dropDatabase(server, name); err != nil {
			tb.Errorf("testkit: %v", err)
		}
	})
	return withDatabase(server, name)
}

func postgresServer() string { return os.Getenv(EnvPostgres) }

func newDatabase(server string, options []Option) (string, error) {
	var chosen databaseOptions
	for _, option := range options {
		option(&chosen)
	}
	from := "template0"
	if chosen.prepare != nil {
		template, err := templateFor(server, chosen)
		if err != nil {
			return "", err
		}
		from = template
	}
	return createDatabase(server, from)
}

// templates are this test program's prepared databases by server and key. They
// are shared by all its tests, so no test can drop them: they go with the server,
// or with a later sweep.
var templates sync.Map

type template struct {
	once sync.Once
	name string
	err  error
}

func templateFor(server string, options databaseOptions) (string, error) {
	found, _ := templates.LoadOrStore(server+" "+options.key, &template{})
	t := found.(*template)
	t.once.Do(func() { t.name, t.err = prepareTemplate(server, options) })
	return t.name, t.err
}

func prepareTemplate(server string, options databaseOptions) (string, error) {
	name, err := createDatabase(server, "template0")
	if err != nil {
		return "", err
	}
	if err := options.prepare(withDatabase(server, name)); err != nil {
		return "", fmt.Errorf("prepare template database %q: %w", options.key, err)
	}
	// A pool closes its connections without waiting for the server, and a
	// database with connections cannot be copied.
	return name, onServer(server, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1", name)
		return err
	})
}

var databaseNumber atomic.Int64

// createDatabase names the database by the time, for the sweep, and by process
// and number, so that test programs side by side never meet.
func createDatabase(server, template string) (string, error) {
	name := fmt.Sprintf("%s%d_%d_%d", databasePrefix, time.Now().Unix(), os.Getpid(), databaseNumber.Add(1))
	return name, onServer(server, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "CREATE DATABASE "+quoted(name)+" TEMPLATE "+quoted(template))
		return err
	})
}

func dropDatabase(server, name string) error {
	return onServer(server, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quoted(name)+" WITH (FORCE)")
		return err
	})
}

var swept sync.Map

// sweepOnce drops what killed tests left behind on a server that lives longer
// than one run. Its failure harms nobody.
func sweepOnce(server string) {
	if _, done := swept.LoadOrStore(server, true); done {
		return
	}
	var names []string
	_ = onServer(server, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", databasePrefix)
		if err != nil {
			return err
		}
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	for _, name := range names {
		if isAbandoned(name, time.Now()) {
			_ = dropDatabase(server, name)
		}
	}
}

func isAbandoned(name string, now time.Time) bool {
	rest, ok := strings.CutPrefix(name, databasePrefix)
	if !ok {
		return false
	}
	stamp, _, _ := strings.Cut(rest, "_")
	made, err := strconv.ParseInt(stamp, 10, 64)
	return err == nil && now.Sub(time.Unix(made, 0)) > abandoned
}

func onServer(server string, do func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), maintenance)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("reach the test server: %w", err)
	}
	defer conn.Close(ctx)
	return do(ctx, conn)
}

func withDatabase(server, name string) string {
	address, err := url.Parse(server)
	if err != nil {
		panic(EnvPostgres + " is no URL") // the server was reached with it a moment ago
	}
	address.Path = "/" + name
	return address.String()
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
