package producer

import (
	"net/http"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/store"
)

// opsView is the operators' first page.
type opsView struct {
	layoutView
	States       []stateCountView
	MailsPending int
	OldestMail   string
	Links        []opsLink
}

// stateCountView is how many batches stand in one state.
type stateCountView struct {
	Chip   chipView
	Count  int
	Oldest string
}

type opsLink struct{ URL, Label, Help string }

func (s *Server) opsShow(w http.ResponseWriter, r *http.Request) {
	stats, err := s.Store.Stats(r.Context())
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	view := newOpsView(stats, s.Queues != nil, s.Metrics != nil)
	view.layoutView = s.layout(r, "Operations", "ops")
	s.show(w, r, http.StatusOK, "ops", view)
}

func newOpsView(stats store.Stats, queues, metrics bool) opsView {
	v := opsView{MailsPending: stats.MailsPending, OldestMail: ageWords(stats.OldestMail)}
	for _, state := range []batch.State{batch.Uploaded, batch.Confirmed, batch.Ready, batch.Rejected,
		batch.Applied, batch.Failed, batch.Cancelled, batch.Expired} {
		v.States = append(v.States, stateCountView{
			Chip:  chipOf(batch.Batch{State: state, Counts: batch.Counts{Changed: 1}}),
			Count: stats.BatchesByState[state], Oldest: ageWords(stats.OldestWaiting[state]),
		})
	}
	if queues {
		v.Links = append(v.Links, opsLink{"/ops/queues/", "Queues", "tasks that wait, run, are retried or were given up"})
	}
	v.Links = append(v.Links, opsLink{"/readyz", "Readiness", "what this process depends on, and whether it can be reached"})
	if metrics {
		v.Links = append(v.Links, opsLink{"/metrics", "Metrics", "for Prometheus"})
	}
	return v
}

// ageWords says how long something has waited, roughly.
func ageWords(age time.Duration) string {
	switch {
	case age <= 0:
		return "none"
	case age < time.Minute:
		return count(int(age.Seconds()), "second", "seconds")
	case age < 2*time.Hour:
		return count(int(age.Minutes()), "minute", "minutes")
	}
	return count(int(age.Hours()), "hour", "hours")
}
