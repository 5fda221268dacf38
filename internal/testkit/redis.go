package testkit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"teamsheet/internal/testkit/server"
)

// RedisURL is the address of an empty Redis that is this test's alone: a server
// of its own where the program is installed (asynq's keys leave no room for two
// tests in one), else a database of the server that TEAMSHEET_TEST_REDIS_URL names.
func RedisURL(tb testing.TB) string {
	tb.Helper()
	if server.FindRedis() != "" {
		return StartRedis(tb).URL()
	}
	shared := os.Getenv(EnvRedis)
	Need(tb, shared != "", "Redis ("+EnvRedis+")")
	return leasedDatabase(tb, shared)
}

// sharedDatabases is Redis's default number. The first holds the leases.
const sharedDatabases = 16

// leaseLife outlives any test: it only frees what a killed one had taken.
const leaseLife = 15 * time.Minute

// leasedDatabase takes one of the server's databases for the test, waiting until
// one is free.
func leasedDatabase(tb testing.TB, shared string) string {
	tb.Helper()
	options, err := redis.ParseURL(shared)
	if err != nil {
		tb.Fatalf("testkit: %s is no address of a Redis", EnvRedis)
	}
	options.DB = 0
	leases := redis.NewClient(options)
	tb.Cleanup(func() { _ = leases.Close() })
	owner, taken := uuid.NewString(), 0
	Wait(tb, "a free database of the shared Redis", func() bool {
		taken = takeDatabase(tb, leases, owner)
		return taken != 0
	})
	tb.Cleanup(func() { leases.Del(context.Background(), leaseKey(taken)) })
	options.DB = taken
	emptyDatabase(tb, options)
	return withDatabase(shared, fmt.Sprint(taken))
}

func takeDatabase(tb testing.TB, leases *redis.Client, owner string) int {
	tb.Helper()
	for number := 1; number < sharedDatabases; number++ {
		err := leases.SetArgs(context.Background(), leaseKey(number), owner, redis.SetArgs{Mode: "NX", TTL: leaseLife}).Err()
		switch {
		case err == nil:
			return number
		case !errors.Is(err, redis.Nil):
			tb.Fatalf("testkit: lease a Redis database: %v", err)
		}
	}
	return 0
}

func emptyDatabase(tb testing.TB, options *redis.Options) {
	tb.Helper()
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.FlushDB(context.Background()).Err(); err != nil {
		tb.Fatalf("testkit: empty a Redis database: %v", err)
	}
}

func leaseKey(number int) string { return fmt.Sprintf("teamsheet:test:lease:%d", number) }
