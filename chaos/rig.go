package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"teamsheet/internal/testkit/ledger"
	"teamsheet/internal/testkit/process"
	"teamsheet/internal/testkit/server"
)

// shape is how large an installation is.
type shape struct {
	embedded  bool // everything in one process, on SQLite
	producers int
	workers   int
	orgs      int
	people    int   // of each organization
	rows      []int // of the files of each organization, in turn
	older     bool  // it begins with the program that is told to be beside this one
	without   string
	hurry     string // the program's waits; "": as they are in production
}

// usually is the shape of most scenarios: small teams, so that much happens.
func usually() shape {
	return shape{producers: 2, workers: 3, orgs: 12, people: 120, rows: []int{5, 20, 60},
		hurry: "dead_after=3s,reconcile=1s,mail_lease=6s,mail_retry=500ms"}
}

// rig is an installation of the program, its servers, and what happened to it.
type rig struct {
	shape
	program process.Program
	dir     string
	seed    uint64
	random  *rand.Rand // of the faults; one goroutine's

	database  string // address without a proxy
	redis     *server.Server
	mail      *mailServer
	book      *ledger.Book
	orgs      []*org
	posts     map[string][]*post // by role
	urls      []string
	events    *events
	doubles   atomic.Int64                 // mails that the faults so far may have doubled
	eachPost  func(i int) process.Settings // more settings of the i-th process; nil: none
	path      *proxy                       // that is harmed; nil: none
	disk      string                       // mount point of a small file system; "": none
	sentinels *sentinels                   // who watch the Redis; nil: nobody
	closers   []func() error
}

// org is an organization with somebody who works for it.
type org struct {
	id     string
	email  string
	client *client
	people []string // their ids
	rows   int
	first  map[string]string // hometowns at the beginning
}

