package producer

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"

	"teamsheet/internal/batch"
)

// events opens the stream of a batch that somebody looks at in a state.
func (b *browser) events(id string, state batch.State) (*http.Response, *bufio.Scanner) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.rig.web.URL+"/bulk-update/"+id+"/events?state="+string(state), nil)
	b.rig.must(err)
	response, err := b.client.Do(request)
	b.rig.must(err)
	b.t.Cleanup(func() { _ = response.Body.Close() })
	return response, bufio.NewScanner(response.Body)
}

// next reads the name and the data of the next event; "" at the end.
func nextEvent(lines *bufio.Scanner) (name, data string) {
	for lines.Scan() {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "event: "):
			name = strings.TrimPrefix(line, "event: ")
		case strings.HasPrefix(line, "data:"):
			data += strings.TrimPrefix(line, "data:") + "\n"
		case line == "" && name != "":
			return name, data
		}
	}
	return "", ""
}

func TestProgressIsStreamedUntilTheBatchMovesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	before := r.uploaded([]string{"User ID"}, []string{r.home.profile.String()})
	id := r.uploaded([]string{"User ID", "Hometown"}, []string{r.home.profile.String(), "Lisbon"})
	response, lines := b.events(id, batch.Uploaded)
	if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("%d %s", response.StatusCode, got)
	}
	if name, data := nextEvent(lines); name != "progress" || !strings.Contains(data, "Waiting for its turn. 1 file is before it.") {
		t.Errorf("first comes %q: %s", name, data)
	}
	r.preview(before)
	if name, data := nextEvent(lines); name != "progress" || !strings.Contains(data, "It is next.") {
		t.Errorf("then comes %q: %s", name, data)
	}
	run, _, err := r.store.StartRun(t.Context(), id, r.batch(id).Generation, batch.Uploaded)
	r.must(err)
	r.must(r.store.Beat(t.Context(), run, batch.Progress{Phase: batch.Reading, Done: 50, Total: 200}))
	if name, data := nextEvent(lines); name != "progress" || !strings.Contains(data, "Reading rows: 50 of 200") || !strings.Contains(data, "25 percent") {
		t.Errorf("then comes %q: %s", name, data)
	}
	r.preview(id)
	if name, _ := nextEvent(lines); name != "moved" {
		t.Errorf("at the end comes %q", name)
	}
	if name, _ := nextEvent(lines); name != "" {
		t.Errorf("after the end comes %q", name)
	}
	if _, lines := b.events(id, batch.Uploaded); !lines.Scan() || lines.Text() != "event: moved" {
		t.Error("a page that is late is not told to load again")
	}
}

func TestStreamsEnd(t *testing.T) {
	t.Parallel()
	stopping, stop := context.WithCancel(context.Background())
	r := newRig(t, func(o *Options) { o.Stopping = stopping.Done() })
	b := r.signedIn()
	id := r.uploaded([]string{"User ID"}, []string{r.home.profile.String()})
	if response, _ := b.events(personID(9, 9).String(), batch.Uploaded); response.StatusCode != http.StatusNotFound {
		t.Errorf("a stranger's batch: %d", response.StatusCode)
	}
	_, lines := b.events(id, batch.Uploaded)
	nextEvent(lines)
	for range streamsAtOnce - 1 {
		r.server.streams <- struct{}{}
	}
	if response, _ := b.events(id, batch.Uploaded); response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("one stream too many: %d", response.StatusCode)
	}
	stop()
	if name, _ := nextEvent(lines); name != "" {
		t.Errorf("a process that stops sends %q", name)
	}
}
