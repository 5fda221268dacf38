package telemetry

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"
)

// Health says that the process is alive, and nothing of what it depends on: a
// restart would not mend a database.
func Health(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// Readiness answers whether work should be sent to this process: 200 when every
// check passes, else 503. What failed is in the log; the answer, which anybody
// can read, has only its name.
type Readiness struct {
	Checks map[string]func(context.Context) error
	Log    *slog.Logger
}

// checkTime bounds the checks of readiness.
const checkTime = 2 * time.Second

// ServeHTTP runs the checks and answers.
func (r *Readiness) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	ctx, cancel := context.WithTimeout(request.Context(), checkTime)
	defer cancel()
	results := r.run(ctx)
	status, word := http.StatusOK, "ok"
	for _, result := range results {
		if result != "ok" {
			status, word = http.StatusServiceUnavailable, "not ready"
		}
	}
	answer(w, status, struct {
		Status string            `json:"status"`
		Checks map[string]string `json:"checks"`
	}{word, results})
}

// run runs the checks side by side. One that does not answer in time has failed,
// whether or not it hears of the deadline.
func (r *Readiness) run(ctx context.Context) map[string]string {
	passed := make(chan string, len(r.Checks))
	results := make(map[string]string, len(r.Checks))
	for name, check := range r.Checks {
		results[name] = "failing"
		go func() {
			if err := check(ctx); err != nil {
				r.Log.WarnContext(ctx, "not ready", "check", name, "error", err)
				name = ""
			}
			passed <- name
		}()
	}
	for range r.Checks {
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

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the caller has gone: nobody is left to tell
}
