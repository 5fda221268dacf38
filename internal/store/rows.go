package store

import (
	"context"
	"encoding/json"
	"fmt"

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
// 0 at the end. Rows with a text, or with a value that is not told apart, are
// looked for in a limited number of rows: the page may then be short, or empty, and
// next says from where to go on.
func (s *Store) Rows(ctx context.Context, orgID, batchID string, q RowsQuery) (rows []plan.RowReport, next int, err error) {
	wanted, err := selectionOf(q)
	if err != nil {
		return nil, 0, err
	}
	err = s.consistent(ctx, func(h *handle) error {
		live, err := h.liveRun(orgID, batchID)
		if err != nil {
			return err
		}
		l := &looking{h: h, live: live, q: q, limit: pageLimit(q.Limit)}
		if err := l.open(wanted); err != nil {
			return err
		}
		rows, next, err = l.page()
		return err
	})
	return rows, next, wrap(err, "list rows")
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
