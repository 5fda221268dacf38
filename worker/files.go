package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"teamsheet/internal/blob"
)

const (
	// keepFinished is how long the file of a finished batch can be previewed again.
	keepFinished = 30 * 24 * time.Hour
	// keepUnknown is the age up to which a file may be without a batch. Its row comes
	// within seconds; the rest is for who puts back a database of some days ago.
	keepUnknown = 7 * 24 * time.Hour
	// tidyFilesEvery is how often files are looked through, and tidyFilesFirst how
	// long a new process waits: those that are restarted again and again do not.
	tidyFilesEvery = 6 * time.Hour
	tidyFilesFirst = 15 * time.Minute
	// filesAtOnce is how many files the database is asked about at once.
	filesAtOnce = 500
)

// tidyFiles looks through the stored files from time to time until ctx ends. It is
// no part of the reconciler's sweep, because a file store may have a million of them.
func (w *Worker) tidyFiles(ctx context.Context) {
	timer := time.NewTimer(tidyFilesFirst + rand.N(tidyFilesFirst))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			if err := w.dropFiles(ctx); err != nil && ctx.Err() == nil {
				w.Log.WarnContext(ctx, "files not looked through", "error", err)
			}
			timer.Reset(tidyFilesEvery*3/4 + rand.N(tidyFilesEvery/2))
		}
	}
}

// dropFiles deletes files that no batch has and those of batches that finished long
// ago, and what broken-off uploads have left. What this program did not make it leaves
// alone, and what is older than its database: that is another database's, to which this
// one may have been put by mistake.
func (w *Worker) dropFiles(ctx context.Context) error {
	now := w.Now()
	begun, found, err := w.Store.Begun(ctx)
	if err != nil || !found {
		return err
	}
	var keys []string
	for file, err := range w.Blobs.List(ctx, "") {
		if err != nil {
			return err
		}
		if now.Sub(file.Modified) <= keepUnknown || file.Modified.Before(begun) || !blob.Made(file.Key) {
			continue
		}
		if keys = append(keys, file.Key); len(keys) == filesAtOnce {
			if err := w.dropUnused(ctx, keys, now); err != nil {
				return err
			}
			keys = keys[:0]
		}
	}
	err = w.dropUnused(ctx, keys, now)
	unfinished, tidyErr := w.Blobs.DropUnfinished(ctx, now.Add(-keepUnknown))
	w.Metrics.FilesDropped("unfinished", unfinished)
	return errors.Join(err, tidyErr)
}

// dropUnused deletes those of the files that nobody needs. Who asks for a preview of
// such a file at the very same time is told that it is gone.
func (w *Worker) dropUnused(ctx context.Context, keys []string, now time.Time) error {
	if len(keys) == 0 {
		return nil
	}
	needed, err := w.Store.FilesNeeded(ctx, keys, now.Add(-keepFinished))
	if err != nil {
		return err
	}
	dropped := map[bool]int{}
	for _, key := range keys {
		need, known := needed[key]
		if need {
			continue
		}
		if err := w.Blobs.Delete(ctx, key); err != nil {
			return err
		}
		dropped[known]++
	}
	w.Metrics.FilesDropped("finished", dropped[true])
	w.Metrics.FilesDropped("unknown", dropped[false])
	if len(dropped) > 0 {
		w.Log.InfoContext(ctx, "files dropped", "of_finished_batches", dropped[true], "without_a_batch", dropped[false])
	}
	return nil
}
