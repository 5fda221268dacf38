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

// endsReading are the problems of a file that cannot be read to its end, so that
// it cannot be given back row by row.
var endsReading = []problem.Code{
	problem.FileEncoding, problem.FileEmpty, problem.FileTooLarge, problem.FileTruncated,
	problem.FileDelimiter, problem.FileDamaged, problem.TooManyRows,
}

// checkFixUp reports, before a byte is sent, why a batch has no fix-up file.
func checkFixUp(b batch.Batch) error {
	if b.PreviewedAt == nil {
		return fault.New(fault.Conflict, "wrong-state",
			"The file has not been checked yet. The fix-up file is there once it has been.")
	}
	for _, p := range b.FileProblems {
		if slices.Contains(endsReading, p.Code) && p.Row == 0 {
			return errNoFixUp(p)
		}
	}
	return nil
}

func errNoFixUp(p problem.Problem) error {
	return fault.Newf(fault.Conflict, "no-fix-up-file",
		"There is no fix-up file, because the uploaded one cannot be read to its end. %s %s", p.Message, p.Fix)
}

// writeFixUp writes the uploaded file of a previewed batch as Unicode Text, with
// what is wrong in each row beside it: the stored file and the stored problems,
// both in the order of the file, merged as they stream. Faults: Conflict
// "wrong-state", "no-fix-up-file", "file-lost".
func (s *Server) writeFixUp(ctx context.Context, w io.Writer, b batch.Batch) error {
	if err := checkFixUp(b); err != nil {
		return err
	}
	file, err := s.Blobs.Open(ctx, b.BlobKey)
	if fault.Is(err, fault.NotFound) {
		return errFileLost(err)
	}
	if err != nil {
		return fmt.Errorf("open the stored file: %w", err)
	}
	defer func() { _ = file.Close() }() // was only read
	merge, err := newFixUp(file, w, sheet.Limits{Bytes: s.MaxFileSize, Rows: s.MaxRows, KnownHeader: isHeader})
	if err != nil {
		return fixUpFault(err)
	}
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
}

// newFixUp writes the header row. Three columns of an earlier fix-up are written
// over where they stand, so that the addresses of the others stay; otherwise the
// three come last.
func newFixUp(r io.Reader, w io.Writer, limits sheet.Limits) (*fixUp, error) {
	in, err := sheet.NewReader(r, limits)
	if err != nil {
		return nil, err
	}
	header, err := in.Read()
	if err != nil {
		return nil, err
	}
	f := &fixUp{in: in, out: sheet.NewWriter(w)}
	f.layOut(header.Cells)
	return f, f.write(header.Cells, fixUpHeaders())
}

func (f *fixUp) layOut(header [][]byte) {
	f.columns = len(withoutTrailingBlanks(header))
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

// add copies the file up to a row with problems, and that row with them.
func (f *fixUp) add(p store.RowProblems) error {
	for {
		row, err := f.in.Read()
		if err == io.EOF {
			return fmt.Errorf("row %d has problems, but the file ends before it", p.Row)
		}
		if err != nil {
			return err
		}
		if row.Number < p.Row {
			if err := f.copy(row); err != nil {
				return err
			}
			continue
		}
		if row.Number > p.Row {
			return fmt.Errorf("row %d has problems, but the file has no such row", p.Row)
		}
		f.renewVersion(row, p)
		message, fix := fixUpTexts(p.Problems)
		return f.write(row.Cells, []string{resultProblem, message, fix})
	}
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
		return f.write(row.Cells, []string{"", "", ""})
	}
	return f.write(row.Cells, []string{resultFine, "", ""})
}

// renewVersion gives a stale row today's version: whoever mends it has seen what
// the others changed.
func (f *fixUp) renewVersion(row *sheet.Row, p store.RowProblems) {
	stale := slices.ContainsFunc(p.Problems, func(p problem.Problem) bool { return p.Code == problem.StaleRow })
	if stale && p.Version > 0 && f.version >= 0 && f.version < len(row.Cells) {
		row.Cells[f.version] = strconv.AppendInt(nil, p.Version, 10)
	}
}

// write writes a row: its own cells in their columns, the added ones in theirs,
// and whatever stands right of the header after them, so that nothing is lost.
func (f *fixUp) write(cells [][]byte, added []string) error {
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
		messages[i], fixes[i] = placed(p), p.Fix
		if len(problems) > 1 {
			number := strconv.Itoa(i+1) + ". "
			messages[i], fixes[i] = number+messages[i], number+fixes[i]
		}
	}
	return strings.Join(messages, " "), strings.Join(fixes, " ")
}

// placed is a message with its place in front.
func placed(p problem.Problem) string {
	if p.Column == "" {
		return p.Message
	}
	return p.Column + " (" + p.Cell + "): " + p.Message
}
