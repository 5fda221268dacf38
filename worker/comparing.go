package worker

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
)

// keep stores rows of a run.
type keep func(context.Context, []*plan.RowReport) error

// comparing is the second look at a file: its rows against one consistent state
// of the team.
type comparing struct {
	*reading
	view  *store.View
	again *sheet.RowReader
	kept  *rowBuffer
	// people are those who were told and will be needed again.
	people *peopleFile
	done   int // of total: the people who are told and the rows
	total  int
}

// compare judges every row against the view and keeps those that change something
// or have something to say.
func (r *reading) compare(ctx context.Context, view *store.View, keepRows keep) (totals plan.Totals, err error) {
	if r.checker == nil {
		return plan.Totals{FileProblems: r.problems, NotInFile: view.TeamSize()}, nil
	}
	// On SQLite a write may wait for another's apply, for longer than silence is borne.
	beating := func(ctx context.Context, rows []*plan.RowReport) error {
		return r.pulse.during(ctx, func() error { return keepRows(ctx, rows) })
	}
	c := &comparing{reading: r, view: view, kept: &rowBuffer{keep: beating},
		again: sheet.NewRowReader(r.file, r.order, r.limits), people: &peopleFile{folder: r.worker.TempDir, rows: r.rows()}, total: r.rows()}
	defer func() { err = errors.Join(err, c.people.close()) }()
	if err := r.pulse.enter(ctx, batch.Comparing, 0); err != nil {
		return plan.Totals{}, err
	}
	for _, do := range []func(context.Context) error{c.tell, c.judge, c.resolve, c.report, c.kept.flush} {
		if err := do(ctx); err != nil {
			return plan.Totals{}, err
		}
	}
	r.pulse.left(r.rows())
	return c.totals(), nil
}

// totals are the checker's, with the problems of the file before those of its
// rows.
func (c *comparing) totals() plan.Totals {
	totals := c.checker.Totals()
	totals.FileProblems = append(slices.Clone(c.problems), totals.FileProblems...)
	if len(totals.FileProblems) > 0 {
		totals.Digest = ""
	}
	return totals
}

// tell tells the checker about the people: everybody when the file is large, else
// those it asks for.
func (c *comparing) tell(ctx context.Context) error {
	if c.checker.WholeTeam() {
		c.total += c.view.TeamSize()
		if err := c.view.TeamBlocks(ctx, store.TeamOptions{}, func(people []profile.Profile) error {
			for _, wanted := range c.checker.AddPeople(people) {
				if err := c.keepPerson(wanted.Row, &people[wanted.Person]); err != nil {
					return err
				}
			}
			return c.progress(ctx, len(people))
		}); err != nil {
			return err
		}
		c.checker.TeamComplete()
	}
	return c.pulse.during(ctx, func() error { return c.view.Supply(ctx, c.checker, c.tellOf) })
}

// tellOf tells of one person, and keeps them if they will be needed again.
func (c *comparing) tellOf(p *profile.Profile) error {
	if row, wanted := c.checker.AddPerson(p); wanted {
		return c.keepPerson(row, p)
	}
	return nil
}

// keepPerson keeps somebody for the row at that place of the file.
func (c *comparing) keepPerson(row int, p *profile.Profile) error {
	place, err := c.people.add(row, p)
	if err != nil {
		return err
	}
	c.checker.FindAgain(p.ID, place)
	return nil
}

// mostlyFrom is the part of the rows, one in so many, from which on a file counts
// as one that changes most of them.
const mostlyFrom = 2

// roomy lets a large file of which most rows change collect less often. Large files
// are checked one at a time, so that nobody else has changed it meanwhile.
func (c *comparing) roomy() (back func()) {
	large := c.batch.File.Size >= tasks.LargeFile
	if c.worker.RoomyGC == 0 || !large || c.people.kept*mostlyFrom < c.rows() {
		return func() {}
	}
	before := debug.SetGCPercent(c.worker.RoomyGC)
	return func() { debug.SetGCPercent(before) }
}

