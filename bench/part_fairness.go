package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Fairness: what one organization meets while another's large file is at work.
const (
	fewRows      = 20
	smallOrg     = 10_000                 // people of the organization with the small files
	uploadPause  = 200 * time.Millisecond // between two small files
	pagePause    = 50 * time.Millisecond  // between two pages
	idleFor      = 5 * time.Second        // how long is looked at without a large file
	fairnessFile = "few.txt"
)

// neighbours are two organizations on one site: one with a large file, one with
// small files.
type neighbours struct {
	large *team
	small *client
	file  sheetFile // of the small one
	pages []openPage
}

// openPage is a page that is looked at again and again.
type openPage struct {
	name string // in figures
	by   *browser
	path string
}

// The pages that are looked at, by their names in figures.
const (
	smallTeam    = "team-small"
	smallPreview = "preview-small"
	largeTeam    = "team-large"
	largeFile    = "batch-large"
)

// watchedPages are the pages by their names, as people call them.
func watchedPages() [][2]string {
	return [][2]string{
		{smallTeam, "page of the small team"}, {smallPreview, "page of a small preview"},
		{largeTeam, "page of the large team"}, {largeFile, "page of the large file"},
	}
}

func measureFairness(ctx context.Context, b *bench) (err error) {
	r := b.newRecord(b.people)
	s, err := b.install(ctx, "fairness")
	if err != nil {
		return err
	}
	defer func() { closing(&err, s.close) }()
	n, err := newNeighbours(ctx, b, s)
	if err != nil {
		return err
	}
	t := n.large
	for t.round = 1; t.round <= b.rounds; t.round++ {
		if err := n.measure(ctx); err != nil {
			return fmt.Errorf("round %d: %w", t.round, err)
		}
	}
	r.Rows, r.Figures = t.rows, t.figures
	return b.keep("fairness", r)
}

func newNeighbours(ctx context.Context, b *bench, s *site) (*neighbours, error) {
	o, err := s.newOrg(ctx, "neighbour", min(smallOrg, b.people))
	if err != nil {
		return nil, err
	}
	large, err := newTeam(ctx, s, b.people)
	if err != nil {
		return nil, err
	}
	n := &neighbours{large: large, small: &client{site: s, org: o}}
	if err := n.makeSmallFile(ctx); err != nil {
		return nil, err
	}
	return n, n.openPages(ctx)
}

// makeSmallFile makes the file of the small organization. It is previewed and
// never saved, so one file serves.
func (n *neighbours) makeSmallFile(ctx context.Context) error {
	team := n.large.path("neighbour.txt")
	if _, _, err := n.small.download(ctx, "/api/v1/team.txt"+complete, team); err != nil {
		return err
	}
	rows, _, err := censusOf(team, "")
	if err == nil {
		n.file, err = editSome(team, n.large.path(fairnessFile), selection{all: rows, some: fewRows, percent: 10, town: "Elsewhere"})
	}
	return err
}

func (n *neighbours) openPages(ctx context.Context) error {
	small, err := signIn(ctx, n.small.site, n.small.org)
	if err != nil {
		return err
	}
	large, err := signIn(ctx, n.large.site, n.large.org)
	if err != nil {
		return err
	}
	_, ready, err := n.previewSmall(ctx)
	if err != nil {
		return err
	}
	n.pages = []openPage{{smallTeam, small, "/team"}, {smallPreview, small, batchPath(ready.ID)}, {largeTeam, large, "/team"}}
	return nil
}

// previewSmall uploads the small file and returns after how many seconds its
// preview is there.
func (n *neighbours) previewSmall(ctx context.Context) (float64, *batchJSON, error) {
	var done *batchJSON
	took, err := timed(func() error {
		accepted, err := n.small.upload(ctx, n.file)
		if err != nil {
			return err
		}
		if done, err = n.small.settle(ctx, accepted.ID); err != nil {
			return err
		}
		return done.expect(n.file, stateReady)
	})
	return took, done, err
}

