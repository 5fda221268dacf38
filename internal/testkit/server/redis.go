package server

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Redis starts a redis-server that keeps nothing: when it has been started again
// it is empty. Its password keeps a test that was given the same port by mistake
// from meeting it.
func Redis(ctx context.Context) (*Server, error) {
	program := FindRedis()
	if program == "" {
		return nil, errors.New("find redis-server: it is not installed")
	}
	return onFreePort(func(port int) (*Server, error) { return redisOn(ctx, program, port, rand.Text()) })
}

// RedisNode starts a redis-server that can be a node of a Redis Cluster: it has no
// slots and knows no other nodes yet. All nodes of a cluster have one password. Started
// again it is empty, and has the place in its cluster that it had.
func RedisNode(ctx context.Context, password string) (*Server, error) {
	program := FindRedis()
	if program == "" {
		return nil, errors.New("find redis-server: it is not installed")
	}
	return onFreePort(func(port int) (*Server, error) {
		bus, err := freePort()
		if err != nil {
			return nil, err
		}
		return redisOn(ctx, program, port, password, "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(bus),
			"--cluster-node-timeout", "2000")
	})
}

func redisOn(ctx context.Context, program string, port int, password string, more ...string) (*Server, error) {
	dir, err := os.MkdirTemp("", "teamsheet-redis-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for Redis: %w", err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	s := &Server{
		program: program,
		args: append([]string{
			"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--requirepass", password,
			"--save", "", "--appendonly", "no", "--dir", dir, "--maxmemory-policy", "noeviction",
		}, more...),
		dir:   dir,
		url:   (&url.URL{Scheme: "redis", User: url.UserPassword("", password), Host: address, Path: "/0"}).String(),
		ready: func(ctx context.Context) error { return redisAnswers(ctx, address, password) },
		ask:   syscall.SIGTERM,
	}
	if err := s.Start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// redisAnswers speaks the few words of the protocol that are needed, so that a
// half-started server is not held against a client's retries.
func redisAnswers(ctx context.Context, address, password string) error {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "AUTH %s\r\nPING\r\n", password); err != nil {
		return err
	}
	replies := bufio.NewReader(conn)
	for _, want := range []string{"+OK", "+PONG"} {
		reply, err := replies.ReadString('\n')
		if err != nil {
			return err
		}
		if strings.TrimSpace(reply) != want {
			return fmt.Errorf("redis answered %q", strings.TrimSpace(reply))
		}
	}
	return nil
}

// onFreePort tries a few ports: another process may take a free one first.
func onFreePort(start func(port int) (*Server, error)) (*Server, error) {
	var errs []error
	for range portTries {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		s, err := start(port)
		if err == nil {
			return s, nil
		}
		errs = append(errs, err)
		if !errors.Is(err, errExited) {
			break
		}
	}
	return nil, errors.Join(errs...)
}
