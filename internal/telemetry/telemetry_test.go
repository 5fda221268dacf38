package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"teamsheet/internal/batch"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
	"teamsheet/internal/tasks/embedded"
	"teamsheet/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func queue(t *testing.T) *embedded.Queue {
	t.Helper()
	q := embedded.Start()
	t.Cleanup(func() { _ = q.Close() })
	return q
}

func get(t *testing.T, handler http.Handler, method, path string) (int, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
	return recorder.Code, recorder.Body.String()
}

func wantLines(t *testing.T, body string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("no line %q in\n%s", line, body)
		}
	}
}

func TestMetricsOfQueuesAndBatches(t *testing.T) {
	t.Parallel()
	q := queue(t)
	bell := tasks.NewBell(q)
	t.Cleanup(func() { _ = bell.Close() })
	if err := bell.Preview(context.Background(), "b1", 1, 10); err != nil {
		t.Fatal(err)
	}
	m := telemetry.NewMetrics("1.2.3")
	closeQueues := m.WatchQueues(q)
	t.Cleanup(func() { _ = closeQueues() })
	m.WatchStore(func(context.Context) (store.Stats, error) {
		return store.Stats{BatchesByState: map[batch.State]int{batch.Ready: 4},
			OldestWaiting: map[batch.State]time.Duration{batch.Confirmed: 90 * time.Second}, MailsPending: 2}, nil
	})
	m.Batch("applied")
	m.Phase("reading", 5000, time.Second)
	m.Request("GET /api/v1/batches/{id}", "BREW", 200, time.Millisecond)
	status, body := get(t, m.Handler(), http.MethodGet, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	wantLines(t, body,
		`teamsheet_queue_tasks{queue="preview",state="pending"} 1`,
		`teamsheet_queue_tasks{queue="apply",state="pending"} 0`,
		`teamsheet_queue_paused{queue="preview"} 0`,
		`teamsheet_batches{state="ready"} 4`,
		`teamsheet_batches{state="failed"} 0`,
		`teamsheet_batch_oldest_waiting_seconds{state="confirmed"} 90`,
		`teamsheet_mails_pending 2`,
		`teamsheet_batches_total{outcome="applied"} 1`,
		`teamsheet_phase_duration_seconds_count{phase="reading",size="to 10k"} 1`,
		`teamsheet_http_request_duration_seconds_count{method="other",route="GET /api/v1/batches/{id}",status="200"} 1`)
	if !strings.Contains(body, `teamsheet_queue_latency_seconds{queue="preview"} `) || !strings.Contains(body, `version="1.2.3"`) {
		t.Errorf("no latency or version in\n%s", body)
	}
}

func TestMetricsWithoutDatabaseTellTheRest(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics("1")
	m.WatchStore(func(context.Context) (store.Stats, error) { return store.Stats{}, errors.New("away") })
	m.Batch("ready")
	status, body := get(t, m.Handler(), http.MethodGet, "/metrics")
	if status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	wantLines(t, body, `teamsheet_batches_total{outcome="ready"} 1`)
}

func TestQueuePagesListQueuesAndTasks(t *testing.T) {
	t.Parallel()
	q := queue(t)
	bell := tasks.NewBell(q)
	t.Cleanup(func() { _ = bell.Close() })
	if err := bell.Apply(context.Background(), "b1", 7); err != nil {
		t.Fatal(err)
	}
	pages := telemetry.NewQueuePages(q, "/ops/queues")
	t.Cleanup(func() { _ = pages.Close() })
	for path, want := range map[string]string{
		"/ops/queues":                                `FLAG_ROOT_PATH="\/ops\/queues"`,
		"/ops/queues/":                               `src="/ops/queues/static/js/main`,
		"/ops/queues/api/queues":                     `"queue":"apply"`,
		"/ops/queues/api/queues/apply":               `"pending":1`,
		"/ops/queues/api/queues/apply/pending_tasks": `"payload":"{\"batch_id\":\"b1\",\"generation\":7}"`,
		"/ops/queues/api/servers":                    `"servers":`,
		"/ops/queues/api/redis_info":                 `connected_clients`,
	} {
		if status, body := get(t, pages, http.MethodGet, path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, no %s in %.300s", path, status, want, body)
		}
	}
}

func TestQueuePagesChangeNothing(t *testing.T) {
	t.Parallel()
	pages := telemetry.NewQueuePages(queue(t), "/ops/queues")
	t.Cleanup(func() { _ = pages.Close() })
	for method, path := range map[string]string{
		http.MethodPost:   "/ops/queues/api/queues/apply:pause",
		http.MethodDelete: "/ops/queues/api/queues/apply",
	} {
		if status, _ := get(t, pages, method, path); status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: status %d", method, path, status)
		}
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := telemetry.NewLog(&out, "json", "warn")
	if err != nil {
		t.Fatal(err)
	}
	log.Info("quiet")
	log.Warn("loud", "batch", "b1")
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, `"msg":"loud","batch":"b1"`) {
		t.Errorf("log %s", got)
	}
	if _, err := telemetry.NewLog(&out, "xml", "info"); err == nil || err.Error() != `set up the log: there is no format "xml"` {
		t.Errorf("error %v", err)
	}
	if _, err := telemetry.NewLog(&out, "text", "shout"); err == nil || err.Error() != `set up the log: there is no level "shout"` {
		t.Errorf("error %v", err)
	}
}
