package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func testEdit(t *testing.T, w *world) {
	before := w.profile(3)
	got, report, err := w.tryEdit(w.store, 3, 1, func(p *profile.Profile) {
		p.Email, p.Hometown, p.LeaderID, p.Bio = "", "Łódź", personID(2), "not in the mask"
	}, profile.Email, profile.Hometown, profile.TeamLeader)
	w.must(err)
	want := before
	want.Version, want.Email, want.Hometown, want.LeaderID, want.LeaderKey = 2, "", "Łódź", personID(2), "p2@demo.example"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("saved:\n%s", diff)
	}
	if diff := cmp.Diff(want, w.profile(3)); diff != "" {
		t.Errorf("stored:\n%s", diff)
	}
	if len(report.Changes) != 3 || w.revision() != 2 {
		t.Errorf("%d changes, revision %d", len(report.Changes), w.revision())
	}
	_, _, err = w.tryEdit(w.store, 3, 1, moves("Lisbon"), profile.Hometown)
	w.wantFault(err, fault.Stale, "version-changed")
}

// testEditRefused edits in ways that save nothing.
func testEditRefused(t *testing.T, w *world) {
	before := w.profile(3)
	edit := store.Edit{OrgID: w.org.ID, ProfileID: personID(3), ActorID: w.account.ID, IfVersion: 1}
	found := []problem.Problem{{Code: problem.EmailTaken, Column: "Email"}}
	_, report, err := w.store.EditProfile(w.ctx, edit, func(v *store.View, p *profile.Profile) (*plan.RowReport, error) {
		r := changing(v.Directory(), 1, *p, moves("Lisbon"), profile.Hometown)
		r.Problems = found
		return r, nil
	})
	w.must(err)
	if diff := cmp.Diff(found, report.Problems); diff != "" {
		t.Error(diff)
	}
	_, _, err = w.store.EditProfile(w.ctx, edit, func(v *store.View, p *profile.Profile) (*plan.RowReport, error) {
		return changing(v.Directory(), 1, *p, moves("Lisbon")), nil
	})
	w.must(err)
	failure := errors.New("the judge fell ill")
	_, _, err = w.store.EditProfile(w.ctx, edit, func(*store.View, *profile.Profile) (*plan.RowReport, error) { return nil, failure })
	if !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(before, w.profile(3)); diff != "" || w.revision() != 1 {
		t.Errorf("revision %d, something was saved:\n%s", w.revision(), diff)
	}
	_, _, err = w.tryEdit(w.store, 999, 1, moves("Lisbon"), profile.Hometown)
	w.wantFault(err, fault.NotFound, "not-found")
}

// testEditsAtOnce edits one profile from several sides: each saved edit is kept.
func testEditsAtOnce(t *testing.T, w *world) {
	const editors, each = 4, 8
	errs := together(editors, func(int) error {
		for range each {
			for {
				p, err := w.store.Profile(w.ctx, w.org.ID, personID(5))
				if err != nil {
					return err
				}
				_, _, err = w.tryEdit(w.store, 5, p.Version, func(p *profile.Profile) { p.Bio += "x" }, profile.Bio)
				if err == nil {
					break
				}
				if !fault.Is(err, fault.Stale) {
					return err
				}
			}
		}
		return nil
	})
	w.must(errors.Join(errs...))
	got := w.profile(5)
	if len(got.Bio) != editors*each || got.Version != 1+editors*each || w.revision() != 1+editors*each {
		t.Errorf("bio of %d, version %d, revision %d", len(got.Bio), got.Version, w.revision())
	}
}

// testHistory makes versions by edits and files and asks what the profile was at
// each.
func testHistory(t *testing.T, w *world) {
	w.edit(4, moves("Town2"), profile.Hometown)
	w.clock.Add(time.Minute)
	b := w.confirmed(w.changing(9, w.profile(4), func(p *profile.Profile) { p.Hometown, p.Bio = "Town3", "bio3" }, profile.Hometown, profile.Bio))
	w.clock.Add(time.Minute)
	if got := w.apply(b); got != store.ApplyApplied {
		t.Fatalf("outcome %d", got)
	}
	// Rows of batches that are not applied are no history.
	w.preview(w.changing(9, w.profile(4), moves("Never"), profile.Hometown))
	w.clock.Add(time.Minute)
	w.edit(4, func(p *profile.Profile) { p.Bio, p.EmployeeID = "bio4", "" }, profile.Bio, profile.EmployeeID)

	history, err := w.store.History(w.ctx, w.org.ID, personID(4), 10)
	w.must(err)
	start := w.account.CreatedAt
	want := []store.HistoryEntry{
		{Version: 4, At: start.Add(3 * time.Minute), By: "editor@demo.example", Source: "page",
			Changes: []plan.Change{{Column: "Bio", Old: "bio3", New: "bio4"}, {Column: "Employee ID", Old: "00004"}}},
		{Version: 3, At: start.Add(2 * time.Minute), By: w.account.Email, Source: "file", BatchID: b.ID, File: "team.txt", Row: 9,
			Changes: []plan.Change{{Column: "Hometown", Old: "Town2", New: "Town3"}, {Column: "Bio", Old: "", New: "bio3"}}},
		{Version: 2, At: start, By: "editor@demo.example", Source: "page",
			Changes: []plan.Change{{Column: "Hometown", Old: "Porto", New: "Town2"}}},
	}
	if diff := cmp.Diff(want, history); diff != "" {
		t.Error(diff)
	}
	newest, err := w.store.History(w.ctx, w.org.ID, personID(4), 2)
	w.must(err)
	if diff := cmp.Diff(want[:2], newest); diff != "" {
		t.Error(diff)
	}
	older, err := w.store.OlderHistory(w.ctx, w.org.ID, personID(4), 4, 1)
	w.must(err)
	if diff := cmp.Diff(want[1:2], older); diff != "" {
		t.Error(diff)
	}
	w.wantPasts(want)
}

func (w *world) wantPasts(history []store.HistoryEntry) {
	w.t.Helper()
	bio := plan.PastValue{Text: "", By: history[0].By, At: history[0].At}
	town := plan.PastValue{Text: "Porto", By: history[1].By, At: history[1].At}
	number := plan.PastValue{Text: "00004", By: history[0].By, At: history[0].At}
	town2, bio3 := town, bio
	town2.Text, bio3.Text = "Town2", "bio3"
	want := map[int64]plan.Past{
		1: {profile.Hometown: town, profile.Bio: bio, profile.EmployeeID: number},
		2: {profile.Hometown: town2, profile.Bio: bio, profile.EmployeeID: number},
		3: {profile.Bio: bio3, profile.EmployeeID: number},
		4: {},
	}
	asked := []store.Since{{ProfileID: personID(5), Version: 1}}
	for version := range want {
		asked = append(asked, store.Since{ProfileID: personID(4), Version: version})
	}
	w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		pasts, err := v.Pasts(w.ctx, asked)
		if err != nil {
			return err
		}
		if len(pasts) != len(asked) || len(pasts[asked[0]]) != 0 {
			w.t.Errorf("%d pasts, that of somebody who did not change is %v", len(pasts), pasts[asked[0]])
		}
		for version, past := range want {
			one, err := v.Past(w.ctx, personID(4), version)
			if err != nil {
				return err
			}
			among := pasts[store.Since{ProfileID: personID(4), Version: version}]
			if diff := cmp.Diff(past, one) + cmp.Diff(past, among); diff != "" {
				w.t.Errorf("past since version %d:\n%s", version, diff)
			}
		}
		return nil
	}))
}
