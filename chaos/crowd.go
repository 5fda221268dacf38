package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"teamsheet/internal/testkit/ledger"
	"teamsheet/internal/testkit/process"
)

const (
	crowdUploads = 50
	crowdBytes   = 100 << 20
	// crowdMemory in KiB is what a producer may have taken at its peak.
	crowdMemory = 256 << 10
	aCrowd      = "uploads of 100 MiB at once"
)

// crowd is a trial in which many large files arrive at one producer at once. There
// is nothing in them, so that the worker has little to do.
func crowd() trial {
	s := usually()
	s.producers, s.workers, s.orgs, s.people = 1, 1, 5, 5
	return trial{name: "crowd", title: fmt.Sprintf("%d uploads of %d MiB at once", crowdUploads, crowdBytes>>20), shape: s, calm: true,
		instead: func(ctx context.Context, r *rig) error {
			r.events.fault(aCrowd)
			var all sync.WaitGroup
			errs := make([]error, crowdUploads)
			for i := range errs {
				all.Go(func() { errs[i] = r.sendLarge(ctx, r.orgs[i%len(r.orgs)]) })
			}
			all.Wait()
			peak, err := peakMemory(r.posts["producer"][0].present())
			r.events.remark("at its peak the producer had %d MiB of memory; it is allowed %d", peak>>10, crowdMemory>>10)
			if peak > crowdMemory {
				r.broken("the producer has taken %d MiB of memory", peak>>10)
			}
			return errors.Join(append(errs, err)...)
		}}
}

func (r *rig) sendLarge(ctx context.Context, o *org) error {
	body := io.LimitReader(io.MultiReader(bytes.NewReader([]byte{0xFF, 0xFE}), &endless{line: asSheet([][]string{{"nothing of use"}})[2:]}), crowdBytes)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.urls[0]+"/api/v1/batches?name=large.txt", body)
	if err != nil {
		return err
	}
	request.ContentLength = crowdBytes
	request.Header.Set("Authorization", "Bearer "+o.client.token)
	request.Header.Set("Content-Type", "application/octet-stream")
	response, err := o.client.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusAccepted {
		return fmt.Errorf("upload: %d %s", response.StatusCode, text)
	}
	b, err := readBatch(answer{body: text})
	if err != nil {
		return err
	}
	r.events.count("uploads")
	return r.book.Add(ledger.Entry{Kind: ledger.Uploaded, Batch: b.ID})
}

// endless repeats a line.
type endless struct {
	line []byte
	at   int
}

func (e *endless) Read(p []byte) (n int, err error) {
	for n < len(p) {
		copied := copy(p[n:], e.line[e.at:])
		n += copied
		e.at = (e.at + copied) % len(e.line)
	}
	return n, nil
}

// peakMemory is the most memory that the process has had, in KiB.
func peakMemory(p *process.Process) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		}
	}
	return 0, errors.New("the process does not tell its peak")
}
