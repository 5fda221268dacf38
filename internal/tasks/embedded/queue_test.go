package embedded_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"teamsheet/internal/tasks"
	"teamsheet/internal/tasks/embedded"
	"teamsheet/internal/testkit"
)

// lookedUp counts what the process asks of the DNS.
var lookedUp atomic.Int32

func TestMain(m *testing.M) {
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		lookedUp.Add(1)
		return nil, errors.New("no test asks the DNS")
	}}
	goleak.VerifyTestMain(m)
}

func TestNothingIsLookedUp(t *testing.T) {
	t.Parallel()
	client := start(t).MakeRedisClient().(redis.UniversalClient)
	t.Cleanup(func() { _ = client.Close() })
	if err := client.Ping(context.Background()).Err(); err != nil {
		t.Fatal(err)
	}
	if n := lookedUp.Load(); n != 0 {
		t.Errorf("the DNS was asked %d times", n)
	}
}

func start(t *testing.T) *embedded.Queue {
	t.Helper()
	queue := embedded.Start()
	t.Cleanup(func() { _ = queue.Close() })
	return queue
}

func inspect(t *testing.T, queue *embedded.Queue) *tasks.Inspector {
	t.Helper()
	inspector, err := tasks.NewInspector(queue)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = inspector.Close() })
	return inspector
}

func TestKeysExpireByThemselves(t *testing.T) {
	t.Parallel()
	client := start(t).MakeRedisClient().(redis.UniversalClient)
	t.Cleanup(func() { _ = client.Close() })
	ctx := context.Background()
	if err := client.Set(ctx, "lease", "held", 50*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	testkit.Wait(t, "the key to expire", func() bool { return client.Exists(ctx, "lease").Val() == 0 })
}

func TestAsynqWorksOnIt(t *testing.T) {
	t.Parallel()
	queue := start(t)
	ran := make(chan string, 1)
	server := asynq.NewServer(queue, asynq.Config{
		Concurrency: 1, Queues: tasks.Queues(), TaskCheckInterval: 10 * time.Millisecond, LogLevel: asynq.FatalLevel,
	})
	if err := server.Start(asynq.HandlerFunc(func(_ context.Context, task *asynq.Task) error {
		payload, err := tasks.DecodeBatch(task)
		ran <- payload.BatchID
		return err
	})); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	bell := tasks.NewBell(queue)
	t.Cleanup(func() { _ = bell.Close() })
	if err := bell.Preview(context.Background(), "b1", 1, 10); err != nil {
		t.Fatal(err)
	}
	if got := <-ran; got != "b1" {
		t.Errorf("ran %q", got)
	}
	inspector := inspect(t, queue)
	testkit.Wait(t, "the task to be gone", func() bool {
		state, err := inspector.Preview("b1", 1, 10)
		return err == nil && state == tasks.Missing
	})
}

func TestRingingTwiceIsRingingOnce(t *testing.T) {
	t.Parallel()
	queue := start(t)
	bell := tasks.NewBell(queue)
	t.Cleanup(func() { _ = bell.Close() })
	for range 2 {
		if err := bell.Apply(context.Background(), "b1", 1); err != nil {
			t.Fatal(err)
		}
	}
	inspector := inspect(t, queue)
	if state, err := inspector.Apply("b1", 1); err != nil || state != tasks.Queued {
		t.Errorf("state %v, %v", state, err)
	}
	if state, err := inspector.Apply("b1", 2); err != nil || state != tasks.Missing {
		t.Errorf("another generation's state %v, %v", state, err)
	}
}

// A Redis that has lost its data forgets which queues there are, and a client
// that had published its queue does not do so again.
func TestRegisterAfterALossOfData(t *testing.T) {
	t.Parallel()
	queue := start(t)
	ctx := context.Background()
	bell := tasks.NewBell(queue)
	t.Cleanup(func() { _ = bell.Close() })
	client := queue.MakeRedisClient().(redis.UniversalClient)
	t.Cleanup(func() { _ = client.Close() })
	if err := bell.Apply(ctx, "b1", 1); err != nil {
		t.Fatal(err)
	}
	client.FlushAll(ctx)
	if err := bell.Apply(ctx, "b1", 2); err != nil {
		t.Fatal(err)
	}
	inspector := inspect(t, queue)
	if err := inspector.Register(ctx); err != nil {
		t.Fatal(err)
	}
	if state, err := inspector.Apply("b1", 2); err != nil || state != tasks.Queued {
		t.Errorf("state %v, %v", state, err)
	}
}

func TestDropArchivedFreesTheID(t *testing.T) {
	t.Parallel()
	queue := start(t)
	bell := tasks.NewBell(queue)
	t.Cleanup(func() { _ = bell.Close() })
	ctx := context.Background()
	if err := bell.Apply(ctx, "b1", 1); err != nil {
		t.Fatal(err)
	}
	operator := asynq.NewInspector(queue)
	t.Cleanup(func() { _ = operator.Close() })
	if err := operator.ArchiveTask(tasks.QueueApply, tasks.BatchTaskID(tasks.TypeApply, "b1", 1)); err != nil {
		t.Fatal(err)
	}
	inspector := inspect(t, queue)
	if state, err := inspector.Apply("b1", 1); err != nil || state != tasks.Archived {
		t.Errorf("state %v, %v", state, err)
	}
	if n, err := inspector.DropArchived(ctx); err != nil || n != 1 {
		t.Errorf("dropped %d, %v", n, err)
	}
	if state, err := inspector.Apply("b1", 1); err != nil || state != tasks.Missing {
		t.Errorf("state after %v, %v", state, err)
	}
}
