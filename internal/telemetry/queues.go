package telemetry

import (
	"encoding/json"
	"net/http"

	"github.com/hibiken/asynq"
	"github.com/hibiken/asynqmon"
)

// QueuePages are asynqmon's pages of the queues, to look at and not to touch:
// the truth is in the database, and a task that is deleted or run by hand there
// says nothing about its batch. They have no sign-in of their own.
type QueuePages struct{ pages *asynqmon.HTTPHandler }

// NewQueuePages makes the pages for the folder root, such as /ops/queues.
func NewQueuePages(connection asynq.RedisConnOpt, root string) *QueuePages {
	return &QueuePages{asynqmon.New(asynqmon.Options{
		RootPath: root, RedisConnOpt: connection, ReadOnly: true,
		PayloadFormatter: asynqmon.PayloadFormatterFunc(showPayload),
		ResultFormatter:  asynqmon.ResultFormatterFunc(func(string, []byte) string { return "" }),
	})}
}

// ServeHTTP answers a request for a page or for what it shows.
func (q *QueuePages) ServeHTTP(w http.ResponseWriter, r *http.Request) { q.pages.ServeHTTP(w, r) }

// Close closes the connections.
func (q *QueuePages) Close() error { return q.pages.Close() }

// showPayload shows the ids and numbers that our tasks carry, and nothing else
// that somebody may have put into Redis.
func showPayload(_ string, payload []byte) string {
	var known struct {
		BatchID    string `json:"batch_id,omitempty"`
		Generation int    `json:"generation,omitempty"`
		MailID     string `json:"mail_id,omitempty"`
		Try        int    `json:"try,omitempty"`
	}
	if json.Unmarshal(payload, &known) != nil {
		return "not shown"
	}
	shown, err := json.Marshal(known)
	if err != nil {
		return "not shown"
	}
	return string(shown)
}
