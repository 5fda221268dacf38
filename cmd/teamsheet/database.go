package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"teamsheet/internal/config"
	"teamsheet/internal/fault"
	"teamsheet/internal/sabotage"
	"teamsheet/internal/store"
)

type migrateCommand struct {
	Check bool `help:"Only say whether the schema is up to date; exit 1 if it is not."`
}

// Run migrates or checks.
func (c migrateCommand) Run(ctx context.Context, p process) error {
	settings, err := p.settings()
	if err != nil {
		return err
	}
	s, err := openStore(ctx, settings, "migrate")
	if err != nil {
		return err
	}
	if !c.Check {
		err = s.Migrate(ctx)
	}
	if err == nil {
		err = s.CheckSchema(ctx)
	}
	if code := fault.CodeOf(err); c.Check && (code == store.SchemaOlder || code == store.SchemaNewer) {
		err = errors.Join(errNotCurrent, err)
	}
	if err == nil {
		err = p.print("schema: up to date")
	}
	return errors.Join(err, s.Close())
}

// openStore connects; a database that does not answer is an unreachable server.
func openStore(ctx context.Context, settings config.Config, role string) (*store.Store, error) {
	if strings.HasPrefix(settings.DatabaseURL, "sqlite:") {
		if err := os.MkdirAll(settings.DataDir, 0o700); err != nil {
			return nil, fmt.Errorf("make data directory: %w", err)
		}
	}
	s, err := store.Open(ctx, settings.DatabaseURL, store.Options{AppName: "teamsheet " + role, AtPoint: sabotage.At})
	if err == nil {
		if err = s.Ping(ctx); err != nil {
			_ = s.Close() // the ping's error is the one to tell
		}
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "database-unreachable", "The database cannot be reached.")
	}
	return s, nil
}

// withStore gives a small command the store, at the schema it knows. An embedded
// database is brought there first: nobody else would do it.
func withStore(ctx context.Context, p process, use func(*store.Store) error) error {
	settings, err := p.settings()
	if err != nil {
		return err
	}
	s, err := openStore(ctx, settings, "command")
	if err != nil {
		return err
	}
	if s.Embedded() {
		err = s.Migrate(ctx)
	}
	if err == nil {
		err = s.CheckSchema(ctx)
	}
	if err == nil {
		err = use(s)
	}
	return errors.Join(err, s.Close())
}
