package telemetry

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"teamsheet/internal/batch"
)

const namespace = "teamsheet"

// Metrics are the numbers of one process.
type Metrics struct {
	registry *prometheus.Registry
	batches  *prometheus.CounterVec
	phases   *prometheus.HistogramVec
	rows     *prometheus.CounterVec
	problems *prometheus.CounterVec
	mails    *prometheus.CounterVec
	rescues  *prometheus.CounterVec
	files    *prometheus.CounterVec
	panics   prometheus.Counter
	requests *prometheus.HistogramVec
	uploads  *prometheus.HistogramVec
}

// NewMetrics makes the numbers of a process of the given version.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		batches:  counter("batches_total", "Batches that a task has moved on, by the outcome.", "outcome"),
		phases: histogram("phase_duration_seconds", "How long a phase of a task took, by the size of the file.",
			prometheus.ExponentialBucketsRange(0.01, 1000, 16), "phase", "size"),
		rows:     counter("rows_total", "Rows of previewed files, by the result.", "result"),
		problems: counter("problems_total", "Problems found in files, by the code.", "code"),
		mails:    counter("mails_total", "Tries to send a mail, by the outcome.", "outcome"),
		rescues:  counter("rescues_total", "Batches that the reconciler set moving again, by the reason.", "reason"),
		files:    counter("files_dropped_total", "Stored files that were deleted, by the reason.", "reason"),
		panics: prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: "task_panics_total",
			Help: "Tasks that ended in a panic: bugs."}),
		requests: histogram("http_request_duration_seconds", "How long requests took, by the route that answered.",
			prometheus.ExponentialBucketsRange(0.002, 60, 14), "route", "method", "status"),
		uploads: histogram("upload_bytes", "Sizes of uploaded files, by what they were.",
			prometheus.ExponentialBucketsRange(1<<10, 1<<30, 11), "format", "accepted"),
	}
	m.registry.MustRegister(m.batches, m.phases, m.rows, m.problems, m.mails, m.rescues, m.files, m.panics, m.requests, m.uploads,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build(version))
	m.beginAtZero()
	return m
}

// beginAtZero tells the outcomes that somebody is called for before they happen: an
// alert on an increase does not see a series whose first value is 1.
func (m *Metrics) beginAtZero() {
	for _, code := range []batch.FailureCode{batch.FailureInternal, batch.FailureFileLost, batch.FailureStalePlan} {
		m.batches.WithLabelValues(string(code))
	}
	for _, outcome := range []string{"sent", "retry", "given-up"} {
		m.mails.WithLabelValues(outcome)
	}
	for _, reason := range []string{"lost", "dead"} {
		m.rescues.WithLabelValues(reason)
	}
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

// build says which program this is; its value is always 1.
func build(version string) prometheus.Collector {
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "build_info",
		Help: "The version of the program and of Go.", ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()}})
	gauge.Set(1)
	return gauge
}

// Handler answers /metrics. A part that cannot be read (Redis is away) is left
// out, and the rest is told.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, Registry: m.registry})
}

// Batch counts a batch that was moved to a state, or failed with a code.
func (m *Metrics) Batch(outcome string) { m.batches.WithLabelValues(outcome).Inc() }

// Phase notes how long a phase of a file with so many rows took.
func (m *Metrics) Phase(phase string, rows int, took time.Duration) {
	m.phases.WithLabelValues(phase, sizeClass(rows)).Observe(took.Seconds())
}

// sizeClass keeps the number of series small.
func sizeClass(rows int) string {
	switch {
	case rows <= 1_000:
		return "to 1k"
	case rows <= 10_000:
		return "to 10k"
	case rows <= 100_000:
		return "to 100k"
	case rows <= 1_000_000:
		return "to 1M"
	}
	return "more"
}

// Rows counts rows of a previewed file with one result.
func (m *Metrics) Rows(result string, n int) { m.rows.WithLabelValues(result).Add(float64(n)) }

// Problems counts problems of one code in a file.
func (m *Metrics) Problems(code string, n int) { m.problems.WithLabelValues(code).Add(float64(n)) }

// Mail counts a try to send a mail: "sent", "retry" or "given-up".
func (m *Metrics) Mail(outcome string) { m.mails.WithLabelValues(outcome).Inc() }

// Rescue counts a batch that was set moving again: its ring was "lost" or its
// worker was "dead".
func (m *Metrics) Rescue(reason string) { m.rescues.WithLabelValues(reason).Inc() }

// FilesDropped counts stored files that were deleted: those of batches that were
// "finished" long ago, "unknown" to the database, or "unfinished" uploads.
func (m *Metrics) FilesDropped(reason string, n int) {
	m.files.WithLabelValues(reason).Add(float64(n))
}

// Panic counts a task that panicked.
func (m *Metrics) Panic() { m.panics.Inc() }

// Request notes an answered request. route is the pattern, never the path; ""
// when none answered.
func (m *Metrics) Request(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, knownMethod(method), strconv.Itoa(status)).Observe(took.Seconds())
}

// knownMethod keeps a caller from making series with methods of their own.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// Upload notes an upload that came in whole or was refused.
func (m *Metrics) Upload(format string, bytes int64, accepted bool) {
	m.uploads.WithLabelValues(format, strconv.FormatBool(accepted)).Observe(float64(bytes))
}
