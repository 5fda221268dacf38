package producer

import (
	"context"
	"net/http"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// reportsNamed is how many direct reports a profile's page names.
const reportsNamed = 5

// profileView is the page of one person.
type profileView struct {
	layoutView
	Name       string
	Action     string
	Version    int64
	State      chipView
	Incomplete bool
	Saved      string
	Conflict   *conflictView
	Problems   []formProblem
	Sections   []sectionView
	Photo      photoView
	Reports    *reportsView
	History    []historyView
	Newest     string // leads from older changes to the newest
	Older      string // leads to older changes
}

// reportsView are the active people who report to the person.
type reportsView struct {
	Count   int
	People  []linkView
	URL     string
	MoveURL string // where they get another leader
}

type linkView struct{ URL, Name string }

func (s *Server) profileShow(w http.ResponseWriter, r *http.Request) {
	id, ok := profile.ParseID(r.PathValue("id"))
	if !ok {
		s.pageError(w, r, errNoProfile())
		return
	}
	view, err := s.profileView(r, id)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	view.Saved = savedWords(r.URL.Query().Get("saved"), natural(r.URL.Query().Get("moved")))
	s.show(w, r, http.StatusOK, "profile", view)
}

func errNoProfile() error {
	return fault.New(fault.NotFound, "not-found", "Nobody in your team has this address.")
}

// Answers to forms that save no fields.
const (
	savedBefore  = "before" // the form was sent twice
	savedPhoto   = "photo"
	savedNoPhoto = "no-photo"
)

// savedWords says what was saved: fields of the person, and other leaders of those
// who reported to them.
func savedWords(saved string, moved int) string {
	fields := ""
	if n := natural(saved); n > 0 {
		fields = count(n, "field was changed", "fields were changed")
	}
	switch {
	case saved == "":
		return ""
	case saved == savedBefore:
		return "This has been saved already"
	case saved == savedPhoto:
		return "The photo was saved"
	case saved == savedNoPhoto:
		return "The photo was removed"
	case moved > 0 && fields != "":
		return "Saved: " + fields + ", " + count(moved, "person has", "people have") + " another team leader"
	case moved > 0:
		return "Saved: " + count(moved, "person has", "people have") + " another team leader"
	case fields == "":
		return "Nothing was changed"
	}
	return "Saved: " + fields
}

// profileView is the page of a person as they are today.
func (s *Server) profileView(r *http.Request, id profile.ID) (profileView, error) {
	ctx, orgID := r.Context(), s.account(r).OrgID
	p, err := s.Store.Profile(ctx, orgID, id)
	if err != nil {
		return profileView{}, err
	}
	directory, err := s.Store.Directory(ctx, orgID)
	if err != nil {
		return profileView{}, err
	}
	v := newProfileView(&p, directory)
	v.layoutView = s.layout(r, v.Name, "team")
	photos, err := s.Store.Photos(ctx, orgID, []profile.ID{id})
	if err != nil {
		return profileView{}, err
	}
	v.Photo = newPhotoView(&p, photos[id])
	if v.Reports, err = s.reportsView(ctx, orgID, id); err != nil {
		return profileView{}, err
	}
	return v, s.addHistory(r, &v, id)
}

func newProfileView(p *profile.Profile, d *profile.Directory) profileView {
	return profileView{
		Name: profile.DisplayName(p), Action: profileURL(p.ID), Version: p.Version,
		State: personChip(p), Incomplete: profile.Incomplete(p) != 0,
		Sections: newSections(cellsOf(p, d), p, d), Photo: newPhotoView(p, store.Photo{}),
	}
}

func (s *Server) reportsView(ctx context.Context, orgID string, id profile.ID) (*reportsView, error) {
	n, people, err := s.Store.ActiveReports(ctx, orgID, id, reportsNamed)
	if err != nil || n == 0 {
		return nil, err
	}
	v := &reportsView{Count: n, URL: peopleURL(store.PeopleQuery{LeaderID: id}, ""), MoveURL: reportsURL(id)}
	for i := range people {
		v.People = append(v.People, linkView{URL: profileURL(people[i].ID), Name: profile.DisplayName(&people[i].Profile)})
	}
	return v, nil
}
