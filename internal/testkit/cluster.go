package testkit

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"teamsheet/internal/testkit/server"
)

// RedisCluster is a Redis Cluster of the test's own, of masters alone.
type RedisCluster struct {
	Nodes []*Server
	url   string
}

// URL is the address of the cluster for the program's configuration.
func (c *RedisCluster) URL() string { return c.url }

const clusterSlots = 16384 // redis.io/docs, Redis cluster specification

// StartRedisCluster starts so many nodes and waits until they are a cluster.
func StartRedisCluster(tb testing.TB, nodes int) *RedisCluster {
	tb.Helper()
	Need(tb, server.FindRedis() != "", "the program redis-server")
	c := &RedisCluster{}
	password := rand.Text()
	var hosts []string
	for range nodes {
		node := owned(tb, func(ctx context.Context) (*server.Server, error) { return server.RedisNode(ctx, password) })
		c.Nodes = append(c.Nodes, node)
		hosts = append(hosts, hostOf(tb, node))
	}
	for i, node := range c.Nodes {
		c.join(tb, node, i)
	}
	c.AwaitOK(tb)
	c.url = (&url.URL{Scheme: "redis-cluster", User: url.UserPassword("", password), Host: strings.Join(hosts, ",")}).String()
	return c
}

// join gives a node its share of the slots and has it meet the first.
func (c *RedisCluster) join(tb testing.TB, node *Server, number int) {
	tb.Helper()
	ctx := context.Background()
	client := nodeClient(tb, node)
	defer client.Close()
	first, last := clusterSlots*number/len(c.Nodes), clusterSlots*(number+1)/len(c.Nodes)-1
	if err := client.ClusterAddSlotsRange(ctx, first, last).Err(); err != nil {
		tb.Fatalf("testkit: give a node its slots: %v", err)
	}
	host, port, _ := strings.Cut(hostOf(tb, c.Nodes[0]), ":")
	bus := nodeClient(tb, c.Nodes[0])
	defer bus.Close()
	busPort, err := bus.ConfigGet(ctx, "cluster-port").Result()
	if err == nil {
		err = client.Do(ctx, "CLUSTER", "MEET", host, port, busPort["cluster-port"]).Err()
	}
	if err != nil {
		tb.Fatalf("testkit: have nodes meet: %v", err)
	}
}

// AwaitOK waits until every node says that the cluster is whole.
func (c *RedisCluster) AwaitOK(tb testing.TB) {
	tb.Helper()
	for _, node := range c.Nodes {
		client := nodeClient(tb, node)
		Wait(tb, "the cluster to be whole", func() bool {
			info, err := client.ClusterInfo(context.Background()).Result()
			return err == nil && strings.Contains(info, "cluster_state:ok")
		})
		_ = client.Close()
	}
}

func nodeClient(tb testing.TB, node *Server) *redis.Client {
	tb.Helper()
	options, err := redis.ParseURL(node.URL())
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	return redis.NewClient(options)
}

func hostOf(tb testing.TB, node *Server) string {
	tb.Helper()
	address, err := url.Parse(node.URL())
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	return address.Host
}
