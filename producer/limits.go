package producer

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"teamsheet/internal/fault"
)

// smallBody in bytes is what any request may send that is not an upload.
const smallBody = 1 << 20

// A caller must not hold a connection by sending or taking a byte now and then:
// each read and write has to move within patience, and all of them together at no
// less than slowest bytes a second on the average after the first patience.
const (
	patience = 30 * time.Second
	slowest  = 4 << 10
)

// pace is how long the next step of a transfer may take. Only time spent waiting
// for the caller counts: when our own disk is slow, that is not their fault.
type pace struct {
	patience time.Duration
	slowest  int64 // bytes a second
	moved    int64
	waited   time.Duration
}

func newPace() pace { return pace{patience: patience, slowest: slowest} }

// deadline of the next step.
func (p *pace) deadline(now time.Time) time.Time {
	budget := p.patience + time.Duration(p.moved/p.slowest)*time.Second - p.waited
	return now.Add(min(p.patience, budget))
}

// step counts a step that began at start.
func (p *pace) step(start time.Time, n int) {
	p.moved += int64(n)
	p.waited += time.Since(start)
}

// metered limits what a request may send, and how slowly.
func (s *Server) metered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &meteredBody{body: r.Body, control: http.NewResponseController(w), left: smallBody, pace: newPace()}
		}
		next.ServeHTTP(w, r)
	})
}

// meteredBody is a request body with a limit that an upload may raise.
type meteredBody struct {
	body    io.ReadCloser
	control *http.ResponseController
	pace    pace
	left    int64
	done    bool
}

var errBodyTooLarge = errors.New("the body is larger than allowed")

// allow sets how much may still be read. What takes long to come in is answered
// late, so the server's own bound on the answer is lifted.
func (b *meteredBody) allow(bytes int64) {
	b.left = bytes
	_ = b.control.SetWriteDeadline(time.Time{}) // a test's recorder has none
}

func (b *meteredBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return b.readPastLimit(p)
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	return b.step(p)
}

// readPastLimit tells a body that ends at its limit from one that goes on.
func (b *meteredBody) readPastLimit(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := b.step(p[:1])
	if n > 0 {
		return 0, errBodyTooLarge
	}
	return 0, err
}

func (b *meteredBody) step(p []byte) (int, error) {
	start := time.Now()
	if !b.done {
		// Without a connection behind it (a test's recorder) there is no deadline.
		_ = b.control.SetReadDeadline(b.pace.deadline(start))
	}
	n, err := b.body.Read(p)
	b.pace.step(start, n)
	b.left -= int64(n)
	// Once the body has ended, net/http takes the deadline off and waits on the
	// connection for the caller to leave: a new one would look like that. After any
	// other error the deadline stays, since net/http reads on before it answers.
	b.done = b.done || err == io.EOF
	return n, err
}

func (b *meteredBody) Close() error { return b.body.Close() }

// bodyFault says what went wrong while a body was read.
func bodyFault(err error) error {
	switch {
	case errors.Is(err, errBodyTooLarge):
		return fault.Wrap(err, fault.TooLarge, "body-too-large", "The request is larger than this address takes.")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fault.Wrap(err, fault.BadRequest, "upload-too-slow",
			"The upload came in too slowly and was broken off. Nothing was saved. Try again over a faster connection.")
	}
	return fault.Wrap(err, fault.BadRequest, "upload-incomplete",
		"The upload broke off before its end. Nothing was saved. Try again.")
}

// pacedWriter ends a download that is taken too slowly: it may hold a snapshot
// of the database open. Close it at the end.
type pacedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	pace    pace
}

func paced(w http.ResponseWriter) *pacedWriter {
	return &pacedWriter{ResponseWriter: w, control: http.NewResponseController(w), pace: newPace()}
}

func (w *pacedWriter) Write(p []byte) (int, error) {
	start := time.Now()
	_ = w.control.SetWriteDeadline(w.pace.deadline(start)) // as in meteredBody
	n, err := w.ResponseWriter.Write(p)
	w.pace.step(start, n)
	return n, err
}

// Close takes the deadline off: the connection lives on. It does not end the
// answer.
func (w *pacedWriter) Close() { _ = w.control.SetWriteDeadline(time.Time{}) }
