package worker

import (
	"strings"
	"testing"
	"time"

	"teamsheet/internal/blob"
	"teamsheet/internal/fault"
	"teamsheet/internal/testkit"
)

// A ring that was lost behind more waiting batches than one sweep looks at is found.
func TestLostRingBehindManyThatWait(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		file := text(t, w.edited("Lisbon", 3))
		for range sweepAtOnce + 2 {
			b := w.put(file)
			must(t, w.bell.Preview(w.ctx, b.ID, b.Generation, b.File.Size))
		}
		lost := w.put(file)
		w.clock.Add(ringGrace + time.Second)
		r := w.worker(w.options()).newReconciler()
		t.Cleanup(func() { must(t, r.close()) })
		for range 2 {
			must(t, r.sweepBatches(w.ctx))
			if b := w.batch(lost.ID); b.Generation != lost.Generation+1 {
				t.Fatalf("generation %d: it was rung for %d times", b.Generation, b.Generation-1)
			}
		}
	})
}

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
