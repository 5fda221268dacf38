package producer

import "net/http"

// The same files for people: a link on a page instead of a call with a token.

func (s *Server) teamText(w http.ResponseWriter, r *http.Request) {
	if err := s.getTeamText(w, r); err != nil {
		s.fail(w, r, err)
	}
}

func (s *Server) teamWorkbook(w http.ResponseWriter, r *http.Request) {
	if err := s.getTeamWorkbook(w, r); err != nil {
		s.fail(w, r, err)
	}
}

func (s *Server) batchFixUp(w http.ResponseWriter, r *http.Request) {
	if err := s.getFixUp(w, r); err != nil {
		s.fail(w, r, err)
	}
}
