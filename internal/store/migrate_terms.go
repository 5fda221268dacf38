package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
)

// Migration 3: its statements stand beside the others; what is found by search is
// computed here, as no database could.
const (
	termsVersion = 3
	termsFile    = "00003_people_found.sql"
)

// termsMigration makes profile_terms and fills it for the people who are there.
func (s *Store) termsMigration(statements string) *goose.Migration {
	up := func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, statements); err != nil {
			return err
		}
		return s.inMigration(ctx, tx).fillTerms()
	}
	down := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DROP TABLE profile_terms")
		return err
	}
	return goose.NewGoMigration(termsVersion, &goose.GoFunc{RunTx: up}, &goose.GoFunc{RunTx: down})
}

// inMigration is a handle in the transaction of a migration.
func (s *Store) inMigration(ctx context.Context, tx *sql.Tx) *handle {
	db := s.write.Session(&gorm.Session{NewDB: true, Context: ctx})
	db.Statement.ConnPool = tx
	return &handle{ctx: ctx, db: db, dialect: s.dialect, now: s.now(), at: func(string) {}, tx: tx}
}

func (h *handle) fillTerms() error {
	var orgs []string
	if err := h.all(&orgs, "SELECT id FROM orgs ORDER BY id"); err != nil {
		return wrap(err, "list organizations")
	}
	for _, orgID := range orgs {
		if err := h.fillTermsOf(orgID); err != nil {
			return fmt.Errorf("organization %s: %w", orgID, err)
		}
	}
	return nil
}

func (h *handle) fillTermsOf(orgID string) error {
	terms := h.bulkTerms(orgID)
	for after := nobodysID; ; {
		people, err := h.people(" WHERE p.org_id = ? AND p.id > ? ORDER BY p.id LIMIT ?", orgID, after, termChunk)
		if err != nil {
			return wrap(err, "read people")
		}
		if len(people) == 0 {
			return terms.flush()
		}
		for i := range people {
			if err := terms.insert(&people[i].Profile); err != nil {
				return err
			}
		}
		after = people[len(people)-1].ID.String()
	}
}
