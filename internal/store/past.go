package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
)

// Since is a profile and one of its versions.
type Since struct {
	ProfileID profile.ID
	Version   int64
}

// Past is Pasts of one profile.
func (v *View) Past(ctx context.Context, id profile.ID, version int64) (plan.Past, error) {
	since := Since{id, version}
	pasts, err := v.Pasts(ctx, []Since{since})
	return pasts[since], err
}

// Pasts tells what of each profile (any number; in chunks) has changed since its
// version: for each field that was saved since, what it was then, and who changed
// it last. A profile may be asked for with several versions.
func (v *View) Pasts(_ context.Context, since []Since) (map[Since]plan.Past, error) {
	found := newPasts(since)
	edits := v.h.dialect.lookUp(sinceVersion, editColumns, editTables, "e.org_id = ? AND e.profile_id = s.profile_id AND e.version > s.version")
	applied := v.h.dialect.lookUp(sinceVersion, appliedColumns, appliedTables, "h.org_id = ? AND h.profile_id = s.profile_id AND h.version > s.version")
	for some := range slices.Chunk(found.earliest(), keyChunk) {
		args := append(v.h.dialect.pairs(some), v.orgID)
		for _, query := range []string{edits, applied} {
			if err := v.h.each(found.scan, query, args...); err != nil {
				return nil, wrap(err, "load past")
			}
		}
	}
	return found.pasts, nil
}

// pasts are put together from changes in whatever order they come.
type pasts struct {
	pasts  map[Since]plan.Past
	asked  map[profile.ID][]int64 // versions
	bounds map[pastField]pastBounds
}

// pastField is a field of one of the pasts; pastBounds are the first and the last
// version since then that changed it.
type (
	pastField struct {
		since Since
		field profile.Field
	}
	pastBounds struct{ first, last int64 }
)

func newPasts(since []Since) *pasts {
	p := &pasts{pasts: make(map[Since]plan.Past, len(since)), asked: make(map[profile.ID][]int64, len(since)),
		bounds: map[pastField]pastBounds{}}
	for _, s := range since {
		if p.pasts[s] == nil {
			p.pasts[s] = plan.Past{}
			p.asked[s.ProfileID] = append(p.asked[s.ProfileID], s.Version)
		}
	}
	return p
}

// earliest are the profiles, each with the lowest version that is asked for.
func (p *pasts) earliest() []pair {
	list := make([]pair, 0, len(p.asked))
	for id, versions := range p.asked {
		list = append(list, pair{id.String(), strconv.FormatInt(slices.Min(versions), 10)})
	}
	return list
}

func (p *pasts) scan(rows *sql.Rows) error {
	var row historyRow
	if err := rows.Scan(&row.ProfileID, &row.Version, &row.MadeAt, &row.MadeBy, &row.Source, &row.BatchID, &row.RowNo, &row.Changes); err != nil {
		return err
	}
	entry, err := row.entry()
	if err != nil {
		return err
	}
	for _, version := range p.asked[row.ProfileID] {
		if row.Version > version {
			p.add(Since{row.ProfileID, version}, entry)
		}
	}
	return nil
}

// add takes in a change: the last one to name a field tells who, the first one
// what it was.
func (p *pasts) add(since Since, entry HistoryEntry) {
	past := p.pasts[since]
	for _, change := range entry.Changes {
		field, ok := profile.FieldByHeader(change.Column)
		if !ok {
			continue
		}
		at := pastField{since, field}
		value, bounds := past[field], p.bounds[at]
		if entry.Version > bounds.last {
			value.By, value.At, bounds.last = entry.By, entry.At, entry.Version
		}
		if bounds.first == 0 || entry.Version < bounds.first {
			value.Text, bounds.first = change.Old, entry.Version
		}
		past[field], p.bounds[at] = value, bounds
	}
}
