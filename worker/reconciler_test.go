package worker

import (
	"strings"
	"testing"
	"time"

	"teamsheet/internal/blob"
	"teamsheet/internal/fault"
	"teamsheet/internal/testkit"
)

// Files that people uploaded by mistake are kept for a day; the files of batches,
// whatever their age, stay.
func TestFilesThatWaitTooLongAreDropped(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		b := w.upload(w.edited("Lisbon", 3))
		waiting := blob.WaitingKey(w.org.ID, w.account.ID, "0123456789abcdef")
		_, err := w.blobs.Put(w.ctx, waiting, strings.NewReader("Email,Bio\n"))
		must(t, err)
		r := &reconciler{Worker: w.worker(w.options())}
		t.Cleanup(func() { must(t, r.close()) })
		must(t, r.dropWaiting(w.ctx))
		file, err := w.blobs.Open(w.ctx, waiting)
		must(t, err)
		must(t, file.Close())

		w.clock.Add(blob.WaitingLife + time.Hour)
		w.start(w.options())
		testkit.Wait(t, "the file to be dropped", func() bool {
			file, err := w.blobs.Open(w.ctx, waiting)
			if err == nil {
				must(t, file.Close())
			}
			return fault.Is(err, fault.NotFound)
		})
		file, err = w.blobs.Open(w.ctx, w.batch(b.ID).BlobKey)
		must(t, err)
		must(t, file.Close())
	})
}
