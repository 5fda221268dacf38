package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"teamsheet/internal/sabotage"
)

// mark is how a transaction is recognized when the reply to its COMMIT is lost:
// the audit entry that only it can have written, and the row whose lock it held.
type mark struct {
	orgID, auditID string
	orgLocked      bool
	batchID        string // the batch that is locked
}

// decides reports whether the mark is enough to decide by. Without a lock to wait
// for, the lost transaction might still be ending.
func (m mark) decides() bool { return m.auditID != "" && (m.orgLocked || m.batchID != "") }

// ErrOutcomeUnknown is in the chain of an error after which nobody knows whether the
// write was done, or will yet be.
var ErrOutcomeUnknown = errors.New("outcome unknown")

// unknownOutcome is a COMMIT of which nobody knows whether it happened.
type unknownOutcome struct{ cause error }

func (u *unknownOutcome) Error() string { return "commit: outcome unknown: " + u.cause.Error() }
func (u *unknownOutcome) Unwrap() error { return u.cause }

func (u *unknownOutcome) Is(target error) bool { return target == ErrOutcomeUnknown }

func isUnknown(err error) bool {
	var unknown *unknownOutcome
	return errors.As(err, &unknown)
}

// commitError tells a COMMIT that failed from one whose reply is lost. Only an
// ERROR from the server is an answer. pgx says of some lost replies that it is
// safe to retry; it is not (DESIGN §3).
func commitError(err error, d dialect) error {
	var answer *pgconn.PgError
	refused := errors.As(err, &answer) && answer.SeverityUnlocalized == "ERROR"
	if d.embedded() || refused || errors.Is(err, pgx.ErrTxCommitRollback) {
		return wrap(err, "commit")
	}
	return &unknownOutcome{err}
}

const (
	decideWithin = time.Minute
	decideFirst  = 50 * time.Millisecond
	decideMost   = 5 * time.Second
)

// decide finds out what became of a transaction: nil when it was committed,
// cause when it was not. It waits for the locks of the lost connection.
func (s *Store) decide(ctx context.Context, m mark, cause error) error {
	if sabotage.Without("commit-reply") {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), decideWithin)
	defer cancel()
	for pause := decideFirst; ; pause = min(2*pause, decideMost) {
		committed, err := s.committed(ctx, m)
		if err == nil && committed {
			return nil
		}
		if err == nil {
			return away(fmt.Errorf("not committed: %w", errors.Unwrap(cause)))
		}
		select {
		case <-ctx.Done():
			return cause
		case <-time.After(pause):
		}
	}
}

func (s *Store) committed(ctx context.Context, m mark) (bool, error) {
	var count int
	_, err := s.attempt(ctx, shortWrite, func(h *handle) error {
		if err := m.waitForLock(h); err != nil {
			return err
		}
		_, err := h.one(&count, "SELECT count(*) FROM audit WHERE org_id = ? AND id = ?", m.orgID, m.auditID)
		return err
	})
	if isUnknown(err) { // it read only
		err = nil
	}
	return count > 0, err
}

func (m mark) waitForLock(h *handle) error {
	var id string
	if m.batchID != "" {
		_, err := h.one(&id, "SELECT b.id FROM batches b WHERE b.org_id = ? AND b.id = ?"+h.dialect.forUpdate("b"), m.orgID, m.batchID)
		return err
	}
	_, err := h.one(&id, "SELECT o.id FROM orgs o WHERE o.id = ?"+h.dialect.forUpdate("o"), m.orgID)
	return err
}
