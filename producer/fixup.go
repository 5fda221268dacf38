package producer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
)

// What stands in the Result column of a fix-up file.
const (
	resultProblem = "problem"
	resultFine    = "ok"
)

// fixUpHeaders are the columns that a fix-up file has beyond the uploaded one.
func fixUpHeaders() []string {
	return []string{profile.ResultHeader, profile.ProblemHeader, profile.HowToFixHeader}
}

// unreadable stands in a fix-up file for what could not be read in a cell. It is a
// noncharacter (Unicode §23.7), which no cell may hold: a cell that is not mended
// stays a problem, and is never taken for what the rest of it says.
const unreadable = "\ufdd0"

// copiedCell is how many characters of a cell are copied: far more than any cell
// may have, so that one that is too long comes back whole.
const copiedCell = 1 << 20

// checkFixUp reports, before a byte is sent, why a batch has no fix-up file.
func checkFixUp(b batch.Batch) error {
	if b.PreviewedAt == nil {
		return fault.New(fault.Conflict, "wrong-state",
			"The file has not been checked yet. The fix-up file is there once it has been.")
	}
	if p, found := b.Unread(); found {
		return errNoFixUp(p)
	}
	return nil
}

func errNoFixUp(p problem.Problem) error {
	return fault.Newf(fault.Conflict, "no-fix-up-file",
		"There is no fix-up file, because the rows of the uploaded one could not be checked. %s %s", p.Message, p.Fix)
}

// writeFixUp writes the uploaded file of a previewed batch as Unicode Text, with
// what is wrong in each row beside it: the stored file and the stored problems,
// both in the order of the file, merged as they stream. Faults: Conflict
// "wrong-state", "no-fix-up-file", "file-lost".
func (s *Server) writeFixUp(ctx context.Context, w io.Writer, b batch.Batch) error {
	if err := checkFixUp(b); err != nil {
		return err
	}
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
	merge, err := newFixUp(file, w, sheet.Limits{Bytes: s.MaxFileSize, Rows: s.MaxRows, CellChars: copiedCell, KnownHeader: isHeader}, b.FileProblems...)
	if err != nil {
		return fixUpFault(err)
	}
	merge.today = s.today(ctx, b.OrgID)
	if err := s.Store.RowProblems(ctx, b.OrgID, b.ID, merge.add); err != nil {
		return fixUpFault(err)
	}
	return fixUpFault(merge.end())
}

func fixUpFault(err error) error {
	var file *sheet.FileError
	if errors.As(err, &file) {
		return errNoFixUp(file.Problem)
	}
	if err != nil {
		return fmt.Errorf("write fix-up file: %w", err)
	}
	return nil
}

// fixUp copies a file row by row and adds the three columns.
type fixUp struct {
	in      *sheet.Reader
	out     *sheet.Writer
	columns int    // of the header
	added   [3]int // where the three columns stand
	version int    // where the Version column stands; -1: nowhere
	width   int    // of a written row
	cells   [][]byte
	// header are problems of the header row. A header cannot carry them, so they
	// stand beside the first row below it.
	header []problem.Problem
	// today looks up what people have today.
	today func([]profile.ID) (map[profile.ID]textsByColumn, error)
}

// textsByColumn are a person's texts by header, as a download writes them.
type textsByColumn map[string]string

// today answers with the texts of people.
func (s *Server) today(ctx context.Context, orgID string) func([]profile.ID) (map[profile.ID]textsByColumn, error) {
	return func(ids []profile.ID) (map[profile.ID]textsByColumn, error) {
		people := make(map[profile.ID]textsByColumn, len(ids))
		err := s.Store.View(ctx, orgID, func(v *store.View) error {
			return v.People(ctx, ids, func(p *profile.Profile) error {
				texts := textsByColumn{}
				for _, column := range profile.Columns() {
					texts[column.Header] = profile.Text(p, column.Field, v.Directory())
				}
				people[p.ID] = texts
				return nil
			})
		})
		return people, err
	}
}

// newFixUp writes the header row. Three columns of an earlier fix-up are written
// over where they stand, so that the addresses of the others stay; otherwise the
// three come last.
func newFixUp(r io.Reader, w io.Writer, limits sheet.Limits, fileProblems ...problem.Problem) (*fixUp, error) {
	in, err := sheet.NewReader(r, limits)
	if err != nil {
		return nil, err
	}
	header, err := in.Read()
	if err != nil {
		return nil, err
	}
	f := &fixUp{in: in, out: sheet.NewWriter(w), header: fileProblems}
	f.layOut(header.Cells)
	return f, f.write(header, fixUpHeaders())
}

func (f *fixUp) layOut(header [][]byte) {
	f.columns = len(withoutTrailingBlanks(header))
	for _, p := range f.header { // values may stand right of the last header
		f.columns = max(f.columns, problem.ColumnIndex(p.Cell)+1)
	}
	for len(header) < f.columns {
		header = append(header, nil)
	}
	f.added, f.version = [3]int{-1, -1, -1}, -1
	for i, cell := range header[:f.columns] {
		if field, ok := profile.FieldByHeader(string(cell)); ok && field == profile.Version && f.version < 0 {
			f.version = i
		}
		for n, name := range fixUpHeaders() {
			if strings.EqualFold(strings.TrimSpace(string(cell)), name) && f.added[n] < 0 {
				f.added[n] = i
			}
		}
	}
	f.width = f.columns
	for n := range f.added {
		if f.added[n] < 0 {
			f.added[n] = f.width
			f.width++
		}
	}
}

