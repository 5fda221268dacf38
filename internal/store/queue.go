package store

import (
	"context"

	"teamsheet/internal/batch"
)

// Ahead is how many files that came earlier wait for the same kind of work as b or
// have it done, of all organizations: one queue serves them all. It is a number and
// nothing else of theirs, and an estimate: small files do not wait for large ones.
func (s *Store) Ahead(ctx context.Context, b batch.Batch) (int, error) {
	came := "id < ?"
	args := []any{string(b.State), uid(b.ID)}
	if b.State == batch.Confirmed && b.ConfirmedAt != nil {
		came, args[1] = "confirmed_at < ?", *b.ConfirmedAt
	}
	var ahead int
	_, err := s.reads(ctx).one(&ahead, "SELECT count(*) FROM batches WHERE state IN ('uploaded', 'confirmed') AND state = ? AND "+came, args...)
	return ahead, wrap(err, "count batches ahead")
}
