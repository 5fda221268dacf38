package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// testSwaps applies a swap of emails, a chain of employee IDs, a key given up and
// taken by another, and every other kind of field, in one go.
func testSwaps(t *testing.T, w *world) {
	want := map[int]profile.Profile{}
	var rows []*plan.RowReport
	change := func(n int, change func(*profile.Profile), fields ...profile.Field) {
		p := w.profile(n)
		rows = append(rows, w.changing(n, p, change, fields...))
		change(&p)
		p.Version++
		want[n] = p
	}
	change(2, func(p *profile.Profile) { p.Email = "P3@Demo.example" }, profile.Email)
	change(3, func(p *profile.Profile) { p.Email = "p2@demo.example" }, profile.Email)
	change(4, func(p *profile.Profile) { p.EmployeeID = "00005" }, profile.EmployeeID)
	change(5, func(p *profile.Profile) { p.EmployeeID = "00006" }, profile.EmployeeID)
	change(6, func(p *profile.Profile) { p.EmployeeID = "00004" }, profile.EmployeeID)
	change(7, func(p *profile.Profile) { p.Email = "" }, profile.Email)
	change(8, func(p *profile.Profile) { p.Email = "p7@demo.example" }, profile.Email)
	change(9, func(p *profile.Profile) { p.EmployeeID, p.Email, p.LicenseType = "", "p10@demo.example", "" },
		profile.EmployeeID, profile.Email, profile.LicenseType)
	change(10, func(p *profile.Profile) {
		p.Email, p.EmployeeID, p.FirstName, p.LastName, p.RoleID = "p9@demo.example", "00009", "Łucja", "O'Hara\\", 2
		p.CanManageTeam, p.LicenseType, p.PhoneChannel, p.ChatChannel, p.EmailChannel = true, profile.LicenseFlexible, false, true, true
		p.EmploymentStatus, p.StartDate, p.Hometown, p.StateOrCountry, p.Bio = "temp", "2024-02-29", "", "Perú", "a\tb\n\\N 👩"
		p.GroupIDs, p.Deactivated = []int32{30}, true
		p.LeaderID, p.LeaderKey = profile.ID{}, ""
	}, profile.Email, profile.EmployeeID, profile.FirstName, profile.LastName, profile.RoleName, profile.CanManageTeam, profile.LicenseType,
		profile.PhoneChannel, profile.ChatChannel, profile.EmailChannel, profile.EmploymentStatus, profile.StartDate, profile.Hometown,
		profile.StateOrCountry, profile.Bio, profile.Groups, profile.Deactivated, profile.TeamLeader)
	change(11, func(p *profile.Profile) { p.LeaderID, p.LeaderKey, p.GroupIDs = personID(10), "p9@demo.example", nil }, profile.TeamLeader, profile.Groups)

	b := w.confirmed(rows...)
	w.clock.Add(time.Hour)
	if got := w.apply(b); got != store.ApplyApplied {
		t.Fatalf("outcome %d", got)
	}
	w.wantFound(store.PeopleQuery{Search: "ŁUCJA o'hara"}, 10)
	w.wantFound(store.PeopleQuery{State: "incomplete"}, 9)
	for n, p := range want {
		if diff := cmp.Diff(p, w.profile(n)); diff != "" {
			t.Errorf("person %d:\n%s", n, diff)
		}
	}
	w.untouched(1, 12)
	got := w.batch(b.ID)
	if got.State != batch.Applied || got.FinishedAt == nil || w.revision() != 2 ||
		got.Progress != (batch.Progress{Phase: batch.Saving, Done: len(rows), Total: len(rows)}) {
		t.Errorf("revision %d, batch %+v", w.revision(), got)
	}
	w.sortedAsStored()
}

// wantFound fails unless a search finds this one person, saved just now.
func (w *world) wantFound(query store.PeopleQuery, n int) {
	w.t.Helper()
	page, err := w.store.People(w.ctx, w.org.ID, query)
	w.must(err)
	if len(page.People) != 1 || page.People[0].ID != personID(n) || !page.People[0].UpdatedAt.Equal(w.stamp()) {
		w.t.Errorf("%+v found %+v, want person %d, saved at %v", query, page.People, n, w.stamp())
	}
}

// untouched fails unless the people are as they were inserted.
func (w *world) untouched(numbers ...int) {
	w.t.Helper()
	for _, n := range numbers {
		if p := w.profile(n); p.Version != 1 || p.Hometown != "Porto" {
			w.t.Errorf("person %d was changed: %+v", n, p)
		}
	}
}

