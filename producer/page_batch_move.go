package producer

import (
	"net/http"

	"teamsheet/internal/fault"
)

// batchConfirm confirms the plan that the person has seen: its digest comes with
// the form.
func (s *Server) batchConfirm(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	b, err := s.confirm(r.Context(), s.account(r), r.PathValue("id"), r.PostForm.Get("plan"), requestID(r.Context()))
	if err != nil {
		s.refuseMove(w, r, err)
		return
	}
	http.Redirect(w, r, batchURL(b.ID), http.StatusSeeOther)
}

func (s *Server) batchCancel(w http.ResponseWriter, r *http.Request) {
	b, err := s.cancel(r.Context(), s.account(r), r.PathValue("id"), requestID(r.Context()))
	if err != nil {
		s.refuseMove(w, r, err)
		return
	}
	http.Redirect(w, r, batchURL(b.ID), http.StatusSeeOther)
}

// batchPreview previews the stored file once more, as a new batch.
func (s *Server) batchPreview(w http.ResponseWriter, r *http.Request) {
	b, err := s.previewAgain(r.Context(), s.account(r), r.PathValue("id"), requestID(r.Context()))
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
		s.showBatch(w, r, a.Status, a.Message)
	default:
		s.pageError(w, r, err)
	}
}
