package producer

import (
	"context"
	"fmt"
	"net/http"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
)

// batchConfirm confirms the plan that the person has seen: its digest comes with
// the form.
func (s *Server) batchConfirm(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	account, id := s.account(r), r.PathValue("id")
	typed := r.PostForm.Get("typed")
	ok, err := s.typedRight(r.Context(), account.OrgID, id, typed)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	if !ok {
		s.showBatch(w, r, http.StatusUnprocessableEntity, batchSaid{typed: &typed})
		return
	}
	b, err := s.confirm(r.Context(), account, id, r.PostForm.Get("plan"), requestID(r.Context()))
	if err != nil {
		s.refuseMove(w, r, err)
		return
	}
	http.Redirect(w, r, batchURL(b.ID), http.StatusSeeOther)
}

// typedRight reports whether what was typed is the number that a ready batch asks
// for, if it asks for any. It guards people at a page, not programs: those say which
// plan they mean, and nothing more (CONTRACT §5).
func (s *Server) typedRight(ctx context.Context, orgID, id, typed string) (bool, error) {
	b, err := s.Store.Batch(ctx, orgID, id)
	if err != nil {
		return false, fmt.Errorf("load batch: %w", err)
	}
	n := b.Drastic()
	return b.State != batch.Ready || n == 0 || isTyped(typed, n), nil
}

func (s *Server) batchCancel(w http.ResponseWriter, r *http.Request) {
	b, err := s.cancel(r.Context(), s.account(r), r.PathValue("id"), requestID(r.Context()))
	if err != nil {
		s.refuseMove(w, r, err)
		return
	}
	http.Redirect(w, r, batchURL(b.ID), http.StatusSeeOther)
}

// batchPreview previews the stored file once more, as a new batch; with "instead" it
// takes the place of one that waits for Confirm.
func (s *Server) batchPreview(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	preview := s.previewAgain
	if r.PostForm.Has("instead") {
		preview = s.previewInstead
	}
	b, err := preview(r.Context(), s.account(r), r.PathValue("id"), requestID(r.Context()))
	if err != nil {
		s.refuseMove(w, r, err)
		return
	}
	http.Redirect(w, r, batchURL(b.ID), http.StatusSeeOther)
}

// refuseMove shows the batch as it is now, and above it why it was not moved.
func (s *Server) refuseMove(w http.ResponseWriter, r *http.Request, err error) {
	switch fault.KindOf(err) {
	case fault.Conflict, fault.Stale, fault.Precondition:
		a := s.answerTo(r, err)
		s.showBatch(w, r, a.Status, batchSaid{notice: a.Message})
	default:
		s.pageError(w, r, err)
	}
}
