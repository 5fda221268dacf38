package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// counters are what the pieces of an installation have spent so far: seconds of
// processors, and commands of Redis.
type counters struct {
	worker, web, postgres, machine float64
	redisCommands                  float64
}

func (c *crowd) counters(ctx context.Context) (n counters, err error) {
	if n.worker, err = cpuOf(c.site.worker.PID()); err != nil {
		return n, err
	}
	if n.web, err = cpuOf(c.site.web.PID()); err != nil {
		return n, err
	}
	if n.postgres, err = cpuOfTree(c.site.database.postmaster); err != nil {
		return n, err
	}
	if n.machine, err = cpuOfMachine(); err != nil {
		return n, err
	}
	n.redisCommands, err = redisNumber(ctx, c.bench.redisURL, "total_commands_processed")
	return n, err
}

func (n counters) since(earlier counters) counters {
	return counters{n.worker - earlier.worker, n.web - earlier.web, n.postgres - earlier.postgres, n.machine - earlier.machine,
		n.redisCommands - earlier.redisCommands}
}

func (n counters) add(f figures, name string) {
	f.add(name+"/worker_cpu_s", n.worker)
	f.add(name+"/web_cpu_s", n.web)
	f.add(name+"/postgres_cpu_s", n.postgres)
	f.add(name+"/machine_cpu_s", n.machine)
	f.add(name+"/redis_n", n.redisCommands)
}

// cpuOfMachine is how many seconds its processors have worked, for whomever.
func cpuOfMachine() (float64, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	fields := stat(strings.Fields(line))
	if len(fields) < 8 {
		return 0, fmt.Errorf("/proc/stat begins with %q", line)
	}
	// user nice system idle iowait irq softirq
	return (fields.number(1) + fields.number(2) + fields.number(3) + fields.number(6) + fields.number(7)) / ticks, nil
}

func redisNumber(ctx context.Context, url, name string) (float64, error) {
	info, err := redisInfo(ctx, url, "memory", "stats")
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(info[name], 64)
}

// peakEvery is how often peaks are looked for.
const peakEvery = 200 * time.Millisecond

// peaks are the most connections of the program to Postgres and the most memory
// of Redis that were seen at once.
type peaks struct {
	conn        *pgx.Conn
	redisURL    string
	ending      chan struct{}
	ended       chan error
	connections float64
	redisMemory float64
}

// watchPeaks begins to look, on a connection of its own; end ends it.
func watchPeaks(ctx context.Context, postgresURL, redisURL string) (*peaks, error) {
	conn, err := pgx.Connect(ctx, postgresURL)
	if err != nil {
		return nil, err
	}
	p := &peaks{conn: conn, redisURL: redisURL, ending: make(chan struct{}), ended: make(chan error, 1)}
	go func() { p.ended <- p.watch(ctx) }()
	return p, nil
}

func (p *peaks) watch(ctx context.Context) error {
	tick := time.NewTicker(peakEvery)
	defer tick.Stop()
	for {
		if err := p.look(ctx); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-p.ending:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *peaks) look(ctx context.Context) error {
	var connections float64
	if err := p.conn.QueryRow(ctx, "SELECT count(*)::float8 FROM pg_stat_activity WHERE datname = current_database()"+
		" AND application_name LIKE 'teamsheet %'").Scan(&connections); err != nil {
		return err
	}
	memory, err := redisNumber(ctx, p.redisURL, "used_memory")
	p.connections, p.redisMemory = max(p.connections, connections), max(p.redisMemory, memory)
	return err
}

func (p *peaks) end() error {
	close(p.ending)
	err := errors.Join(<-p.ended, p.conn.Close(context.Background()))
	if err == nil && p.connections == 0 {
		err = errors.New("no connection of the program was seen")
	}
	return err
}

func (p *peaks) add(f figures, name string) {
	f.add(name+"/connections_n", p.connections)
	f.add(name+"/redis_B", p.redisMemory)
}
