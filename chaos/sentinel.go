package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"teamsheet/internal/testkit/process"
	"teamsheet/internal/testkit/server"
)

const aFailover = "failovers with writes lost"

// sentinels are two Redis servers, of which one is the master, and three sentinels
// who watch them.
type sentinels struct {
	dir     string
	servers map[string]*exec.Cmd // by address
	watches []string             // addresses of the sentinels
}

const (
	masterName    = "team"
	sentinelCount = 3
	downAfter     = time.Second
)

// sentinel is a trial in which the master dies with writes that it has acknowledged
// and that its replica never got.
func sentinel() trial {
	return trial{name: "sentinel", title: "Redis failover by Sentinel, acknowledged writes lost", shape: usually(),
		prepare: func(ctx context.Context, r *rig) error {
			var err error
			if r.sentinels, err = startSentinels(ctx, r); err != nil {
				return err
			}
			r.with(process.Settings{"TEAMSHEET_REDIS_URL": "redis-sentinel://" + strings.Join(r.sentinels.watches, ",") + "/0?master=" + masterName})
			return nil
		},
		harm: func(ctx context.Context, r *rig) error {
			for wait(ctx, 3*time.Second) {
				r.events.fault(aFailover)
				if err := r.sentinels.failOver(ctx); err != nil {
					return err
				}
			}
			return nil
		}}
}

func startSentinels(ctx context.Context, r *rig) (*sentinels, error) {
	s := &sentinels{dir: filepath.Join(r.dir, "redis"), servers: map[string]*exec.Cmd{}}
	r.closing(s.close)
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	master, err := freeAddress()
	if err != nil {
		return nil, err
	}
	replica, err := freeAddress()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.server(master, ""), s.server(replica, master)); err != nil {
		return nil, err
	}
	for range sentinelCount {
		address, err := freeAddress()
		if err != nil {
			return nil, err
		}
		if err := s.watch(address, master); err != nil {
			return nil, err
		}
	}
	return s, s.awaitReplica(ctx)
}

// server starts a Redis that keeps nothing; master "" makes it one.
func (s *sentinels) server(address, master string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	arguments := []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.dir,
		"--repl-diskless-sync-delay", "0", "--maxmemory-policy", "noeviction"}
	if master != "" {
		arguments = append(arguments, "--replicaof", strings.Replace(master, ":", " ", 1))
	}
	return s.run(address, arguments...)
}

func (s *sentinels) watch(address, master string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, "sentinel-"+port+".conf")
	text := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor %s %s 2\nsentinel down-after-milliseconds %s %d\n"+
		"sentinel failover-timeout %s 5000\n", port, s.dir, masterName, strings.Replace(master, ":", " ", 1), masterName,
		downAfter.Milliseconds(), masterName)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	s.watches = append(s.watches, address)
	return s.run(address, path, "--sentinel")
}

func (s *sentinels) run(address string, arguments ...string) error {
	cmd := exec.Command(server.FindRedis(), arguments...)
	cmd.SysProcAttr = server.OwnGroup(syscall.SIGKILL)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	s.servers[address] = cmd
	return nil
}

func (s *sentinels) close() error {
	for _, cmd := range s.servers {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	return nil
}

// master asks the sentinels who it is.
func (s *sentinels) master(ctx context.Context) (string, error) {
	client := redis.NewSentinelClient(&redis.Options{Addr: s.watches[0]})
	defer client.Close()
	answer, err := client.GetMasterAddrByName(ctx, masterName).Result()
	if err != nil || len(answer) != 2 {
		return "", errors.Join(err, errors.New("the sentinels know no master"))
	}
	return net.JoinHostPort(answer[0], answer[1]), nil
}

// awaitReplica waits until the master has its replica, and every sentinel knows it and
// the others: one that has not heard of it yet would never choose it, since only the
// master tells.
func (s *sentinels) awaitReplica(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		err := s.complete(ctx)
		if err == nil {
			return nil
		}
		if !wait(ctx, lookAt) {
			return errors.Join(err, ctx.Err())
		}
	}
}

func (s *sentinels) complete(ctx context.Context) error {
	master, err := s.master(ctx)
	if err != nil {
		return err
	}
	client := redis.NewClient(&redis.Options{Addr: master})
	defer client.Close()
	text, err := client.Info(ctx, "replication").Result()
	if err != nil {
		return err
	}
	if !strings.Contains(text, "role:master") || !strings.Contains(text, "state=online") {
		return errors.New("the master has no replica")
	}
	for _, address := range s.watches {
		if err := knowsAll(ctx, address); err != nil {
			return err
		}
	}
	return nil
}

// knowsAll asks a sentinel whom it knows.
func knowsAll(ctx context.Context, address string) error {
	client := redis.NewSentinelClient(&redis.Options{Addr: address})
	defer client.Close()
	known, err := client.Master(ctx, masterName).Result()
	if err != nil {
		return err
	}
	if known["num-slaves"] == "0" || known["num-other-sentinels"] != strconv.Itoa(sentinelCount-1) {
		return fmt.Errorf("a sentinel knows %s replicas and %s others", known["num-slaves"], known["num-other-sentinels"])
	}
	return nil
}

// failOver cuts the replica off, lets the master acknowledge what nobody else has,
// kills it, waits for the next one and starts the dead one as its replica.
func (s *sentinels) failOver(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	master, err := s.master(ctx)
	if err != nil {
		return err
	}
	client := redis.NewClient(&redis.Options{Addr: master})
	defer client.Close()
	for _, command := range [][]any{{"ACL", "SETUSER", "default", "-psync", "-replconf"}, {"CLIENT", "KILL", "TYPE", "replica"}} {
		if err := client.Do(ctx, command...).Err(); err != nil {
			return fmt.Errorf("cut the replica off: %w", err)
		}
	}
	wait(ctx, 3*downAfter/2)
	dead := s.servers[master]
	_ = dead.Process.Kill()
	_ = dead.Wait()
	next, err := s.awaitNext(ctx, master)
	if err != nil {
		return err
	}
	if err := s.server(master, next); err != nil {
		return err
	}
	return s.awaitReplica(ctx)
}

func (s *sentinels) awaitNext(ctx context.Context, old string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if now, err := s.master(ctx); err == nil && now != old {
			return now, nil
		}
		if !wait(ctx, lookAt) {
			return "", errors.New("the sentinels choose no master")
		}
	}
}
