package main

import (
	"context"
	"fmt"
)

// measurePostgres measures everything on Postgres and Redis.
func measurePostgres(ctx context.Context, b *bench) (err error) {
	return b.measureServers(ctx, "postgres", b.people, []string{spacedTable}, course{
		workbook: b.people < mostWorkbookRows,
		kinds:    []kind{unchangedFile(), wrongFile(), shuffledFile()},
		small:    true, shares: shares(),
	})
}

// mostWorkbookRows is what one sheet of Excel holds below its header.
const mostWorkbookRows = 1<<20 - 1

// measureGrowth measures what shows how the work grows, in teams of other sizes.
func measureGrowth(ctx context.Context, b *bench) error {
	for _, people := range b.sizes {
		err := b.measureServers(ctx, growthName(people), people, nil, course{small: true, shares: shares()})
		if err != nil {
			return fmt.Errorf("%d people: %w", people, err)
		}
	}
	return nil
}

// growthName is the part of a size of team: each is kept by itself.
func growthName(people int) string { return fmt.Sprintf("growth-%d", people) }

// measureServers measures a course on Postgres and Redis; floors are tables beside
// the plain one.
func (b *bench) measureServers(ctx context.Context, part string, people int, floors []string, c course) (err error) {
	r := b.newRecord(people)
	s, err := b.install(ctx, part)
	if err != nil {
		return err
	}
	defer func() { closing(&err, s.close) }()
	t, err := newTeam(ctx, s, people)
	if err != nil {
		return err
	}
	if t.floor, err = newFloor(ctx, s.database, b.tools, t.org.id, floors...); err != nil {
		return err
	}
	if err := b.measureTeam(ctx, t, c); err != nil {
		return err
	}
	r.Rows, r.Figures = t.rows, t.figures
	return b.keep(part, r)
}

// measureEmbedded measures everything on the embedded database and queue. The
// floors are the same: those of a Postgres with the same people.
func measureEmbedded(ctx context.Context, b *bench) (err error) {
	r := b.newRecord(b.people)
	beside, err := b.install(ctx, "embedded")
	if err != nil {
		return err
	}
	defer func() { closing(&err, beside.close) }()
	same, err := beside.newOrg(ctx, "measured", b.people)
	if err != nil {
		return err
	}
	s, err := b.installEmbedded("embedded")
	if err != nil {
		return err
	}
	defer func() { closing(&err, s.close) }()
	t, err := newTeam(ctx, s, b.people)
	if err != nil {
		return err
	}
	if t.floor, err = newFloor(ctx, beside.database, b.tools, same.id, spacedTable); err != nil {
		return err
	}
	if err := b.measureTeam(ctx, t, course{
		kinds: []kind{unchangedFile(), wrongFile(), shuffledFile()}, small: true, shares: shares(),
	}); err != nil {
		return err
	}
	r.Rows, r.Figures = t.rows, t.figures
	return b.keep("embedded", r)
}
