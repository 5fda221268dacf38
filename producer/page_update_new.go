package producer

import (
	"net/http"
	"strings"

	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
)

// recentShown is how many batches the Bulk Update page lists.
const recentShown = 5

// updateView is the Bulk Update page: download, edit, upload.
type updateView struct {
	layoutView
	Wrong    *wrongFileView
	Upload   uploadView
	Programs []sheet.ProgramSteps
	Columns  []columnHelpView
	Recent   []batchLineView
}

// wrongFileView says why a file was not taken.
type wrongFileView struct {
	FileName, Message, Fix string
	Convert                string               // leads to the first look at it as Unicode Text; "": it cannot be converted
	Why                    string               // why not, where that needs to be said
	Programs               []sheet.ProgramSteps // how the program that made it saves Unicode Text
	Others                 []sheet.ProgramSteps // when that is a guess: how the others do
}

// uploadView is the form that uploads a file.
type uploadView struct {
	Label, Button string
	Replaces      *replacesView
	MaxSize       string // in words
	MaxBytes      int64
	MaxRows       int
}

func newUploadView(label, button string, maxBytes int64, maxRows int) uploadView {
	return uploadView{Label: label, Button: button, MaxSize: fileSize(maxBytes), MaxBytes: maxBytes, MaxRows: maxRows}
}

// replacesView is the batch that an upload takes the place of.
type replacesView struct{ ID, FileName, URL string }

// columnHelpView is one column of the sheet in words.
type columnHelpView struct {
	Header, Required, Help, Choices string
	MaxLen                          int
}

func (s *Server) updateNew(w http.ResponseWriter, r *http.Request) {
	view, err := s.updateView(r, r.URL.Query().Get("replaces"))
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "bulk-update", view)
}

// updateView is the page; replaces is the batch whose file is to be mended, ""
// for none.
func (s *Server) updateView(r *http.Request, replaces string) (updateView, error) {
	view := updateView{
		layoutView: s.layout(r, "Bulk Update Users", "update"),
		Upload:     newUploadView("The saved file", "Upload and preview", s.MaxFileSize, s.MaxRows),
		Programs:   sheet.Format{}.Steps(),
		Columns:    columnHelp(),
	}
	if replaces != "" {
		b, err := s.Store.Batch(r.Context(), s.account(r).OrgID, replaces)
		if err != nil {
			return updateView{}, err
		}
		view.Upload.Replaces = &replacesView{ID: b.ID, FileName: b.File.Name, URL: batchURL(b.ID)}
	}
	recent, _, err := s.Store.Batches(r.Context(), s.account(r).OrgID, "", recentShown)
	if err != nil {
		return updateView{}, err
	}
	view.Recent = batchLines(recent)
	return view, nil
}

func columnHelp() []columnHelpView {
	var out []columnHelpView
	for _, c := range profile.Columns() {
		out = append(out, columnHelpView{Header: c.Header, Required: requiredWord(c), Help: c.Help,
			Choices: strings.Join(c.Choices, ", "), MaxLen: c.MaxLen})
	}
	return out
}

func requiredWord(c profile.Column) string {
	switch {
	case c.ReadOnly:
		return "leave as it is"
	case c.Field == profile.Email || c.Field == profile.EmployeeID:
		return "one of Email and Employee ID"
	case c.Required:
		return "yes"
	}
	return "no"
}
