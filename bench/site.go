package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"teamsheet/internal/testkit/process"
)

// site is an installation of the program: producer and worker as processes of
// their own on Postgres and Redis, or everything in one on the embedded ones.
type site struct {
	bench    *bench
	program  process.Program
	dir      string
	database *database        // nil: embedded
	web      *process.Process // embedded, it is the worker too
	worker   *process.Process
	url      string
}

// org is an organization of a site.
type org struct {
	id, email string
	token     string
	link      string // where its admin chooses a password: the path
}

// install installs the program on the servers. Nothing runs before restart.
func (b *bench) install(ctx context.Context, part string) (*site, error) {
	db, err := b.newDatabase(ctx, part)
	if err != nil {
		return nil, err
	}
	s, err := b.newSite(part)
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	s.database = db
	s.program.Settings["TEAMSHEET_DATABASE_URL"], s.program.Settings["TEAMSHEET_REDIS_URL"] = db.url, b.redisURL
	if _, err := s.program.Run(ctx, "migrate"); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// installEmbedded installs the program on the embedded database and queue.
func (b *bench) installEmbedded(part string) (*site, error) { return b.newSite(part) }

func (b *bench) newSite(part string) (*site, error) {
	dir, err := os.MkdirTemp(b.dir, part+"-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	return &site{bench: b, dir: dir, program: process.Program{Path: b.program, Settings: process.Settings{
		"TEAMSHEET_ADDR": "127.0.0.1:0", "TEAMSHEET_DATA_DIR": dir, "TEAMSHEET_LOG_FORMAT": "json",
		// Room for teams beyond what is allowed as the program comes.
		"TEAMSHEET_MAX_FILE_SIZE": "64GiB", "TEAMSHEET_MAX_ROWS": "100000000",
	}}}, nil
}

func (s *site) embedded() bool { return s.database == nil }

// newOrg makes an organization with a team and an admin. Embedded, nothing may be
// running.
func (s *site) newOrg(ctx context.Context, name string, people int) (*org, error) {
	o := &org{email: name + "@demo.example"}
	var err error
	if o.id, err = s.program.Run(ctx, "org", "create", "--name", name); err != nil {
		return nil, err
	}
	link, err := s.program.Run(ctx, "admin", "create", "--org", o.id, "--email", o.email)
	if err != nil {
		return nil, err
	}
	address, err := url.Parse(link)
	if err != nil {
		return nil, fmt.Errorf("read the password link: %w", err)
	}
	o.link = address.Path
	if o.token, err = s.program.Run(ctx, "token", "create", "--org", o.id, "--email", o.email); err != nil {
		return nil, err
	}
	if _, err = s.program.Run(ctx, "seed", "--org", o.id, "--people", strconv.Itoa(people)); err != nil || s.embedded() {
		return o, err
	}
	// As in a database that has been there for a while.
	return o, s.database.settle(ctx, "public.profiles")
}

// restart ends what runs and starts it anew, so that the next measurement is not
// the first one's neighbour: neither in memory nor in open connections.
func (s *site) restart(ctx context.Context) error {
	if err := s.stop(); err != nil {
		return err
	}
	var err error
	if s.embedded() {
		s.web, err = s.program.Start("run")
		s.worker = s.web
	} else {
		err = errors.Join(s.startWeb(), s.startWorker(ctx))
	}
	if err != nil {
		return err
	}
	if s.url, err = s.web.Printed(ctx, "url"); err != nil {
		return err
	}
	return s.awaitReady(ctx, s.web, s.url)
}

func (s *site) startWeb() (err error) {
	s.web, err = s.program.Start("producer")
	return err
}

// startWorker starts the worker and waits until it works.
func (s *site) startWorker(ctx context.Context) error {
	address, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	program := s.program
	program.Settings = program.Settings.With(process.Settings{"TEAMSHEET_WORKER_ADDR": address})
	if s.worker, err = program.Start("worker"); err != nil {
		return err
	}
	return s.awaitReady(ctx, s.worker, "http://"+address)
}

func freeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

// readyEvery is how often a process is asked whether it is ready.
const readyEvery = 10 * time.Millisecond

func (s *site) awaitReady(ctx context.Context, p *process.Process, address string) error {
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	for {
		if process.IsReady(ctx, address) {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.Exited():
			return p.Ended()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stop ends what runs. A process that has ended by itself is an error.
func (s *site) stop() error {
	var errs []error
	if s.web != nil {
		errs = append(errs, s.end(s.web))
	}
	errs = append(errs, s.stopWorker())
	s.web = nil
	return errors.Join(errs...)
}

func (s *site) stopWorker() error {
	worker := s.worker
	s.worker = nil
	if worker == nil || worker == s.web {
		return nil
	}
	return s.end(worker)
}

// stopLimit is how long a process may take to end by itself.
const stopLimit = time.Minute

// end ends a process and repeats what it complained of: a task that had to be
// tried again explains a figure that stands out.
func (s *site) end(p *process.Process) error {
	err := p.Stop(stopLimit)
	for _, line := range complaints(p.Lines()) {
		s.bench.say("  %v: %s", p, line)
	}
	return err
}

// close ends what runs and removes everything.
func (s *site) close() error {
	err := s.stop()
	if s.database != nil {
		err = errors.Join(err, s.database.close())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// use is what something costs: bytes of WAL written and bytes stored so far.
type use struct{ wal, tables, files float64 }

func (s *site) use(ctx context.Context) (u use, err error) {
	if u.files, err = sizeOf(filepath.Join(s.dir, "files")); err != nil {
		return u, err
	}
	if s.embedded() {
		u.tables, err = s.embeddedSize()
		return u, err
	}
	if u.wal, err = s.database.written(ctx); err != nil {
		return u, err
	}
	u.tables, err = s.database.size(ctx)
	return u, err
}

func (u use) since(earlier use) use {
	return use{u.wal - earlier.wal, u.tables - earlier.tables, u.files - earlier.files}
}

// embeddedSize is that of the database file. Its log beside it is one of work at
// hand, and is used again.
func (s *site) embeddedSize() (float64, error) {
	file, err := os.Stat(filepath.Join(s.dir, "teamsheet.db"))
	if err != nil {
		return 0, err
	}
	return float64(file.Size()), nil
}

// sizeOf is the size of the files in a folder, which need not be there yet.
func sizeOf(folder string) (sum float64, err error) {
	err = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sum += float64(info.Size())
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return sum, err
}

// forgetFiles removes the uploaded files, when no batch needs them any more.
func (s *site) forgetFiles() error {
	folder := filepath.Join(s.dir, "files")
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") {
			err = errors.Join(err, os.RemoveAll(filepath.Join(folder, entry.Name())))
		}
	}
	return err
}
