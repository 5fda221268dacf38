package producer

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"teamsheet/internal/batch"
)

// progressView is how far a task has come with a batch.
type progressView struct {
	Phase       string
	Done, Total int
	Left        string // how long the phase may still take; "" when nobody can say
	Ahead       string // what is before it in the queue; "" once it has begun
	PollURL     string
	EventsURL   string
	Announce    string // for screen readers; "" when there is nothing new to say
}

// heardProgress is what a page has shown of a batch: the quarter that was told last,
// so that a screen reader hears four lines and not one a second, and where the phase
// stood when it was first seen, from which the time left is reckoned. It goes out
// and comes back with the address of each poll; nothing of it is kept here.
type heardProgress struct {
	quarter int
	phase   batch.Phase
	since   time.Time
	from    int
}

// quarterUnknown is the quarter of a task that has not counted yet.
const quarterUnknown = 0

// nothingHeard is the state of a page that is being loaded.
func nothingHeard() heardProgress { return heardProgress{quarter: -1} }

// newProgressView shows the progress of b at a moment, ahead of it so many files,
// and what has then been heard.
func newProgressView(b batch.Batch, ahead int, heard heardProgress, now time.Time) (*progressView, heardProgress) {
	p := b.Progress
	v := &progressView{Phase: phaseWords(b), Done: p.Done, Total: p.Total, EventsURL: batchURL(b.ID) + "/events?state=" + string(b.State)}
	quarter := quarterOf(p)
	if heard.quarter >= 0 && quarter != heard.quarter && p.Total > 0 {
		v.Announce = fmt.Sprintf("%s: %d percent", v.Phase, 25*(quarter%5))
	}
	if p.Phase != heard.phase || p.Done < heard.from {
		heard.phase, heard.since, heard.from = p.Phase, now, p.Done
	}
	heard.quarter = quarter
	if hasBegun(p) {
		v.Left = leftWords(timeLeft(p, heard, now))
	} else {
		v.Ahead = aheadWords(ahead)
	}
	v.PollURL = batchURL(b.ID) + "/progress?" + heard.query(b.State)
	return v, heard
}

func (h heardProgress) query(state batch.State) string {
	return url.Values{"state": {string(state)}, "heard": {strconv.Itoa(h.quarter)}, "phase": {string(h.phase)},
		"since": {strconv.FormatInt(h.since.UnixMilli(), 10)}, "from": {strconv.Itoa(h.from)}}.Encode()
}

func readHeard(r *http.Request) heardProgress {
	since, _ := strconv.ParseInt(r.FormValue("since"), 10, 64) // 0 is long ago: no estimate is near
	return heardProgress{quarter: natural(r.FormValue("heard")), phase: batch.Phase(r.FormValue("phase")),
		since: time.UnixMilli(since), from: natural(r.FormValue("from"))}
}

func hasBegun(p batch.Progress) bool { return p.Done > 0 || p.Total > 0 }

// watchedEnough is how long a phase has to be seen before its end is guessed.
const watchedEnough = 3 * time.Second

// timeLeft of the phase at the speed that was seen; 0: nobody can say.
func timeLeft(p batch.Progress, heard heardProgress, now time.Time) time.Duration {
	seen, done := now.Sub(heard.since), p.Done-heard.from
	if seen < watchedEnough || seen > 24*time.Hour || done <= 0 || p.Total <= p.Done {
		return 0
	}
	return time.Duration(float64(seen) / float64(done) * float64(p.Total-p.Done))
}

// leftWords rounds up to what a person would say.
func leftWords(left time.Duration) string {
	const few = 10 * time.Second
	switch {
	case left <= 0:
		return ""
	case left < few:
		return "a few seconds left in this step"
	case left < time.Minute:
		return fmt.Sprintf("about %d seconds left in this step", 10*int((left+few-1)/few))
	}
	return "about " + count(int((left+time.Minute-1)/time.Minute), "minute", "minutes") + " left in this step"
}

func aheadWords(ahead int) string {
	if ahead == 0 {
		return "It is next."
	}
	return count(ahead, "file is", "files are") + " before it."
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
	if !hasBegun(b.Progress) {
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
	view, _, err := s.progressOf(r, b, readHeard(r))
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	s.showPart(w, r, http.StatusOK, "batch", "progress-poll", view)
}

// progressOf is the view of a waiting batch as it stands now.
func (s *Server) progressOf(r *http.Request, b batch.Batch, heard heardProgress) (*progressView, heardProgress, error) {
	ahead := 0
	if !hasBegun(b.Progress) {
		var err error
		if ahead, err = s.Store.Ahead(r.Context(), b); err != nil {
			return nil, heard, fmt.Errorf("find the place in the queue: %w", err)
		}
	}
	v, heard := newProgressView(b, ahead, heard, s.Now())
	return v, heard, nil
}
