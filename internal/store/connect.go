package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	modernc "modernc.org/sqlite"

	"teamsheet/internal/sabotage"
)

const (
	writeConnections = 16 // Postgres
	readConnections  = 24
	pulseConnections = 2
	idleConnections  = 4
	connectTimeout   = 5 * time.Second
)

// Open connects; url is postgres://… or sqlite:///path (sqlite:relative too). It
// does not migrate.
func Open(ctx context.Context, databaseURL string, options Options) (*Store, error) {
	return openAt(ctx, databaseURL, options, sabotage.Now)
}

// openAt is Open on a machine with this clock.
func openAt(ctx context.Context, databaseURL string, options Options, own func() time.Time) (*Store, error) {
	givenTime := options.Now != nil
	if !givenTime {
		options.Now = own
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	s := &Store{options: options, givenTime: givenTime}
	connect, err := connector(databaseURL)
	if err != nil {
		return nil, err
	}
	if err := connect(ctx, s, databaseURL); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

type connectFunc func(ctx context.Context, s *Store, databaseURL string) error

func connector(databaseURL string) (connectFunc, error) {
	scheme, _, _ := strings.Cut(databaseURL, ":")
	switch scheme {
	case "postgres", "postgresql":
		return connectPostgres, nil
	case "sqlite":
		return connectSQLite, nil
	}
	return nil, errors.New("connect to database: the URL begins with neither postgres: nor sqlite:")
}

// connectPostgres uses the extended protocol alone: the simple one can repeat a
// statement whose reply was lost. See DESIGN §3.
func connectPostgres(ctx context.Context, s *Store, databaseURL string) error {
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return errors.New("connect to database: the URL cannot be read") // the cause may hold the password
	}
	if s.options.AppName != "" {
		config.RuntimeParams["application_name"] = s.options.AppName
	}
	config.RuntimeParams["client_encoding"] = "UTF8"
	if config.DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol {
		config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	s.dialect = postgresDialect{givenTime: s.givenTime}
	open := func(connections int, parameters map[string]string) (*gorm.DB, error) {
		own := config.Copy()
		maps.Copy(own.RuntimeParams, parameters)
		pool := s.keep(stdlib.OpenDB(*own), connections)
		return gorm.Open(postgres.New(postgres.Config{Conn: pool}), s.gormConfig())
	}
	// A disk that does not answer for half a minute must not make a live run look dead:
	// a heartbeat waits for no disk, and one that a crash loses is no loss.
	unhurried := map[string]string{"synchronous_commit": "off"}
	var beats *gorm.DB
	for _, target := range []struct {
		db          **gorm.DB
		connections int
		parameters  map[string]string
	}{{&s.write, writeConnections, nil}, {&s.read, readConnections, nil}, {&beats, pulseConnections, unhurried}} {
		if *target.db, err = open(target.connections, target.parameters); err != nil {
			return fmt.Errorf("connect to database: %w", err)
		}
	}
	s.pulse = &pulseTable{db: beats, dialect: s.dialect}
	return s.Ping(ctx)
}

// connectSQLite opens one connection that writes and several that read: with a
// write-ahead log neither waits for the other.
func connectSQLite(ctx context.Context, s *Store, databaseURL string) error {
	path, err := sqlitePath(databaseURL)
	if err != nil {
		return err
	}
	s.dialect = sqliteDialect{}
	s.writer = make(chan struct{}, 1)
	s.pulse = newPulseMemory()
	if s.write, err = s.openSQLite(path, "&_txlock=immediate", 1); err != nil {
		return err
	}
	if s.read, err = s.openSQLite(path, "&_query_only=1", readConnections); err != nil {
		return err
	}
	return s.Ping(ctx)
}

// sqlitePath reads sqlite:///absolute, sqlite:relative and sqlite://relative.
func sqlitePath(databaseURL string) (string, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(databaseURL, "sqlite:"), "//")
	if path == "" {
		return "", errors.New("connect to database: the sqlite: URL names no file")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("connect to database: %w", err)
	}
	return path, nil
}

// sqliteSettings: times are written in UTC in one form, so that they compare as
// text; synchronous stays FULL, so that a commit survives a loss of power.
const sqliteSettings = "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)" +
	"&_pragma=synchronous(2)&_pragma=cache_size(-32768)&_time_format=sqlite&_timezone=UTC"

func (s *Store) openSQLite(path, more string, connections int) (*gorm.DB, error) {
	file := "file:" + (&url.URL{Path: path}).EscapedPath() + sqliteSettings + more
	raw, err := sql.Open("sqlite", file)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool := s.keep(raw, connections)
	db, err := gorm.Open(translating{sqlite.New(sqlite.Config{DriverName: "sqlite", Conn: pool})}, s.gormConfig())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, ownerOnly(path)
}

// ownerOnly keeps other users of the machine from reading the people.
func ownerOnly(path string) error {
	if err := os.Chmod(path, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("protect database file: %w", err)
	}
	return nil
}

// keep bounds a pool and closes it with the store.
func (s *Store) keep(pool *sql.DB, connections int) *sql.DB {
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(min(connections, idleConnections))
	pool.SetConnMaxIdleTime(5 * time.Minute)
	s.closes = append(s.closes, pool.Close)
	return pool
}

func (s *Store) gormConfig() *gorm.Config {
	return &gorm.Config{
		Logger:                 slowLog{log: s.options.Log},
		NowFunc:                s.now,
		TranslateError:         true,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
	}
}

// translating makes GORM's errors of those of modernc.org/sqlite; the driver's
// own translation knows another library's.
type translating struct{ gorm.Dialector }

// Extended result codes (sqlite.org/rescode.html).
const (
	uniqueViolated     = 2067
	primaryKeyViolated = 1555
	foreignKeyViolated = 787
	checkViolated      = 275
)

// Translate implements gorm.ErrorTranslator.
func (translating) Translate(err error) error {
	var failure *modernc.Error
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code() {
	case uniqueViolated, primaryKeyViolated:
		return gorm.ErrDuplicatedKey
	case foreignKeyViolated:
		return gorm.ErrForeignKeyViolated
	case checkViolated:
		return gorm.ErrCheckConstraintViolated
	}
	return err
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
