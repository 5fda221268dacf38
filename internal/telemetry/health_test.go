package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"testing"
)

func TestReadiness(t *testing.T) {
	t.Parallel()
	fine := func(context.Context) error { return nil }
	away := func(context.Context) error { return errors.New("secret address") }
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	deaf := func(context.Context) error { <-ended; return nil } // does not hear of the deadline
	tests := map[string]struct {
		check  func(context.Context) error
		status int
		body   string
	}{
		"all is well":       {fine, 200, `{"status":"ok","checks":{"database":"ok","queue":"ok"}}` + "\n"},
		"one is away":       {away, 503, `{"status":"not ready","checks":{"database":"ok","queue":"failing"}}` + "\n"},
		"one never answers": {deaf, 503, `{"status":"not ready","checks":{"database":"ok","queue":"failing"}}` + "\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &Readiness{Log: slog.New(slog.DiscardHandler), Checks: map[string]func(context.Context) error{"database": fine, "queue": test.check}}
			answer := httptest.NewRecorder()
			r.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "GET", "/readyz", nil))
			if answer.Code != test.status || answer.Body.String() != test.body {
				t.Errorf("%d %s", answer.Code, answer.Body)
			}
		})
	}
}
