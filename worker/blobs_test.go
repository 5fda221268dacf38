package worker

import (
	"strings"
	"testing"
	"time"

	"teamsheet/internal/store"
)

// files are the keys of the stored files.
func (w *world) files() map[string]bool {
	w.t.Helper()
	found := map[string]bool{}
	for info, err := range w.blobs.List(w.ctx, "") {
		must(w.t, err)
		found[info.Key] = true
	}
	return found
}

// A replaced photo and one that was never saved are deleted; one that somebody
// has, and one on its way, are not.
func TestLooseFilesAreDeleted(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		keep := func(key string) {
			must(t, w.store.ExpectPhoto(w.ctx, w.org.ID, key))
			_, err := w.blobs.Put(w.ctx, key, strings.NewReader(key))
			must(t, err)
		}
		set := func(key string) {
			keep(key)
			_, err := w.store.SetPhoto(w.ctx, store.Edit{OrgID: w.org.ID, ProfileID: personID(2), ActorID: w.account.ID}, store.Photo{Key: key, Digest: key})
			must(t, err)
		}
		set("replaced")
		keep("forgotten")
		set("shown")
		w.clock.Add(looseFor + time.Second)
		keep("coming")
		r := &reconciler{Worker: &Worker{Options: w.options()}}
		for range 2 {
			must(t, r.dropBlobs(w.ctx))
			if found := w.files(); len(found) != 2 || !found["shown"] || !found["coming"] {
				t.Errorf("there are %v", found)
			}
		}
		if left, err := w.store.CondemnBlobs(w.ctx, 0, 10); err != nil || len(left) > 0 {
			t.Errorf("%v are still to be deleted, %v", left, err)
		}
	})
}