// measure looks at the small organization while nothing else happens, while the
// large file is previewed, and while it is saved.
func (n *neighbours) measure(ctx context.Context) error {
	t := n.large
	if err := t.fetch(ctx); err != nil {
		return err
	}
	file, err := editShare(t.newest, t.path("large.txt"), 100, t.town("large"))
	if err != nil {
		return err
	}
	if err := t.fresh(ctx); err != nil {
		return err
	}
	if err := n.during(ctx, "idle", n.pages, func(ctx context.Context) error { return t.bench.rest(ctx, idleFor) }); err != nil {
		return err
	}
	accepted, err := t.client.upload(ctx, file)
	if err != nil {
		return err
	}
	var done *batchJSON
	settles := func(ctx context.Context) (err error) { done, err = t.settle(ctx, accepted.ID); return err }
	own := openPage{largeFile, n.page(largeTeam).by, batchPath(accepted.ID)}
	if err := n.during(ctx, "preview", append(n.pages, own), settles); err != nil {
		return err
	}
	if err := errors.Join(done.expect(file, stateReady), t.confirm(ctx, done)); err != nil {
		return err
	}
	if err := n.during(ctx, "apply", append(n.pages, own), settles); err != nil {
		return err
	}
	t.saved = file
	return errors.Join(done.expect(file, stateApplied), t.forget(file))
}

func batchPath(id string) string { return "/bulk-update/" + id }

func (n *neighbours) page(name string) openPage {
	return n.pages[slices.IndexFunc(n.pages, func(p openPage) bool { return p.name == name })]
}

// during uploads small files and looks at pages for as long as something takes,
// each once at least, and adds how long they waited.
func (n *neighbours) during(ctx context.Context, phase string, pages []openPage, takes func(context.Context) error) error {
	ending := make(chan struct{})
	waits := map[string]*[]float64{}
	keep := func(name string) *[]float64 { waits[name] = new([]float64); return waits[name] }
	uploads := keep("upload")
	seen := make([]*[]float64, len(pages))
	for i, page := range pages {
		seen[i] = keep(page.name)
	}
	var group sync.WaitGroup
	var uploadErr, pageErr error
	group.Go(func() {
		uploadErr = repeat(ctx, ending, uploadPause, func() error {
			took, _, err := n.previewSmall(ctx)
			*uploads = append(*uploads, took)
			return err
		})
	})
	group.Go(func() {
		pageErr = repeat(ctx, ending, pagePause, func() error { return seeAll(ctx, pages, seen) })
	})
	took, err := timed(func() error { return takes(ctx) })
	close(ending)
	group.Wait()
	if err := errors.Join(err, uploadErr, pageErr); err != nil {
		return fmt.Errorf("%s: %w", phase, err)
	}
	n.large.figures.add("fairness/"+phase+"/whole_s", took)
	n.large.say("%s of the large file: %.2f s", phase, took)
	for name, times := range waits {
		n.add("fairness/"+phase+"/"+name, *times)
	}
	return nil
}

func seeAll(ctx context.Context, pages []openPage, seen []*[]float64) error {
	for i, page := range pages {
		took, err := page.by.see(ctx, page.path)
		if err != nil {
			return err
		}
		*seen[i] = append(*seen[i], took)
	}
	return nil
}

func (n *neighbours) add(name string, times []float64) {
	f := n.large.figures
	f.add(name+"/median_s", median(times))
	f.add(name+"/p99_s", quantile(times, 0.99))
	f.add(name+"/worst_s", slices.Max(times))
	f.add(name+"/times_n", float64(len(times)))
}

// repeat does something until ending is closed, once at least.
func repeat(ctx context.Context, ending <-chan struct{}, pause time.Duration, do func() error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	for {
		if err := do(); err != nil {
			return err
		}
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-ending:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
