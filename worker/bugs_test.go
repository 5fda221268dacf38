package worker

import (
	"context"
	"io"
	"sync/atomic"
	"testing"

	"teamsheet/internal/batch"
	"teamsheet/internal/blob"
	"teamsheet/internal/profile"
	"teamsheet/internal/tasks"
)

// A bug in the judging of a file costs a try, and leaves neither the file open nor,
// which every test looks for, somebody who waits for more of its rows.
func TestABugLeavesNothingOpen(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		files := &openFiles{Store: w.blobs}
		options := w.options()
		options.Blobs = files
		options.ProfileURL = func(profile.ID) string { panic("a bug") }
		rows := w.sheet()
		for _, row := range rows {
			if row[profile.UserID] == personID(1).String() {
				row[profile.Deactivated] = "y" // leads others: the message has a link
			}
		}
		b := w.put(text(t, rows))
		handler := w.worker(options)
		defer func() { must(t, handler.close()) }()
		task, err := tasks.NewPreview(b.ID, b.Generation, b.File.Size)
		must(t, err)
		must(t, handler.batchHandler(handler.preview)(w.ctx, task)) // there is no other try
		if got := w.batch(b.ID); got.State != batch.Failed {
			t.Errorf("the batch is %s", got.State)
		}
		if opened, closed := files.opened.Load(), files.closed.Load(); opened != 1 || closed != 1 {
			t.Errorf("of %d files, %d are closed", opened, closed)
		}
	})
}

// openFiles counts the files that are opened and closed.
type openFiles struct {
	blob.Store
	opened, closed atomic.Int64
}

func (f *openFiles) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	file, err := f.Store.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	f.opened.Add(1)
	return &openFile{file, f}, nil
}

type openFile struct {
	io.ReadCloser
	of *openFiles
}

func (f *openFile) Close() error {
	f.of.closed.Add(1)
	return f.ReadCloser.Close()
}
