package producer

import (
	"net/http"
	"strings"

	"teamsheet/internal/fault"
)

// postBatch takes a file in. ?replaces= names the batch that it mends.
func (s *Server) postBatch(w http.ResponseWriter, r *http.Request) error {
	key, err := idempotencyKey(r)
	if err != nil {
		return err
	}
	in, err := s.openUpload(r)
	if err != nil {
		in.Drain()
		return err
	}
	b, err := s.acceptUpload(r.Context(), s.account(r), in.Name, in.Body, r.URL.Query().Get("replaces"), key, requestID(r.Context()))
	if err != nil {
		in.Drain()
		return err
	}
	writeNewBatch(w, b)
	return nil
}

const longestKey = 255

// idempotencyKey reads the header of the IETF's draft of that name: the same key
// with the same file is the same batch.
func idempotencyKey(r *http.Request) (string, error) {
	key := strings.TrimSpace(r.Header.Get("Idempotency-Key"))
	strange := func(c rune) bool { return c < ' ' || c > '~' }
	if len(key) > longestKey || strings.ContainsFunc(key, strange) {
		return "", fault.Newf(fault.BadRequest, "idempotency-key-format",
			"Idempotency-Key takes up to %d ASCII characters, such as a UUID.", longestKey)
	}
	return key, nil
}
