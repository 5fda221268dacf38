package worker

import (
	"context"

	"teamsheet/internal/plan"
)

const (
	rowsAtOnce  = 2000
	bytesAtOnce = 4 << 20
)

// rowBuffer gathers rows to be kept, so that memory stays the same however long
// the file is.
type rowBuffer struct {
	keep  keep
	rows  []*plan.RowReport
	bytes int
}

// add keeps a row, unless nothing changes and there is nothing to say of it: such
// a row is only counted.
func (b *rowBuffer) add(ctx context.Context, row *plan.RowReport) error {
	if row.Result == plan.Unchanged && len(row.Problems) == 0 && len(row.Warnings) == 0 {
		return nil
	}
	if b.rows == nil {
		b.rows = make([]*plan.RowReport, 0, rowsAtOnce)
	}
	b.rows = append(b.rows, row)
	b.bytes += weight(row)
	if len(b.rows) < rowsAtOnce && b.bytes < bytesAtOnce {
		return nil
	}
	return b.flush(ctx)
}

func (b *rowBuffer) flush(ctx context.Context) error {
	if len(b.rows) == 0 {
		return nil
	}
	rows := b.rows
	b.rows, b.bytes = nil, 0
	return b.keep(ctx, rows)
}

// weight is about how many bytes of text a row holds.
func weight(row *plan.RowReport) int {
	n := len(row.After.Bio)
	for _, change := range row.Changes {
		n += len(change.Old) + len(change.New)
	}
	for i := range row.Problems {
		n += len(row.Problems[i].Value) + len(row.Problems[i].Message)
	}
	return n
}
