package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// team is an organization under measurement, with the floors beside it.
type team struct {
	*client
	bench   *bench
	floor   *floor // nil where none is measured
	figures figures
	dir     string
	rows    int    // of a file with everybody whose profile is whole
	round   int    // that is being measured
	newest  string // path of the team as it was downloaded last
	// saved is what was applied last: the next download has to show it.
	saved sheetFile
}

// course is what is measured in a round.
type course struct {
	workbook bool
	kinds    []kind // of files that are previewed and not applied
	small    bool   // and a file of 1,000 rows
	shares   []int  // percent of rows changed: previewed and applied
}

// newTeam makes an organization and starts the site. It has no floors yet.
func newTeam(ctx context.Context, s *site, people int) (*team, error) {
	o, err := s.newOrg(ctx, "measured", people)
	if err != nil {
		return nil, err
	}
	t := &team{client: &client{site: s, org: o}, bench: s.bench, figures: figures{}, dir: s.dir}
	t.newest = t.path("team.txt")
	return t, s.restart(ctx)
}

// measureTeam measures rounds of a course.
func (b *bench) measureTeam(ctx context.Context, t *team, c course) error {
	for t.round = 1; t.round <= b.rounds; t.round++ {
		if err := t.measure(ctx, c); err != nil {
			return fmt.Errorf("round %d: %w", t.round, err)
		}
	}
	return t.fetch(ctx)
}

// measure is one round. Files whose changes are not saved come first: what is
// saved makes the downloads before it old.
func (t *team) measure(ctx context.Context, c course) error {
	if err := t.downloads(ctx, c.workbook); err != nil {
		return err
	}
	for _, k := range c.kinds {
		if err := t.previewOnly(ctx, k); err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
	}
	if c.small {
		if err := t.previewSmall(ctx); err != nil {
			return fmt.Errorf("1,000 rows: %w", err)
		}
	}
	for i, share := range c.shares {
		if i > 0 {
			if err := t.fetch(ctx); err != nil {
				return err
			}
		}
		if err := t.previewAndApply(ctx, share); err != nil {
			return fmt.Errorf("%d %% changed: %w", share, err)
		}
	}
	return nil
}

func (t *team) path(name string) string { return filepath.Join(t.dir, name) }

func (t *team) say(format string, args ...any) {
	t.bench.say("  round %d of %d: %s", t.round, t.bench.rounds, fmt.Sprintf(format, args...))
}

// floorFirst lets the floor and the program begin in turns, so that neither
// always finds the file in memory.
func (t *team) floorFirst() bool { return t.round%2 == 1 }

// complete is the download without people whose rows would be problems.
const complete = "?complete=1"

// downloads measures the download beside its floors, each by a producer that has
// done nothing else.
func (t *team) downloads(ctx context.Context, workbook bool) error {
	steps := []func() error{
		func() error { return t.floorDownload(ctx, "floor_s", false) },
		func() error { return t.download(ctx, "text", "/api/v1/team.txt"+complete, t.newest) },
		func() error { return t.floorDownload(ctx, "sorted_floor_s", true) },
	}
	if !t.floorFirst() {
		steps[0], steps[1] = steps[1], steps[0]
	}
	if workbook {
		steps = append(steps, func() error {
			path := t.path("team.xlsx")
			return errors.Join(t.download(ctx, "workbook", "/api/v1/team.xlsx"+complete, path), os.Remove(path))
		})
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return t.look()
}

func (t *team) floorDownload(ctx context.Context, name string, sorted bool) error {
	took, err := t.floor.download(ctx, t.path("floor.txt"), sorted)
	t.figures.add("download/text/"+name, took)
	return err
}

func (t *team) download(ctx context.Context, name, from, to string) error {
	if err := t.fresh(ctx); err != nil {
		return err
	}
	first, whole, err := t.client.download(ctx, from, to)
	if err != nil {
		return err
	}
	memory, err := peakMemory(t.site.web.PID())
	if err != nil {
		return err
	}
	file, err := os.Stat(to)
	if err != nil {
		return err
	}
	t.figures.add("download/"+name+"/first_s", first)
	t.figures.add("download/"+name+"/client_s", whole)
	t.figures.add("download/"+name+"/memory_B", memory)
	t.figures.add("download/"+name+"/file_B", float64(file.Size()))
	t.say("download as %s: %.2f s", name, whole)
	return nil
}

// fresh starts the processes anew with a database at rest.
func (t *team) fresh(ctx context.Context) error {
	if err := t.site.restart(ctx); err != nil {
		return err
	}
	if t.site.embedded() {
		return nil
	}
	return t.site.database.do(ctx, "CHECKPOINT")
}

// fetch downloads the team anew, not to measure it.
func (t *team) fetch(ctx context.Context) error {
	if _, _, err := t.client.download(ctx, "/api/v1/team.txt"+complete, t.newest); err != nil {
		return err
	}
	return t.look()
}

// look makes sure that a download is whole and has what was saved last.
func (t *team) look() error {
	rows, moved, err := censusOf(t.newest, t.saved.town)
	if err != nil {
		return err
	}
	if t.rows == 0 {
		t.rows = rows
	}
	if rows != t.rows || t.saved.town != "" && moved != t.saved.changed {
		return fmt.Errorf("the download has %d rows, and %d people of %q, want %d and %d", rows, moved, t.saved.town, t.rows, t.saved.changed)
	}
	return nil
}
