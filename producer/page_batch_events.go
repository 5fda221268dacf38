package producer

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
)

// Bounds of the streams of progress. A browser comes back by itself when one ends,
// and polls when it gets none.
const (
	streamsAtOnce = 500
	streamLasts   = 10 * time.Minute
	streamLooks   = time.Second      // how often the database is asked
	streamSilence = 15 * time.Second // after which something is sent, so that proxies keep the connection
)

// batchEvents streams how far a waiting batch is as server-sent events (WHATWG HTML
// §9.2): "progress" with the part of the page that shows it, and "moved" when the
// batch has moved on and the page is to be loaded again.
func (s *Server) batchEvents(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		s.pageError(w, r, fault.New(fault.Unavailable, "too-many-streams", "Too many pages are being told of progress. This one will ask by itself."))
		return
	}
	b, err := s.Store.Batch(r.Context(), s.account(r).OrgID, r.PathValue("id"))
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold it back
	e := &eventStream{w: w, control: http.NewResponseController(w)}
	if err := s.streamProgress(r, e, b); err != nil {
		s.Log.DebugContext(r.Context(), "stream of progress ended", "request_id", requestID(r.Context()), "batch_id", b.ID, "error", err)
	}
}

// streamProgress sends until the batch has moved on, the reader has left, the
// process stops or the stream has lasted long enough.
func (s *Server) streamProgress(r *http.Request, e *eventStream, b batch.Batch) error {
	ends := time.NewTimer(streamLasts)
	defer ends.Stop()
	looks := time.NewTicker(streamLooks)
	defer looks.Stop()
	heard := nothingHeard()
	for {
		if !b.State.Waiting() || string(b.State) != r.FormValue("state") {
			return e.send("moved", nil)
		}
		var view *progressView
		var err error
		if view, heard, err = s.progressOf(r, b, heard); err != nil {
			return err
		}
		part, err := s.pages.html("batch", "progress-poll", view)
		if err != nil {
			return err
		}
		if err := e.sendNew("progress", part); err != nil {
			return err
		}
		select {
		case <-looks.C:
		case <-ends.C:
			return nil
		case <-s.Stopping:
			return nil
		case <-r.Context().Done():
			return nil
		}
		if b, err = s.Store.Batch(r.Context(), b.OrgID, b.ID); err != nil {
			return fmt.Errorf("load batch: %w", err)
		}
	}
}

// eventStream writes server-sent events.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	last    []byte
	sent    time.Time
}

// sendNew sends what is not the same as last time; after a while of the same, a
// comment.
func (e *eventStream) sendNew(event string, data []byte) error {
	if !bytes.Equal(data, e.last) {
		e.last = data
		return e.send(event, data)
	}
	if time.Since(e.sent) < streamSilence {
		return nil
	}
	return e.write([]byte(": still here\n\n"))
}

// send sends an event; each line of its data stands on a line of its own.
func (e *eventStream) send(event string, data []byte) error {
	message := []byte("event: " + event + "\n")
	for line := range bytes.Lines(data) {
		message = append(message, "data: "...)
		message = append(message, bytes.TrimRight(line, "\r\n")...)
		message = append(message, '\n')
	}
	if len(data) == 0 {
		message = append(message, "data:\n"...) // without data there is no event
	}
	return e.write(append(message, '\n'))
}

func (e *eventStream) write(message []byte) error {
	e.sent = time.Now()
	_ = e.control.SetWriteDeadline(e.sent.Add(patience)) // a test's recorder has none
	if _, err := e.w.Write(message); err != nil {
		return fmt.Errorf("send an event: %w", err)
	}
	if err := e.control.Flush(); err != nil {
		return fmt.Errorf("send an event: %w", err)
	}
	return nil
}
