package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

// machine is what something was measured on.
type machine struct {
	CPU              string `json:"cpu"`
	Cores            int    `json:"cores"`
	Memory           int64  `json:"memory"` // bytes
	Kernel           string `json:"kernel"`
	Go               string `json:"go"`
	Program          string `json:"program"` // revision of its source
	Postgres         string `json:"postgres"`
	PostgresSettings string `json:"postgres_settings"`
	Redis            string `json:"redis"`
}

func thisMachine(ctx context.Context, postgresURL, redisURL string) (machine, error) {
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version(), Program: revision(ctx)}
	cpus, _ := os.ReadFile("/proc/cpuinfo") // what cannot be read stays empty
	memory, _ := os.ReadFile("/proc/meminfo")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	m.CPU, m.Kernel = modelOf(cpus), strings.TrimSpace(string(kernel))
	kib, _ := strconv.ParseInt(fieldOf(memory, "MemTotal"), 10, 64)
	m.Memory = kib << 10
	if err := m.askPostgres(ctx, postgresURL); err != nil {
		return m, fmt.Errorf("ask Postgres what it is: %w", err)
	}
	info, err := redisInfo(ctx, redisURL, "server")
	if err != nil {
		return m, fmt.Errorf("ask Redis what it is: %w", err)
	}
	m.Redis = info["redis_version"]
	return m, nil
}

func modelOf(cpus []byte) string {
	for line := range strings.Lines(string(cpus)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// revision is that of the source in the working folder, from which "make bench"
// has just built the program; "" where git cannot tell.
func revision(ctx context.Context) string {
	head, err := exec.CommandContext(ctx, "git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return ""
	}
	changes, err := exec.CommandContext(ctx, "git", "status", "--porcelain", "--", "*.go", "go.mod").Output()
	if err != nil || len(changes) > 0 {
		return strings.TrimSpace(string(head)) + " with changes"
	}
	return strings.TrimSpace(string(head))
}

func (m *machine) askPostgres(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	version, _, _ := strings.Cut(conn.PgConn().ParameterStatus("server_version"), " ")
	m.Postgres = version
	var shown []string
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit", "shared_buffers", "max_wal_size"} {
		var value string
		if err := conn.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return err
		}
		shown = append(shown, name+" "+value)
	}
	m.PostgresSettings = strings.Join(shown, ", ")
	return nil
}

// redisInfo is a section of INFO by name.
func redisInfo(ctx context.Context, url string, sections ...string) (map[string]string, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	client := redis.NewClient(options)
	defer client.Close()
	text, err := client.Info(ctx, sections...).Result()
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			values[name] = value
		}
	}
	return values, nil
}
