package producer

import (
	"context"
	"net/http"

	"teamsheet/internal/telemetry"
)

// getReadiness checks what a request may need.
func (s *Server) getReadiness(w http.ResponseWriter, r *http.Request) {
	readiness := telemetry.Readiness{Log: s.Log, Checks: map[string]func(context.Context) error{
		"database": s.Store.Ping,
		"schema":   s.Store.CheckSchema,
		"queue":    func(context.Context) error { return s.Bell.Ping() },
		"files":    s.Blobs.Ping,
		"process":  s.checkStopping,
	}}
	readiness.ServeHTTP(w, r)
}

func (s *Server) checkStopping(context.Context) error {
	select {
	case <-s.Stopping:
		return context.Canceled
	default:
		return nil
	}
}
