package producer

import (
	"net"
	"net/http"

	"teamsheet/internal/auth"
	"teamsheet/internal/fault"
)

// signInView is the page where people sign in.
type signInView struct {
	layoutView
	Email    string
	Next     string // where to go afterwards
	Problems []formProblem
}

func (s *Server) sessionNew(w http.ResponseWriter, r *http.Request) {
	next := auth.SafeNext(r.URL.Query().Get("next"))
	if _, ok := auth.From(r.Context()); ok {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	s.show(w, r, http.StatusOK, "sign-in", newSignInView(s.layout(r, "Sign in", ""), next))
}

func newSignInView(frame layoutView, next string) signInView {
	frame.Narrow = true
	view := signInView{layoutView: frame}
	if next != "/" {
		view.Next = next
	}
	return view
}

func (s *Server) sessionCreate(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	email, next := r.PostForm.Get("email"), auth.SafeNext(r.PostForm.Get("next"))
	_, err := s.Auth.SignIn(r.Context(), email, r.PostForm.Get("password"), callerIP(r))
	if err == nil {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	if !fault.Is(err, fault.Unauthorized) && !fault.Is(err, fault.TooMany) {
		s.pageError(w, r, err)
		return
	}
	a := s.answerTo(r, err)
	view := newSignInView(s.layout(r, "Error: Sign in", ""), next)
	view.Email, view.Problems = email, []formProblem{{For: "email", Message: a.Message}}
	s.show(w, r, a.Status, "sign-in", view)
}

// callerIP is the address of the connection. Behind a proxy it is the proxy's.
func callerIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