// sortedAsStored fails unless the stored sort key and completeness are those of
// the profiles.
func (w *world) sortedAsStored() {
	w.t.Helper()
	last := ""
	w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		return v.Team(w.ctx, store.TeamOptions{Sorted: true}, func(p *profile.Profile) error {
			key := profile.SortKey(p) + p.ID.String()
			if key < last {
				w.t.Errorf("%q comes after %q", key, last)
			}
			last = key
			return nil
		})
	}))
}

func testApplyTwice(t *testing.T, w *world) {
	b := w.confirmed(w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown))
	runs := []*store.Run{w.startRun(b), w.startRun(b)}
	for i, want := range []store.ApplyOutcome{store.ApplyApplied, store.ApplyNothing} {
		got, err := w.store.Apply(w.ctx, runs[i], nil, nil)
		w.must(err)
		if got != want {
			t.Errorf("apply %d: outcome %d, want %d", i, got, want)
		}
	}
	if got := w.profile(2); got.Version != 2 || w.revision() != 2 {
		t.Errorf("version %d, revision %d", got.Version, w.revision())
	}
	if _, ok, err := w.store.StartRun(w.ctx, b.ID, b.Generation, batch.Confirmed); err != nil || ok {
		t.Errorf("a run of an applied batch: %v, %v", ok, err)
	}
}

// testAppliesAtOnce applies one batch from four sides, on two connections to the
// database.
func testAppliesAtOnce(t *testing.T, w *world) {
	stores := []*store.Store{w.store, w.open(store.Options{})}
	for round := range 4 {
		b := w.confirmed(w.changing(2, w.profile(2), moves(fmt.Sprint("Town", round)), profile.Hometown))
		run := w.startRun(b)
		outcomes := make([]store.ApplyOutcome, 4)
		w.must(errors.Join(together(4, func(n int) error {
			var err error
			outcomes[n], err = stores[n%2].Apply(w.ctx, run, nil, nil)
			return err
		})...))
		applied := 0
		for _, outcome := range outcomes {
			if outcome == store.ApplyApplied {
				applied++
			} else if outcome != store.ApplyNothing {
				t.Errorf("outcome %d", outcome)
			}
		}
		if applied != 1 || w.profile(2).Version != int64(round+2) {
			t.Fatalf("applied %d times, version %d", applied, w.profile(2).Version)
		}
	}
}

func testOtherGeneration(t *testing.T, w *world) {
	b := w.confirmed(w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown))
	run := w.startRun(b)
	w.clock.Add(time.Minute)
	moved, err := w.store.NextGeneration(w.ctx, b.ID, b.Generation, time.Second)
	w.must(err)
	if !moved {
		t.Fatal("the generation was not raised")
	}
	got, err := w.store.Apply(w.ctx, run, nil, nil)
	w.must(err)
	if got != store.ApplyNothing {
		t.Errorf("outcome %d of an old generation", got)
	}
	w.untouched(2)
}

// testApplyMoved changes the team between preview and apply.
func testApplyMoved(t *testing.T, w *world) {
	row := w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown)
	b := w.confirmed(row)
	run := w.startRun(b)
	w.edit(3, moves("Faro"), profile.Hometown)
	for _, recheck := range []*store.Recheck{nil, {Revision: w.revision() - 1, Run: run}} {
		got, err := w.store.Apply(w.ctx, run, recheck, nil)
		w.must(err)
		if got != store.ApplyMoved {
			t.Fatalf("outcome %d", got)
		}
	}
	w.untouched(2)
	if got := w.batch(b.ID); got.State != batch.Confirmed {
		t.Fatalf("the batch is %s", got.State)
	}

	w.must(w.store.AddRows(w.ctx, run, []*plan.RowReport{row}))
	totals := totalsOf([]*plan.RowReport{row})
	totals.NotInFile = 77
	got, err := w.store.Apply(w.ctx, run, &store.Recheck{Revision: w.revision(), Totals: totals, Run: run}, nil)
	w.must(err)
	if applied := w.batch(b.ID); got != store.ApplyApplied || applied.Run != run.Number || applied.NotInFile != 77 {
		t.Errorf("outcome %d, batch %+v", got, applied)
	}
	if w.profile(2).Hometown != "Lisbon" || w.profile(3).Hometown != "Faro" {
		t.Error("the profiles are not as they should be")
	}
	w.wantRows(b, store.RowsQuery{Column: "Hometown"}, 2)
	rows, _, err := w.store.Rows(w.ctx, w.org.ID, b.ID, store.RowsQuery{})
	w.must(err)
	history, err := w.store.History(w.ctx, w.org.ID, personID(2), 10)
	w.must(err)
	if len(rows) != 1 || len(history) != 1 {
		t.Errorf("%d rows, %d changes in the history", len(rows), len(history))
	}
}

