package producer

import (
	"io"
	"net/http"
)

// conversionDownload sends the converted file, for whoever wants to see it first.
func (s *Server) conversionDownload(w http.ResponseWriter, r *http.Request) {
	name := convertedName(r.URL.Query().Get("name"))
	err := s.sendFile(w, r, name, typeText, func(out io.Writer) error {
		_, err := s.convertWaiting(r.Context(), s.account(r), r.PathValue("id"), out)
		return err
	})
	if err != nil {
		s.refuseConversion(w, r, err)
	}
}
