package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// client calls the API of a site with the token of an organization's admin.
type client struct {
	site *site
	org  *org
}

// batchJSON is a batch as the API shows it, as far as is looked at here.
type batchJSON struct {
	ID     string  `json:"id"`
	State  string  `json:"state"`
	Plan   *string `json:"plan"`
	Counts struct {
		Rows      int `json:"rows"`
		Changed   int `json:"changed"`
		Unchanged int `json:"unchanged"`
		Invalid   int `json:"invalid"`
	} `json:"counts"`
	Failure json.RawMessage `json:"failure"`
}

// The states that batches are expected in.
const (
	stateReady    = "ready"
	stateRejected = "rejected"
	stateApplied  = "applied"
)

func (b *batchJSON) moving() bool { return b.State == "uploaded" || b.State == "confirmed" }

// expect fails unless the batch is what its file was made for.
func (b *batchJSON) expect(file sheetFile, state string) error {
	c := b.Counts
	if b.State != state || c.Rows != file.rows || c.Changed != file.changed || c.Invalid != file.invalid {
		return fmt.Errorf("batch %s of %s is %s with %d rows, %d changed, %d invalid, want %s with %d, %d, %d; failure %s",
			b.ID, filepath.Base(file.path), b.State, c.Rows, c.Changed, c.Invalid, state, file.rows, file.changed, file.invalid, b.Failure)
	}
	return nil
}

// call makes one request that has to be answered with a status.
func (c *client) call(ctx context.Context, want int, method, path string, body io.Reader, size int64, header ...string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.site.url+path, body)
	if err != nil {
		return nil, err
	}
	request.ContentLength = size
	request.Header.Set("Authorization", "Bearer "+c.org.token)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != want {
		defer response.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(response.Body, 2000))
		return nil, fmt.Errorf("%s %s: %d, want %d: %s", method, path, response.StatusCode, want, text)
	}
	return response, nil
}

// batch makes a request that is answered with a batch.
func (c *client) batch(ctx context.Context, want int, method, path string, body io.Reader, size int64, header ...string) (*batchJSON, error) {
	response, err := c.call(ctx, want, method, path, body, size, header...)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var b batchJSON
	if err := json.NewDecoder(response.Body).Decode(&b); err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return &b, nil
}

// download writes the team into a file and tells after how many seconds it began,
// and after how many it was whole.
func (c *client) download(ctx context.Context, path, to string) (first, whole float64, err error) {
	file, err := os.Create(to)
	if err != nil {
		return 0, 0, err
	}
	defer func() { closing(&err, file.Close) }()
	begun := time.Now()
	response, err := c.call(ctx, http.StatusOK, http.MethodGet, path, nil, 0)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	first = time.Since(begun).Seconds()
	_, err = io.Copy(file, response.Body)
	return first, time.Since(begun).Seconds(), err
}

// upload sends a file and returns its batch.
func (c *client) upload(ctx context.Context, file sheetFile) (*batchJSON, error) {
	body, err := os.Open(file.path)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return c.batch(ctx, http.StatusAccepted, http.MethodPost, "/api/v1/batches?name=team.txt", body, file.bytes,
		"Content-Type", "application/octet-stream")
}

// settle waits, as a script would, until a batch is where only a person, or
// nobody, moves it on.
func (c *client) settle(ctx context.Context, id string) (*batchJSON, error) {
	for {
		b, err := c.batch(ctx, http.StatusOK, http.MethodGet, "/api/v1/batches/"+id+"?wait=30s", nil, 0)
		if err != nil || !b.moving() {
			return b, err
		}
		if err := c.site.worker.Ended(); err != nil {
			return nil, err
		}
	}
}

// confirm confirms what a batch would change.
func (c *client) confirm(ctx context.Context, b *batchJSON) error {
	if b.Plan == nil {
		return errors.New("confirm: the batch has no plan")
	}
	_, err := c.batch(ctx, http.StatusAccepted, http.MethodPost, "/api/v1/batches/"+b.ID+"/confirm", nil, 0, "If-Match", `"`+*b.Plan+`"`)
	return err
}
