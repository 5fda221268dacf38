package producer

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"teamsheet/internal/problem"
	"teamsheet/internal/sheet"
	"teamsheet/internal/sheet/convert"
)

// lookRows is how many rows the first look shows, the header among them.
const lookRows = 21

// conversionView is the first look at a file that is about to be converted.
type conversionView struct {
	layoutView
	FileName, NewName string
	Rows              int
	Notes             []string
	Header            []lookCell
	Look              []lookRow
	All               bool // no row follows those that are shown
	Use, Download     string
	Replaces          string
}

type lookRow struct {
	Number int
	Cells  []string
}

type lookCell struct{ Letters, Text string }

// conversionURL leads to the first look at a waiting file.
func conversionURL(id, name, replaces string) string {
	return "/convert/" + id + conversionQuery(name, replaces)
}

func conversionQuery(name, replaces string) string {
	query := url.Values{"name": {name}}
	if replaces != "" {
		query.Set("replaces", replaces)
	}
	return "?" + query.Encode()
}

func (s *Server) conversionShow(w http.ResponseWriter, r *http.Request) {
	patient(w)
	report, err := s.convertWaiting(r.Context(), s.account(r), r.PathValue("id"), io.Discard)
	if err != nil {
		s.refuseConversion(w, r, err)
		return
	}
	view := newConversionView(r.PathValue("id"), cleanFileName(r.URL.Query().Get("name")), r.URL.Query().Get("replaces"), report)
	view.layoutView = s.layout(r, "Convert "+view.FileName, "update")
	s.show(w, r, http.StatusOK, "conversion", view)
}

// newConversionView shows what a conversion found.
func newConversionView(id, name, replaces string, report convert.Report) conversionView {
	query := conversionQuery(name, replaces)
	v := conversionView{FileName: name, NewName: convertedName(name), Rows: report.Rows, Notes: report.Notes, Replaces: replaces,
		Use: "/convert/" + id + query, Download: "/convert/" + id + "/file" + query}
	for i, row := range report.Look {
		if i == 0 {
			continue
		}
		for len(row) < report.Columns {
			row = append(row, "")
		}
		v.Look = append(v.Look, lookRow{Number: i + 1, Cells: row})
	}
	for column := range report.Columns {
		cell := lookCell{Letters: problem.ColumnLetters(column)}
		if len(report.Look) > 0 && column < len(report.Look[0]) {
			cell.Text = report.Look[0][column]
		}
		v.Header = append(v.Header, cell)
	}
	v.All = len(report.Look) < lookRows
	return v
}

// refuseConversion says why a file cannot be converted, on the page where another
// can be chosen.
func (s *Server) refuseConversion(w http.ResponseWriter, r *http.Request, err error) {
	var file *sheet.FileError
	if !errors.As(err, &file) {
		s.pageError(w, r, err)
		return
	}
	in := &incomingFile{Name: r.URL.Query().Get("name"), Fields: map[string]string{"replaces": r.URL.Query().Get("replaces")}}
	s.refuseFile(w, r, in, file)
}

// longestConversion is how long a page may wait for a large file to be converted.
const longestConversion = 10 * time.Minute

// patient lifts the server's own bound on the answer.
func patient(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longestConversion)) // a test's recorder has none
}
