package producer

import (
	"context"
	"errors"
	"io"
	"net/http"

	"teamsheet/internal/batch"
	"teamsheet/internal/store"
)

// conversionUse uploads the converted file as any other, and leads to its batch.
// The same file is uploaded once, however often the button is pressed.
func (s *Server) conversionUse(w http.ResponseWriter, r *http.Request) {
	patient(w)
	query := r.URL.Query()
	b, err := s.uploadConverted(r.Context(), s.account(r), r.PathValue("id"), query.Get("name"), query.Get("replaces"))
	if err != nil {
		s.refuseConversion(w, r, err)
		return
	}
	seeOther(w, r, batchURL(b.ID))
}

// uploadConverted converts a waiting file straight into an upload. The file goes
// on waiting until its time is over: a lost answer can be asked for again.
func (s *Server) uploadConverted(ctx context.Context, account store.Account, id, name, replaces string) (batch.Batch, error) {
	out, converted := s.pour(ctx, func(in io.Writer) error {
		_, err := s.convertWaiting(ctx, account, id, in)
		return err
	})
	b, err := s.acceptUpload(ctx, account, convertedName(name), out, replaces, "convert-"+id, requestID(ctx))
	_ = out.CloseWithError(errRefused) // never fails
	if cause := <-converted; cause != nil && !errors.Is(cause, errRefused) {
		return batch.Batch{}, cause
	}
	return b, err
}

// errRefused tells a conversion that nobody reads on.
var errRefused = errors.New("the upload has ended")
