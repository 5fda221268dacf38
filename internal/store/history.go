package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
)

// HistoryEntry is one saved change of one profile, newest first.
type HistoryEntry struct {
	Version int64
	At      time.Time
	By      string // email of the account
	Source  string // "page", "api", "file"
	BatchID string // when Source is "file"
	Row     int    // in that file
	Changes []plan.Change
}

// History reads the newest changes of a profile; fault.NotFound when there is no
// such person.
func (s *Store) History(ctx context.Context, orgID string, id profile.ID, limit int) ([]HistoryEntry, error) {
	h := s.reads(ctx)
	if _, err := h.person(orgID, id); err != nil {
		return nil, err
	}
	entries, err := h.history(orgID, id, 0, pageLimit(limit))
	return entries, wrap(err, "load history")
}

// historyRow is a saved change as it is stored.
type historyRow struct {
	Version int64
	MadeAt  time.Time
	MadeBy  string
	Source  string
	BatchID string
	RowNo   int
	Changes string
}

// A profile's history is its edits and its rows of applied batches. A row was
// compared with one version and made the next.
const (
	editsSince = "SELECT e.version, e.edited_at AS made_at, e.account_email AS made_by, e.source, '' AS batch_id, 0 AS row_no, e.changes" +
		" FROM profile_edits e WHERE e.org_id = ? AND e.profile_id = ? AND e.version > ? ORDER BY e.version DESC LIMIT ?"
	appliedSince = "SELECT r.version + 1 AS version, b.finished_at AS made_at, coalesce(b.confirmed_by, b.account_email) AS made_by," +
		" 'file' AS source, r.batch_id, r.row_no, r.changes FROM batch_rows r" +
		" JOIN batches b ON b.org_id = r.org_id AND b.id = r.batch_id AND b.run = r.run AND b.state = 'applied'" +
		" WHERE r.org_id = ? AND r.profile_id = ? AND r.mask <> 0 AND r.version >= ? ORDER BY r.version DESC LIMIT ?"
)

// history reads what made the versions after since, newest first.
func (h *handle) history(orgID string, id profile.ID, since int64, limit int) ([]HistoryEntry, error) {
	var rows []historyRow
	for _, query := range []string{editsSince, appliedSince} {
		var some []historyRow
		if err := h.all(&some, query, uid(orgID), uid(id.String()), since, limit); err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, func(a, b historyRow) int { return int(b.Version - a.Version) })
	entries := make([]HistoryEntry, 0, min(len(rows), limit))
	for _, row := range rows[:min(len(rows), limit)] {
		entry, err := row.entry()
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

func (r historyRow) entry() (HistoryEntry, error) {
	entry := HistoryEntry{Version: r.Version, At: r.MadeAt.UTC(), By: r.MadeBy, Source: r.Source, BatchID: r.BatchID, Row: r.RowNo}
	if err := json.Unmarshal([]byte(r.Changes), &entry.Changes); err != nil {
		return HistoryEntry{}, fmt.Errorf("read stored changes: %w", err)
	}
	return entry, nil
}

// pastMost is how many changes of one profile are looked through; somebody who
// brings a version older than that gets the oldest texts found.
const pastMost = 10_000

// Past is what of a profile has changed since a version: for each field that was
// saved since, what it was then, and who changed it last.
func (v *View) Past(_ context.Context, id profile.ID, version int64) (plan.Past, error) {
	entries, err := v.h.history(v.orgID, id, version, pastMost)
	if err != nil {
		return nil, wrap(err, "load past")
	}
	past := plan.Past{}
	for _, entry := range entries { // newest first: the first to name a field changed it last, the last one knows the text
		for _, change := range entry.Changes {
			field, ok := profile.FieldByHeader(change.Column)
			if !ok {
				continue
			}
			value, seen := past[field]
			if !seen {
				value.By, value.At = entry.By, entry.At
			}
			value.Text = change.Old
			past[field] = value
		}
	}
	return past, nil
}
