package producer

import (
	"net/http"

	"teamsheet/internal/auth"
)

// layoutView is what every page shows around its content.
type layoutView struct {
	Title   string // the outcome first: "Error: …" when something is wrong
	Section string // which entry of the main menu this page belongs to
	Account *accountView
	Narrow  bool // a page of text or one short form
	Refresh int  // seconds after which a browser without scripts loads the page again; 0: never
}

// accountView is the person who is signed in.
type accountView struct {
	Email      string
	CanManage  bool
	CanOperate bool
}

// chipView is a state in one word, with the tone of its colour and picture:
// problem, change, warning, done, working or neutral.
type chipView struct {
	Tone, Word string
}

// optionView is one choice of a list.
type optionView struct {
	Value, Label string
	Selected     bool
}

// formProblem is one line of the summary above a form.
type formProblem struct {
	For     string // id of the field; "" for the whole form
	Message string
}

// layout is the frame of a page for whoever is asking.
func (s *Server) layout(r *http.Request, title, section string) layoutView {
	v := layoutView{Title: title, Section: section}
	if account, ok := auth.From(r.Context()); ok {
		v.Account = &accountView{Email: account.Email, CanManage: account.CanManage, CanOperate: account.CanOperate}
	}
	return v
}

// seeOther sends the browser to a page after a form has done its work; htmx is
// told to load it whole.
func seeOther(w http.ResponseWriter, r *http.Request, target string) {
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", target)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}
