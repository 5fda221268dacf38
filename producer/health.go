package producer

import (
	"context"
	"net/http"
	"time"
)

// getHealth says that the process is alive, and nothing of what it depends on:
// a restart would not mend a database.
func (s *Server) getHealth(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, typeJSON, map[string]string{"status": "ok"})
}

// checkTime bounds each check of readiness.
const checkTime = 2 * time.Second

// getReadiness says whether requests should be sent here. What failed is in the
// log; the answer, which anybody can read, has only its name.
func (s *Server) getReadiness(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	results := s.runChecks(ctx)
	status, word := http.StatusOK, "ok"
	for _, result := range results {
		if result != "ok" {
			status, word = http.StatusServiceUnavailable, "not ready"
		}
	}
	writeJSON(w, status, typeJSON, struct {
		Status string            `json:"status"`
		Checks map[string]string `json:"checks"`
	}{word, results})
}

// runChecks runs the checks side by side. One that does not answer in time has
// failed, whether or not it hears of the deadline.
func (s *Server) runChecks(ctx context.Context) map[string]string {
	checks := s.checks()
	passed := make(chan string, len(checks))
	results := make(map[string]string, len(checks))
	for name, check := range checks {
		results[name] = "failing"
		go func() {
			if err := check(ctx); err != nil {
				s.Log.WarnContext(ctx, "not ready", "check", name, "error", err)
				name = ""
			}
			passed <- name
		}()
	}
	for range checks {
		select {
		case name := <-passed:
			if name != "" {
				results[name] = "ok"
			}
		case <-ctx.Done():
			return results
		}
	}
	return results
}

func (s *Server) checks() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"database": s.Store.Ping,
		"schema":   s.Store.CheckSchema,
		"queue":    func(context.Context) error { return s.Bell.Ping() },
		"files":    s.Blobs.Ping,
		"process":  s.checkStopping,
	}
}

func (s *Server) checkStopping(context.Context) error {
	select {
	case <-s.Stopping:
		return context.Canceled
	default:
		return nil
	}
}
