package producer

import (
	"fmt"
	"net/http"
	"strconv"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// profileEdit saves the form, or shows it again with what keeps it from being saved.
func (s *Server) profileEdit(w http.ResponseWriter, r *http.Request) {
	id, ok := profile.ParseID(r.PathValue("id"))
	if !ok {
		s.pageError(w, r, errNoProfile())
		return
	}
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil {
		s.pageError(w, r, fault.New(fault.BadRequest, "form-incomplete", "The form arrived without its version. Open the profile again."))
		return
	}
	s.saveProfile(w, r, id, version, readCells(r))
}

func (s *Server) saveProfile(w http.ResponseWriter, r *http.Request, id profile.ID, version int64, texts cells) {
	_, report, err := s.editProfile(r.Context(), s.account(r), id, version, texts, "page")
	switch {
	case fault.Is(err, fault.Stale):
		s.showConflict(w, r, id, version, texts)
	case err != nil:
		s.pageError(w, r, err)
	case report != nil && keepsReports(report.Problems):
		s.showMove(w, r, http.StatusOK, id, moveForm{Version: version, Cells: texts}, moveTrouble{})
	case report != nil && len(report.Problems) > 0:
		s.showProblems(w, r, id, version, texts, report)
	default:
		changes := 0
		if report != nil {
			changes = len(report.Changes)
		}
		http.Redirect(w, r, fmt.Sprintf("%s?saved=%d", profileURL(id), changes), http.StatusSeeOther)
	}
}

// showProblems shows the form as it was sent, with the problems in it.
func (s *Server) showProblems(w http.ResponseWriter, r *http.Request, id profile.ID, version int64, texts cells, report *plan.RowReport) {
	view, err := s.profileForm(r, id, texts)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	view.Version = version
	view.addProblems(report.Problems)
	view.Title = "Error: " + view.Name
	s.show(w, r, http.StatusUnprocessableEntity, "profile", view)
}

// profileForm is the person's page with the given texts in its form.
func (s *Server) profileForm(r *http.Request, id profile.ID, texts cells) (profileView, error) {
	view, err := s.profileView(r, id)
	if err != nil {
		return profileView{}, err
	}
	err = s.Store.View(r.Context(), s.account(r).OrgID, func(v *store.View) error {
		return v.People(r.Context(), []profile.ID{id}, func(p *profile.Profile) error {
			view.Sections = newSections(texts.over(cellsOf(p, v.Directory())), p, v.Directory())
			return nil
		})
	})
	return view, err
}

// over puts the texts that were sent above those that a form did not send.
func (c cells) over(below cells) cells {
	for f, text := range c {
		below[f] = text
	}
	return below
}

// readForm parses a form; how much it may send is limited for every request.
func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return bodyFault(err)
	}
	return nil
}
