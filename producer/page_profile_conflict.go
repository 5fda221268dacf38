package producer

import (
	"net/http"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// conflictView shows what two people changed in one profile at the same time.
type conflictView struct {
	Both  []bothView // fields that both changed, to different values
	Newer []string   // fields that the other person alone changed
}

// bothView is a field that both changed.
type bothView struct {
	Column, For, Now, Yours, By string
}

// showConflict shows the form once more on top of what somebody else has saved
// in the meantime. What the person did not touch keeps the newer value; what
// both changed stands as the person typed it, with today's value above. Saving
// again then saves knowingly.
func (s *Server) showConflict(w http.ResponseWriter, r *http.Request, id profile.ID, seen int64, texts cells) {
	view, err := s.profileView(r, id)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	err = s.Store.View(r.Context(), s.account(r).OrgID, func(v *store.View) error {
		past, err := v.Past(r.Context(), id, seen)
		if err != nil {
			return err
		}
		return v.People(r.Context(), []profile.ID{id}, func(p *profile.Profile) error {
			merged, conflict := mergeForm(texts, cellsOf(p, v.Directory()), past)
			view.Sections, view.Version = newSections(merged, p, v.Directory()), p.Version
			view.Conflict = conflict
			return nil
		})
	})
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	view.Title = "Error: changed by somebody else – " + view.Name
	s.show(w, r, http.StatusConflict, "profile", view)
}

// mergeForm lays a form over today's values. past is what has changed since the
// version on which the form was based.
func mergeForm(sent, now cells, past plan.Past) (cells, *conflictView) {
	merged, conflict := make(cells), &conflictView{}
	for _, f := range editable() {
		merged[f] = now[f]
		yours, wasSent := sent[f]
		before, changed := past[f]
		if !wasSent || yours == now[f] {
			continue
		}
		column := profile.ColumnOf(f)
		if changed && yours == before.Text {
			conflict.Newer = append(conflict.Newer, column.Header)
			continue
		}
		merged[f] = yours
		if changed {
			conflict.Both = append(conflict.Both, bothView{Column: column.Header, For: "f-" + column.JSON,
				Now: now[f], Yours: yours, By: before.By})
		}
	}
	return merged, conflict
}
