package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func testIdentifiers(t *testing.T, w *world) {
	want := map[profile.ID]store.Identifiers{}
	for _, n := range []int{2, 3} {
		p := w.profile(n)
		want[personID(n)] = store.Identifiers{Email: p.Email, EmployeeID: p.EmployeeID}
	}
	got, err := w.store.Identifiers(w.ctx, w.org.ID, []profile.ID{personID(3), personID(2), personID(999)})
	w.must(err)
	if diff := cmp.Diff(want, got); diff != "" || want[personID(2)].Email == "" {
		t.Errorf("%+v: %s", want, diff)
	}
	other := w.newOrg("other")
	for orgID, ids := range map[string][]profile.ID{w.org.ID: nil, other.ID: {personID(2)}} {
		if got, err := w.store.Identifiers(w.ctx, orgID, ids); err != nil || len(got) > 0 {
			t.Errorf("%s sees %v of %v, %v", orgID, got, ids, err)
		}
	}
}
