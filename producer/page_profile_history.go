package producer

import (
	"net/http"
	"strconv"
	"time"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// historyShown is how many saved changes a profile's page lists.
const historyShown = 50

// historyView is one saved change.
type historyView struct {
	At       time.Time
	By       string
	Source   string
	File     string // name of the uploaded file, if it came with one
	BatchURL string
	Row      string // in that file
	RowURL   string
	Changes  []changeView
}

// addHistory lists the newest changes, or those before a version that the address
// names.
func (s *Server) addHistory(r *http.Request, v *profileView, id profile.ID) error {
	const newest = 1<<63 - 1
	before := int64(natural(r.URL.Query().Get("before")))
	if before == 0 {
		before = newest
	} else {
		v.Newest = profileURL(id) + "#history"
	}
	entries, err := s.Store.OlderHistory(r.Context(), s.account(r).OrgID, id, before, historyShown+1)
	if err != nil {
		return err
	}
	if len(entries) > historyShown {
		entries = entries[:historyShown]
		v.Older = profileURL(id) + "?before=" + strconv.FormatInt(entries[historyShown-1].Version, 10) + "#history"
	}
	v.History = historyViews(entries, s.account(r).CanManage)
	return nil
}

// historyViews lead to the files of changes for whoever may see those.
func historyViews(entries []store.HistoryEntry, maySeeFiles bool) []historyView {
	var out []historyView
	for _, e := range entries {
		v := historyView{At: e.At, By: e.By, Source: sourceWords(e.Source), File: e.File}
		if e.Row > 0 {
			v.Row = "row " + number(e.Row)
		}
		if e.BatchID != "" && maySeeFiles {
			v.BatchURL = batchURL(e.BatchID)
			v.RowURL = rowURL(e.BatchID, e.Row)
		}
		for _, c := range e.Changes {
			v.Changes = append(v.Changes, historyChange(c))
		}
		out = append(out, v)
	}
	return out
}

// historyChange is a change as the history tells it: a photo has no text.
func historyChange(c plan.Change) changeView {
	if c.Column == "Photo" {
		return changeView{Column: c.Column, Word: c.New}
	}
	return newChangeView(c)
}

// rowURL is where a changed row of a batch is shown, first on its page.
func rowURL(batchID string, row int) string {
	q := rowsQuery{Show: "changes", After: row - 1}
	return addressOf(batchID, q) + "#row-" + strconv.Itoa(row)
}

func sourceWords(source string) string {
	switch source {
	case "page":
		return "by hand"
	case "api":
		return "through the API"
	case "file":
		return "bulk update"
	}
	return source
}
