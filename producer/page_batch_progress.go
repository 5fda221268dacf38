package producer

import (
	"fmt"
	"net/http"
	"strconv"

	"teamsheet/internal/batch"
)

// progressView is how far a task has come with a batch.
type progressView struct {
	Phase       string
	Done, Total int
	PollURL     string
	Announce    string // for screen readers; "" when there is nothing new to say
}

// quarterUnknown is the quarter of a task that has not counted yet.
const quarterUnknown = 0

// newProgressView shows the progress of b. heard is the quarter that was told
// last, so that a screen reader hears four lines and not one a second.
func newProgressView(b batch.Batch, heard int) *progressView {
	p := b.Progress
	v := &progressView{Phase: phaseWords(b), Done: p.Done, Total: p.Total}
	quarter := quarterOf(p)
	v.PollURL = fmt.Sprintf("%s/progress?state=%s&heard=%d", batchURL(b.ID), b.State, quarter)
	if heard >= 0 && quarter != heard && p.Total > 0 {
		v.Announce = fmt.Sprintf("%s: %d percent", v.Phase, 25*(quarter%5))
	}
	return v
}

// quarterOf numbers the quarters of all phases: five a phase, from 1.
func quarterOf(p batch.Progress) int {
	if p.Total <= 0 {
		return quarterUnknown
	}
	step := min(4, 4*p.Done/p.Total)
	switch p.Phase {
	case batch.Comparing:
		return 5 + step
	case batch.Saving:
		return 10 + step
	}
	return step
}

// phaseWords says what a task is doing; before its first word of progress, it
// has not begun.
func phaseWords(b batch.Batch) string {
	if b.Progress.Done == 0 && b.Progress.Total == 0 {
		return "Waiting for its turn"
	}
	switch b.Progress.Phase {
	case batch.Reading:
		return "Reading rows"
	case batch.Comparing:
		return "Comparing with the team"
	case batch.Saving:
		return "Saving"
	}
	return "Waiting for its turn"
}

// batchProgress answers the polls of the batch page: how far it is, or that the
// page is to be loaded again because the batch has moved on.
func (s *Server) batchProgress(w http.ResponseWriter, r *http.Request) {
	account := s.account(r)
	b, err := s.Store.Batch(r.Context(), account.OrgID, r.PathValue("id"))
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	if !b.State.Waiting() || string(b.State) != r.FormValue("state") {
		w.Header().Set("HX-Refresh", "true")
		w.WriteHeader(http.StatusOK)
		return
	}
	heard, err := strconv.Atoi(r.FormValue("heard"))
	if err != nil {
		heard = quarterUnknown
	}
	s.showPart(w, r, http.StatusOK, "batch", "progress-poll", newProgressView(b, heard))
}
