package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"teamsheet/internal/fault"
)

// Trouble of the connection is told as such, however the driver puts it: people can
// try again, and a worker waits.
func TestTroubleOfTheConnection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		code string
	}{
		{io.ErrUnexpectedEOF, "database-away"},
		{driver.ErrBadConn, "database-away"},
		{&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, "database-away"},
		{net.ErrClosed, "database-away"},
		{&pgconn.PgError{Code: "08006"}, "database-away"},
		{&pgconn.PgError{Code: "57P01"}, "database-away"},
		{&pgconn.PgError{Code: "40P01"}, "database-busy"},
		{&pgconn.PgError{Code: "53100"}, "no-space"},
		{context.Canceled, "internal"},
		{fmt.Errorf("timeout: %w", context.DeadlineExceeded), "internal"},
		{errors.New("a bug"), "internal"},
	} {
		if got := fault.CodeOf(wrap(fmt.Errorf("read: %w", c.err), "look")); got != c.code {
			t.Errorf("%v is told as %q, want %q", c.err, got, c.code)
		}
	}
}
