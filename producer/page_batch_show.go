package producer

import (
	"fmt"
	"net/http"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/store"
)

func (s *Server) batchShow(w http.ResponseWriter, r *http.Request) {
	s.showBatch(w, r, http.StatusOK, batchSaid{})
}

// batchSaid is what a page of a batch says of the last click.
type batchSaid struct {
	notice string  // why it did nothing
	typed  *string // what was typed instead of the number
}

// showBatch shows a batch.
func (s *Server) showBatch(w http.ResponseWriter, r *http.Request, status int, said batchSaid) {
	b, err := s.Store.Batch(r.Context(), s.account(r).OrgID, r.PathValue("id"))
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	parts, err := s.batchParts(r, b)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	parts.notice, parts.typed = said.notice, said.typed
	s.show(w, r, status, "batch", newBatchView(parts))
}

// batchParts fetches what the page of a batch is made of.
func (s *Server) batchParts(r *http.Request, b batch.Batch) (batchParts, error) {
	p := batchParts{layout: s.layout(r, "", "history"), batch: b, query: readRowsQuery(r),
		now: s.Now(), maxSize: s.MaxFileSize, maxRows: s.MaxRows}
	var err error
	if b.State.Waiting() && !hasBegun(b.Progress) {
		if p.ahead, err = s.Store.Ahead(r.Context(), b); err != nil {
			return batchParts{}, fmt.Errorf("find the place in the queue: %w", err)
		}
	}
	if p.meanwhile, err = s.meanwhileOf(r, b); err != nil {
		return batchParts{}, err
	}
	if p.moved, err = s.movedOf(r, b); err != nil {
		return batchParts{}, err
	}
	p.fileGone = b.State.Final() && fault.CodeOf(s.checkStored(r.Context(), b.BlobKey)) == codeFileLost
	if b.PreviewedAt == nil || newCountsView(b).nothingKept() {
		return p, nil
	}
	ctx, query := r.Context(), p.query.shown(b.Counts)
	if b.Counts.Invalid > 0 {
		if p.groups, p.nextGroup, err = s.Store.Groups(ctx, b.OrgID, b.ID, query.Causes, groupsShown); err != nil {
			return batchParts{}, err
		}
	}
	p.rows, err = fillRows(query.forStore(), func(q store.RowsQuery) ([]plan.RowReport, int, error) {
		return s.Store.Rows(ctx, b.OrgID, b.ID, q)
	})
	if err == nil {
		p.known, err = s.Store.Identifiers(ctx, b.OrgID, p.rows.people())
	}
	return p, err
}
