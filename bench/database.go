package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
)

// database is a new Postgres database of one part.
type database struct {
	url        string
	conn       *pgx.Conn
	postmaster int // its process
	drop       func() error
}

// newDatabase makes an empty database, which close drops.
func (b *bench) newDatabase(ctx context.Context, part string) (*database, error) {
	name := pgx.Identifier{"teamsheet_bench_" + part}.Sanitize()
	if err := b.onServer(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)", "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		return nil, fmt.Errorf("make a database: %w", err)
	}
	address, err := url.Parse(b.postgresURL)
	if err != nil {
		return nil, errors.New("read the address of Postgres: it is no URL") // the cause may hold a password
	}
	address.Path = "/teamsheet_bench_" + part
	d := &database{url: address.String()}
	d.drop = func() error {
		return b.onServer(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	}
	if d.conn, err = pgx.Connect(ctx, d.url); err != nil {
		return nil, errors.Join(err, d.drop())
	}
	if err := d.findPostmaster(ctx); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (b *bench) onServer(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, b.postgresURL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) close() error {
	return errors.Join(d.conn.Close(context.Background()), d.drop())
}

// findPostmaster finds the server's first process, whose children serve the
// connections. It has to be on this machine.
func (d *database) findPostmaster(ctx context.Context) error {
	var backend int
	if err := d.conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return err
	}
	found, err := statOf(backend)
	if err != nil {
		return fmt.Errorf("find the processes of Postgres, which has to be on this machine: %w", err)
	}
	d.postmaster = found.parent()
	return nil
}

func (d *database) do(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := d.conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func (d *database) number(ctx context.Context, query string, args ...any) (n float64, err error) {
	err = d.conn.QueryRow(ctx, query, args...).Scan(&n)
	if err != nil {
		err = fmt.Errorf("%s: %w", query, err)
	}
	return n, err
}

// written is how many bytes of WAL the server has ever written.
func (d *database) written(ctx context.Context) (float64, error) {
	return d.number(ctx, "SELECT (pg_current_wal_insert_lsn() - '0/0')::float8")
}

// size is how many bytes the program's own tables take, indexes and all.
func (d *database) size(ctx context.Context) (float64, error) {
	return d.number(ctx, "SELECT sum(pg_total_relation_size(c.oid))::float8 FROM pg_class c"+
		" WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace")
}

// settle lets the server begin a measurement with nothing left over from the one
// before: dead rows are swept, statistics are current, and everything is on disk.
func (d *database) settle(ctx context.Context, tables ...string) error {
	for _, table := range tables {
		if err := d.do(ctx, "VACUUM (ANALYZE) "+table); err != nil {
			return err
		}
	}
	return d.do(ctx, "CHECKPOINT")
}
