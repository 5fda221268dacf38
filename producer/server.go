// Package producer is the web side: it accepts files, stores them, inserts the
// batch and rings for the worker; it shows what became of them. It never decides
// a rule and never holds a whole file in memory.
package producer

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"teamsheet/internal/auth"
	"teamsheet/internal/blob"
	"teamsheet/internal/store"
)

// Bell rings for the worker. A failed ring is not a failed request.
type Bell interface {
	Preview(ctx context.Context, batchID string, generation int, size int64) error
	Apply(ctx context.Context, batchID string, generation int) error
	Ping() error
}

// Options of a Server.
type Options struct {
	BaseURL     string // without a slash at the end
	MaxFileSize int64  // bytes
	MaxRows     int
	Store       *store.Store
	Blobs       blob.Store
	Bell        Bell
	Auth        *auth.Auth
	Log         *slog.Logger
	Now         func() time.Time
	// Queues shows the operators' queue pages under /ops/queues; nil: none.
	Queues http.Handler
	// Metrics answers /metrics; nil: none.
	Metrics http.Handler
}

// Server answers the pages and the API.
type Server struct {
	Options
}

// New makes a server.
func New(options Options) (*Server, error) { panic("todo") }

// Handler is the whole web side.
func (s *Server) Handler() http.Handler { panic("todo") }
