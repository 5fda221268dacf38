package telemetry

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
)

// deafQueues is a Redis that takes connections and answers nothing.
type deafQueues struct {
	asked atomic.Int32
	ended chan struct{}
}

func (d *deafQueues) Queues() ([]string, error) {
	d.asked.Add(1)
	<-d.ended
	return nil, nil
}

func (d *deafQueues) GetQueueInfo(string) (*asynq.QueueInfo, error) { return &asynq.QueueInfo{}, nil }

// A scrape that waits for Redis would lose every other number to Prometheus's own
// limit, and one goroutine each time.
func TestMetricsDoNotWaitForASilentRedis(t *testing.T) {
	t.Parallel()
	silent := &deafQueues{ended: make(chan struct{})}
	t.Cleanup(func() { close(silent.ended) })
	m := NewMetrics("1")
	m.watchQueues(silent, time.Nanosecond)
	for range 3 {
		recorder := httptest.NewRecorder()
		m.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		body := recorder.Body.String()
		if recorder.Code != http.StatusOK || !strings.Contains(body, "teamsheet_task_panics_total 0\n") || strings.Contains(body, "teamsheet_queue") {
			t.Fatalf("status %d:\n%s", recorder.Code, body)
		}
	}
	if asked := silent.asked.Load(); asked > 1 {
		t.Errorf("%d questions wait for an answer", asked)
	}
}

func TestWhatIsAlertedOnBeginsAtZero(t *testing.T) {
	t.Parallel()
	recorder := httptest.NewRecorder()
	NewMetrics("1").Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`teamsheet_batches_total{outcome="internal"} 0`, `teamsheet_batches_total{outcome="file-lost"} 0`,
		`teamsheet_mails_total{outcome="sent"} 0`, `teamsheet_mails_total{outcome="given-up"} 0`,
		`teamsheet_rescues_total{reason="dead"} 0`,
	} {
		if !strings.Contains(recorder.Body.String(), line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
}
