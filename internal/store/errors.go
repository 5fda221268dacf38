package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	modernc "modernc.org/sqlite"

	"teamsheet/internal/fault"
)

// SQLSTATE codes (PostgreSQL manual, appendix A).
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014" // statement_timeout too
	diskFull             = "53100"
	uniqueViolation      = "23505"
)

// Primary result codes (sqlite.org/rescode.html).
const (
	sqliteBusy       = 5
	sqliteFull       = 13
	sqliteConstraint = 19
)

// wrap says what was being done, and gives trouble of the machine its kind. A
// fault stays as it is.
func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	err = fmt.Errorf("%s: %w", doing, err)
	switch {
	case isBusy(err):
		return fault.Wrap(err, fault.Unavailable, "database-busy", "The database is busy. Try again in a moment.")
	case isFull(err):
		return fault.Wrap(err, fault.NoSpace, "no-space", "The disk of the database is full. Tell the operator.")
	case isAway(err):
		return away(err)
	}
	return err
}

func away(err error) error {
	return fault.Wrap(err, fault.Unavailable, "database-away", "The database cannot be reached. Try again in a minute.")
}

func isBusy(err error) bool {
	switch sqlState(err) {
	case serializationFailure, deadlockDetected, lockNotAvailable, queryCanceled:
		return true
	}
	return sqliteCode(err) == sqliteBusy
}

func isFull(err error) bool { return sqlState(err) == diskFull || sqliteCode(err) == sqliteFull }

// isAway reports a connection that could not be made or was lost. A server that goes
// away in the middle of an answer is the end of a file to the driver.
func isAway(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false // whoever asked is gone, not the database
	case pgconn.SafeToRetry(err): // the connection was closed before
		return true
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed), errors.Is(err, driver.ErrBadConn):
		return true
	case errors.As(err, &connect), errors.As(err, &network) && !network.Timeout():
		return true
	}
	return sqlClass(err) == "08" || sqlClass(err) == "57"
}

// isDuplicate reports a violated unique constraint.
func isDuplicate(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }

func sqlState(err error) string {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

func sqlClass(err error) string {
	if state := sqlState(err); len(state) == 5 {
		return state[:2]
	}
	return ""
}

func sqliteCode(err error) int {
	var failure *modernc.Error
	if errors.As(err, &failure) {
		return failure.Code() & 0xff
	}
	return 0
}

// Faults that several methods answer with.

func notFound(what string) error {
	return fault.Newf(fault.NotFound, "not-found", "There is no such %s.", what)
}

func unknownCursor() error {
	return fault.New(fault.BadRequest, "cursor-unknown", "This page of the list does not exist. Start again at the first page.")
}
