package producer

import (
	"fmt"
	"net/http"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/store"
)

// meanwhileShown is how many edits and files a stale plan's page names.
const meanwhileShown = 10

// meanwhileView is what has become of the team since the preview of a stale plan.
type meanwhileView struct {
	Since   time.Time
	Edits   []meanwhileEdit
	Files   []meanwhileFile
	More    bool
	TeamURL string // everybody, those changed last first
}

type meanwhileEdit struct {
	Person, URL, By string
	At              time.Time
	Changes         []changeView
}

type meanwhileFile struct {
	Name, URL, By string
	At            time.Time
	People        int
}

// meanwhileOf is nil unless the batch failed because its plan was stale.
func (s *Server) meanwhileOf(r *http.Request, b batch.Batch) (*meanwhileView, error) {
	if b.Failure == nil || b.Failure.Code != batch.FailureStalePlan || b.PreviewedAt == nil {
		return nil, nil
	}
	m, err := s.Store.Meanwhile(r.Context(), b.OrgID, *b.PreviewedAt, meanwhileShown)
	if err != nil {
		return nil, fmt.Errorf("find what has changed since: %w", err)
	}
	return newMeanwhileView(*b.PreviewedAt, m), nil
}

func newMeanwhileView(since time.Time, m store.Meanwhile) *meanwhileView {
	v := &meanwhileView{Since: since, More: m.More, TeamURL: peopleURL(store.PeopleQuery{Sort: store.SortByChange, Descending: true}, "")}
	for i := range m.Edits {
		e := &m.Edits[i]
		edit := meanwhileEdit{Person: e.Name, URL: profileURL(e.ProfileID), By: e.By, At: e.At}
		for _, c := range e.Changes {
			edit.Changes = append(edit.Changes, historyChange(c))
		}
		v.Edits = append(v.Edits, edit)
	}
	for i := range m.Batches {
		b := &m.Batches[i]
		file := meanwhileFile{Name: b.File.Name, URL: batchURL(b.ID), By: b.UploadedBy, People: b.Counts.Changed}
		if b.FinishedAt != nil {
			file.At = *b.FinishedAt
		}
		v.Files = append(v.Files, file)
	}
	return v
}
