package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// changedName names figures of files with a share of rows changed.
func changedName(percent int) string { return fmt.Sprintf("changed-%d", percent) }

// previewAndApply measures the preview of a file with a share of its rows
// changed, its apply, and the floors of both.
func (t *team) previewAndApply(ctx context.Context, percent int) error {
	name := changedName(percent)
	file, err := editShare(t.newest, t.path("changed.txt"), percent, t.town(name))
	if err != nil {
		return err
	}
	ready, err := t.preview(ctx, name, file, stateReady)
	if err != nil {
		return err
	}
	if err := t.floor.take(ctx, file); err != nil {
		return err
	}
	steps := []func() error{
		func() error { return t.floorUpdate(ctx, name, plainTable, "floor", file.changed) },
		func() error { return t.apply(ctx, name, file, ready) },
	}
	if !t.floorFirst() {
		slices.Reverse(steps)
	}
	if t.floor.has(spacedTable) {
		steps = append(steps, func() error { return t.floorUpdate(ctx, name, spacedTable, "spaced_floor", file.changed) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	t.saved = file
	return t.forget(file)
}

func (t *team) floorUpdate(ctx context.Context, name, table, figure string, changed int) error {
	took, wal, err := t.floor.update(ctx, table, changed)
	t.figures.add("apply/"+name+"/"+figure+"_s", took)
	t.figures.add("apply/"+name+"/"+figure+"_wal_B", wal)
	return err
}

func (t *team) apply(ctx context.Context, name string, file sheetFile, ready *batchJSON) error {
	if err := t.site.restart(ctx); err != nil {
		return err
	}
	if !t.site.embedded() {
		if err := t.site.database.settle(ctx, t.floor.tables...); err != nil {
			return err
		}
	}
	before, err := t.site.use(ctx)
	if err != nil {
		return err
	}
	if err := t.confirm(ctx, ready); err != nil {
		return err
	}
	confirmed := time.Now()
	done, err := t.settle(ctx, ready.ID)
	if err != nil {
		return err
	}
	seconds := time.Since(confirmed).Seconds()
	if err := done.expect(file, stateApplied); err != nil {
		return err
	}
	t.figures.add("apply/"+name+"/client_s", seconds)
	t.say("apply of %s: %.2f s", name, seconds)
	return t.cost(ctx, "apply/"+name, "batch saved", done.ID, before)
}
