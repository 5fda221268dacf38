package producer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
)

// canMend reports whether the stored file can be mended: it was checked, and
// nobody has decided on it.
func canMend(b batch.Batch) bool {
	_, unread := b.Unread()
	return !unread && (b.State == batch.Rejected || b.State == batch.Ready)
}

// mend makes a copy of the stored file of a checked batch, mended in the chosen
// ways (names of its offers), and takes it in as an upload that replaces the batch.
// The stored file stays as it is. A batch that waited to be confirmed is then
// cancelled, so that not both can be. Faults: Conflict "wrong-state", "file-lost";
// Rejected "nothing-to-mend"; those of an upload.
func (s *Server) mend(ctx context.Context, account store.Account, batchID string, chosen []string, requestID string) (batch.Batch, error) {
	old, err := s.Store.Batch(ctx, account.OrgID, batchID)
	if err != nil {
		return batch.Batch{}, fmt.Errorf("load batch: %w", err)
	}
	if !canMend(old) {
		return batch.Batch{}, fault.New(fault.Conflict, "wrong-state",
			"This file cannot be mended here any more. What can be done with it now is said on this page.")
	}
	offers := slices.DeleteFunc(slices.Clone(old.Highlights.Mends), func(m batch.Mend) bool { return !slices.Contains(chosen, m.Name()) })
	if len(offers) == 0 {
		return batch.Batch{}, fault.New(fault.Conflict, "nothing-to-mend", "Nothing was chosen to be mended. Choose at least one, then try again.")
	}
	b, err := s.takeMended(ctx, account, old, offers, requestID)
	if err != nil {
		return batch.Batch{}, err
	}
	if old.State == batch.Ready {
		// The copy is there: the other goes, whether or not somebody still waits for this.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
		defer cancel()
		if _, err := s.cancel(ctx, account, old.ID, requestID); err != nil {
			s.Log.WarnContext(ctx, "a mended batch was not cancelled", "request_id", requestID, "batch_id", old.ID, "error", err)
		}
	}
	return b, nil
}

// mendedName is the name of a mended copy: team-mended.txt of team.txt.
func mendedName(name string) string {
	const mark = "-mended"
	extension := path.Ext(name)
	return strings.TrimSuffix(strings.TrimSuffix(name, extension), mark) + mark + extension
}

// takeMended streams the mended copy into an upload.
func (s *Server) takeMended(ctx context.Context, account store.Account, old batch.Batch, offers []batch.Mend, requestID string) (batch.Batch, error) {
	end, err := s.beginDownload()
	if err != nil {
		return batch.Batch{}, err
	}
	defer end()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, wrote := s.pour(ctx, func(in io.Writer) error { return s.writeMended(ctx, in, old, offers) })
	b, err := s.acceptUpload(ctx, account, mendedName(old.File.Name), out, old.ID, "", requestID)
	_ = out.Close() // never fails; ends the writing if the upload was refused
	if writing := <-wrote; writing != nil && !errors.Is(writing, io.ErrClosedPipe) {
		return batch.Batch{}, writing // that is why the upload broke off
	}
	return b, err
}

// writeMended writes the stored file of a batch as Unicode Text, mended. Rows and
// columns keep their places, so that addresses mean the same in both files.
func (s *Server) writeMended(ctx context.Context, w io.Writer, b batch.Batch, offers []batch.Mend) error {
	file, err := s.openStored(ctx, b.BlobKey)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // was only read
	m, err := newMending(file, w, sheet.Limits{Bytes: s.MaxFileSize, Rows: s.MaxRows, CellChars: copiedCell, KnownHeader: isHeader}, offers)
	if err == nil {
		m.today = s.today(ctx, b.OrgID)
		err = s.Store.RowProblems(ctx, b.OrgID, b.ID, m.add)
	}
	if err == nil {
		err = m.copyBefore(0)
	}
	if err != nil {
		return fmt.Errorf("mend the file: %w", err)
	}
	return nil
}

// mending copies a file row by row and mends what was chosen.
type mending struct {
	in      *sheet.Reader
	out     *sheet.Writer
	at      int             // the number of the row that was read last
	chosen  map[string]bool // names of offers
	dropped []int           // columns that are left out, counted from zero
	today   func([]profile.ID) (map[profile.ID]textsByColumn, error)
}

