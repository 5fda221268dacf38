package producer

import "net/http"

// accountPage is the page of the account that is signed in.
type accountPage struct {
	layoutView
	Org           string
	NotifyApplied bool
	Saved         bool
}

func (s *Server) accountShow(w http.ResponseWriter, r *http.Request) {
	account := s.account(r)
	org, err := s.Store.Org(r.Context(), account.OrgID)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	view := accountPage{layoutView: s.layout(r, "Your account", "account"), Org: org.Name,
		NotifyApplied: account.NotifyApplied, Saved: r.URL.Query().Has("saved")}
	view.Narrow = true
	s.show(w, r, http.StatusOK, "account", view)
}

func (s *Server) accountEdit(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.pageError(w, r, err)
		return
	}
	wanted := r.PostForm.Get("notify_applied") == "y"
	if err := s.Store.SetNotifyApplied(r.Context(), s.account(r).ID, wanted); err != nil {
		s.pageError(w, r, err)
		return
	}
	http.Redirect(w, r, "/account?saved=1", http.StatusSeeOther)
}
