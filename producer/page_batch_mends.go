package producer

import (
	"net/http"

	"teamsheet/internal/batch"
)

// mendsView offers to mend a file without opening it.
type mendsView struct {
	Action string
	Offers []mendOffer
}

// mendOffer is one way to mend it.
type mendOffer struct {
	Name, Text, Says string
	Checked          bool // what only undoes damage; not what might have been meant
}

// newMendsView is nil when there is nothing to offer.
func newMendsView(b batch.Batch) *mendsView {
	if !canMend(b) || len(b.Highlights.Mends) == 0 {
		return nil
	}
	v := &mendsView{Action: batchURL(b.ID) + "/mend"}
	for _, m := range b.Highlights.Mends {
		v.Offers = append(v.Offers, newMendOffer(m))
	}
	return v
}

func newMendOffer(m batch.Mend) mendOffer {
	o := mendOffer{Name: m.Name(), Checked: true}
	cells := "the stored value in " + count(m.Count, "cell", "cells") + " of " + m.Column
	if m.Count > 1 {
		cells = "the stored values in these " + number(m.Count) + " cells of " + m.Column
	}
	switch m.Kind {
	case batch.MendEmployeeIDs:
		o.Text = "Keep " + cells
		o.Says = "A spreadsheet program took these IDs for numbers: zeros at the front were lost, or digits at the end."
	case batch.MendDates:
		o.Text = "Keep " + cells
		o.Says = "A spreadsheet program wrote these dates in its own way; each can be read as the stored one. Dates that you changed are not touched."
	case batch.MendColumn:
		o.Text = "Keep everybody’s stored " + m.Column
		o.Says = "The column changes in so many rows, or in such a way, as if it had been sorted or moved without the others. It is left out of the copy, so none of its " +
			count(m.Count, "change is", "changes are") + " made."
		o.Checked = false
	case batch.MendIncomplete:
		o.Text = "Take out " + count(m.Count, "row of a deactivated person", "rows of deactivated people") + " with something missing"
		o.Says = "People without a row stay as they are."
	}
	return o
}

// batchMend makes a mended copy of the stored file and leads to its preview.
func (s *Server) batchMend(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	b, err := s.mend(r.Context(), s.account(r), r.PathValue("id"), r.PostForm["mend"], requestID(r.Context()))
	if err != nil {
		s.refuseMove(w, r, err)
		return
	}
	http.Redirect(w, r, batchURL(b.ID), http.StatusSeeOther)
}
