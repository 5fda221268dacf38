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
		file := meanwhileFile{Name: b.File.Name, URL: batchURL(b.ID), By: b.ConfirmedBy, People: b.Counts.Changed}
		if b.FinishedAt != nil {
			file.At = *b.FinishedAt
		}
		v.Files = append(v.Files, file)
	}
	return v
}

// movedView warns that a plan which waits for Confirm may be stale by then: what was
// saved last. At is zero when that cannot be said.
type movedView struct {
	By, Did   string
	What, URL string
	At        time.Time
	More      bool   // it was not the only one
	Again     string // previews the same file in place of this plan
}

// movedOf is nil unless the team has been changed since the plan of a ready batch was
// made. That alone makes no plan stale: the file is compared once more on Confirm, and
// saved if it still changes the very same things.
func (s *Server) movedOf(r *http.Request, b batch.Batch) (*movedView, error) {
	if !confirmable(b) {
		return nil, nil
	}
	org, err := s.Store.Org(r.Context(), b.OrgID)
	if err != nil || org.Revision == b.Revision {
		return nil, err
	}
	m, err := s.Store.Meanwhile(r.Context(), b.OrgID, *b.PreviewedAt, 1)
	if err != nil {
		return nil, fmt.Errorf("find what has changed since: %w", err)
	}
	return newMovedView(b, newMeanwhileView(*b.PreviewedAt, m)), nil
}

// newMovedView takes the newest of what has changed.
func newMovedView(b batch.Batch, since *meanwhileView) *movedView {
	v := &movedView{Again: batchURL(b.ID) + "/preview", More: since.More || len(since.Edits)+len(since.Files) > 1}
	for _, e := range since.Edits[:min(1, len(since.Edits))] {
		v.By, v.Did, v.What, v.URL, v.At = e.By, "changed", e.Person, e.URL, e.At
	}
	for _, f := range since.Files[:min(1, len(since.Files))] {
		if f.At.After(v.At) {
			v.By, v.Did, v.What, v.URL, v.At = f.By, "saved", f.Name, f.URL, f.At
		}
	}
	return v
}
