package producer

import "net/http"

func (s *Server) sessionDelete(w http.ResponseWriter, r *http.Request) {
	if err := s.Auth.SignOut(r.Context()); err != nil {
		s.pageError(w, r, err)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}
