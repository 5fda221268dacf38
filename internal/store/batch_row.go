package store

import (
	"encoding/json"
	"fmt"
	"time"

	"teamsheet/internal/batch"
)

const batchColumns = "b.org_id, b.id, b.kind, b.state, b.replaces, b.file_name, b.file_size, b.file_sha256, b.blob_key," +
	" b.account_id, b.account_email, b.request_id, b.uploaded_at, b.previewed_at, b.confirmed_at, b.confirmed_by, b.finished_at," +
	" b.generation, b.crashes, b.run, b.revision, b.plan, b.rows_total, b.rows_changed, b.rows_unchanged, b.rows_invalid," +
	" b.rows_warned, b.rows_blank, b.not_in_file, b.problems, b.changes_by_column, b.file_problems, b.file_warnings, b.highlights," +
	" b.failure_code, b.failure_message"

const selectBatches = "SELECT " + batchColumns + " FROM batches b"

// batchRow is a batch as it is stored.
type batchRow struct {
	OrgID, ID, Kind, State                             string
	Replaces                                           *string
	FileName                                           string
	FileSize                                           int64
	FileSHA256                                         string `gorm:"column:file_sha256"`
	BlobKey, AccountID, AccountEmail, RequestID        string
	UploadedAt                                         time.Time
	PreviewedAt, ConfirmedAt, FinishedAt               *time.Time
	Generation, Crashes                                int
	Run, Revision                                      int64
	Plan                                               *string
	RowsTotal, RowsChanged, RowsUnchanged, RowsInvalid int
	RowsWarned, RowsBlank, NotInFile, Problems         int
	ChangesByColumn, FileProblems, FileWarnings        string
	Highlights                                         string
	ConfirmedBy, FailureCode, FailureMessage           *string
}

// batch makes the value of a stored row.
func (r *batchRow) batch() (batch.Batch, error) {
	b := batch.Batch{
		ID: r.ID, Kind: batch.Kind(r.Kind), State: batch.State(r.State), Replaces: r.Replaces,
		File:       batch.File{Name: r.FileName, Size: r.FileSize, SHA256: r.FileSHA256},
		UploadedBy: r.AccountEmail, UploadedAt: r.UploadedAt.UTC(),
		PreviewedAt: inUTC(r.PreviewedAt), ConfirmedAt: inUTC(r.ConfirmedAt), FinishedAt: inUTC(r.FinishedAt),
		ConfirmedBy: deref(r.ConfirmedBy), Counts: r.counts(), Plan: r.Plan,
		OrgID: r.OrgID, AccountID: r.AccountID, BlobKey: r.BlobKey, Generation: r.Generation, Run: r.Run,
		Revision: r.Revision, Crashes: r.Crashes, NotInFile: r.NotInFile, Problems: r.Problems, RequestID: r.RequestID,
	}
	b.Progress = restingProgress(b.State, b.Counts)
	if r.FailureCode != nil {
		b.Failure = &batch.Failure{Code: batch.FailureCode(*r.FailureCode), Message: deref(r.FailureMessage)}
	}
	for _, part := range []struct {
		text string
		into any
	}{{r.ChangesByColumn, &b.ChangesByColumn}, {r.FileProblems, &b.FileProblems}, {r.FileWarnings, &b.FileWarnings}, {r.Highlights, &b.Highlights}} {
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return batch.Batch{}, fmt.Errorf("read stored batch: %w", err)
		}
	}
	return b, nil
}

func (r *batchRow) counts() batch.Counts {
	return batch.Counts{Rows: r.RowsTotal, Changed: r.RowsChanged, Unchanged: r.RowsUnchanged,
		Invalid: r.RowsInvalid, Warnings: r.RowsWarned, Blank: r.RowsBlank}
}

// restingProgress is the progress of a batch that no task reports on.
func restingProgress(state batch.State, counts batch.Counts) batch.Progress {
	switch state {
	case batch.Uploaded, batch.Failed:
		return batch.Progress{Phase: batch.Reading}
	case batch.Confirmed:
		return batch.Progress{Phase: batch.Saving, Total: counts.Changed}
	case batch.Applied:
		return batch.Progress{Phase: batch.Saving, Done: counts.Changed, Total: counts.Changed}
	}
	return batch.Progress{Phase: batch.Comparing, Done: counts.Rows, Total: counts.Rows}
}

func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := t.UTC()
	return &utc
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// batches reads batches; lock ends the query.
func (h *handle) batches(rest string, args ...any) ([]batch.Batch, error) {
	var rows []batchRow
	if err := h.all(&rows, selectBatches+rest, args...); err != nil {
		return nil, wrap(err, "load batches")
	}
	list := make([]batch.Batch, 0, len(rows))
	for i := range rows {
		b, err := rows[i].batch()
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

func (h *handle) batch(rest string, args ...any) (batch.Batch, error) {
	list, err := h.batches(rest, args...)
	if err != nil {
		return batch.Batch{}, err
	}
	if len(list) == 0 {
		return batch.Batch{}, notFound("bulk update")
	}
	return list[0], nil
}
