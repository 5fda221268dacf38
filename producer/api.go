package producer

import (
	"net/http"
	"strings"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
)

// api makes a handler of the API of a function that returns what went wrong.
func (s *Server) api(answer func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recordOf(r).account = s.account(r)
		if err := answer(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

const typeJSON = "application/json; charset=utf-8"

// batchesPath is where batches are in the API.
const batchesPath = "/api/v1/batches"

// writeBatch answers with a batch. Its entity tag is the plan's, so that it can
// be sent back with confirm as it is.
func writeBatch(w http.ResponseWriter, status int, b batch.Batch) {
	if b.Plan != nil {
		w.Header().Set("ETag", quoteTag(*b.Plan))
	}
	writeJSON(w, status, typeJSON, wholeBatch(b))
}

// writeNewBatch answers an upload: accepted, not yet looked at.
func writeNewBatch(w http.ResponseWriter, b batch.Batch) {
	w.Header().Set("Location", batchesPath+"/"+b.ID)
	writeBatch(w, http.StatusAccepted, b)
}

// The public form has lists where Go may have nil.

func wholeBatch(b batch.Batch) batch.Batch {
	if b.ChangesByColumn == nil {
		b.ChangesByColumn = []batch.ColumnChanges{}
	}
	return b
}

func wholeRow(row plan.RowReport) plan.RowReport {
	if row.Changes == nil {
		row.Changes = []plan.Change{}
	}
	row.Problems = orEmpty(withSuggestions(row.Problems))
	row.Warnings = orEmpty(withSuggestions(row.Warnings))
	return row
}

func wholeGroup(group plan.Group) plan.Group {
	group.Cells = orEmpty(group.Cells)
	group.Suggestions = orEmpty(group.Suggestions)
	return group
}

func withSuggestions(problems []problem.Problem) []problem.Problem {
	for i := range problems {
		problems[i].Suggestions = orEmpty(problems[i].Suggestions)
	}
	return problems
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ifMatch returns the entity tag that a caller saw; present is false without
// one. "*" names nothing and counts as absent; a weak tag never matches (RFC
// 9110 §13.1.1), and is returned as it stands, which no tag of ours does.
func ifMatch(r *http.Request) (tag string, present bool) {
	text := strings.TrimSpace(r.Header.Get("If-Match"))
	if text == "" || text == "*" {
		return "", false
	}
	if len(text) > 2 && text[0] == '"' && text[len(text)-1] == '"' {
		return text[1 : len(text)-1], true
	}
	return text, true
}

func quoteTag(tag string) string { return `"` + tag + `"` }
