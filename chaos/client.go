package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// client calls the API with one person's token, at one of several producers.
type client struct {
	http  *http.Client
	urls  []string
	next  *atomic.Uint64 // turns
	token string
}

// batchJSON is a batch as the API shows it, as far as is looked at here.
type batchJSON struct {
	ID      string  `json:"id"`
	State   string  `json:"state"`
	Plan    *string `json:"plan"`
	Failure *struct {
		Code string `json:"code"`
	} `json:"failure"`
}

func (b *batchJSON) final() bool {
	switch b.State {
	case "rejected", "applied", "failed", "cancelled", "expired":
		return true
	}
	return false
}

type answer struct {
	status int
	code   string // of a problem
	body   []byte
}

// callTime bounds one call. It is longer than a call may wait for a batch.
const callTime = 20 * time.Second

// call makes one request to one of the producers; header are pairs of name and
// value. An error says that nothing is known of what became of it.
func (c *client) call(ctx context.Context, method, path string, body []byte, header ...string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	url := c.urls[c.next.Add(1)%uint64(len(c.urls))]
	request, err := http.NewRequestWithContext(ctx, method, url+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: response.StatusCode, body: read}
	var problem struct{ Code string }
	if a.status >= http.StatusBadRequest && json.Unmarshal(read, &problem) == nil {
		a.code = problem.Code
	}
	return a, nil
}

const (
	firstPause = 20 * time.Millisecond
	mostPause  = time.Second
)

// errUnanswered is a call that was tried for too long.
var errUnanswered = errors.New("no usable answer")

// insist repeats a call until it has an answer that the server means: not a broken
// connection and not a 5xx. It says how often it asked.
func (c *client) insist(ctx context.Context, method, path string, body []byte, header ...string) (a answer, tries int, err error) {
	pause := firstPause
	for tries = 1; ; tries++ {
		a, err = c.call(ctx, method, path, body, header...)
		if err == nil && a.status < http.StatusInternalServerError && a.status != http.StatusTooManyRequests {
			return a, tries, nil
		}
		if err == nil {
			err = fmt.Errorf("%s %s: %d %s", method, path, a.status, a.body)
		}
		select {
		case <-ctx.Done():
			return answer{}, tries, errors.Join(errUnanswered, err)
		case <-time.After(pause):
		}
		pause = min(2*pause, mostPause)
	}
}

// upload sends a file until it is answered. The key makes all tries one upload.
func (c *client) upload(ctx context.Context, key string, file []byte) (batchJSON, error) {
	a, _, err := c.insist(ctx, http.MethodPost, "/api/v1/batches?name=team.txt", file,
		"Content-Type", "application/octet-stream", "Idempotency-Key", key)
	if err != nil {
		return batchJSON{}, err
	}
	if a.status != http.StatusAccepted {
		return batchJSON{}, fmt.Errorf("upload: %d %s", a.status, a.body)
	}
	return readBatch(a)
}

func readBatch(a answer) (batchJSON, error) {
	var b batchJSON
	if err := json.Unmarshal(a.body, &b); err != nil {
		return b, fmt.Errorf("read batch: %w", err)
	}
	return b, nil
}

// batch reads a batch; wait "" or "?wait=10s" waits for its next state.
func (c *client) batch(ctx context.Context, id, wait string) (batchJSON, error) {
	a, _, err := c.insist(ctx, http.MethodGet, "/api/v1/batches/"+id+wait, nil)
	if err != nil {
		return batchJSON{}, err
	}
	if a.status != http.StatusOK {
		return batchJSON{}, fmt.Errorf("read batch %s: %d %s", id, a.status, a.body)
	}
	return readBatch(a)
}

// settle waits while a task should be moving the batch.
func (c *client) settle(ctx context.Context, id string) (batchJSON, error) {
	for {
		b, err := c.batch(ctx, id, "?wait=10s")
		if err != nil || b.State != "uploaded" && b.State != "confirmed" {
			return b, err
		}
	}
}
