package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Postgres makes a new database cluster and starts it. It listens on the
// loopback, trusts who connects as user postgres, and has 400 connections.
//
// fsync is off, but commits are written before they are answered: what was
// committed outlives Kill, though not a power failure.
func Postgres(ctx context.Context) (*Server, error) {
	return postgresWith(ctx, "fsync=off", "full_page_writes=off", "max_connections=400", "shared_buffers=64MB",
		"max_wal_size=512MB", "jit=off")
}

// ProductionPostgres is a Postgres set as somebody would run it, for measuring:
// commits reach the disk, there is room in memory and between checkpoints, and
// the rest is as Postgres comes.
func ProductionPostgres(ctx context.Context) (*Server, error) {
	return postgresWith(ctx, "fsync=on", "full_page_writes=on", "shared_buffers=1GB", "max_wal_size=4GB")
}

func postgresWith(ctx context.Context, settings ...string) (*Server, error) {
	program := FindPostgres()
	if program == "" {
		return nil, errors.New("find postgres: it is not installed")
	}
	runAs, err := postgresAccount()
	if err != nil {
		return nil, err
	}
	return onFreePort(func(port int) (*Server, error) { return postgresOn(ctx, program, runAs, port, settings) })
}

func postgresOn(ctx context.Context, program string, runAs *account, port int, settings []string) (*Server, error) {
	dir, err := os.MkdirTemp("", "teamsheet-pg-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for Postgres: %w", err)
	}
	s := &Server{program: program, account: runAs, dir: dir, ask: syscall.SIGINT}
	cluster := filepath.Join(dir, "cluster")
	s.args = postgresArguments(cluster, dir, port, settings)
	s.url = fmt.Sprintf("postgres://postgres@%s/postgres?sslmode=disable", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	s.ready = func(ctx context.Context) error { return postgresAnswers(ctx, s.url, cluster) }
	if err := runAs.own(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("give Postgres its folder: %w", err), s.Close())
	}
	if err := initCluster(ctx, program, cluster, runAs); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.Start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func postgresArguments(cluster, socketDir string, port int, settings []string) []string {
	arguments := []string{"-D", cluster, "-p", strconv.Itoa(port), "-h", "127.0.0.1", "-k", socketDir}
	for _, setting := range settings {
		arguments = append(arguments, "-c", setting)
	}
	return arguments
}

// initCluster makes the cluster with a language's order of text where Postgres
// can, because databases in production have one: code that takes the order of
// bytes for granted should fail here.
func initCluster(ctx context.Context, postgres, cluster string, runAs *account) error {
	base := []string{"-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale"}
	withLanguage := append(base[:len(base):len(base)], "--locale-provider=icu", "--icu-locale=en-US")
	if _, err := runInit(ctx, postgres, runAs, withLanguage); err == nil {
		return nil
	}
	if err := os.RemoveAll(cluster); err != nil {
		return fmt.Errorf("clear a failed cluster: %w", err)
	}
	if out, err := runInit(ctx, postgres, runAs, base); err != nil {
		return fmt.Errorf("make a Postgres cluster: %w\n%s", err, out)
	}
	return nil
}

func runInit(ctx context.Context, postgres string, runAs *account, arguments []string) ([]byte, error) {
	program, err := filepath.EvalSymlinks(postgres)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(filepath.Dir(program), "initdb"), arguments...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = "/", plainEnvironment(), runAs.process(syscall.SIGKILL)
	return cmd.CombinedOutput()
}

// postgresAnswers makes sure that the server on the port is this one.
func postgresAnswers(ctx context.Context, url, cluster string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var found string
	if err := conn.QueryRow(ctx, "SHOW data_directory").Scan(&found); err != nil {
		return err
	}
	if found != cluster {
		return errors.New("another Postgres has this port")
	}
	return nil
}
