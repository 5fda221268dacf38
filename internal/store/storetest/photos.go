package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// photo gives somebody an expected photo; "" takes theirs away.
func (w *world) photo(n int, key, digest string) (changed bool) {
	w.t.Helper()
	changed, err := w.store.SetPhoto(w.ctx, w.photoEdit(n), store.Photo{Key: key, Digest: digest})
	w.must(err)
	return changed
}

func (w *world) photoEdit(n int) store.Edit {
	return store.Edit{OrgID: w.org.ID, ProfileID: personID(n), ActorID: w.account.ID, ActorEmail: "editor@demo.example", Source: "page"}
}

func (w *world) wantPhotos(want map[profile.ID]store.Photo, ids ...profile.ID) {
	w.t.Helper()
	got, err := w.store.Photos(w.ctx, w.org.ID, ids)
	w.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Error(diff)
	}
}

func testPhotos(t *testing.T, w *world) {
	w.wantPhotos(map[profile.ID]store.Photo{})
	w.wantPhotos(map[profile.ID]store.Photo{}, personID(3), personID(999))
	_, err := w.store.SetPhoto(w.ctx, w.photoEdit(3), store.Photo{Key: "unexpected", Digest: "d0"})
	w.wantFault(err, fault.Conflict, "photo-expired")
	for _, key := range []string{"k1", "k2", "k3"} {
		w.must(w.store.ExpectPhoto(w.ctx, w.org.ID, key))
	}
	other := w.newOrg("other")
	_, err = w.store.SetPhoto(w.ctx, store.Edit{OrgID: other.ID, ProfileID: personID(3), ActorID: w.account.ID}, store.Photo{Key: "k1", Digest: "d1"})
	w.wantFault(err, fault.NotFound, "not-found")
	if w.photo(3, "", "") {
		t.Error("a photo that was not there was taken away")
	}
	if before := w.revision(); !w.photo(3, "k1", "d1") || w.revision() != before+1 || w.profile(3).Version != 2 {
		t.Errorf("added: revision %d after %d, version %d", w.revision(), before, w.profile(3).Version)
	}
	if w.photo(3, "k2", "d1") || w.profile(3).Version != 2 {
		t.Error("the same picture is a change")
	}
	w.wantPhotos(map[profile.ID]store.Photo{personID(3): {Key: "k1", Digest: "d1"}}, personID(3), personID(4))
	theirs, err := w.store.Photos(w.ctx, other.ID, []profile.ID{personID(3)})
	w.must(err)
	if len(theirs) > 0 {
		t.Errorf("another organization sees %v", theirs)
	}
	w.photo(3, "k3", "d3")
	w.wantPhotos(map[profile.ID]store.Photo{personID(3): {Key: "k3", Digest: "d3"}}, personID(3))
	w.photo(3, "", "")
	w.wantPhotos(map[profile.ID]store.Photo{}, personID(3))
	history, err := w.store.History(w.ctx, w.org.ID, personID(3), 10)
	w.must(err)
	var words []string
	for _, entry := range history {
		if diff := cmp.Diff([]plan.Change{{Column: "Photo", New: entry.Changes[0].New}}, entry.Changes); diff != "" || entry.By != "editor@demo.example" {
			t.Errorf("%s %s", entry.By, diff)
		}
		words = append(words, entry.Changes[0].New)
	}
	if diff := cmp.Diff([]string{"removed", "changed", "added"}, words); diff != "" {
		t.Error(diff)
	}
	// A sheet that was downloaded before knows nothing of photos.
	w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		past, err := v.Past(w.ctx, personID(3), 1)
		if len(past) > 0 {
			t.Errorf("a sheet is behind in %v", past)
		}
		return err
	}))
}

// testLooseBlobs: a file is deleted once nothing can refer to it any more, and
// never before.
func testLooseBlobs(t *testing.T, w *world) {
	condemned := func() []string {
		t.Helper()
		list, err := w.store.CondemnBlobs(w.ctx, time.Hour, 10)
		w.must(err)
		var keys []string
		for _, b := range list {
			if b.OrgID != w.org.ID {
				t.Errorf("of organization %s", b.OrgID)
			}
			keys = append(keys, b.Key)
		}
		return keys
	}
	w.must(w.store.ExpectPhoto(w.ctx, w.org.ID, "kept"))
	w.must(w.store.ExpectPhoto(w.ctx, w.org.ID, "late"))
	w.photo(3, "kept", "d1")
	w.clock.Add(59 * time.Minute)
	if keys := condemned(); len(keys) > 0 {
		t.Errorf("condemned too early: %v", keys)
	}
	w.clock.Add(2 * time.Minute)
	if diff := cmp.Diff([]string{"late"}, condemned()); diff != "" {
		t.Error(diff)
	}
	_, err := w.store.SetPhoto(w.ctx, w.photoEdit(4), store.Photo{Key: "late", Digest: "d2"})
	w.wantFault(err, fault.Conflict, "photo-expired")
	// Whoever died before the file was deleted has left it to the next one.
	if diff := cmp.Diff([]string{"late"}, condemned()); diff != "" {
		t.Error(diff)
	}
	w.must(w.store.DropBlobs(w.ctx, []store.LooseBlob{{OrgID: w.org.ID, Key: "late"}, {OrgID: w.org.ID, Key: "kept"}}))
	w.photo(3, "", "")
	if keys := condemned(); len(keys) > 0 {
		t.Errorf("condemned: %v", keys)
	}
	w.clock.Add(61 * time.Minute)
	if diff := cmp.Diff([]string{"kept"}, condemned()); diff != "" {
		t.Error(diff)
	}
}