// install makes an installation. Nothing of the program runs yet.
func install(ctx context.Context, o options, name string, seed uint64, s shape) (_ *rig, err error) {
	path := o.program
	if s.older && o.beside != "" {
		path = o.beside
	}
	r := &rig{shape: s, program: process.Program{Path: path}, seed: seed, random: rand.New(rand.NewPCG(seed, 1)), posts: map[string][]*post{}, events: &events{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	if r.dir, err = os.MkdirTemp("", "teamsheet-chaos-"+name+"-"); err != nil {
		return r, err
	}
	r.closing(func() error { return os.RemoveAll(r.dir) })
	if r.book, err = ledger.Open(filepath.Join(r.dir, "ledger.jsonl")); err != nil {
		return r, err
	}
	r.closing(r.book.Close)
	if r.mail, err = startMailServer(); err != nil {
		return r, err
	}
	r.closing(func() error { r.mail.close(); return nil })
	r.program.Settings = process.Settings{
		"TEAMSHEET_DATA_DIR": filepath.Join(r.dir, "data"), "TEAMSHEET_SMTP_URL": "smtp://" + r.mail.address,
		"TEAMSHEET_HURRY": s.hurry, "TEAMSHEET_WITHOUT": s.without, "TEAMSHEET_LOG_FORMAT": "json",
		"GOMAXPROCS": "2", // two processors are shared by many processes here
	}
	r.database = filepath.Join(r.dir, "data", "teamsheet.db")
	if !s.embedded {
		err = r.installServers(ctx, o, name)
	}
	return r, err
}

// with has the program work with other settings besides its own from now on.
func (r *rig) with(more process.Settings) { r.program.Settings = r.program.Settings.With(more) }

func (r *rig) closing(closer func() error) { r.closers = append(r.closers, closer) }

// close ends everything, last first.
func (r *rig) close() error {
	var errs []error
	for i := len(r.closers) - 1; i >= 0; i-- {
		errs = append(errs, r.closers[i]())
	}
	r.closers = nil
	return errors.Join(errs...)
}

func (r *rig) installServers(ctx context.Context, o options, name string) error {
	if err := r.newDatabase(ctx, o.postgres, fmt.Sprintf("chaos_%s_%d_%d", strings.ReplaceAll(name, "-", "_"), os.Getpid(), r.seed)); err != nil {
		return err
	}
	var err error
	if r.redis, err = server.Redis(ctx); err != nil {
		return err
	}
	r.closing(r.redis.Close)
	r.with(process.Settings{"TEAMSHEET_DATABASE_URL": r.database, "TEAMSHEET_REDIS_URL": r.redis.URL()})
	return nil
}

func (r *rig) newDatabase(ctx context.Context, postgres, name string) error {
	quoted := pgx.Identifier{name}.Sanitize()
	drop := "DROP DATABASE IF EXISTS " + quoted + " WITH (FORCE)"
	if err := onServer(ctx, postgres, drop, "CREATE DATABASE "+quoted+" TEMPLATE template0"); err != nil {
		return fmt.Errorf("make a database: %w", err)
	}
	r.closing(func() error { return onServer(context.WithoutCancel(ctx), postgres, drop) })
	address, err := url.Parse(postgres)
	if err != nil {
		return errors.New("the address of Postgres is no URL")
	}
	address.Path = "/" + name
	r.database = address.String()
	return nil
}

func onServer(ctx context.Context, address string, statements ...string) error {
	conn, err := pgx.Connect(ctx, address)
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

// populate makes the organizations.
func (r *rig) populate(ctx context.Context) error {
	if !r.embedded {
		if _, err := r.program.Run(ctx, "migrate"); err != nil {
			return err
		}
	}
	turns := &atomic.Uint64{}
	for i := range r.shape.orgs {
		o := &org{email: fmt.Sprintf("admin%d@chaos.example", i), rows: r.rows[i%len(r.rows)]}
		var err error
		if o.id, err = r.program.Run(ctx, "org", "create", "--name", fmt.Sprintf("Org %d", i)); err != nil {
			return err
		}
		if _, err = r.program.Run(ctx, "admin", "create", "--org", o.id, "--email", o.email); err != nil {
			return err
		}
		token, err := r.program.Run(ctx, "token", "create", "--org", o.id, "--email", o.email)
		if err != nil {
			return err
		}
		people := max(r.people, o.rows)
		if _, err = r.program.Run(ctx, "seed", "--org", o.id, "--people", strconv.Itoa(people)); err != nil {
			return err
		}
		o.client = &client{token: token, next: turns, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
		r.orgs = append(r.orgs, o)
	}
	return nil
}

// launch starts the program and waits until it answers.
func (r *rig) launch(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(r.dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	r.closing(log.Close)
	r.program.Log = log
	if r.embedded {
		err = r.place("run", 1)
	} else {
		err = errors.Join(r.place("producer", r.producers), r.place("worker", r.workers))
	}
	if err != nil {
		return err
	}
	for _, o := range r.orgs {
		o.client.urls = r.urls
		if err := o.findPeople(ctx); err != nil {
			return err
		}
	}
	return nil
}

// place makes the posts of a role and starts them. Those that serve have addresses
// that stay.
func (r *rig) place(role string, count int) error {
	for range count {
		p := &post{role: role, program: r.program}
		own := process.Settings{}
		if role != "worker" {
			address, err := freeAddress()
			if err != nil {
				return err
			}
			own["TEAMSHEET_ADDR"] = address
			r.urls = append(r.urls, "http://"+address)
		}
		own["TEAMSHEET_BASE_URL"] = r.urls[0]
		if r.eachPost != nil {
			maps.Copy(own, r.eachPost(len(r.everyone())))
		}
		p.with(own)
		if err := p.start(); err != nil {
			return err
		}
		r.posts[role] = append(r.posts[role], p)
	}
	r.closing(func() error {
		var errs []error
		for _, p := range r.posts[role] {
			errs = append(errs, p.close())
		}
		return errors.Join(errs...)
	})
	return nil
}

// halt stops every process of the program in good order.
func (r *rig) halt() error {
	var errs []error
	for _, role := range []string{"producer", "worker", "run"} {
		for _, p := range r.posts[role] {
			errs = append(errs, p.close())
		}
	}
	return errors.Join(errs...)
}

// everyone is each post.
func (r *rig) everyone() []*post {
	var all []*post
	for _, role := range []string{"producer", "worker", "run"} {
		all = append(all, r.posts[role]...)
	}
	return all
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// findPeople reads who is there, in the order of their ids.
func (o *org) findPeople(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	a, _, err := o.client.insist(ctx, http.MethodGet, "/api/v1/team.txt?complete=1", nil)
	if err != nil {
		return err
	}
	rows, err := fromSheet(a.body, "User ID", "Deactivated", "Hometown")
	if err != nil {
		return err
	}
	o.first = map[string]string{}
	for _, row := range rows {
		o.first[row[0]] = row[2]
		if row[1] == "n" {
			o.people = append(o.people, row[0])
		}
	}
	o.rows = min(o.rows, len(o.people))
	return nil
}

// cohort are the people whom every file of the organization changes.
func (o *org) cohort() []string { return o.people[:o.rows] }

// ask reads one number from the database, past every proxy.
func (r *rig) ask(ctx context.Context, query string) (n int64, err error) {
	driver := "pgx"
	if r.embedded {
		driver = "sqlite"
	}
	db, err := sql.Open(driver, r.database)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	return n, db.QueryRowContext(ctx, query).Scan(&n)
}
