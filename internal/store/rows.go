package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// RowsQuery pages through the kept rows of a batch's live run.
type RowsQuery struct {
	Show   string // "problems", "changes", "warnings", "all"
	Column string // header; "" any
	Code   string // problem or warning code; "" any
	Value  string // of the problem with Code in Column; "" any
	Search string // part of the person's name or of a key
	After  int    // row number
	Limit  int
}

// keptRow is a kept row as it is read.
type keptRow struct {
	RowNo                       int
	ProfileID                   profile.ID
	Version                     int64
	Shown                       int
	Mask                        int64
	Name                        string
	Changes, Problems, Warnings string
}

// Rows reads a page of kept rows in file order; next is After of the next page,
// 0 at the end.
func (s *Store) Rows(ctx context.Context, orgID, batchID string, q RowsQuery) (rows []plan.RowReport, next int, err error) {
	h := s.reads(ctx)
	live, err := h.liveRun(orgID, batchID)
	if err != nil {
		return nil, 0, err
	}
	where, err := rowsWhere(h.dialect, q)
	if err != nil {
		return nil, 0, err
	}
	limit := pageLimit(q.Limit)
	var kept []keptRow
	err = h.all(&kept, "SELECT r.row_no, r.profile_id, r.version, r.shown, r.mask, r.name, r.changes, r.problems, r.warnings"+
		" FROM batch_rows r WHERE r.org_id = ? AND r.batch_id = ? AND r.run = ? AND r.row_no > ?"+where.and()+
		" ORDER BY r.row_no LIMIT ?", append(append(live.args(), append([]any{q.After}, where.args...)...), limit+1)...)
	if err != nil {
		return nil, 0, wrap(err, "list rows")
	}
	if len(kept) > limit {
		kept = kept[:limit]
		next = kept[limit-1].RowNo
	}
	rows = make([]plan.RowReport, len(kept))
	for i := range kept {
		if rows[i], err = kept[i].report(); err != nil {
			return nil, 0, err
		}
	}
	return rows, next, nil
}

// liveRun is the run whose rows are a batch's preview.
type liveRun struct {
	OrgID, ID string
	Run       int64
}

func (l liveRun) args() []any { return []any{l.OrgID, l.ID, l.Run} }

func (h *handle) liveRun(orgID, batchID string) (liveRun, error) {
	var live liveRun
	found, err := h.one(&live, "SELECT org_id, id, run FROM batches WHERE org_id = ? AND id = ?", uid(orgID), uid(batchID))
	if err != nil {
		return liveRun{}, wrap(err, "load batch")
	}
	if !found {
		return liveRun{}, notFound("batch")
	}
	return live, nil
}

// rowConditions narrow a list of rows.
type rowConditions struct{ conditions }

func (c *rowConditions) and() string {
	if len(c.parts) == 0 {
		return ""
	}
	return " AND " + strings.Join(c.parts, " AND ")
}

func rowsWhere(d dialect, q RowsQuery) (*rowConditions, error) {
	where := &rowConditions{}
	bits, columns, ok := view(q.Show)
	if !ok {
		return nil, fault.New(fault.BadRequest, "show-unknown", "Rows can be shown by problems, changes, warnings or all.")
	}
	if bits != 0 {
		where.add(fmt.Sprintf("(r.shown & %d) <> 0", bits))
	}
	if q.Code != "" {
		where.code(d, q)
	} else if q.Column != "" {
		where.column(columns, q.Column)
	}
	if q.Search != "" {
		where.add(d.contains("r.search"), strings.ToLower(storable(q.Search)))
	}
	return where, nil
}

// view says which rows a view shows and which columns it is about.
func view(show string) (bits int, columns string, ok bool) {
	switch show {
	case "problems":
		return showsProblems, "r.problem_columns", true
	case "changes":
		return showsChanges, "r.change_columns", true
	case "warnings":
		return showsWarnings, "r.warning_columns", true
	case "all", "":
		return 0, "(r.problem_columns | r.change_columns | r.warning_columns)", true
	}
	return 0, "", false
}