// judge judges each suspect on its own.
func (c *comparing) judge(ctx context.Context) error {
	defer c.roomy()()
	return c.each(ctx, c.checker.Suspects(), func(s plan.Suspect, row *sheet.Row, current *profile.Profile, past plan.Past) error {
		report, done := c.checker.Judge(s, row.Cells, row.Damage, current, past)
		if !done {
			return nil
		}
		return c.kept.add(ctx, report)
	})
}

// resolve judges what depends on several rows, and finds the names to tell it
// with.
func (c *comparing) resolve(ctx context.Context) error {
	return c.pulse.during(ctx, func() error {
		c.checker.Resolve()
		return c.view.People(ctx, c.checker.NamesWanted(), func(p *profile.Profile) error {
			c.checker.Name(p)
			return nil
		})
	})
}

func (c *comparing) report(ctx context.Context) error {
	return c.each(ctx, c.checker.Open(), func(s plan.Suspect, row *sheet.Row, current *profile.Profile, past plan.Past) error {
		return c.kept.add(ctx, c.checker.Report(s, row.Cells, row.Damage, current, past))
	})
}

// peopleAtOnce is how many profiles are held at a time.
const peopleAtOnce = 1000

// judging is what is done with a suspect whose row was read again.
type judging func(s plan.Suspect, row *sheet.Row, current *profile.Profile, past plan.Past) error

// each reads suspects again, some at a time, with the people of their rows.
func (c *comparing) each(ctx context.Context, suspects iter.Seq[plan.Suspect], judge judging) error {
	some := make([]plan.Suspect, 0, peopleAtOnce)
	for s := range suspects {
		if some = append(some, s); len(some) < peopleAtOnce {
			continue
		}
		if err := c.judgeSome(ctx, some, judge); err != nil {
			return err
		}
		some = some[:0]
	}
	return c.judgeSome(ctx, some, judge)
}

func (c *comparing) judgeSome(ctx context.Context, some []plan.Suspect, judge judging) error {
	untold, err := c.untold(ctx, some)
	if err != nil {
		return err
	}
	pasts, err := c.pastsOf(ctx, some)
	if err != nil {
		return err
	}
	for _, s := range some {
		current := untold[s.ProfileID]
		if s.ProfileAt != 0 {
			if current, err = c.people.get(s.Place, s.ProfileAt); err != nil {
				return err
			}
		}
		if err := c.judgeOne(s, current, pasts[sinceOf(s)], judge); err != nil {
			return err
		}
		if err := c.progress(ctx, 1); err != nil {
			return err
		}
	}
	return nil
}

// progress is told of people and of rows on one scale: it never goes back.
func (c *comparing) progress(ctx context.Context, more int) error {
	c.done += more
	return c.pulse.stepBy(ctx, more, min(c.done, c.total), c.total)
}

func (c *comparing) judgeOne(s plan.Suspect, current *profile.Profile, past plan.Past, judge judging) error {
	row, err := c.again.ReadAt(s.Offset, s.Row)
	if err != nil {
		return fmt.Errorf("read row %d again: %w", s.Row, err)
	}
	return judge(s, row, current, past)
}

func sinceOf(s plan.Suspect) store.Since {
	return store.Since{ProfileID: s.ProfileID, Version: s.PastVersion}
}

// pastsOf are the pasts of those whose rows need one.
func (c *comparing) pastsOf(ctx context.Context, some []plan.Suspect) (map[store.Since]plan.Past, error) {
	var since []store.Since
	for _, s := range some {
		if s.PastVersion != 0 {
			since = append(since, sinceOf(s))
		}
	}
	return c.view.Pasts(ctx, since)
}

// untold are the people of suspects who were not kept when they were told.
func (c *comparing) untold(ctx context.Context, some []plan.Suspect) (map[profile.ID]*profile.Profile, error) {
	var ids []profile.ID
	for _, s := range some {
		if !s.ProfileID.IsZero() && s.ProfileAt == 0 {
			ids = append(ids, s.ProfileID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	people := make(map[profile.ID]*profile.Profile, len(ids))
	err := c.view.People(ctx, ids, func(p *profile.Profile) error {
		kept := *p // p is only valid now
		kept.GroupIDs = slices.Clone(p.GroupIDs)
		people[p.ID] = &kept
		return nil
	})
	return people, err
}
