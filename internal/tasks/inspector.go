package tasks

import (
	"context"
	"errors"
	"fmt"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// TaskState is where the task of a batch's generation stands in Redis.
type TaskState uint8

// The states that make a difference to a batch.
const (
	// Missing: the ring was lost, Redis lost its data, or the task has ended.
	Missing TaskState = iota
	// Queued: pending, scheduled or waiting for its next try.
	Queued
	// Active: some worker has it, or had it when it died.
	Active
	// Archived: asynq has given it up. Only the database decides what has failed.
	Archived
)

// queuesKey is where asynq lists its queues. It is not rebuilt after a loss of
// data: clients remember having published a queue (asynq internal/base).
const queuesKey = "asynq:queues"

// Inspector asks Redis about tasks.
type Inspector struct {
	client    redis.UniversalClient
	inspector *asynq.Inspector
}

// NewInspector asks over the given connection.
func NewInspector(connection asynq.RedisConnOpt) (*Inspector, error) {
	client, ok := connection.MakeRedisClient().(redis.UniversalClient)
	if !ok {
		return nil, fmt.Errorf("inspect tasks: %T makes no Redis client", connection)
	}
	return &Inspector{client: client, inspector: asynq.NewInspectorFromRedisClient(client)}, nil
}

// Close closes the connection.
func (i *Inspector) Close() error { return i.client.Close() }

// Register lists the queues where every inspector looks for them. Without it a
// Redis that has lost its data shows none, and answers no question about a task.
func (i *Inspector) Register(ctx context.Context) error {
	names := make([]any, 0, len(Queues()))
	for name := range Queues() {
		names = append(names, name)
	}
	if err := i.client.SAdd(ctx, queuesKey, names...).Err(); err != nil {
		return fmt.Errorf("register queues: %w", err)
	}
	return nil
}

// Preview is the state of a preview task; size chose its queue.
func (i *Inspector) Preview(batchID string, generation int, size int64) (TaskState, error) {
	return i.state(PreviewQueue(size), BatchTaskID(TypePreview, batchID, generation))
}

// Apply is the state of an apply task.
func (i *Inspector) Apply(batchID string, generation int) (TaskState, error) {
	return i.state(QueueApply, BatchTaskID(TypeApply, batchID, generation))
}

func (i *Inspector) state(queue, taskID string) (TaskState, error) {
	task, err := i.inspector.GetTaskInfo(queue, taskID)
	if errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound) {
		return Missing, nil
	}
	if err != nil {
		return Missing, fmt.Errorf("look for task %s: %w", taskID, err)
	}
	switch task.State {
	case asynq.TaskStateActive:
		return Active, nil
	case asynq.TaskStateArchived:
		return Archived, nil
	case asynq.TaskStateCompleted:
		return Missing, nil
	}
	return Queued, nil
}

// DropArchived deletes what asynq has given up. The archive is no record of
// failures, it blocks the ids of its tasks, and some thousands of them that
// expire together stop a queue.
func (i *Inspector) DropArchived(ctx context.Context) (int, error) {
	if err := i.Register(ctx); err != nil {
		return 0, err
	}
	dropped := 0
	for queue := range Queues() {
		n, err := i.inspector.DeleteAllArchivedTasks(queue)
		if err != nil {
			return dropped, fmt.Errorf("drop archived tasks of %s: %w", queue, err)
		}
		dropped += n
	}
	return dropped, nil
}
