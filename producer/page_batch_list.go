package producer

import (
	"net/http"
	"net/url"
	"time"

	"teamsheet/internal/batch"
)

// batchesShown is how many batches stand on one page of the history.
const batchesShown = 50

// batchesView is the history of bulk updates.
type batchesView struct {
	layoutView
	Batches     []batchLineView
	First, More string
}

// batchLineView is one batch in a list.
type batchLineView struct {
	URL, FileName, UploadedBy string
	State                     chipView
	Counted                   bool // the rows have been looked at
	Rows, Changed, Invalid    int
	FileFaulty                bool // the file itself has problems, no row of it
	UploadedAt                time.Time
	FinishedAt                *time.Time
	File, FixUp               string // the uploaded file and the one that says what to mend; "": there is none
}

func (s *Server) batchList(w http.ResponseWriter, r *http.Request) {
	after := r.URL.Query().Get("after")
	list, next, err := s.Store.Batches(r.Context(), s.account(r).OrgID, after, batchesShown)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	view := batchesView{layoutView: s.layout(r, "Bulk updates", "history"), Batches: batchLines(list)}
	if after != "" {
		view.First = "/bulk-update/history"
	}
	if next != "" {
		view.More = "/bulk-update/history?after=" + url.QueryEscape(next)
	}
	s.show(w, r, http.StatusOK, "batches", view)
}

func batchLines(list []batch.Batch) []batchLineView {
	var out []batchLineView
	for _, b := range list {
		out = append(out, batchLineView{URL: batchURL(b.ID), FileName: b.File.Name, UploadedBy: b.UploadedBy,
			State: chipOf(b), Counted: b.PreviewedAt != nil, Rows: b.Counts.Rows, Changed: b.Counts.Changed,
			Invalid: b.Counts.Invalid, FileFaulty: b.State == batch.Rejected && b.Counts.Invalid == 0, UploadedAt: b.UploadedAt, FinishedAt: b.FinishedAt,
			File: uploadedFileURL(b), FixUp: fixUpURL(b)})
	}
	return out
}
