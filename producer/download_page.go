package producer

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"teamsheet/internal/batch"
)

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

// batchFile sends the file of a batch as it was uploaded, under its own name.
func (s *Server) batchFile(w http.ResponseWriter, r *http.Request) {
	account := s.account(r)
	b, err := s.Store.Batch(r.Context(), account.OrgID, r.PathValue("id"))
	if err == nil {
		err = s.sendFile(w, r, b.File.Name, typeText, func(out io.Writer) error {
			return s.writeUploaded(r.Context(), out, b)
		})
	}
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	s.audit(r.Context(), account, "batch.file", b.ID)
}

// writeUploaded writes the stored file of a batch. Faults: Conflict "file-lost",
// also for one that is not what was uploaded.
func (s *Server) writeUploaded(ctx context.Context, w io.Writer, b batch.Batch) error {
	end, err := s.beginDownload()
	if err != nil {
		return err
	}
	defer end()
	file, err := s.openStored(ctx, b.BlobKey)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // was only read
	n, err := io.Copy(w, file)
	if err == nil && n != b.File.Size {
		err = errFileLost(fmt.Errorf("%d bytes of %d are stored", n, b.File.Size))
	}
	return err
}
