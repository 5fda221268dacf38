package producer

import (
	"net/http"

	"teamsheet/internal/auth"
	"teamsheet/internal/fault"
)

// passwordChange is the form of the account page with which people give themselves
// another password.
func (s *Server) passwordChange(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	err := s.Auth.ChangePassword(r.Context(), s.account(r), auth.PasswordChange{
		Present: r.PostForm.Get("present"), New: r.PostForm.Get("password"), IP: callerIP(r), RequestID: requestID(r.Context())})
	if err == nil {
		http.Redirect(w, r, "/account?saved=password", http.StatusSeeOther)
		return
	}
	if !fault.Is(err, fault.Rejected) && !fault.Is(err, fault.TooMany) {
		s.pageError(w, r, err)
		return
	}
	a, view := s.answerTo(r, err), newAccountPage(s.account(r))
	view.addPasswordProblem(a)
	s.showAccount(w, r, a.Status, view)
}

// addPasswordProblem puts what is wrong beside its field. Neither field keeps what
// was typed: a page with a password in it would lie in caches.
func (v *accountPage) addPasswordProblem(a answer) {
	field := "present" // waiting is for it too
	if a.Code == auth.CodePasswordNotAllowed {
		field, v.NewPassword.Problem = "password", a.Message
	} else {
		v.PresentProblem = a.Message
	}
	v.Problems = []formProblem{{For: field, Message: a.Message}}
}
