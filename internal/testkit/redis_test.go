package testkit

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func redisClient(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.MaxRetries = -1
	options.DialerRetries = 1
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestRedisURLIsTheTestsAlone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	first, second := redisClient(t, RedisURL(t)), redisClient(t, RedisURL(t))
	if err := first.Set(ctx, "name", "Ana", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if n := second.DBSize(ctx).Val(); n != 0 {
		t.Errorf("another test's Redis has %d keys, want none", n)
	}
}

func TestLeasedDatabasesAreDifferentAndFreedAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	shared := StartRedis(t).URL()
	taken := map[string]bool{}
	t.Run("inner", func(t *testing.T) {
		for range sharedDatabases - 1 {
			url := leasedDatabase(t, shared)
			taken[url] = true
			redisClient(t, url).Set(ctx, "name", "Ana", 0)
		}
	})
	if len(taken) != sharedDatabases-1 {
		t.Errorf("%d different databases, want %d", len(taken), sharedDatabases-1)
	}
	if n := redisClient(t, leasedDatabase(t, shared)).DBSize(ctx).Val(); n != 0 {
		t.Errorf("a database that was leased again has %d keys, want none", n)
	}
}

func TestStartRedisFaults(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	server := StartRedis(t)
	client := redisClient(t, server.URL())
	client.Set(ctx, "name", "Ana", 0)

	server.Pause()
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	paused := client.WithTimeout(50 * time.Millisecond)
	if err := paused.Ping(short).Err(); err == nil {
		t.Error("a paused server answers")
	}
	server.Resume()
	if name := client.Get(ctx, "name").Val(); name != "Ana" {
		t.Errorf("after a pause name is %q, want Ana", name)
	}

	server.Kill()
	if err := client.Ping(ctx).Err(); err == nil {
		t.Error("a killed server answers")
	}
	server.Restart()
	if n := client.DBSize(ctx).Val(); n != 0 {
		t.Errorf("a restarted server has %d keys, want none", n)
	}
}