func testApplyStale(t *testing.T, w *world) {
	row := w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown)
	b := w.confirmed(row)
	run := w.startRun(b)
	w.edit(2, moves("Faro"), profile.Hometown)
	fresh := w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown)
	w.must(w.store.AddRows(w.ctx, run, []*plan.RowReport{fresh}))
	got, err := w.store.Apply(w.ctx, run, &store.Recheck{Revision: w.revision(), Totals: totalsOf([]*plan.RowReport{fresh}), Run: run}, nil)
	w.must(err)
	failed := w.batch(b.ID)
	if got != store.ApplyStale || failed.State != batch.Failed || failed.Failure.Code != batch.FailureStalePlan || failed.Failure.Message == "" {
		t.Errorf("outcome %d, batch %+v", got, failed)
	}
	if p := w.profile(2); p.Hometown != "Faro" || p.Version != 2 || w.revision() != 2 {
		t.Errorf("revision %d, profile %+v", w.revision(), p)
	}
	w.wantMails(b.ID, store.MailStale)
}

// testApplyInside looks a third time, under the locks.
func testApplyInside(t *testing.T, w *world) {
	row := w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown)
	b := w.confirmed(row)
	run := w.startRun(b)
	w.edit(3, moves("Faro"), profile.Hometown)
	old := &store.Recheck{Revision: w.revision(), Totals: totalsOf([]*plan.RowReport{row}), Run: run}
	w.edit(4, moves("Faro"), profile.Hometown)
	look := func(v *store.View) (*store.Recheck, error) {
		third, err := v.StartRun(w.ctx)
		if err != nil {
			return nil, err
		}
		town := ""
		if err := v.People(w.ctx, []profile.ID{personID(4)}, func(p *profile.Profile) error { town = p.Hometown; return nil }); err != nil {
			return nil, err
		}
		if town != "Faro" {
			t.Errorf("inside the locks person 4 lives in %q", town)
		}
		return &store.Recheck{Revision: v.Revision(), Totals: old.Totals, Run: third}, v.AddRows(w.ctx, third, []*plan.RowReport{row})
	}
	got, err := w.store.Apply(w.ctx, run, old, look)
	w.must(err)
	if applied := w.batch(b.ID); got != store.ApplyApplied || applied.State != batch.Applied || applied.Run == run.Number {
		t.Errorf("outcome %d, batch %+v", got, applied)
	}
	if p := w.profile(2); p.Hometown != "Lisbon" || p.Version != 2 {
		t.Errorf("%+v", p)
	}
	w.wantRows(b, store.RowsQuery{Column: "Hometown"}, 2)
	w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		if _, err := v.StartRun(w.ctx); err == nil {
			t.Error("a run began in a view outside an apply")
		}
		return nil
	}))
}

// testApplyMismatch gives the plan another count, or another version, than the
// team has: nothing is saved.
func testApplyMismatch(t *testing.T, w *world) {
	good := func(n int) *plan.RowReport { return w.changing(n, w.profile(n), moves("Lisbon"), profile.Hometown) }
	otherVersion := good(3)
	otherVersion.Version = 9
	nobody := good(4)
	nobody.ProfileID = personID(999)
	for name, wrong := range map[string]*plan.RowReport{"another version": otherVersion, "nobody": nobody} {
		b := w.confirmed(good(2), wrong)
		got, err := w.store.Apply(w.ctx, w.startRun(b), nil, nil)
		if err == nil {
			t.Errorf("%s: outcome %d without an error", name, got)
		}
		if left := w.batch(b.ID); left.State != batch.Confirmed || w.revision() != 1 {
			t.Errorf("%s: the batch is %s, revision %d", name, left.State, w.revision())
		}
		w.untouched(2, 3, 4)
		w.clear(w.batch(b.ID))
	}
	taken := w.changing(2, w.profile(2), func(p *profile.Profile) { p.Email = "P3@demo.example" }, profile.Email)
	b := w.confirmed(taken)
	if _, err := w.store.Apply(w.ctx, w.startRun(b), nil, nil); err == nil {
		t.Error("an email was given to two people")
	}
	w.untouched(2, 3)
}

func testApplyNothingToDo(t *testing.T, w *world) {
	b := w.confirmed()
	if got := w.apply(b); got != store.ApplyApplied || w.revision() != 1 {
		t.Errorf("outcome %d, revision %d", got, w.revision())
	}
}
