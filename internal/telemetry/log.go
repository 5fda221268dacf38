// Package telemetry is what operators see of a process: its log, its health, its
// numbers for Prometheus and the pages of its queues.
//
// None of it names a person or an organization: logs and labels carry ids of
// batches and tasks at most, and numbers carry none.
package telemetry

import (
	"fmt"
	"io"
	"log/slog"
)

// NewLog makes the log of a process. format is "json" or "text", level "debug",
// "info", "warn" or "error".
func NewLog(w io.Writer, format, level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("set up the log: there is no level %q", level)
	}
	options := &slog.HandlerOptions{Level: least}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	}
	return nil, fmt.Errorf("set up the log: there is no format %q", format)
}
