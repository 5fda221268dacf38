package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"teamsheet/internal/fault"
	"teamsheet/internal/sabotage"
)

//go:embed migrations
var migrations embed.FS

const versionTable = "goose_db_version"

// Codes of a schema that the program cannot work with.
const (
	SchemaOlder = "schema-older"
	SchemaNewer = "schema-newer"
)

// Migrate brings the schema up to date; concurrent starters apply once.
func (s *Store) Migrate(ctx context.Context) error {
	provider, err := s.migrator()
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if s.Embedded() {
		return s.migrateFile(ctx, provider)
	}
	if _, err := provider.Up(ctx); err != nil {
		return wrap(err, "migrate")
	}
	return nil
}

// migrateFile migrates SQLite, which has no lock for it: each migration is one
// transaction, so whoever loses finds the work done.
func (s *Store) migrateFile(ctx context.Context, provider *goose.Provider) error {
	const tries = 20
	var err error
	for try := range tries {
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
		if current, _, versionErr := s.schemaVersions(ctx); versionErr == nil && current > 0 && s.CheckSchema(ctx) == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("migrate: %w", ctx.Err())
		case <-time.After(time.Duration(try+1) * 10 * time.Millisecond):
		}
	}
	return wrap(err, "migrate")
}

func (s *Store) migrator() (*goose.Provider, error) {
	pool, err := s.write.DB()
	if err != nil {
		return nil, err
	}
	folder, dialect := "migrations/postgres", goose.DialectPostgres
	if s.Embedded() {
		folder, dialect = "migrations/sqlite", goose.DialectSQLite3
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, err
	}
	statements, err := fs.ReadFile(files, termsFile)
	if err != nil {
		return nil, err
	}
	own := append(nextMigration(), s.termsMigration(string(statements)))
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithExcludeNames([]string{termsFile}), goose.WithGoMigrations(own...),
	}
	if !s.Embedded() {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, pool, files, options...)
}

// nextMigration is that of a next version of the program, when tests have it be one.
func nextMigration() []*goose.Migration {
	statements := sabotage.NextMigration()
	if statements == "" {
		return nil
	}
	const version = 99999
	return []*goose.Migration{goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statements)
		return err
	}}, nil)}
}

// CheckSchema is nil when the schema is exactly the one this program knows.
func (s *Store) CheckSchema(ctx context.Context) error {
	current, target, err := s.schemaVersions(ctx)
	switch {
	case err != nil:
		return wrap(err, "check schema")
	case current < target:
		return fault.Newf(fault.Unavailable, SchemaOlder,
			"The database has schema %d, this program needs %d. Run: teamsheet migrate.", current, target)
	case current > target:
		return s.checkFloor(ctx, current, target)
	}
	return nil
}

// checkFloor looks whether a program may go on with a schema that is newer than its
// own: until the last old process is replaced, old and new run side by side.
func (s *Store) checkFloor(ctx context.Context, current, target int64) error {
	var floor int64
	found, err := s.reads(ctx).one(&floor, "SELECT max(version) FROM schema_floor")
	switch {
	case err != nil:
		return wrap(err, "check schema")
	case !found || floor > target:
		return fault.Newf(fault.Unavailable, SchemaNewer,
			"The database has schema %d, this program knows %d. Use the newer program.", current, target)
	}
	return nil
}

func (s *Store) schemaVersions(ctx context.Context) (current, target int64, err error) {
	provider, err := s.migrator()
	if err != nil {
		return 0, 0, err
	}
	for _, source := range provider.ListSources() {
		target = max(target, source.Version)
	}
	if target == 0 {
		return 0, 0, errors.New("no migrations are embedded")
	}
	h := s.reads(ctx)
	var tables int
	if _, err := h.one(&tables, s.dialect.hasTable(), versionTable); err != nil || tables == 0 {
		return 0, target, err
	}
	_, err = h.one(&current, "SELECT coalesce(max(version_id), 0) FROM "+versionTable+" WHERE is_applied")
	return current, target, err
}
