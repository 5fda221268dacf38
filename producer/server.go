// Package producer is the web side: it accepts files, stores them, inserts the
// batch and rings for the worker; it shows what became of them. It never decides
// a rule and never holds a whole file in memory.
package producer

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
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
	// OnRequest and OnUpload are told about every answered request and every
	// upload that came in whole or was refused, for metrics; nil: nobody is.
	OnRequest func(RequestSeen)
	OnUpload  func(UploadSeen)
	// Stopping is closed when the process begins to stop: it is no longer ready,
	// and calls that wait for a batch are answered at once. nil: never.
	Stopping <-chan struct{}
}

// RequestSeen is what metrics may know of a request: never its path.
type RequestSeen struct {
	Route  string // the pattern that answered, such as "GET /api/v1/batches/{id}"; "" none did
	Method string
	Status int
	Took   time.Duration
}

// UploadSeen is what metrics may know of an upload.
type UploadSeen struct {
	Format   string // sheet.Kind of what was found
	Bytes    int64
	Accepted bool
}

// Defaults of the limits (CONTRACT §6).
const (
	defaultMaxFileSize = 1 << 30
	defaultMaxRows     = 2_000_000
)

// Server answers the pages and the API.
type Server struct {
	Options
	pages       *pages
	handler     http.Handler
	downloads   chan struct{} // those at hand
	streams     chan struct{} // those of progress that are open
	conversions chan struct{} // those at hand
	photos      chan struct{} // those being made
	uploads     *uploadTurns
	pictures    *uploadTurns
}

// New makes a server.
func New(options Options) (*Server, error) {
	options.BaseURL = strings.TrimRight(options.BaseURL, "/")
	if _, err := url.Parse(options.BaseURL); err != nil {
		return nil, fmt.Errorf("read the base URL: %w", err)
	}
	s := &Server{Options: withDefaults(options), downloads: make(chan struct{}, downloadsAtOnce),
		streams: make(chan struct{}, streamsAtOnce), conversions: make(chan struct{}, conversionsAtOnce),
		photos:  make(chan struct{}, photosAtOnce),
		uploads: newUploadTurns(uploadsAtOnce, uploadsOfOrg), pictures: newUploadTurns(picturesAtOnce, picturesOfOrg)}
	var err error
	if s.pages, err = newPages(); err != nil {
		return nil, err
	}
	s.handler, err = s.routes()
	return s, err
}

func withDefaults(o Options) Options {
	if o.Now == nil {
		o.Now = o.Store.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxFileSize <= 0 {
		o.MaxFileSize = defaultMaxFileSize
	}
	if o.MaxRows <= 0 {
		o.MaxRows = defaultMaxRows
	}
	if o.OnRequest == nil {
		o.OnRequest = func(RequestSeen) {}
	}
	if o.OnUpload == nil {
		o.OnUpload = func(UploadSeen) {}
	}
	return o
}

// Handler is the whole web side.
func (s *Server) Handler() http.Handler { return s.handler }

// Bounds of a connection. Bodies and downloads have their own (limits.go).
const (
	headerTime  = 10 * time.Second
	idleTime    = 2 * time.Minute
	answerTime  = 2 * time.Minute // longer than longestWait
	headerBytes = 64 << 10
)

// HTTP is a server for the handler with limits on what a connection may cost.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime,
		WriteTimeout: answerTime, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
}

// account returns who is calling; routes let nobody else through.
func (s *Server) account(r *http.Request) store.Account {
	account, _ := auth.From(r.Context())
	return account
}

// secure reports whether people reach the pages by https.
func (s *Server) secure() bool { return strings.HasPrefix(s.BaseURL, "https://") }
