package worker

import (
	"context"
	"errors"
	"fmt"
	"io"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
)

// reading is the first look at a file: every row once, in order.
type reading struct {
	worker *Worker
	pulse  *pulse
	batch  *batch.Batch
	file   *storedFile
	limits sheet.Limits
	order  sheet.Kind
	// checker is nil when no row could be read: the file is not Unicode Text, or no
	// column identifies a row.
	checker *plan.Checker
	// problems of the file as a whole. They do not hide those of its rows.
	problems []problem.Problem
}

// read tells the rows of the file of a run to a checker. Whoever gets a reading
// closes it.
func (w *Worker) read(ctx context.Context, run *store.Run, p *pulse) (_ *reading, err error) {
	if err := p.enter(ctx, batch.Reading, 0); err != nil {
		return nil, err
	}
	r := &reading{worker: w, pulse: p, batch: &run.Batch,
		limits: sheet.Limits{Bytes: w.MaxFileSize, Rows: w.MaxRows, KnownHeader: knownHeader}}
	err = p.during(ctx, func() (err error) {
		r.file, err = w.open(ctx, &run.Batch)
		return err
	})
	if err != nil {
		return nil, err
	}
	done := false
	defer func() {
		if !done { // after a panic too
			err = errors.Join(err, r.close())
		}
	}()
	if err := r.readVerified(ctx); err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	done = true
	p.left(r.rows())
	return r, nil
}

// readVerified reads the file, and then makes sure that it is what was uploaded.
func (r *reading) readVerified(ctx context.Context) error {
	err := r.readAll(ctx)
	var whole *sheet.FileError
	if errors.As(err, &whole) {
		r.problems = append(r.problems, whole.Problem)
		err = nil
	}
	if err != nil {
		return err
	}
	return r.pulse.during(ctx, r.file.verify)
}

func knownHeader(cell string) bool {
	_, known := profile.FieldByHeader(cell)
	return known
}

func (r *reading) close() error { return r.file.close() }

func (r *reading) rows() int {
	if r.checker == nil {
		return 0
	}
	return r.checker.Rows()
}

func (r *reading) readAll(ctx context.Context) error {
	var reader *sheet.Reader
	var header *sheet.Row
	err := r.pulse.during(ctx, func() (err error) {
		if reader, err = sheet.NewReader(r.file, r.limits); err == nil {
			header, err = reader.Read()
		}
		return err
	})
	if reader != nil {
		r.order = reader.Order()
	}
	if errors.Is(err, io.EOF) {
		return &sheet.FileError{Problem: profile.FileEmpty().Of("", "")}
	}
	if err != nil {
		return err
	}
	blank := header.Blank
	if err := r.readHeader(ctx, header); err != nil {
		return err
	}
	if r.checker == nil {
		return r.lookBelow(ctx, reader, blank)
	}
	if err := r.readRows(ctx, reader); err != nil {
		return err
	}
	if r.checker.Rows() == 0 {
		return &sheet.FileError{Problem: profile.FileEmpty().Of("", "")}
	}
	return nil
}

// headerRows is how many rows are looked at for a header that is not in row 1.
const headerRows = 10

// lookBelow says more of a file whose first row identifies nobody: that the header
// stands further down, or that there is nothing in the file at all.
func (r *reading) lookBelow(ctx context.Context, reader *sheet.Reader, blank bool) error {
	for number := 1; blank || number < headerRows; {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) && blank {
			r.problems = nil
			return &sheet.FileError{Problem: profile.FileBlank().Of("", "")}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if below, ok := plan.HeaderBelow(textOf(row.Cells), row.Number); ok && row.Number <= headerRows {
			r.problems = []problem.Problem{below}
			return nil
		}
		number, blank = row.Number, blank && row.Blank
		if err := r.pulse.step(ctx, 0, 0); err != nil {
			return err
		}
	}
	return nil
}

func textOf(cells [][]byte) []string {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = string(cell)
	}
	return texts
}

// readHeader makes the checker, unless no row could be told from another.
func (r *reading) readHeader(ctx context.Context, header *sheet.Row) error {
	layout, problems := plan.ReadHeader(textOf(header.Cells))
	r.problems = append(append(r.problems, header.Damage...), problems...)
	for _, p := range problems {
		if p.Code == problem.HeaderMissing {
			return nil
		}
	}
	org, err := r.worker.Store.Org(ctx, r.batch.OrgID)
	if err != nil {
		return err
	}
	directory, err := r.worker.Store.Directory(ctx, r.batch.OrgID)
	if err != nil {
		return err
	}
	r.checker = plan.NewChecker(plan.Config{Layout: layout, Directory: directory, TeamSize: org.People,
		ProfileURL: r.worker.ProfileURL})
	return nil
}

// readRows tells the rows to the checker while the next ones are read.
func (r *reading) readRows(ctx context.Context, reader *sheet.Reader) error {
	feed := feedRows(reader, r.worker.catching(ctx))
	defer feed.end()
	err := feed.each(ctx, r.pulse, func(row *sheet.Row) error {
		if row.Blank {
			r.checker.AddBlank()
		} else {
			r.checker.AddRow(plan.RowRef{Row: row.Number, Offset: row.Offset}, row.Cells, row.Damage)
		}
		return r.pulse.step(ctx, r.checker.Rows(), r.estimate(row))
	})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err != nil {
		r.file.abandon()
	}
	return err
}

// estimate is how many rows the file seems to have, going by the length of those
// that were read.
func (r *reading) estimate(row *sheet.Row) int {
	if row.Offset == 0 {
		return 0
	}
	return max(r.checker.Rows(), int(float64(r.checker.Rows())*float64(r.batch.File.Size)/float64(row.Offset)))
}
