package producer

import (
	"context"
	"crypto/rand"
	"net/http"
	"regexp"
	"strings"
	"time"

	"teamsheet/internal/store"
)

// record is what is known of a request by the time it is logged. It is written
// by the request's own goroutine alone.
type record struct {
	id      string
	route   string
	subject string // the batch or person that the address names by id, or that was made
	code    string // of the error, if it was answered with one
	account store.Account
}

type recordKey struct{}

func recordOf(r *http.Request) *record { return recordIn(r.Context()) }

func recordIn(ctx context.Context) *record {
	if found, ok := ctx.Value(recordKey{}).(*record); ok {
		return found
	}
	return &record{}
}

// requestID is the id under which the log knows this request; pages and errors
// show it.
func requestID(ctx context.Context) string { return recordIn(ctx).id }

// requestIDForm is what is taken over from a caller: an id goes into logs and
// headers.
var requestIDForm = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

func newRequestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); requestIDForm.MatchString(id) {
		return id
	}
	return rand.Text()
}

// recorded gives the request its id and logs it when it is answered: the route and
// the id in it, never the path or the query, which may hold a secret or somebody's
// name.
func (s *Server) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &record{id: newRequestID(r)}
		seen := &seenWriter{ResponseWriter: w}
		w.Header().Set("X-Request-Id", rec.id)
		defer func() { s.log(r, rec, seen, time.Since(start)) }()
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), recordKey{}, rec)))
	})
}

func (s *Server) log(r *http.Request, rec *record, seen *seenWriter, took time.Duration) {
	status := seen.statusOr(http.StatusOK)
	s.OnRequest(RequestSeen{Route: rec.route, Method: knownMethod(r.Method), Status: status, Took: took})
	if isProbe(rec.route) && status == http.StatusOK {
		return // thousands of lines a day that say nothing
	}
	fields := []any{
		"request_id", rec.id, "method", knownMethod(r.Method), "route", rec.route,
		"status", status, "bytes", seen.bytes, "duration_ms", took.Milliseconds(),
	}
	if rec.subject != "" {
		fields = append(fields, subjectKey(rec.route), rec.subject)
	}
	if rec.code != "" {
		fields = append(fields, "code", rec.code)
	}
	if rec.account.ID != "" {
		fields = append(fields, "account_id", rec.account.ID, "org_id", rec.account.OrgID)
	}
	s.Log.InfoContext(r.Context(), "request", fields...)
}

// subjectKey is what the id in a route is the id of, by the name that every log has
// for it.
func subjectKey(route string) string {
	switch {
	case strings.Contains(route, "/bulk-update"), strings.Contains(route, "/batches"):
		return "batch_id"
	case strings.Contains(route, "/team/"), strings.Contains(route, "/profiles/"):
		return "profile_id"
	}
	return "id"
}

// isProbe reports whether a machine asks at that route every few seconds.
func isProbe(route string) bool {
	switch route {
	case "GET /healthz", "GET /readyz", "GET /metrics":
		return true
	}
	return false
}

// knownMethod keeps made-up methods out of logs and labels.
func knownMethod(method string) string {
	const known = " GET HEAD POST PUT PATCH DELETE OPTIONS "
	if strings.Contains(known, " "+method+" ") {
		return method
	}
	return "other"
}

// seenWriter remembers what was answered.
type seenWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *seenWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *seenWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (w *seenWriter) statusOr(otherwise int) int {
	if w.status == 0 {
		return otherwise
	}
	return w.status
}

// Unwrap lets http.ResponseController reach the connection.
func (w *seenWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
