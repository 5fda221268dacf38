package tasks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"

	"teamsheet/internal/sabotage"
)

// ringTimeout bounds one ring: a request must not wait for an absent Redis.
const ringTimeout = 2 * time.Second

// Bell rings for tasks. A ring that fails is never a failure of the caller's
// work: the reconciler rings again.
type Bell struct {
	client *asynq.Client
}

// NewBell rings over the given connection.
func NewBell(connection asynq.RedisConnOpt) *Bell {
	return &Bell{client: asynq.NewClient(connection)}
}

// Close closes the connection.
func (b *Bell) Close() error { return b.client.Close() }

// Ping reports whether the queue can be reached.
func (b *Bell) Ping() error { return b.client.Ping() }

// Preview rings for the preview of a file of size bytes.
func (b *Bell) Preview(ctx context.Context, batchID string, generation int, size int64) error {
	task, err := NewPreview(batchID, generation, size)
	if err != nil {
		return err
	}
	return b.ring(ctx, task)
}

// Apply rings for the saving of a confirmed batch.
func (b *Bell) Apply(ctx context.Context, batchID string, generation int) error {
	task, err := NewApply(batchID, generation)
	if err != nil {
		return err
	}
	return b.ring(ctx, task)
}

// Mail rings for one try of sending a mail.
func (b *Bell) Mail(ctx context.Context, mailID string, try int) error {
	task, err := NewMail(mailID, try)
	if err != nil {
		return err
	}
	return b.ring(ctx, task)
}

// ring enqueues. A taken task id means that the bell already rang for this
// generation: go-redis repeats a command whose reply was lost.
func (b *Bell) ring(ctx context.Context, task *asynq.Task) error {
	ctx, cancel := context.WithTimeout(ctx, ringTimeout)
	defer cancel()
	err := sabotage.Refuse("queue")
	if err == nil {
		_, err = b.client.EnqueueContext(ctx, task)
	}
	if err == nil || errors.Is(err, asynq.ErrTaskIDConflict) {
		return sabotage.Mishear("queue")
	}
	return fmt.Errorf("ring for %s: %w", task.Type(), err)
}
