package tasks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"teamsheet/internal/tasks"
)

func client[T redis.UniversalClient](t *testing.T, address string) T {
	t.Helper()
	connection, err := tasks.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	made, ok := connection.MakeRedisClient().(T)
	if !ok {
		t.Fatalf("%s makes a %T", address, connection.MakeRedisClient())
	}
	t.Cleanup(func() { _ = made.Close() })
	return made
}

func TestConnectStandalone(t *testing.T) {
	t.Parallel()
	options := client[*redis.Client](t, "rediss://ops:s3cret@cache.example:6380/4").Options()
	if options.Addr != "cache.example:6380" || options.Username != "ops" || options.Password != "s3cret" || options.DB != 4 || options.TLSConfig == nil {
		t.Errorf("read as %s user %s database %d", options.Addr, options.Username, options.DB)
	}
}

func TestConnectSentinel(t *testing.T) {
	t.Parallel()
	options := client[*redis.Client](t, "redis-sentinel://ops:s3cret@a,b:26380/2?master=team").Options()
	if options.Username != "ops" || options.Password != "s3cret" || options.DB != 2 || options.TLSConfig != nil {
		t.Errorf("read as user %s database %d", options.Username, options.DB)
	}
}

func TestConnectCluster(t *testing.T) {
	t.Parallel()
	options := client[*redis.ClusterClient](t, "redis-cluster://ops:s3cret@a:7000,b,c:7002?tls=true").Options()
	if want := []string{"a:7000", "b:6379", "c:7002"}; !slices.Equal(options.Addrs, want) {
		t.Errorf("nodes %v, want %v", options.Addrs, want)
	}
	if options.Username != "ops" || options.TLSConfig == nil {
		t.Errorf("read as user %s", options.Username)
	}
}

func TestConnectRefusesWithoutRepeatingTheAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"http://:s3cret@host",
		"redis://:s3cret@host/database",
		"redis://:s3cret@ho st",
		"redis-sentinel://:s3cret@host",
		"redis-sentinel://:s3cret@host/x?master=team",
		"redis-cluster://:s3cret@host/3",
	} {
		_, err := tasks.Connect(address)
		if err == nil {
			t.Errorf("%s was accepted", address)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error tells the password: %v", address, err)
		}
	}
}

// Without it a Redis that takes connections and says nothing holds an upload up for
// ten seconds, however long its ring may take.
func TestCallsEndWithTheirContexts(t *testing.T) {
	t.Parallel()
	for name, heeded := range map[string]bool{
		"standalone": client[*redis.Client](t, "redis://a").Options().ContextTimeoutEnabled,
		"sentinel":   client[*redis.Client](t, "redis-sentinel://a?master=team").Options().ContextTimeoutEnabled,
		"cluster":    client[*redis.ClusterClient](t, "redis-cluster://a").Options().ContextTimeoutEnabled,
	} {
		if !heeded {
			t.Errorf("%s: calls go on after their contexts", name)
		}
	}
}
