package producer

import (
	"encoding/json"
	"strings"
	"testing"
)

// logged are the lines of answered requests, in order.
func logged(t *testing.T, r *rig) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for text := range strings.Lines(r.log.String()) {
		var line map[string]any
		r.must(json.Unmarshal([]byte(text), &line))
		if line["msg"] == "request" {
			lines = append(lines, line)
		}
	}
	return lines
}

// One batch can be followed through the log: what was done to it by hand names it.
func TestRequestsNameTheirBatch(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.uploaded([]string{"User ID"})
	r.call("GET", "/api/v1/batches/"+id, nil)
	r.call("POST", "/api/v1/batches/"+id+"/cancel", nil)
	r.call("GET", "/api/v1/profiles/ana.silva@example.com", nil)
	lines := logged(t, r)
	last := len(lines) - 1
	if last < 3 || lines[last-3]["batch_id"] != id || lines[last-2]["batch_id"] != id || lines[last-1]["batch_id"] != id {
		t.Errorf("logged %v, want the id %s", lines, id)
	}
	if _, told := lines[last]["profile_id"]; told || strings.Contains(r.log.String(), "ana.silva") {
		t.Errorf("what somebody typed was logged: %v", lines[last])
	}
}

func TestProbesThatPassAreNotLogged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := r.callAs("", "GET", path, nil); got.status != 200 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if lines := logged(t, r); len(lines) > 0 {
		t.Errorf("logged %v", lines)
	}
}

func TestFailingProbesAreLogged(t *testing.T) {
	t.Parallel()
	stopping := make(chan struct{})
	close(stopping)
	r := newRig(t, func(o *Options) { o.Stopping = stopping })
	r.callAs("", "GET", "/readyz", nil)
	if lines := logged(t, r); len(lines) != 1 || lines[0]["route"] != "GET /readyz" || lines[0]["status"] != 503.0 {
		t.Errorf("logged %v", lines)
	}
}
