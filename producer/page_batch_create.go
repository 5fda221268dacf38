package producer

import (
	"errors"
	"net/http"
	"strings"

	"teamsheet/internal/fault"
	"teamsheet/internal/sheet"
)

// batchCreate takes an upload and leads to the page of its batch.
func (s *Server) batchCreate(w http.ResponseWriter, r *http.Request) {
	in, err := s.openUpload(r)
	if err != nil {
		s.refuseFile(w, r, in, err)
		return
	}
	patient(w)
	b, err := s.acceptUpload(r.Context(), s.account(r), in.Name, in.Body, in.Fields["replaces"], "", requestID(r.Context()))
	if err != nil {
		s.refuseFile(w, r, in, err)
		return
	}
	seeOther(w, r, batchURL(b.ID))
}

// offerFor keeps a refused file that can be converted, as long as its bytes are
// still there to be read.
func (s *Server) offerFor(r *http.Request, err error) offer {
	var refused *formatError
	if !errors.As(err, &refused) {
		return offer{}
	}
	o := s.offerConversion(r.Context(), s.account(r), refused)
	o.Format = o.Format.LikelyOn(r.UserAgent())
	return o
}

// refuseFile shows the Bulk Update page once more, with what is wrong with the
// file above it. Trouble that is not the file's gets a page of its own.
func (s *Server) refuseFile(w http.ResponseWriter, r *http.Request, in *incomingFile, err error) {
	offered := s.offerFor(r, err)
	in.Drain()
	wrong := wrongFile(in, offered, err)
	if wrong == nil {
		s.pageError(w, r, err)
		return
	}
	replaces := ""
	if in != nil {
		replaces = in.Fields["replaces"]
	}
	a := s.answerTo(r, err)
	view, err := s.updateView(r, replaces)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	view.Wrong, view.Title = wrong, "Error: the file was not taken – Bulk Update Users"
	s.show(w, r, a.Status, "bulk-update", view)
}

// wrongFile says what is wrong with a file and what can be done for it, nil when it
// is not the file.
func wrongFile(in *incomingFile, offered offer, err error) *wrongFileView {
	view := &wrongFileView{}
	if in != nil && in.Name != "" {
		view.FileName = cleanFileName(in.Name)
	}
	var format *formatError
	var file *sheet.FileError
	switch {
	case errors.As(err, &format):
		view.sayFormat(offered.Format)
		view.Why = offered.Why
		if offered.ID != "" {
			view.Convert = conversionURL(offered.ID, cleanFileName(in.Name), in.Fields["replaces"])
		}
	case errors.As(err, &file):
		view.Message, view.Fix = file.Problem.Message, file.Problem.Fix
	case fault.CodeOf(err) == "file-missing":
		view.Message, view.Fix = "No file was chosen.", "Choose the Unicode Text file that you saved."
	case fault.Is(err, fault.BadRequest):
		view.Message = messageOf(err)
	default:
		return nil
	}
	return view
}

// sayFormat shows the steps as a list, so it leaves them out of the fix, at
// whose end they stand as sentences.
func (v *wrongFileView) sayFormat(format sheet.Format) {
	p := format.Problem()
	v.Message, v.Fix = p.Message, p.Fix
	if format.Kind == sheet.Empty {
		return
	}
	for _, program := range format.Steps() {
		switch {
		case program.Likely:
			before, _, _ := strings.Cut(p.Fix, "In "+program.Program+": ")
			v.Fix = strings.TrimSpace(before)
			v.Programs = append(v.Programs, program)
		case !format.MakerKnown():
			v.Others = append(v.Others, program)
		}
	}
}
