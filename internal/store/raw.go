package store

import (
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// errPanicked tells database/sql that use of a connection has ended in a panic.
var errPanicked = errors.New("the use of a connection has panicked")

// raw lends the connection of a transaction on Postgres as pgx knows it. A panic is
// the caller's once the connection is back: to go through database/sql it would
// have to close the connection, and wait for ever for the transaction on it.
func (h *handle) raw(use func(*pgx.Conn) error) error {
	var bug any
	err := h.conn.Raw(func(driverConn any) (err error) {
		defer func() {
			if bug = recover(); bug != nil {
				err = errPanicked
			}
		}()
		return use(driverConn.(*stdlib.Conn).Conn())
	})
	if bug != nil {
		panic(bug)
	}
	return err
}
