// Package tasks is the contract between producer and worker: the types of the
// tasks, their payloads, queues and options. Payloads carry ids, never people.
//
// A task is only a doorbell. The database row is the truth: a handler first asks
// it whether there is still something to do, and a lost or repeated task changes
// nothing.
package tasks

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/hibiken/asynq"

	"teamsheet/internal/sabotage"
)

// Task types. asynq's mux matches by prefix: none may begin another.
const (
	TypePreview = "preview"
	TypeApply   = "apply"
	TypeMail    = "mail"
)

// Queues. Never one per organization.
const (
	QueuePreview      = "preview"
	QueuePreviewLarge = "preview-large"
	QueueApply        = "apply"
	QueueMail         = "mail"
)

// LargeFile is the size in bytes from which a preview goes to its own queue, so
// that one organization's million rows do not hold up another's twenty.
const LargeFile = 8 << 20

// Queues are all queues with their weights.
func Queues() map[string]int {
	return map[string]int{QueueApply: 6, QueuePreview: 5, QueueMail: 2, QueuePreviewLarge: 2}
}

// Batch is the payload of preview and apply.
type Batch struct {
	BatchID    string `json:"batch_id"`
	Generation int    `json:"generation"`
}

// Mail is the payload of mail.
type Mail struct {
	MailID string `json:"mail_id"`
	Try    int    `json:"try"`
}

const (
	previewTimeout = 2 * time.Hour
	applyTimeout   = 2 * time.Hour
	mailTimeout    = 15 * time.Minute // RFC 5321 §4.5.3.2.6 allows ten minutes after DATA
	taskRetries    = 5
)

// PreviewQueue is the queue for a file of this size in bytes.
func PreviewQueue(size int64) string {
	if size >= LargeFile {
		return QueuePreviewLarge
	}
	return QueuePreview
}

// NewPreview rings for the preview of an uploaded file of size bytes.
func NewPreview(batchID string, generation int, size int64) (*asynq.Task, error) {
	return batchTask(TypePreview, PreviewQueue(size), batchID, generation, previewTimeout)
}

// NewApply rings for the saving of a confirmed batch.
func NewApply(batchID string, generation int) (*asynq.Task, error) {
	return batchTask(TypeApply, QueueApply, batchID, generation, sabotage.Wait("apply_timeout", applyTimeout))
}

// NewMail rings for one try of sending an outbox mail.
func NewMail(mailID string, try int) (*asynq.Task, error) {
	payload, err := json.Marshal(Mail{MailID: mailID, Try: try})
	if err != nil {
		return nil, fmt.Errorf("encode mail task: %w", err)
	}
	return asynq.NewTask(TypeMail, payload,
		asynq.TaskID(fmt.Sprintf("%s:%s:%d", TypeMail, mailID, try)),
		asynq.Queue(QueueMail), asynq.MaxRetry(1), asynq.Timeout(mailTimeout)), nil
}

// BatchTaskID is the id of the task of a batch's generation: TypePreview or
// TypeApply.
func BatchTaskID(taskType, batchID string, generation int) string {
	return fmt.Sprintf("%s:%s:%d", taskType, batchID, generation)
}

func batchTask(taskType, queue, batchID string, generation int, timeout time.Duration) (*asynq.Task, error) {
	payload, err := json.Marshal(Batch{BatchID: batchID, Generation: generation})
	if err != nil {
		return nil, fmt.Errorf("encode %s task: %w", taskType, err)
	}
	return asynq.NewTask(taskType, payload,
		asynq.TaskID(BatchTaskID(taskType, batchID, generation)),
		asynq.Queue(queue), asynq.MaxRetry(taskRetries), asynq.Timeout(timeout)), nil
}

// DecodeBatch reads the payload of preview and apply. Unknown fields are left
// alone: an older worker may meet a newer producer's task.
func DecodeBatch(task *asynq.Task) (Batch, error) {
	var payload Batch
	if err := json.Unmarshal(task.Payload(), &payload); err != nil || payload.BatchID == "" {
		return Batch{}, fmt.Errorf("decode %s task: unusable payload", task.Type())
	}
	return payload, nil
}

// DecodeMail reads the payload of mail.
func DecodeMail(task *asynq.Task) (Mail, error) {
	var payload Mail
	if err := json.Unmarshal(task.Payload(), &payload); err != nil || payload.MailID == "" {
		return Mail{}, fmt.Errorf("decode %s task: unusable payload", task.Type())
	}
	return payload, nil
}
