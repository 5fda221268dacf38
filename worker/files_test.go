package worker

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/blob"
	"teamsheet/internal/fault"
	"teamsheet/internal/store"
)

// Files that are not for this program to judge stay: those that it did not make, and
// those that are older than its database, which are another's.
func TestFilesOfOthersStay(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		handler := w.worker(w.options())
		defer func() { must(t, handler.close()) }()
		unknown := blob.NewKey()
		files := []string{"README", "notes-of-somebody", blob.NewKey()[1:], unknown}
		for _, key := range files {
			_, err := w.blobs.Put(w.ctx, key, strings.NewReader("x"))
			must(t, err)
		}
		must(t, os.WriteFile(filepath.Join(w.folder, ".DS_Store"), []byte("x"), 0o600))
		w.clock.Add(keepUnknown + time.Hour)
		stays := func(key string, want bool) {
			t.Helper()
			if _, err := os.Stat(filepath.Join(w.folder, key)); (err == nil) != want {
				t.Errorf("%s is there: %v, want %v", key, err == nil, want)
			}
		}
		// Somebody starts a worker on a new database by mistake, and on one that has just begun.
		options := w.options()
		other := "sqlite://" + filepath.Join(t.TempDir(), "other.db")
		must(t, migrate(other))
		var err error
		options.Store, err = store.Open(w.ctx, other, store.Options{Now: w.clock.Now})
		must(t, err)
		defer func() { must(t, options.Store.Close()) }()
		stranger := w.worker(options)
		defer func() { must(t, stranger.close()) }()
		must(t, stranger.dropFiles(w.ctx))
		stays(unknown, true)
		_, err = options.Store.CreateOrg(w.ctx, "other")
		must(t, err)
		must(t, stranger.dropFiles(w.ctx))
		stays(unknown, true)

		must(t, handler.dropFiles(w.ctx))
		stays(unknown, false)
		for _, key := range append(files[:3], ".DS_Store") {
			stays(key, true)
		}
	})
}

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
		nobodys, photo, photoToBe := blob.NewKey(), blob.NewKey(), blob.NewKey()
		for _, key := range []string{nobodys, photo, photoToBe} {
			if key != nobodys {
				must(t, w.store.ExpectPhoto(w.ctx, w.org.ID, key))
			}
			_, err = w.blobs.Put(w.ctx, key, strings.NewReader("x"))
			must(t, err)
		}
		_, err = w.store.SetPhoto(w.ctx, store.Edit{OrgID: w.org.ID, ProfileID: personID(2), ActorID: w.account.ID}, store.Photo{Key: photo, Digest: "d"})
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
		look(map[string]bool{finished.BlobKey: true, waiting.BlobKey: true, nobodys: true})
		w.clock.Add(keepUnknown + time.Hour)
		look(map[string]bool{finished.BlobKey: true, waiting.BlobKey: true, nobodys: false, photo: true, photoToBe: true})
		w.clock.Add(keepFinished)
		look(map[string]bool{finished.BlobKey: false, waiting.BlobKey: true, photo: true, photoToBe: true})
	})
}
