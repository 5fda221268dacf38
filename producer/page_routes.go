package producer

import (
	"net/http"

	"teamsheet/internal/auth"
)

// pageRoutes ties the addresses of the pages to what shows them. Everything can
// be reached and done without scripts.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.Handle("GET /static/{hash}/{name...}", s.pages.assets.handler())

	mux.HandleFunc("GET /sign-in", s.sessionNew)
	mux.HandleFunc("POST /sign-in", s.sessionCreate)
	mux.HandleFunc("POST /sign-out", s.sessionDelete)
	mux.HandleFunc("GET /password/{token}", s.passwordNew)
	mux.HandleFunc("POST /password/{token}", s.passwordSet)

	mux.Handle("GET /{$}", s.signedIn(s.home))
	mux.Handle("GET /account", s.signedIn(s.accountShow))
	mux.Handle("POST /account", s.signedIn(s.accountEdit))
	mux.Handle("POST /account/password", s.signedIn(s.passwordChange))

	mux.Handle("GET /team", s.manages(s.teamList))
	mux.Handle("GET /team/{id}", s.manages(s.profileShow))
	mux.Handle("POST /team/{id}", s.manages(s.profileEdit))
	mux.Handle("POST /team/{id}/photo", s.manages(s.photoSet))
	mux.Handle("POST /team/{id}/photo/remove", s.manages(s.photoRemove))
	mux.Handle("GET /team/{id}/photo/{digest}", s.manages(s.photoShow))
	mux.Handle("GET /team/leaders", s.manages(s.leaderSearch))
	mux.Handle("GET /team/{id}/reports", s.manages(s.reportsAsk))
	mux.Handle("POST /team/{id}/reports", s.manages(s.reportsMove))

	mux.Handle("GET /bulk-update", s.manages(s.updateNew))
	mux.Handle("POST /bulk-update", s.manages(s.batchCreate))
	mux.Handle("GET /bulk-update/team.txt", s.manages(s.teamText))
	mux.Handle("GET /bulk-update/team.xlsx", s.manages(s.teamWorkbook))
	mux.Handle("GET /bulk-update/history", s.manages(s.batchList))
	mux.Handle("GET /convert/{id}", s.manages(s.conversionShow))
	mux.Handle("POST /convert/{id}", s.manages(s.conversionUse))
	mux.Handle("GET /convert/{id}/file", s.manages(s.conversionDownload))
	mux.Handle("GET /bulk-update/{id}", s.manages(s.batchShow))
	mux.Handle("GET /bulk-update/{id}/progress", s.manages(s.batchProgress))
	mux.Handle("GET /bulk-update/{id}/events", s.manages(s.batchEvents))
	mux.Handle("GET /bulk-update/{id}/file", s.manages(s.batchFile))
	mux.Handle("GET /bulk-update/{id}/fixup", s.manages(s.batchFixUp))
	mux.Handle("POST /bulk-update/{id}/confirm", s.manages(s.batchConfirm))
	mux.Handle("POST /bulk-update/{id}/cancel", s.manages(s.batchCancel))
	mux.Handle("POST /bulk-update/{id}/mend", s.manages(s.batchMend))
	mux.Handle("POST /bulk-update/{id}/preview", s.manages(s.batchPreview))

	mux.Handle("GET /ops", auth.RequireSession(auth.Require(auth.CanOperate, s.fail)(http.HandlerFunc(s.opsShow))))
}

// BatchPath is where the page of a batch is, below the base URL: for mails.
func BatchPath(id string) string { return batchURL(id) }

// FixUpPath is where the fix-up file of a batch can be downloaded by whoever is
// signed in.
func FixUpPath(id string) string { return batchURL(id) + "/fixup" }

// UploadPath is where the file that mends a batch is uploaded.
func UploadPath(replaces string) string { return "/bulk-update?replaces=" + replaces + "#upload" }

// AccountPath is where people choose which mails they get.
func AccountPath() string { return "/account" }

func (s *Server) signedIn(page http.HandlerFunc) http.Handler { return auth.RequireSession(page) }

func (s *Server) manages(page http.HandlerFunc) http.Handler {
	return auth.RequireSession(auth.Require(auth.CanManage, s.fail)(page))
}

// home is whichever page the person may see first.
func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	account := s.account(r)
	target := "/account"
	switch {
	case account.CanManage:
		target = "/team"
	case account.CanOperate:
		target = "/ops"
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}
