package testkit

import (
	"context"
	"testing"

	"teamsheet/internal/testkit/server"
)

// Server is a Postgres or Redis process of one test, which may stop it, kill it
// and start it again. The address stays the same. It ends with the test.
type Server struct {
	tb testing.TB
	*server.Server
}

// Restart stops the process if it runs, and starts it again. A Postgres has kept
// everything that was committed, a Redis nothing.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Stop()
	if err := s.Start(context.Background()); err != nil {
		s.tb.Errorf("testkit: %v", err)
	}
}

// StartPostgres starts a Postgres of the test's own, with one empty database.
// That takes a second or two: PostgresURL is for tests that do not harm the server.
func StartPostgres(tb testing.TB) *Server {
	tb.Helper()
	Need(tb, server.FindPostgres() != "", "the program postgres")
	return owned(tb, server.Postgres)
}

// StartRedis starts a Redis of the test's own.
func StartRedis(tb testing.TB) *Server {
	tb.Helper()
	Need(tb, server.FindRedis() != "", "the program redis-server")
	return owned(tb, server.Redis)
}

func owned(tb testing.TB, start func(context.Context) (*server.Server, error)) *Server {
	tb.Helper()
	started, err := start(context.Background())
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	tb.Cleanup(func() {
		if err := started.Close(); err != nil {
			tb.Errorf("testkit: %v", err)
		}
	})
	return &Server{tb: tb, Server: started}
}