func newMending(r io.Reader, w io.Writer, limits sheet.Limits, offers []batch.Mend) (*mending, error) {
	in, err := sheet.NewReader(r, limits)
	if err != nil {
		return nil, err
	}
	m := &mending{in: in, out: sheet.NewWriter(w), chosen: map[string]bool{}}
	header, err := m.read()
	if err != nil {
		return nil, err
	}
	for _, offer := range offers {
		m.chosen[offer.Name()] = true
		if offer.Kind == batch.MendColumn {
			m.drop(header.Cells, offer.Column)
		}
	}
	return m, m.write(header)
}

// drop leaves out the column with a header; its place stays, blank.
func (m *mending) drop(header [][]byte, column string) {
	for i, cell := range header {
		if f, ok := profile.FieldByHeader(string(cell)); ok && profile.ColumnOf(f).Header == column {
			m.dropped = append(m.dropped, i)
		}
	}
}

// add copies the file up to the last of some rows with problems, and those rows,
// mended.
func (m *mending) add(some []store.RowProblems) error {
	people, err := m.peopleOf(some)
	if err != nil {
		return err
	}
	for _, p := range some {
		if err := m.copyBefore(p.Row); err != nil {
			return err
		}
		row, err := m.read()
		if err != nil {
			return fmt.Errorf("row %d has problems, but cannot be read: %w", p.Row, err)
		}
		if m.mends(batch.MendIncomplete, "") && slices.ContainsFunc(p.Problems, profile.CanTakeRowOut) {
			row.Cells, row.Damage = nil, nil
		}
		m.mendCells(row, p.Problems, people[p.ProfileID])
		if err := m.write(row); err != nil {
			return err
		}
	}
	return nil
}

// mendCells puts stored values into the cells that were chosen.
func (m *mending) mendCells(row *sheet.Row, problems []problem.Problem, stored textsByColumn) {
	for _, p := range problems {
		kind, value, ok := plan.Mended(p, stored[p.Column])
		at := problem.ColumnIndex(p.Cell)
		if !ok || !m.mends(kind, p.Column) || at < 0 || at >= len(row.Cells) {
			continue
		}
		row.Cells[at] = []byte(value)
	}
}

func (m *mending) mends(kind batch.MendKind, column string) bool {
	return m.chosen[batch.Mend{Kind: kind, Column: column}.Name()]
}

// peopleOf asks, once, what the people have today whose dates may be mended.
func (m *mending) peopleOf(some []store.RowProblems) (map[profile.ID]textsByColumn, error) {
	var ids []profile.ID
	for _, p := range some {
		mayBe := func(p problem.Problem) bool {
			return p.Code == problem.DateFormat && m.mends(batch.MendDates, p.Column)
		}
		if slices.ContainsFunc(p.Problems, mayBe) {
			ids = append(ids, p.ProfileID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return m.today(ids)
}

// copyBefore copies the rows before the one with a number, or, for 0, all that are
// left.
func (m *mending) copyBefore(number int) error {
	for number == 0 || m.at+1 < number {
		row, err := m.read()
		if err == io.EOF && number == 0 {
			return m.out.Flush()
		}
		if err != nil {
			return err
		}
		if err := m.write(row); err != nil {
			return err
		}
	}
	return nil
}

func (m *mending) read() (*sheet.Row, error) {
	row, err := m.in.Read()
	if err == nil {
		m.at = row.Number
	}
	return row, err
}

func (m *mending) write(row *sheet.Row) error {
	keepUnreadable(row)
	for _, at := range m.dropped {
		if at < len(row.Cells) {
			row.Cells[at] = nil
		}
	}
	return m.out.WriteBytes(row.Cells)
}

// keepUnreadable marks the cells that could not be read, so that a copy is no
// better than its original.
func keepUnreadable(row *sheet.Row) {
	for _, damage := range row.Damage {
		if at := problem.ColumnIndex(damage.Cell); damage.Code != problem.TooLong && at >= 0 && at < len(row.Cells) {
			row.Cells[at] = append(slices.Clone(row.Cells[at]), unreadable...)
		}
	}
}
