package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"teamsheet/internal/profile"
)

// termChunk is how many profiles are read at a time.
const termChunk = 1000

// termsOfPlan brings profile_terms to where it will be right once the rows of a
// plan are saved. It reads the profiles as they are before.
func (h *handle) termsOfPlan(orgID string, plan []any, fields profile.Fields) error {
	if fields&termFields() == 0 {
		return nil
	}
	terms := h.bulkTerms(orgID)
	for after := 0; ; {
		rows, last, err := h.planTerms(plan, after)
		if err != nil {
			return wrap(err, "read search terms")
		}
		for i := range rows {
			if err := terms.change(&rows[i].before, &rows[i].after); err != nil {
				return err
			}
		}
		if len(rows) < termChunk {
			return terms.flush()
		}
		after = last
	}
}

// planTerms reads the next rows of a plan, and the number of the last one.
func (h *handle) planTerms(plan []any, after int) (rows []termRow, last int, err error) {
	err = h.each(func(found *sql.Rows) error {
		row := termRow{}
		last, err = row.scan(found)
		rows = append(rows, row)
		return err
	}, planTermsQuery(), append(slices.Clone(plan), after, termChunk)...)
	return rows, last, err
}

func planTermsQuery() string {
	var before, after strings.Builder
	for _, c := range termSources() {
		fmt.Fprintf(&before, ", coalesce(p.%s, %s)", c.column, c.none)
		fmt.Fprintf(&after, ", coalesce(CASE WHEN (r.mask & %d) <> 0 THEN %s ELSE p.%s END, %s)", maskBit(c.field), c.value, c.column, c.none)
	}
	return "SELECT r.row_no, p.id" + before.String() + after.String() +
		" FROM batch_rows r JOIN profiles p ON p.org_id = r.org_id AND p.id = r.profile_id AND p.version = r.version" +
		fmt.Sprintf(" WHERE %s AND (r.mask & %d) <> 0 AND r.row_no > ? ORDER BY r.row_no LIMIT ?", planRows, int64(termFields()))
}

// termSource is a column that terms are computed from.
type termSource struct {
	savedColumn
	none string // what stands for NULL
}

// termSources are in the order in which termRow reads them.
func termSources() []termSource {
	none := map[string]string{"email": "''", "employee_id": "''", "first_name": "''", "last_name": "''", "role_id": "0",
		"license_type": "''", "group_ids": "''", "deactivated": "false"}
	var from []termSource
	for _, c := range savedColumns() {
		if none[c.column] != "" {
			from = append(from, termSource{c, none[c.column]})
		}
	}
	return from
}

// termRow is what a profile's terms are computed from, before and after a row of a
// plan.
type termRow struct{ before, after profile.Profile }

func (r *termRow) scan(found *sql.Rows) (number int, err error) {
	var groups [2]string
	into := []any{&number, &r.before.ID}
	for i, p := range []*profile.Profile{&r.before, &r.after} {
		into = append(into, &p.Email, &p.EmployeeID, &p.FirstName, &p.LastName, &p.RoleID, &p.LicenseType, &groups[i], &p.Deactivated)
	}
	if err := found.Scan(into...); err != nil {
		return 0, err
	}
	r.after.ID = r.before.ID
	r.before.GroupIDs, r.after.GroupIDs = appendGroupIDs(nil, groups[0]), appendGroupIDs(nil, groups[1])
	return number, nil
}
