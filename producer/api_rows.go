package producer

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

const (
	listRows   = 'r'
	listGroups = 'g'
)

func (s *Server) getRows(w http.ResponseWriter, r *http.Request) error {
	query, err := readRowsFilter(r)
	if err != nil {
		return err
	}
	orgID, id := s.account(r).OrgID, r.PathValue("id")
	if _, err := s.Store.Batch(r.Context(), orgID, id); err != nil {
		return fmt.Errorf("load batch: %w", err)
	}
	rows, next, err := s.Store.Rows(r.Context(), orgID, id, query)
	if err != nil {
		return fmt.Errorf("list rows: %w", err)
	}
	for i := range rows {
		rows[i] = wholeRow(rows[i])
	}
	writeJSON(w, http.StatusOK, typeJSON, struct {
		Rows []plan.RowReport `json:"rows"`
		Next *string          `json:"next"`
	}{orEmpty(rows), writeNumberCursor(listRows, next)})
	return nil
}

// shows are the values of ?show=; the first is what is shown without it.
var shows = []string{"all", "problems", "changes", "warnings"}

func readRowsFilter(r *http.Request) (store.RowsQuery, error) {
	form := r.URL.Query()
	q := store.RowsQuery{
		Show: form.Get("show"), Column: form.Get("column"), Code: form.Get("code"),
		Value: form.Get("value"), Search: strings.TrimSpace(form.Get("q")),
	}
	if q.Show == "" {
		q.Show = shows[0]
	}
	if !slices.Contains(shows, q.Show) {
		return q, fault.New(fault.BadRequest, "show-unknown", `"show" takes problems, changes, warnings or all.`)
	}
	var err error
	if q.Column, err = headerOf(q.Column); err != nil {
		return q, err
	}
	if q.Code != "" && !slices.Contains(problem.Codes(), problem.Code(q.Code)) {
		return q, fault.New(fault.BadRequest, "code-unknown", `"code" takes the code of a problem or a warning, such as role-unknown.`)
	}
	if q.Limit, err = readLimit(r); err != nil {
		return q, err
	}
	q.After, err = readNumberCursor(r, listRows)
	return q, err
}

// headerOf is the header as the sheet writes it. A mistyped one is refused: its rows
// would be none, which a program takes for good news.
func headerOf(column string) (string, error) {
	if column == "" {
		return "", nil
	}
	field, ok := profile.FieldByHeader(column)
	if !ok {
		return "", fault.New(fault.BadRequest, "column-unknown", `"column" takes a header of the sheet, such as Team Leader.`)
	}
	return profile.ColumnOf(field).Header, nil
}

func (s *Server) getProblems(w http.ResponseWriter, r *http.Request) error {
	limit, err := readLimit(r)
	if err != nil {
		return err
	}
	after, err := readNumberCursor(r, listGroups)
	if err != nil {
		return err
	}
	orgID, id := s.account(r).OrgID, r.PathValue("id")
	b, err := s.Store.Batch(r.Context(), orgID, id)
	if err != nil {
		return fmt.Errorf("load batch: %w", err)
	}
	groups, next, err := s.Store.Groups(r.Context(), orgID, id, after, limit)
	if err != nil {
		return fmt.Errorf("list problems: %w", err)
	}
	for i := range groups {
		groups[i] = wholeGroup(groups[i])
	}
	writeJSON(w, http.StatusOK, typeJSON, struct {
		File     []problem.Problem `json:"file"`
		Warnings []problem.Problem `json:"warnings"` // of the whole file; they do not block
		Groups   []plan.Group      `json:"groups"`
		Next     *string           `json:"next"`
	}{orEmpty(withSuggestions(b.FileProblems)), orEmpty(withSuggestions(b.FileWarnings)), orEmpty(groups), writeNumberCursor(listGroups, next)})
	return nil
}
