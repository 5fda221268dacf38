package main

import (
	"context"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/store"
	"teamsheet/internal/tasks/embedded"
	"teamsheet/internal/telemetry"
)

func fileText(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// named are the first groups of all matches, sorted, each once.
func named(pattern, text string) []string {
	var names []string
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Nobody is called at night for something that the runbook does not know.
func TestEveryAlertIsInTheRunbook(t *testing.T) {
	t.Parallel()
	alerts := named(`(?m)^ +- alert: (\w+)$`, fileText(t, "../../deploy/prometheus/alerts.yaml"))
	entries := named(`(?m)^### (\w+)$`, fileText(t, "../../deploy/docs/RUNBOOK.md"))
	if len(alerts) == 0 || !slices.Equal(alerts, entries) {
		t.Errorf("alerts  %v\nentries %v", alerts, entries)
	}
}

// An alert on a number that is not told never rings.
func TestDocumentsNameNumbersThatExist(t *testing.T) {
	t.Parallel()
	told := numbersTold(t)
	for _, path := range []string{"../../deploy/prometheus/alerts.yaml", "../../deploy/README.md", "../../deploy/docs/SCALING.md", "../../deploy/docs/RUNBOOK.md"} {
		for _, name := range named(`\b((?:teamsheet|asynq)_[a-z_]+)\b`, fileText(t, path)) {
			if !slices.Contains(told, strings.TrimSuffix(name, "_count")) {
				t.Errorf("%s: there is no %s", path, name)
			}
		}
	}
}

func numbersTold(t *testing.T) []string {
	t.Helper()
	queue := embedded.Start()
	t.Cleanup(func() { _ = queue.Close() })
	m := telemetry.NewMetrics("1")
	closeQueues := m.WatchQueues(queue)
	t.Cleanup(func() { _ = closeQueues() })
	m.WatchStore(func(context.Context) (store.Stats, error) { return store.Stats{}, nil })
	m.Request("GET /x", "GET", 200, time.Second)
	m.Upload("txt", 1, true)
	m.Phase("reading", 1, time.Second)
	m.Rows("changed", 1)
	m.Problems("too-long", 1)
	m.FilesDropped("finished", 1)
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	return named(`(?m)^# TYPE (\w+) `, answer.Body.String())
}
