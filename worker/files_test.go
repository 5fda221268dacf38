package worker

import (
	"errors"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/store"
)

func TestFilesThatNobodyNeedsAreDropped(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		handler := w.worker(w.options())
		defer func() { must(t, handler.close()) }()
		stop := w.start(w.options())
		finished := w.upload(w.edited("Lisbon", 3))
		w.await(finished.ID, batch.Ready)
		_, err := w.store.Cancel(w.ctx, w.org.ID, finished.ID, w.account.ID, "")
		must(t, err)
		stop()
		waiting := w.put(text(t, w.edited("Faro", 3)))
		for _, key := range []string{"nobodys", "photo", "photo-to-be"} {
			if key != "nobodys" {
				must(t, w.store.ExpectPhoto(w.ctx, w.org.ID, key))
			}
			_, err = w.blobs.Put(w.ctx, key, strings.NewReader("x"))
			must(t, err)
		}
		_, err = w.store.SetPhoto(w.ctx, store.Edit{OrgID: w.org.ID, ProfileID: personID(2), ActorID: w.account.ID}, store.Photo{Key: "photo", Digest: "d"})
		must(t, err)
		look := func(want map[string]bool) {
			t.Helper()
			must(t, handler.dropFiles(w.ctx))
			for key, there := range want {
				file, err := w.blobs.Open(w.ctx, key)
				if err != nil && !fault.Is(err, fault.NotFound) {
					t.Fatal(err)
				}
				if (err == nil) != there {
					t.Errorf("%s is there: %v, want %v", key, err == nil, there)
				}
				if err == nil {
					must(t, errors.Join(file.Close()))
				}
			}
		}
		look(map[string]bool{finished.BlobKey: true, waiting.BlobKey: true, "nobodys": true})
		w.clock.Add(keepUnknown + time.Hour)
		look(map[string]bool{finished.BlobKey: true, waiting.BlobKey: true, "nobodys": false, "photo": true, "photo-to-be": true})
		w.clock.Add(keepFinished)
		look(map[string]bool{finished.BlobKey: false, waiting.BlobKey: true, "photo": true, "photo-to-be": true})
	})
}
