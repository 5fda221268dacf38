package producer

import (
	"net/http"
	"net/url"

	"teamsheet/internal/auth"
	"teamsheet/internal/fault"
	"teamsheet/internal/store"
)

// passwordView is the page behind a password link.
type passwordView struct {
	layoutView
	Email       string
	Action      string
	NewPassword passwordField
	Problems    []formProblem
}

// passwordField is where a password is chosen, on whichever page.
type passwordField struct {
	MinLength int // characters
	Problem   string
}

func newPasswordField() passwordField { return passwordField{MinLength: auth.ShortestPassword} }

func (s *Server) passwordNew(w http.ResponseWriter, r *http.Request) {
	account, err := s.Auth.LinkAccount(r.Context(), r.PathValue("token"))
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "password", s.passwordView(r, account))
}

func (s *Server) passwordView(r *http.Request, account store.Account) passwordView {
	v := passwordView{
		layoutView: s.layout(r, "Choose a password", ""), Email: account.Email, NewPassword: newPasswordField(),
		Action: auth.LinkPath + url.PathEscape(r.PathValue("token")),
	}
	v.Account, v.Narrow = nil, true // whoever else is signed in here: the form is about the link's account
	return v
}

func (s *Server) passwordSet(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	token := r.PathValue("token")
	_, err := s.Auth.UseLink(r.Context(), token, r.PostForm.Get("password"), requestID(r.Context()))
	if err == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if !fault.Is(err, fault.Rejected) {
		s.pageError(w, r, err)
		return
	}
	account, linkErr := s.Auth.LinkAccount(r.Context(), token)
	if linkErr != nil {
		s.pageError(w, r, linkErr)
		return
	}
	a := s.answerTo(r, err)
	view := s.passwordView(r, account)
	view.Title, view.NewPassword.Problem = "Error: "+view.Title, a.Message
	view.Problems = []formProblem{{For: "password", Message: a.Message}}
	s.show(w, r, a.Status, "password", view)
}