// code looks for a cause by code, by code and column, or with its value too.
func (c *rowConditions) code(d dialect, q RowsQuery) {
	word := " " + storable(q.Code) + "/"
	if q.Column != "" {
		word = causeStart(storable(q.Code), q.Column)
	}
	if q.Value != "" && q.Column != "" {
		word += valueHash(q.Value) + " "
	}
	c.add(d.contains("r.causes"), word)
	if q.Value != "" && q.Column == "" {
		c.add(d.contains("r.causes"), "/"+valueHash(q.Value)+" ")
	}
}

func (c *rowConditions) column(columns, header string) {
	field, ok := profile.FieldByHeader(header)
	if !ok {
		c.add("1 = 0")
		return
	}
	c.add(fmt.Sprintf("(%s & %d) <> 0", columns, int64(profile.Fields(0).With(field))))
}

func (k *keptRow) report() (plan.RowReport, error) {
	r := plan.RowReport{Row: k.RowNo, ProfileID: k.ProfileID, Name: k.Name, Result: k.result(),
		Changes: []plan.Change{}, Version: k.Version, Mask: profile.Fields(k.Mask)}
	if err := json.Unmarshal([]byte(k.Changes), &r.Changes); err != nil {
		return r, fmt.Errorf("read stored changes: %w", err)
	}
	var err error
	if r.Problems, err = readProblems(k.Problems); err != nil {
		return r, err
	}
	r.Warnings, err = readProblems(k.Warnings)
	return r, err
}

func (k *keptRow) result() plan.Result {
	switch {
	case k.Shown&showsProblems != 0:
		return plan.Invalid
	case k.Shown&showsChanges != 0:
		return plan.Changed
	}
	return plan.Unchanged
}

// readProblems reads stored problems; lists are never null, as the public form
// wants it.
func readProblems(text string) ([]problem.Problem, error) {
	list := []problem.Problem{}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("read stored problems: %w", err)
	}
	for i := range list {
		if list[i].Suggestions == nil {
			list[i].Suggestions = []string{}
		}
	}
	return list, nil
}

// Groups reads problems by cause, biggest first. after is the next of the page
// before, 0 for the first; next is 0 at the end.
func (s *Store) Groups(ctx context.Context, orgID, batchID string, after, limit int) (groups []plan.Group, next int, err error) {
	h := s.reads(ctx)
	live, err := h.liveRun(orgID, batchID)
	if err != nil {
		return nil, 0, err
	}
	limit = pageLimit(limit)
	var stored []struct {
		Rank    int
		Content string
	}
	if err := h.all(&stored, "SELECT rank, content FROM batch_groups WHERE org_id = ? AND batch_id = ? AND run = ? AND rank > ?"+
		" ORDER BY rank LIMIT ?", append(live.args(), after, limit+1)...); err != nil {
		return nil, 0, wrap(err, "list groups")
	}
	if len(stored) > limit {
		stored = stored[:limit]
		next = stored[limit-1].Rank
	}
	groups = make([]plan.Group, len(stored))
	for i := range stored {
		if err := json.Unmarshal([]byte(stored[i].Content), &groups[i]); err != nil {
			return nil, 0, fmt.Errorf("read stored group: %w", err)
		}
	}
	return groups, next, nil
}

// RowProblems are the problems and warnings of one row of a file.
type RowProblems struct {
	Row       int
	ProfileID profile.ID // zero when no person was found
	Version   int64      // of the profile when it was compared; 0 when no person was found
	Problems  []problem.Problem
	Warnings  []problem.Problem
}

// RowProblems streams rows with problems in file order (for the fix-up file).
func (s *Store) RowProblems(ctx context.Context, orgID, batchID string, each func(RowProblems) error) error {
	h := s.reads(ctx)
	live, err := h.liveRun(orgID, batchID)
	if err != nil {
		return err
	}
	return wrap(h.each(func(rows *sql.Rows) error {
		var row RowProblems
		var problems, warnings string
		if err := rows.Scan(&row.Row, &row.ProfileID, &row.Version, &problems, &warnings); err != nil {
			return err
		}
		var err error
		if row.Problems, err = readProblems(problems); err != nil {
			return err
		}
		if row.Warnings, err = readProblems(warnings); err != nil {
			return err
		}
		return each(row)
	}, "SELECT r.row_no, r.profile_id, r.version, r.problems, r.warnings FROM batch_rows r"+
		" WHERE r.org_id = ? AND r.batch_id = ? AND r.run = ? AND (r.shown & 2) <> 0 ORDER BY r.row_no", live.args()...), "read problems")
}
