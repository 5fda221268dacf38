package main

import (
	"context"
	"encoding/json"

	"teamsheet/internal/testkit/process"
)

// took waits until the log of a process says that a task of a batch is done and
// returns how many seconds it took by the process's own clock.
func took(ctx context.Context, p *process.Process, message, batchID string) (float64, error) {
	var entry struct {
		Msg    string
		Batch  string  `json:"batch_id"`
		TookMS float64 `json:"took_ms"`
	}
	err := p.Await(ctx, func(line string) bool {
		return json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == message && entry.Batch == batchID
	})
	return entry.TookMS / 1000, err
}

// complaints are the lines of a log that warn or tell of an error.
func complaints(lines []string) []string {
	var found []string
	for _, line := range lines {
		var entry struct{ Level string }
		if json.Unmarshal([]byte(line), &entry) == nil && (entry.Level == "WARN" || entry.Level == "ERROR") {
			found = append(found, line)
		}
	}
	return found
}
