package main

import (
	"errors"
	"strings"
	"testing"

	"teamsheet/internal/testkit/process"
)

// A worker that dies must end the measurement, not let it wait.
func TestTimeOfATaskStandsInTheLog(t *testing.T) {
	t.Parallel()
	p, err := process.Program{Path: "sh"}.Start("-c", `echo url: here; echo '{"msg":"batch saved","batch_id":"b","took_ms":250}' >&2; exit 3`)
	must(t, err)
	if seconds, err := took(t.Context(), p, "batch saved", "b"); err != nil || seconds != 0.25 {
		t.Errorf("took %v, %v", seconds, err)
	}
	if _, err := took(t.Context(), p, "batch saved", "another"); !errors.Is(err, process.ErrEnded) {
		t.Errorf("waiting for what never comes ends with %v", err)
	}
}

func TestLogComplains(t *testing.T) {
	t.Parallel()
	log := []string{`{"level":"INFO","msg":"a"}`, `{"level":"WARN","msg":"b"}`, "level: ERROR", `{"level":"ERROR","msg":"c"}`}
	if got := strings.Join(complaints(log), " "); got != log[1]+" "+log[3] {
		t.Errorf("complaints are %s", got)
	}
}
