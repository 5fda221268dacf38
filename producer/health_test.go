package producer

import (
	"net/http"
	"strings"
	"testing"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	stopping := make(chan struct{})
	r := newRig(t, func(o *Options) { o.Stopping = stopping })
	r.callAs("", "GET", "/healthz", nil).is(200)
	answer := r.callAs("", "GET", "/readyz", nil)
	if got := answer.is(200); got["status"] != "ok" || len(got["checks"].(map[string]any)) != 5 {
		t.Errorf("%s", answer.body)
	}
	r.bell.mu.Lock()
	r.bell.unheard = true
	r.bell.mu.Unlock()
	answer = r.callAs("", "GET", "/readyz", nil)
	checks := answer.is(503)["checks"].(map[string]any)
	if checks["queue"] != "failing" || checks["database"] != "ok" || strings.Contains(string(answer.body), "10.0.0.7") {
		t.Errorf("%s", answer.body)
	}
	if !strings.Contains(r.log.String(), "10.0.0.7") {
		t.Error("the log does not say why")
	}
	close(stopping)
	if checks := r.callAs("", "GET", "/readyz", nil).is(503)["checks"].(map[string]any); checks["process"] != "failing" {
		t.Errorf("%v", checks)
	}
	r.callAs("", "GET", "/healthz", nil).is(200)
}

func TestReadinessOfAnOlderSchemaOrAClosedDatabase(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lost := newRig(t)
	r.server.Store = lost.store
	r.must(lost.store.Close())
	lost.t.Cleanup(func() {}) // closing twice is allowed
	checks := r.callAs("", "GET", "/readyz", nil).is(503)["checks"].(map[string]any)
	if checks["database"] != "failing" || checks["schema"] != "failing" || checks["queue"] != "ok" {
		t.Errorf("%v", checks)
	}
}

func TestMetricsAreMounted(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) {
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("up 1\n")) })
	})
	if answer := r.callAs("", "GET", "/metrics", nil); answer.status != 200 || string(answer.body) != "up 1\n" {
		t.Errorf("%d %s", answer.status, answer.body)
	}
	without := newRig(t)
	if answer := without.callAs("", "GET", "/metrics", nil); answer.status != 404 {
		t.Errorf("%d", answer.status)
	}
}
