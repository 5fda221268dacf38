package producer

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
)

const listBatches = 'b'

func (s *Server) getBatches(w http.ResponseWriter, r *http.Request) error {
	limit, err := readLimit(r)
	if err != nil {
		return err
	}
	after, err := readCursor(r, listBatches)
	if err != nil {
		return err
	}
	list, next, err := s.Store.Batches(r.Context(), s.account(r).OrgID, after, limit)
	if err != nil {
		return fmt.Errorf("list batches: %w", err)
	}
	for i := range list {
		list[i] = wholeBatch(list[i])
	}
	writeJSON(w, http.StatusOK, typeJSON, struct {
		Batches []batch.Batch `json:"batches"`
		Next    *string       `json:"next"`
	}{orEmpty(list), writeCursor(listBatches, next)})
	return nil
}

// getBatch answers with a batch: at once, or with ?wait= when something has
// become of it.
func (s *Server) getBatch(w http.ResponseWriter, r *http.Request) error {
	wait, err := readWait(r)
	if err != nil {
		return err
	}
	b, err := s.awaitBatch(r, r.PathValue("id"), wait)
	if err != nil {
		return fmt.Errorf("load batch: %w", err)
	}
	writeBatch(w, http.StatusOK, b)
	return nil
}

// longestWait bounds ?wait=, and lookEvery is how often the database is asked
// meanwhile.
const (
	longestWait = time.Minute
	lookEvery   = 300 * time.Millisecond
)

func readWait(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("wait")
	if text == "" {
		return 0, nil
	}
	if seconds, err := strconv.Atoi(text); err == nil {
		text = strconv.Itoa(seconds) + "s"
	}
	wait, err := time.ParseDuration(text)
	if err != nil || wait < 0 {
		return 0, fault.New(fault.BadRequest, "wait-format", `"wait" takes a time such as 30s, at most 60s.`)
	}
	return min(wait, longestWait), nil
}

// awaitBatch waits for the next state of a batch that the worker should be
// moving. One that waits for a person is answered at once: nobody knows how long
// a person takes, and a script that asks after the upload wants to know that the
// preview is there. ?from=ready waits in that state all the same.
func (s *Server) awaitBatch(r *http.Request, id string, wait time.Duration) (batch.Batch, error) {
	ctx, orgID := r.Context(), s.account(r).OrgID
	b, err := s.Store.Batch(ctx, orgID, id)
	if err != nil || wait == 0 {
		return b, err
	}
	from := batch.State(r.URL.Query().Get("from"))
	if from == "" && b.State.Waiting() {
		from = b.State
	}
	if b.State.Final() || b.State != from {
		return b, nil
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return s.watch(ctx, r.Context(), b)
}

// watch looks until the state is another one, ctx ends or the process stops;
// then it answers with what it saw last.
func (s *Server) watch(ctx, whole context.Context, b batch.Batch) (batch.Batch, error) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return b, whole.Err()
		case <-s.Stopping:
			return b, nil
		case <-ticker.C:
		}
		now, err := s.Store.Batch(whole, b.OrgID, b.ID)
		if err != nil || now.State != b.State {
			return now, err
		}
		b = now
	}
}

func (s *Server) postConfirm(w http.ResponseWriter, r *http.Request) error {
	plan, _ := ifMatch(r)
	b, err := s.confirm(r.Context(), s.account(r), r.PathValue("id"), plan, requestID(r.Context()))
	if err != nil {
		return err
	}
	w.Header().Set("Location", batchesPath+"/"+b.ID)
	writeBatch(w, http.StatusAccepted, b)
	return nil
}

func (s *Server) postCancel(w http.ResponseWriter, r *http.Request) error {
	b, err := s.cancel(r.Context(), s.account(r), r.PathValue("id"), requestID(r.Context()))
	if err != nil {
		return err
	}
	writeBatch(w, http.StatusOK, b)
	return nil
}

func (s *Server) postPreview(w http.ResponseWriter, r *http.Request) error {
	b, err := s.previewAgain(r.Context(), s.account(r), r.PathValue("id"), requestID(r.Context()))
	if err != nil {
		return err
	}
	writeNewBatch(w, b)
	return nil
}
