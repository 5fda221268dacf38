// Package embedded is a Redis inside the process, for one machine with nothing
// installed: asynq speaks to it through pipes in memory, so that no port is open
// and nobody else can reach it.
//
// It keeps nothing on disk. Every start is a Redis that has lost its data, which
// is what the reconciler mends. It is made for one task a batch: it is slow on
// long lists and remembers a little of each key it ever had.
package embedded

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// tick is how often the clock of the queue is moved.
const tick = 100 * time.Millisecond

// Queue is an asynq.RedisConnOpt whose clients all reach the same memory.
type Queue struct {
	server *miniredis.Miniredis
	stop   chan struct{}
	ended  sync.WaitGroup
	once   sync.Once
}

// Start starts an empty queue. Close it after everything that uses it.
func Start() *Queue {
	q := &Queue{server: miniredis.NewMiniRedis(), stop: make(chan struct{})}
	q.ended.Go(q.runClock)
	return q
}

// MakeRedisClient makes a new client of the queue.
func (q *Queue) MakeRedisClient() any {
	return redis.NewClient(&redis.Options{
		Addr:   "embedded",
		Dialer: func(context.Context, string, string) (net.Conn, error) { return q.server.Dial() },
		// Otherwise each new client asks the DNS for the address, and waits for it.
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
}

// Close ends the queue and forgets what is in it.
func (q *Queue) Close() error {
	q.once.Do(func() {
		close(q.stop)
		q.ended.Wait()
		q.server.Close()
	})
	return nil
}

// runClock lets keys expire: the server's time to live only runs when it is told
// how much time has passed.
func (q *Queue) runClock() {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-q.stop:
			return
		case <-ticker.C:
			now := time.Now()
			q.server.FastForward(now.Sub(last))
			last = now
		}
	}
}
