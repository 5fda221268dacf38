package producer

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
)

// Content types of the downloads.
const (
	typeText     = "text/plain; charset=utf-16"
	typeWorkbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// downloadsAtOnce bounds how many downloads are sent at a time. Each holds a
// connection and a snapshot of the database for as long as its reader takes, and
// pages must not wait for slow readers.
const downloadsAtOnce = 8

// beginDownload takes a place among the downloads; end gives it back.
func (s *Server) beginDownload() (end func(), err error) {
	select {
	case s.downloads <- struct{}{}:
		return func() { <-s.downloads }, nil
	default:
		return nil, fault.New(fault.Unavailable, "downloads-busy",
			"Too many downloads are running right now. Try again in a minute.")
	}
}

// writeTeamText writes the current team as Unicode Text, from one snapshot.
// completeOnly leaves out deactivated people whose profiles are incomplete.
func (s *Server) writeTeamText(ctx context.Context, w io.Writer, orgID string, completeOnly bool) error {
	end, err := s.beginDownload()
	if err != nil {
		return err
	}
	defer end()
	out := sheet.NewWriter(w)
	if err := out.Write(headers()); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	err = s.Store.View(ctx, orgID, func(v *store.View) error {
		row := newRowText(v.Directory())
		return v.Team(ctx, teamOptions(v.TeamSize(), completeOnly), func(p *profile.Profile) error {
			return out.WriteBytes(row.of(p))
		})
	})
	if err != nil {
		return fmt.Errorf("write team: %w", err)
	}
	return out.Flush()
}

// writeTeamWorkbook writes the current team as an Excel workbook. The rows wait
// in a temporary file, so the snapshot is let go before the caller takes any.
func (s *Server) writeTeamWorkbook(ctx context.Context, w io.Writer, orgID string, completeOnly bool) error {
	end, err := s.beginDownload()
	if err != nil {
		return err
	}
	defer end()
	directory, err := s.Store.Directory(ctx, orgID)
	if err != nil {
		return fmt.Errorf("load roles: %w", err)
	}
	book, err := sheet.NewWorkbook(workbookColumns(directory), readMe)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }() // a temporary file: the system's sweep gets what stays
	err = s.Store.View(ctx, orgID, func(v *store.View) error {
		return v.Team(ctx, teamOptions(v.TeamSize(), completeOnly), func(p *profile.Profile) error {
			return book.Write(rowOf(p, v.Directory()))
		})
	})
	if err != nil {
		return fmt.Errorf("write team: %w", err)
	}
	_, err = book.WriteTo(w)
	return err
}

// sortedMost is the size of the teams whose sheets are in the order of names.
// Beyond that, to sort takes as long as all the rest, nobody reads the sheet from
// top to bottom, and who wants an order sorts it in the spreadsheet.
const sortedMost = 200_000

func teamOptions(size int, completeOnly bool) store.TeamOptions {
	return store.TeamOptions{Sorted: size <= sortedMost, CompleteOnly: completeOnly}
}

func headers() []string {
	names := make([]string, 0, profile.FieldCount)
	for _, column := range profile.Columns() {
		names = append(names, column.Header)
	}
	return names
}

func rowOf(p *profile.Profile, d *profile.Directory) []string {
	cells := make([]string, 0, profile.FieldCount)
	for _, column := range profile.Columns() {
		cells = append(cells, profile.Text(p, column.Field, d))
	}
	return cells
}

// rowText writes the cells of one person after another into the same memory.
type rowText struct {
	directory *profile.Directory
	text      []byte
	ends      [profile.FieldCount]int
	cells     [profile.FieldCount][]byte
}

func newRowText(d *profile.Directory) *rowText { return &rowText{directory: d} }

// of returns the cells of p, valid until the next call.
func (r *rowText) of(p *profile.Profile) [][]byte {
	r.text = r.text[:0]
	for i, column := range profile.Columns() {
		r.text = profile.AppendText(r.text, p, column.Field, r.directory)
		r.ends[i] = len(r.text)
	}
	start := 0
	for i, end := range r.ends {
		r.cells[i] = r.text[start:end]
		start = end
	}
	return r.cells[:]
}

// readMe is the second sheet of the workbook, above what is said of each column.
var readMe = []string{
	"This is your team as it was when you downloaded it. Change the cells that you want to change; leave User ID and Version as they are.",
	"A row that you take out leaves that person as they are, and a column that you take out leaves that fact of everybody as it is. An empty cell clears the value.",
	"When you are done, save the first sheet as Unicode Text and upload that file. Excel for Windows: File, Save As, Unicode Text (*.txt). " +
		"Excel for Mac: File, Save As, UTF-16 Unicode Text (.txt). " +
		"LibreOffice: File, Save As, Text CSV, character set Unicode (UTF-16), field delimiter {Tab}.",
	"If you upload the workbook itself, you are offered to have it converted. Nothing is saved by the upload: you are shown every change and every problem first.",
}

// workbookColumns describes the column table to a workbook.
func workbookColumns(d *profile.Directory) []sheet.WorkbookColumn {
	columns := make([]sheet.WorkbookColumn, 0, profile.FieldCount)
	for _, column := range profile.Columns() {
		columns = append(columns, sheet.WorkbookColumn{
			Header: column.Header, Width: columnWidth(column.Field), Locked: column.ReadOnly,
			Choices: columnChoices(column, d), Help: column.Help,
		})
	}
	return columns
}

// columnChoices is the drop-down of a column: its fixed values, or the active
// roles. Groups are a set, which a drop-down cannot enter.
func columnChoices(column profile.Column, d *profile.Directory) []string {
	if column.Field != profile.RoleName {
		return column.Choices
	}
	var names []string
	for _, role := range d.Roles() {
		if role.Active {
			names = append(names, role.Name)
		}
	}
	return names
}

// columnWidth in characters.
func columnWidth(f profile.Field) float64 {
	switch f {
	case profile.UserID:
		return 38
	case profile.Email, profile.TeamLeader, profile.Groups:
		return 30
	case profile.Bio:
		return 50
	case profile.PhoneChannel, profile.ChatChannel, profile.EmailChannel, profile.Deactivated, profile.Version:
		return 14
	}
	return 20
}

// teamFileName is what a download of today is called.
func (s *Server) teamFileName(extension string) string {
	return "team-" + s.Now().UTC().Format(time.DateOnly) + "." + extension
}

// sendFile answers with a file that write streams. Trouble before the first part
// is sent is returned, for an ordinary answer; later the connection is cut, so
// that half a file cannot be taken for a whole one.
func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, name, contentType string, write func(io.Writer) error) error {
	out := paced(w)
	defer out.Close()
	late := &lateWriter{begin: func() {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}, out: out}
	err := write(late)
	if err == nil {
		err = late.flush()
	}
	if err != nil && late.begun {
		s.Log.WarnContext(r.Context(), "download broke off", "request_id", requestID(r.Context()),
			"route", recordOf(r).route, "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// lateFrom in bytes is how much of a file is held back before it is begun.
const lateFrom = 64 << 10

// lateWriter holds back the first part, so that early trouble can still be told.
type lateWriter struct {
	begin func()
	out   io.Writer
	held  []byte
	begun bool
}

func (w *lateWriter) Write(p []byte) (int, error) {
	w.held = append(w.held, p...)
	if len(w.held) < lateFrom {
		return len(p), nil
	}
	return len(p), w.flush()
}

func (w *lateWriter) flush() error {
	if !w.begun {
		w.begun = true
		w.begin()
	}
	_, err := w.out.Write(w.held)
	w.held = w.held[:0]
	return err
}
