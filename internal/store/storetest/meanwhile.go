package storetest

import (
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
)

func testMeanwhile(t *testing.T, w *world) {
	town := func(name string) func(*profile.Profile) { return func(p *profile.Profile) { p.Hometown = name } }
	w.edit(2, town("Before"), profile.Hometown)
	w.clock.Add(time.Minute)
	since := w.clock.Now()
	w.clock.Add(time.Minute)
	first := w.edit(2, town("Faro"), profile.Hometown)
	w.clock.Add(time.Minute)
	w.edit(3, town("Braga"), profile.Hometown)
	w.clock.Add(time.Minute)
	b := w.confirmed(w.changing(2, w.profile(4), town("Évora"), profile.Hometown))
	w.apply(b)

	got, err := w.store.Meanwhile(w.ctx, w.org.ID, since, 5)
	w.must(err)
	if len(got.Edits) != 2 || got.More || got.Edits[0].Changes[0].New != "Braga" || got.Edits[1].ProfileID != first.ID ||
		got.Edits[1].Name != profile.DisplayName(&first) || got.Edits[1].By != "editor@demo.example" || got.Edits[1].Version != first.Version {
		t.Errorf("edits %+v, more %v", got.Edits, got.More)
	}
	if len(got.Batches) != 1 || got.Batches[0].ID != b.ID || got.Batches[0].State != batch.Applied || got.Batches[0].ConfirmedBy != w.account.Email {
		t.Errorf("batches %+v", got.Batches)
	}
	if got, err = w.store.Meanwhile(w.ctx, w.org.ID, since, 1); err != nil || len(got.Edits) != 1 || !got.More {
		t.Errorf("one of two: %d, more %v, %v", len(got.Edits), got.More, err)
	}
	if got, err = w.store.Meanwhile(w.ctx, w.newOrg("other").ID, since, 5); err != nil || len(got.Edits)+len(got.Batches) != 0 {
		t.Errorf("another organization sees %+v, %v", got, err)
	}
	if got, err = w.store.Meanwhile(w.ctx, w.org.ID, w.clock.Now(), 5); err != nil || len(got.Edits)+len(got.Batches) != 0 {
		t.Errorf("since now: %+v, %v", got, err)
	}
}

func testAhead(t *testing.T, w *world) {
	first, second := w.upload(), w.upload()
	for b, want := range map[string]int{first.ID: 0, second.ID: 1} {
		if got, err := w.store.Ahead(w.ctx, w.batch(b)); err != nil || got != want {
			t.Errorf("%d files are ahead, want %d; %v", got, want, err)
		}
	}
	if _, err := w.store.Cancel(w.ctx, w.org.ID, first.ID, w.account.ID, "r"); err != nil {
		t.Fatal(err)
	}
	if got, err := w.store.Ahead(w.ctx, second); err != nil || got != 0 {
		t.Errorf("%d files are ahead of the only one; %v", got, err)
	}
	confirmed := w.confirmed()
	if got, err := w.store.Ahead(w.ctx, confirmed); err != nil || got != 0 {
		t.Errorf("%d files are ahead of the only one to be saved; %v", got, err)
	}
}
