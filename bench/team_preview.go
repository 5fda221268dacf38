package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// kind is a file that is previewed: how it is made, and the state that it comes to.
type kind struct {
	name  string // in figures
	state string
	make  func(t *team) (sheetFile, error)
}

// Kinds of files that are not applied.
func unchangedFile() kind {
	return kind{"changed-0", stateReady, func(t *team) (sheetFile, error) {
		return editShare(t.newest, t.path("unchanged.txt"), 0, "")
	}}
}

func wrongFile() kind {
	return kind{"wrong-1", stateRejected, func(t *team) (sheetFile, error) {
		return editWrong(t.newest, t.path("wrong.txt"))
	}}
}

func shuffledFile() kind {
	return kind{"shuffled-10", stateReady, func(t *team) (sheetFile, error) {
		ordered, err := editShare(t.newest, t.path("ordered.txt"), 10, t.town("shuffled"))
		if err != nil {
			return ordered, err
		}
		shuffled, err := shuffle(ordered, t.path("shuffled.txt"))
		return shuffled, errors.Join(err, ordered.remove())
	}}
}

// town is one that nobody lives in yet.
func (t *team) town(of string) string { return fmt.Sprintf("Round %d, %s", t.round, of) }

func (t *team) previewOnly(ctx context.Context, k kind) error {
	file, err := k.make(t)
	if err != nil {
		return err
	}
	if _, err := t.preview(ctx, k.name, file, k.state); err != nil {
		return err
	}
	return t.forget(file)
}

// preview measures the preview of a file and its floor.
func (t *team) preview(ctx context.Context, name string, file sheetFile, state string) (*batchJSON, error) {
	load := func() error {
		took, err := t.floor.load(ctx, file)
		t.figures.add("preview/"+name+"/floor_s", took)
		return err
	}
	if t.floorFirst() {
		if err := load(); err != nil {
			return nil, err
		}
	}
	if err := t.fresh(ctx); err != nil {
		return nil, err
	}
	done, err := t.upload(ctx, name, file, state)
	if err != nil || t.floorFirst() {
		return done, err
	}
	return done, load()
}

// upload uploads a file and waits for its preview: the seconds of each as the
// client sees them, the worker's own, and what it cost.
func (t *team) upload(ctx context.Context, name string, file sheetFile, state string) (*batchJSON, error) {
	before, err := t.site.use(ctx)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	accepted, err := t.client.upload(ctx, file)
	if err != nil {
		return nil, err
	}
	uploaded := time.Now()
	done, err := t.settle(ctx, accepted.ID)
	if err != nil {
		return nil, err
	}
	seconds := time.Since(uploaded).Seconds()
	if err := done.expect(file, state); err != nil {
		return nil, err
	}
	t.figures.add("preview/"+name+"/upload_s", uploaded.Sub(begun).Seconds())
	t.figures.add("preview/"+name+"/client_s", seconds)
	t.say("preview of %s: %.2f s", name, seconds)
	return done, t.cost(ctx, "preview/"+name, "batch previewed", done.ID, before)
}

// cost adds what a task cost: the worker's own seconds, the most memory that the
// processes took, and bytes written and stored.
func (t *team) cost(ctx context.Context, name, message, batchID string, before use) error {
	seconds, err := took(ctx, t.site.worker, message, batchID)
	if err != nil {
		return err
	}
	after, err := t.site.use(ctx)
	if err != nil {
		return err
	}
	memory, err := peakMemory(t.site.worker.PID())
	if err != nil {
		return err
	}
	webMemory, err := peakMemory(t.site.web.PID())
	if err != nil {
		return err
	}
	spent := after.since(before)
	t.figures.add(name+"/worker_s", seconds)
	t.figures.add(name+"/memory_B", memory)
	t.figures.add(name+"/web_memory_B", webMemory)
	t.figures.add(name+"/tables_B", spent.tables)
	t.figures.add(name+"/files_B", spent.files)
	if !t.site.embedded() {
		t.figures.add(name+"/wal_B", spent.wal)
	}
	return nil
}

// A file of few rows is previewed several times by one worker, so that the first,
// which opens connections, does not stand for all.
const (
	smallRows  = 1000
	smallTimes = 5
)

func (t *team) previewSmall(ctx context.Context) error {
	file, err := editSome(t.newest, t.path("small.txt"), selection{all: t.rows, some: smallRows, percent: 10, town: t.town("small")})
	if err != nil {
		return err
	}
	if err := t.fresh(ctx); err != nil {
		return err
	}
	for range smallTimes {
		if _, err := t.upload(ctx, "small", file, stateReady); err != nil {
			return err
		}
	}
	return t.forget(file)
}

// forget removes a file that is done with, here and where the program keeps it: a
// few rounds of a large team would need a large disk.
func (t *team) forget(file sheetFile) error { return errors.Join(file.remove(), t.site.forgetFiles()) }
