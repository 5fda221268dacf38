package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/sabotage"
)

// HistoryEntry is one saved change of one profile, newest first.
type HistoryEntry struct {
	Version int64
	At      time.Time
	By      string // email of the account
	Source  string // "page", "api", "file"
	BatchID string // when Source is "file"
	File    string // name of that file
	Row     int    // in it
	Changes []plan.Change
}

// History reads the newest changes of a profile; fault.NotFound when there is no
// such person.
func (s *Store) History(ctx context.Context, orgID string, id profile.ID, limit int) ([]HistoryEntry, error) {
	return s.OlderHistory(ctx, orgID, id, math.MaxInt64, limit)
}

// OlderHistory is History of the changes that made an older version than before.
func (s *Store) OlderHistory(ctx context.Context, orgID string, id profile.ID, before int64, limit int) ([]HistoryEntry, error) {
	h := s.reads(ctx)
	if _, err := h.person(orgID, id); err != nil {
		return nil, err
	}
	entries, err := h.history(orgID, id, before, pageLimit(limit))
	return entries, wrap(err, "load history")
}

// historyRow is a saved change as it is stored.
type historyRow struct {
	ProfileID profile.ID
	Version   int64
	MadeAt    time.Time
	MadeBy    string
	Source    string
	BatchID   string
	RowNo     int
	Changes   string
	FileName  string
}

// A profile's history is its edits and its rows of applied batches.
const (
	editColumns = "e.profile_id, e.version, e.edited_at AS made_at, e.account_email AS made_by, e.source, '' AS batch_id," +
		" 0 AS row_no, e.changes"
	editTables     = "profile_edits e"
	appliedColumns = "h.profile_id, h.version, b.finished_at AS made_at, coalesce(b.confirmed_by, b.account_email) AS made_by," +
		" 'file' AS source, h.batch_id, h.row_no, r.changes"
	appliedTables = "profile_history h JOIN batches b ON b.org_id = h.org_id AND b.id = h.batch_id" +
		" JOIN batch_rows r ON r.org_id = h.org_id AND r.batch_id = h.batch_id AND r.run = h.run AND r.row_no = h.row_no"
)

// history reads the newest changes of a profile that made a version before one,
// newest first.
func (h *handle) history(orgID string, id profile.ID, before int64, limit int) ([]HistoryEntry, error) {
	var rows []historyRow
	for _, query := range []string{
		"SELECT " + editColumns + ", '' AS file_name FROM " + editTables + " WHERE e.org_id = ? AND e.profile_id = ? AND e.version < ? ORDER BY e.version DESC LIMIT ?",
		"SELECT " + appliedColumns + ", b.file_name FROM " + appliedTables + " WHERE h.org_id = ? AND h.profile_id = ? AND h.version < ? ORDER BY h.version DESC LIMIT ?",
	} {
		var some []historyRow
		if err := h.all(&some, query, uid(orgID), uid(id.String()), before, limit); err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, func(a, b historyRow) int { return cmp.Compare(b.Version, a.Version) })
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
	entry := HistoryEntry{Version: r.Version, At: r.MadeAt.UTC(), By: r.MadeBy, Source: r.Source, BatchID: r.BatchID, File: r.FileName, Row: r.RowNo}
	if err := json.Unmarshal([]byte(r.Changes), &entry.Changes); err != nil {
		return HistoryEntry{}, fmt.Errorf("read stored changes: %w", err)
	}
	return entry, nil
}

// addHistory writes which rows of a plan made a version of whom, in the order of
// the profiles, by which they are found. plan is as planRows takes it. Returns how
// many.
func (h *handle) addHistory(plan []any) (int64, error) {
	statement := "INSERT INTO profile_history (org_id, profile_id, version, batch_id, run, row_no)" +
		" SELECT r.org_id, r.profile_id, r.version + 1, r.batch_id, r.run, r.row_no FROM batch_rows r WHERE " + planRows + " ORDER BY r.profile_id"
	if sabotage.Without("history") {
		statement += " ON CONFLICT DO NOTHING"
	}
	return h.exec(statement, plan...)
}