// add copies the file up to the last of some rows with problems, and those rows
// with them.
func (f *fixUp) add(some []store.RowProblems) error {
	people, err := f.peopleOf(some)
	if err != nil {
		return err
	}
	for _, p := range some {
		row, err := f.copyTo(p.Row)
		if err != nil {
			return err
		}
		f.renew(row, p, people[p.ProfileID])
		if err := f.writeProblems(row, p.Problems); err != nil {
			return err
		}
	}
	return nil
}

// copyTo copies the rows before one with problems, and reads that one.
func (f *fixUp) copyTo(number int) (*sheet.Row, error) {
	for {
		row, err := f.in.Read()
		switch {
		case err == io.EOF:
			return nil, fmt.Errorf("row %d has problems, but the file ends before it", number)
		case err != nil:
			return nil, err
		case row.Number == number:
			return row, nil
		case row.Number > number:
			return nil, fmt.Errorf("row %d has problems, but the file has no such row", number)
		}
		if err := f.copy(row); err != nil {
			return nil, err
		}
	}
}

// writeProblems writes a row with its problems, and with those of the header if
// it is the first one.
func (f *fixUp) writeProblems(row *sheet.Row, problems []problem.Problem) error {
	message, fix := fixUpTexts(slices.Concat(f.header, problems))
	f.header = nil
	return f.write(row, []string{resultProblem, message, fix})
}

// end copies the rest of the file.
func (f *fixUp) end() error {
	for {
		row, err := f.in.Read()
		if err == io.EOF {
			return f.out.Flush()
		}
		if err != nil {
			return err
		}
		if err := f.copy(row); err != nil {
			return err
		}
	}
}

// copy writes a row without problems; a blank one stays blank.
func (f *fixUp) copy(row *sheet.Row) error {
	if row.Blank {
		return f.write(row, []string{"", "", ""})
	}
	if len(f.header) > 0 {
		return f.writeProblems(row, nil)
	}
	return f.write(row, []string{resultFine, "", ""})
}

// renew gives a stale row the version that it was compared with, so that whoever
// mends it decides on what they have seen. The cells that keep a newer value get
// that value: with the new version they would otherwise take it back.
func (f *fixUp) renew(row *sheet.Row, p store.RowProblems, today textsByColumn) {
	if !isStale(p) || f.version < 0 || f.version >= len(row.Cells) {
		return
	}
	row.Cells[f.version] = strconv.AppendInt(nil, p.Version, 10)
	for _, w := range p.Warnings {
		if at := problem.ColumnIndex(w.Cell); w.Code == problem.KeptNewer && at >= 0 && at < len(row.Cells) {
			row.Cells[at] = []byte(today[w.Column])
		}
	}
}

func isStale(p store.RowProblems) bool {
	return p.Version > 0 && slices.ContainsFunc(p.Problems, func(p problem.Problem) bool { return p.Code == problem.StaleRow })
}

func keepsNewer(p store.RowProblems) bool {
	return slices.ContainsFunc(p.Warnings, func(w problem.Problem) bool { return w.Code == problem.KeptNewer })
}

// peopleOf asks, once, what the people have today whose rows get newer values.
func (f *fixUp) peopleOf(some []store.RowProblems) (map[profile.ID]textsByColumn, error) {
	var ids []profile.ID
	for _, p := range some {
		if isStale(p) && keepsNewer(p) {
			ids = append(ids, p.ProfileID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	people, err := f.today(ids)
	for _, id := range ids {
		if err == nil && people[id] == nil {
			err = fmt.Errorf("person %s has problems, but there is no such person", id)
		}
	}
	return people, err
}

// write writes a row: its own cells in their columns, the added ones in theirs,
// and whatever stands right of the header after them, so that nothing is lost.
func (f *fixUp) write(row *sheet.Row, added []string) error {
	keepUnreadable(row)
	cells := row.Cells
	f.cells = append(f.cells[:0], cells[:min(len(cells), f.columns)]...)
	for len(f.cells) < f.width {
		f.cells = append(f.cells, nil)
	}
	for n, at := range f.added {
		f.cells[at] = []byte(added[n])
	}
	if len(cells) > f.columns {
		f.cells = append(f.cells, withoutTrailingBlanks(cells[f.columns:])...)
	}
	return f.out.WriteBytes(f.cells)
}

func withoutTrailingBlanks(cells [][]byte) [][]byte {
	end := len(cells)
	for end > 0 && len(bytes.TrimSpace(cells[end-1])) == 0 {
		end--
	}
	return cells[:end]
}

// fixUpTexts puts the problems of a row into two cells; several are numbered, so
// that a fix can be found for its problem.
func fixUpTexts(problems []problem.Problem) (message, fix string) {
	messages, fixes := make([]string, len(problems)), make([]string, len(problems))
	for i, p := range problems {
		messages[i], fixes[i] = placed(p), withDidYouMean(p)
		if len(problems) > 1 {
			number := strconv.Itoa(i+1) + ". "
			messages[i], fixes[i] = number+messages[i], number+fixes[i]
		}
	}
	return strings.Join(messages, " "), strings.Join(fixes, " ")
}

// withDidYouMean is a fix with its suggestions behind it.
func withDidYouMean(p problem.Problem) string {
	if len(p.Suggestions) == 0 {
		return p.Fix
	}
	return p.Fix + " Did you mean " + strings.Join(p.Suggestions, " or ") + "?"
}

// placed is a message with its place in front.
func placed(p problem.Problem) string {
	if p.Column == "" {
		return p.Message
	}
	return p.Column + " (" + p.Cell + "): " + p.Message
}
