package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"
)

// load is what one measurement of the capacity puts on the worker: every
// organization uploads, previews, confirms and saves so many files one after
// another, at the same time as all others.
type load struct {
	rows int // of a file, of which a tenth changes
	each int // files of an organization
}

// crowd is many organizations on one site with one worker.
type crowd struct {
	bench *bench
	site  *site
	orgs  []*client
	teams []string // path of each one's download
	rows  int      // of each
	loads []load

	figures figures
}

// measureCapacity measures what the pieces of an installation spend on many small
// files: the figures from which one can tell what a larger one carries.
func measureCapacity(ctx context.Context, b *bench) (err error) {
	r := b.newRecord(b.people)
	s, err := b.install(ctx, "capacity")
	if err != nil {
		return err
	}
	defer func() { closing(&err, s.close) }()
	c := &crowd{bench: b, site: s, figures: figures{}}
	if err := c.gather(ctx); err != nil {
		return err
	}
	for round := 1; round <= b.rounds; round++ {
		if err := c.queue(ctx); err != nil {
			return fmt.Errorf("round %d: waiting tasks: %w", round, err)
		}
		for _, l := range c.loads {
			if err := c.measure(ctx, round, l); err != nil {
				return fmt.Errorf("round %d: %d rows: %w", round, l.rows, err)
			}
		}
	}
	r.People, r.Rows, r.Figures = len(c.orgs)*c.people(), c.rows, c.figures
	return b.keep("capacity", r)
}

// size is how many organizations there are, of how many people, and the loads;
// a trial has fewer.
func (c *crowd) size() (orgs, people int, loads []load) {
	sizes := loadSizes()
	if c.bench.people >= million {
		return 16, 12_000, []load{{sizes[0], 10}, {sizes[1], 6}, {sizes[2], 2}}
	}
	return 4, min(2000, max(100, c.bench.people/4)), []load{{sizes[0], 3}, {sizes[1], 2}}
}

// loadSizes are the rows of files.
func loadSizes() [3]int { return [3]int{20, 1000, 10_000} }

func (c *crowd) people() int { _, people, _ := c.size(); return people }

func (c *crowd) gather(ctx context.Context) error {
	orgs, people, loads := c.size()
	for i := range orgs {
		o, err := c.site.newOrg(ctx, fmt.Sprintf("org%d", i), people)
		if err != nil {
			return err
		}
		c.orgs = append(c.orgs, &client{site: c.site, org: o})
		c.teams = append(c.teams, c.path(fmt.Sprintf("team%d.txt", i)))
	}
	if err := c.site.restart(ctx); err != nil {
		return err
	}
	if err := c.fetch(ctx); err != nil {
		return err
	}
	for _, l := range loads {
		if l.rows <= c.rows {
			c.loads = append(c.loads, l)
		}
	}
	return nil
}

// fetch downloads every team.
func (c *crowd) fetch(ctx context.Context) error {
	for i, o := range c.orgs {
		if _, _, err := o.download(ctx, "/api/v1/team.txt"+complete, c.teams[i]); err != nil {
			return err
		}
	}
	rows, _, err := censusOf(c.teams[0], "") // the same seed makes the same people
	c.rows = rows
	return err
}

func (c *crowd) path(name string) string { return filepath.Join(c.site.dir, name) }

// Redis while tasks wait in it.
const (
	waitingTasks = 50
	restFor      = 3 * time.Second
)

// queue measures what Redis does while nothing is to be done, and how much memory
// a waiting task takes in it.
func (c *crowd) queue(ctx context.Context) error {
	if err := c.site.restart(ctx); err != nil {
		return err
	}
	took, spent, err := c.spent(ctx, func() error { return c.bench.rest(ctx, restFor) })
	if err != nil {
		return err
	}
	c.figures.add("capacity/idle/whole_s", took)
	spent.add(c.figures, "capacity/idle")
	if err := c.site.stopWorker(); err != nil {
		return err
	}
	waiting, err := c.uploadWaiting(ctx)
	if err != nil {
		return err
	}
	return errors.Join(c.site.startWorker(ctx), c.settleAll(ctx, waiting))
}

