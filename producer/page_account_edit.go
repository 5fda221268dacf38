package producer

import (
	"net/http"

	"teamsheet/internal/store"
	"teamsheet/internal/zone"
)

// accountPage is the page of the account that is signed in.
type accountPage struct {
	layoutView
	Org             string
	NotifyApplied   bool
	Zones           []zoneGroup
	ZoneProblem     string
	PresentProblem  string // of the present password
	NewPassword     passwordField
	Saved           bool
	PasswordChanged bool
	Problems        []formProblem
}

func newAccountPage(account store.Account) accountPage {
	return accountPage{NotifyApplied: account.NotifyApplied, Zones: zoneGroups(account.TimeZone), NewPassword: newPasswordField()}
}

func (s *Server) accountShow(w http.ResponseWriter, r *http.Request) {
	view := newAccountPage(s.account(r))
	switch r.URL.Query().Get("saved") {
	case "1":
		view.Saved = true
	case "password":
		view.PasswordChanged = true
	}
	s.showAccount(w, r, http.StatusOK, view)
}

// showAccount shows the page, whose frame and organization are filled in here.
func (s *Server) showAccount(w http.ResponseWriter, r *http.Request, status int, view accountPage) {
	org, err := s.Store.Org(r.Context(), s.account(r).OrgID)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	view.layoutView, view.Org = s.layout(r, "Your account", "account"), org.Name
	if len(view.Problems) > 0 {
		view.Title = "Error: Your account"
	}
	view.Narrow = true
	s.show(w, r, status, "account", view)
}

func (s *Server) accountEdit(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	wanted, name := r.PostForm.Get("notify_applied") == "y", r.PostForm.Get("time_zone")
	if _, ok := zone.Load(name); !ok && name != "" {
		view := newAccountPage(s.account(r))
		view.NotifyApplied, view.ZoneProblem = wanted, "There is no time zone with this name. Choose one from the list."
		view.Problems = []formProblem{{For: "time_zone", Message: view.ZoneProblem}}
		s.showAccount(w, r, http.StatusUnprocessableEntity, view)
		return
	}
	if err := s.Store.SetNotifyApplied(r.Context(), s.account(r).ID, wanted); err != nil {
		s.pageError(w, r, err)
		return
	}
	if err := s.Store.SetTimeZone(r.Context(), s.account(r).ID, name); err != nil {
		s.pageError(w, r, err)
		return
	}
	http.Redirect(w, r, "/account?saved=1", http.StatusSeeOther)
}
