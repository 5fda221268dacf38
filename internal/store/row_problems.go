package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

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

// problemsAtOnce is how many rows with problems are read at a time.
const problemsAtOnce = 500

// RowProblems reads rows with problems in file order, some at a time (for the
// fix-up file). It holds no connection while each works. An error when the preview
// is replaced by another while it is read.
func (s *Store) RowProblems(ctx context.Context, orgID, batchID string, each func([]RowProblems) error) error {
	h := s.reads(ctx)
	live, err := h.liveRun(orgID, batchID)
	if err != nil {
		return err
	}
	list := listsReader{newListReader(h, live, views[viewProblems], 0, 0)}
	for {
		numbers, err := list.some(problemsAtOnce)
		if err != nil {
			return err
		}
		if len(numbers) == 0 {
			return h.stillLive(live)
		}
		some, err := h.rowProblems(live, numbers)
		if err != nil {
			return err
		}
		if err := each(some); err != nil {
			return err
		}
	}
}

func (h *handle) stillLive(live liveRun) error {
	now, err := h.liveRun(live.OrgID, live.ID)
	if err == nil && now != live {
		err = fmt.Errorf("read problems: run %d was replaced by %d", live.Run, now.Run)
	}
	return err
}

// rowProblems reads rows by their numbers, in order. There may be a million, so
// they are not read by way of GORM.
func (h *handle) rowProblems(live liveRun, numbers []int) ([]RowProblems, error) {
	list := make([]RowProblems, 0, len(numbers))
	err := h.each(func(rows *sql.Rows) error {
		var row RowProblems
		var problems, warnings string
		if err := rows.Scan(&row.Row, &row.ProfileID, &row.Version, &problems, &warnings); err != nil {
			return err
		}
		var err error
		if row.Problems, err = readProblems(problems); err != nil {
			return err
		}
		row.Warnings, err = readProblems(warnings)
		list = append(list, row)
		return err
	}, h.dialect.lookUp(rowRange, "r.row_no, r.profile_id, r.version, r.problems, r.warnings", "batch_rows r", rowsOfRun),
		h.rowArgs(live, numbers)...)
	slices.SortFunc(list, func(a, b RowProblems) int { return cmp.Compare(a.Row, b.Row) })
	return list, wrap(err, "read problems")
}
