package storetest

import (
	"testing"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func testOrganizations(t *testing.T, w *world) {
	org, err := w.store.OrgByName(w.ctx, "demo")
	w.must(err)
	if org.ID != w.org.ID || org.People != teamSize || org.Revision != 1 {
		t.Fatalf("got %+v", org)
	}
	_, err = w.store.CreateOrg(w.ctx, "demo")
	w.wantFault(err, fault.Conflict, "org-name-taken")
}

func testApplied(t *testing.T, w *world) {
	b := w.confirmed(w.changing(2, w.profile(2), func(p *profile.Profile) { p.Hometown = "Lisbon" }, profile.Hometown))
	if got := w.apply(b); got != store.ApplyApplied {
		t.Fatalf("outcome %d", got)
	}
	if got := w.profile(2); got.Hometown != "Lisbon" || got.Version != 2 {
		t.Fatalf("%+v", got)
	}
	if got := w.batch(b.ID); got.State != batch.Applied {
		t.Fatalf("%+v", got)
	}
}