// uploadWaiting uploads files while there is no worker.
func (c *crowd) uploadWaiting(ctx context.Context) (ids []string, err error) {
	file, err := editSome(c.teams[0], c.path("waiting.txt"), selection{all: c.rows, some: fewRows})
	if err != nil {
		return nil, err
	}
	before, err := redisNumber(ctx, c.bench.redisURL, "used_memory")
	if err != nil {
		return nil, err
	}
	for range waitingTasks {
		accepted, err := c.orgs[0].upload(ctx, file)
		if err != nil {
			return nil, err
		}
		ids = append(ids, accepted.ID)
	}
	after, err := redisNumber(ctx, c.bench.redisURL, "used_memory")
	c.figures.add("capacity/waiting/redis_B", (after-before)/waitingTasks)
	return ids, err
}

func (c *crowd) settleAll(ctx context.Context, ids []string) error {
	for _, id := range ids {
		done, err := c.orgs[0].settle(ctx, id)
		if err == nil && done.State != stateReady {
			err = fmt.Errorf("batch %s is %s, want ready", id, done.State)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// measure puts a load on the worker.
func (c *crowd) measure(ctx context.Context, round int, l load) error {
	if err := c.fetch(ctx); err != nil {
		return err
	}
	files, err := c.files(round, l)
	if err != nil {
		return err
	}
	if err := c.site.restart(ctx); err != nil {
		return err
	}
	watch, err := watchPeaks(ctx, c.site.database.url, c.bench.redisURL)
	if err != nil {
		return err
	}
	took, spent, err := c.spent(ctx, func() error { return c.carry(ctx, files) })
	if err = errors.Join(err, watch.end()); err != nil {
		return err
	}
	name := loadName(l.rows)
	watch.add(c.figures, name)
	c.bench.say("  round %d of %d: %d files of %d rows in %.2f s", round, c.bench.rounds, len(c.orgs)*l.each, l.rows, took)
	c.figures.add(name+"/whole_s", took)
	c.figures.add(name+"/files_n", float64(len(c.orgs)*l.each))
	spent.add(c.figures, name)
	return c.forget(files)
}

// loadName begins the names of the figures of a load.
func loadName(rows int) string { return fmt.Sprintf("capacity/%d", rows) }

// spent is how many seconds something takes, and what it costs.
func (c *crowd) spent(ctx context.Context, do func() error) (took float64, spent counters, err error) {
	before, err := c.counters(ctx)
	if err != nil {
		return 0, before, err
	}
	took, err = timed(do)
	if err != nil {
		return took, before, err
	}
	after, err := c.counters(ctx)
	return took, after.since(before), err
}

// files makes the files of each organization: files[i] are the i-th one's.
func (c *crowd) files(round int, l load) ([][]sheetFile, error) {
	files := make([][]sheetFile, len(c.orgs))
	for i := range c.orgs {
		for n := range l.each {
			file, err := editSome(c.teams[i], c.path(fmt.Sprintf("edited%d-%d.txt", i, n)), selection{
				all: c.rows, some: l.rows, percent: 10, again: n, town: fmt.Sprintf("Round %d, %d rows, %d", round, l.rows, n)})
			if err != nil {
				return nil, err
			}
			files[i] = append(files[i], file)
		}
	}
	return files, nil
}

func (c *crowd) forget(files [][]sheetFile) error {
	err := c.site.forgetFiles()
	for _, own := range files {
		for _, file := range own {
			err = errors.Join(err, file.remove())
		}
	}
	return err
}

// carry lets every organization bring its files through.
func (c *crowd) carry(ctx context.Context, files [][]sheetFile) error {
	errs := make([]error, len(c.orgs))
	var group sync.WaitGroup
	for i, o := range c.orgs {
		group.Go(func() { errs[i] = o.bring(ctx, files[i]) })
	}
	group.Wait()
	return errors.Join(errs...)
}

// bring brings files through one after another: upload, preview, confirm, apply.
func (c *client) bring(ctx context.Context, files []sheetFile) error {
	for _, file := range files {
		accepted, err := c.upload(ctx, file)
		if err != nil {
			return err
		}
		ready, err := c.settle(ctx, accepted.ID)
		if err != nil {
			return err
		}
		if err := errors.Join(ready.expect(file, stateReady), c.confirm(ctx, ready)); err != nil {
			return err
		}
		done, err := c.settle(ctx, ready.ID)
		if err != nil {
			return err
		}
		if err := done.expect(file, stateApplied); err != nil {
			return err
		}
	}
	return nil
}
