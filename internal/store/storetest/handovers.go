package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// seen is what somebody sees of a person before handing their reports over.
func (w *world) seen(n int) store.HandOver {
	w.t.Helper()
	reports, err := w.store.Reports(w.ctx, w.org.ID, personID(n), 3)
	w.must(err)
	return store.HandOver{Seal: reports.Seal, Edit: store.Edit{OrgID: w.org.ID, ProfileID: personID(n), ActorID: w.account.ID,
		ActorEmail: "editor@demo.example", Source: "page", IfVersion: w.profile(n).Version, RequestID: "request"}}
}

// ask drives rules about other people to their end.
func ask(ctx context.Context, v *store.View, rules interface {
	store.Asker
	AddPerson(*profile.Profile)
	NamesWanted() []profile.ID
	Name(*profile.Profile)
}) error {
	if err := v.Supply(ctx, rules, func(p *profile.Profile) error { rules.AddPerson(p); return nil }); err != nil {
		return err
	}
	return v.People(ctx, rules.NamesWanted(), func(p *profile.Profile) error { rules.Name(p); return nil })
}

// to gives every report the leader with an email, by the rules.
func (w *world) to(email string) store.Lead {
	return func(v *store.View, _ *profile.Profile, reports []profile.Profile) ([]*plan.RowReport, error) {
		leaders := make([]string, len(reports))
		for i := range reports {
			if leaders[i] = email; reports[i].Email == email {
				leaders[i] = ""
			}
		}
		r := plan.NewReassignment(reports, leaders, plan.Config{Directory: v.Directory()})
		if err := ask(w.ctx, v, r); err != nil {
			return nil, err
		}
		return r.Finish(), nil
	}
}

// with changes cells of a person by the rules.
func (w *world) with(cells map[profile.Field]string) store.Judge {
	return func(v *store.View, current *profile.Profile) (*plan.RowReport, error) {
		e := plan.NewEdit(current, cells, plan.Config{Directory: v.Directory()})
		if err := ask(w.ctx, v, e); err != nil {
			return nil, err
		}
		return e.Finish(), nil
	}
}

func (w *world) deactivating() store.Judge {
	return w.with(map[profile.Field]string{profile.Deactivated: "y", profile.CanManageTeam: "n"})
}

// promote lets people lead a team.
func (w *world) promote(people ...int) {
	w.t.Helper()
	for _, n := range people {
		w.edit(n, func(p *profile.Profile) { p.CanManageTeam = true }, profile.CanManageTeam)
	}
}

func testHandOver(t *testing.T, w *world) {
	w.promote(2)
	w.insert(w.org, []*profile.Profile{{ID: personID(70), Version: 1, LeaderID: personID(1), Deactivated: true}})
	reports, err := w.store.Reports(w.ctx, w.org.ID, personID(1), 3)
	w.must(err)
	if reports.Count != teamSize-1 || len(reports.People) != 3 || reports.People[0].ID != personID(2) || reports.Seal == "" {
		t.Fatalf("%+v", reports)
	}
	asked, before := w.seen(1), w.revision()
	got, err := w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.deactivating())
	w.must(err)
	if got.Refused() || !got.Person.Deactivated || got.Person.CanManageTeam || len(got.Reports) != teamSize-1 || len(got.Report.Changes) != 2 {
		t.Errorf("%+v", got)
	}
	if w.revision() != before+1 {
		t.Errorf("revision %d after %d", w.revision(), before)
	}
	want := w.people[4]
	after := w.profile(5)
	wanted := *want
	wanted.Version, wanted.LeaderID, wanted.LeaderKey = 2, personID(2), "p2@demo.example"
	if diff := cmp.Diff(wanted, after); diff != "" {
		t.Error(diff)
	}
	if second := w.profile(2); !second.LeaderID.IsZero() || second.Version != 3 {
		t.Errorf("the new leader is led by %s in version %d", second.LeaderKey, second.Version)
	}
	if gone := w.profile(70); gone.Version != 1 || gone.LeaderID != personID(1) {
		t.Errorf("somebody who is deactivated was moved: %+v", gone)
	}
	history, err := w.store.History(w.ctx, w.org.ID, personID(5), 10)
	w.must(err)
	if diff := cmp.Diff([]store.HistoryEntry{{Version: 2, At: w.account.CreatedAt, By: "editor@demo.example", Source: "page",
		Changes: []plan.Change{{Column: "Team Leader", Old: "p1@demo.example", New: "p2@demo.example"}}}}, history); diff != "" {
		t.Error(diff)
	}
	// Who clicks twice finds it done; somebody else does not.
	again, err := w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.deactivating())
	w.must(err)
	if again.Refused() || !again.Person.Deactivated || w.revision() != before+1 {
		t.Errorf("the second time: %+v, revision %d", again, w.revision())
	}
	asked.ActorID = w.newAccount(w.org, "other@demo.example").ID
	_, err = w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.deactivating())
	w.wantFault(err, fault.Stale, "version-changed")
}

// untouchedTeam fails unless everybody is as they were.
func (w *world) untouchedTeam(revision int64) {
	w.t.Helper()
	for n := 1; n <= teamSize; n++ {
		if p := w.profile(n); p.Deactivated || n > 2 && (p.Version != 1 || p.LeaderID != personID(1)) {
			w.t.Errorf("person %d was changed: %+v", n, p)
		}
	}
	if w.revision() != revision {
		w.t.Errorf("revision %d, want %d", w.revision(), revision)
	}
}

func testHandOverRefused(t *testing.T, w *world) {
	asked, before := w.seen(1), w.revision()
	got, err := w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.deactivating()) // who is no manager
	w.must(err)
	if wrong := store.Wrong(got.Reports); len(wrong) != teamSize-2 || wrong[0].Problems[0].Code != problem.LeaderNotManager || got.Report != nil {
		t.Errorf("%+v", got)
	}
	w.untouchedTeam(before)
	// What is wrong with the person takes the others' new leaders back.
	w.promote(2)
	asked, before = w.seen(1), w.revision()
	got, err = w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.with(map[profile.Field]string{profile.Deactivated: "y", profile.LastName: ""}))
	w.must(err)
	if len(store.Wrong(got.Reports)) > 0 || !got.Refused() || got.Report.Problems[0].Code != problem.RequiredEmpty {
		t.Errorf("%+v", got)
	}
	w.untouchedTeam(before)
	failure := errors.New("the judge fell ill")
	_, err = w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), func(*store.View, *profile.Profile) (*plan.RowReport, error) { return nil, failure })
	if !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	w.untouchedTeam(before)
	asked.ProfileID = personID(999)
	_, err = w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.deactivating())
	w.wantFault(err, fault.NotFound, "not-found")
}

// testHandOverStale: whoever was not on the list when it was seen, or was
// different, keeps everything from being saved.
func testHandOverStale(t *testing.T, w *world) {
	w.promote(2)
	fails := func(asked store.HandOver, code string) {
		t.Helper()
		before := w.revision()
		_, err := w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.deactivating())
		w.wantFault(err, fault.Stale, code)
		if w.revision() != before || w.profile(1).Deactivated {
			t.Errorf("something was saved")
		}
	}
	asked := w.seen(1)
	w.edit(5, moves("Faro"), profile.Hometown)
	fails(asked, "reports-changed")
	asked = w.seen(1)
	w.edit(5, func(p *profile.Profile) { p.LeaderID = personID(2) }, profile.TeamLeader)
	fails(asked, "reports-changed")
	asked = w.seen(1)
	w.insert(w.org, []*profile.Profile{{ID: personID(71), Version: 1, FirstName: "New", LeaderID: personID(1)}})
	fails(asked, "reports-changed")
	asked = w.seen(1)
	w.edit(1, moves("Faro"), profile.Hometown)
	fails(asked, "version-changed")
	many := make([]*profile.Profile, store.ReportsMost)
	for i := range many {
		many[i] = &profile.Profile{ID: personID(10_000 + i), Version: 1, LeaderID: personID(1)}
	}
	asked = w.seen(1)
	w.insert(w.org, many)
	_, err := w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.deactivating())
	w.wantFault(err, fault.Conflict, "too-many-reports")
	_, err = w.store.Reports(w.ctx, w.org.ID, personID(1), 3)
	w.wantFault(err, fault.Conflict, "too-many-reports")
}

// testHandOversAtOnce sends one form from several sides: it is saved once, and
// everybody is told that it is.
func testHandOversAtOnce(t *testing.T, w *world) {
	w.promote(2)
	asked, before := w.seen(1), w.revision()
	errs := together(4, func(int) error {
		_, err := w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.deactivating())
		return err
	})
	w.must(errors.Join(errs...))
	if p := w.profile(5); p.Version != 2 || w.revision() != before+1 || w.profile(1).Version != 2 {
		t.Errorf("version %d, revision %d after %d", p.Version, w.revision(), before)
	}
}

// testHandOverBesideANewReport: while a manager is being deactivated, somebody
// else is given to them. One of the two comes first and keeps the other from being
// saved, so nobody active is led by somebody deactivated.
func testHandOverBesideANewReport(t *testing.T, w *world) {
	w.promote(2, 3)
	const rounds = 6
	for n := range rounds {
		leader, other := 3, 6+n
		w.edit(leader, func(p *profile.Profile) { p.Deactivated, p.LeaderID = false, profile.ID{} }, profile.Deactivated, profile.TeamLeader)
		w.edit(4, func(p *profile.Profile) { p.LeaderID = personID(leader) }, profile.TeamLeader)
		asked, version := w.seen(leader), w.profile(other).Version
		var over store.HandedOver
		var given *plan.RowReport
		errs := together(2, func(side int) (err error) {
			if side == 0 {
				over, err = w.store.HandOver(w.ctx, asked, w.to("p2@demo.example"), w.with(map[profile.Field]string{profile.Deactivated: "y"}))
				return err
			}
			_, given, err = w.store.EditProfile(w.ctx, store.Edit{OrgID: w.org.ID, ProfileID: personID(other), ActorID: w.account.ID, Source: "page", IfVersion: version},
				w.with(map[profile.Field]string{profile.TeamLeader: "p3@demo.example"}))
			return err
		})
		w.must(errs[1])
		switch saved := w.profile(leader).Deactivated; {
		case saved && (errs[0] != nil || over.Refused() || len(given.Problems) != 1 || given.Problems[0].Code != problem.LeaderInactive):
			t.Errorf("deactivated with %v; the other was told %+v", errs[0], given.Problems)
		case !saved && (!fault.Is(errs[0], fault.Stale) || len(given.Problems) > 0):
			t.Errorf("not deactivated: %v; the other was told %+v", errs[0], given.Problems)
		}
		count, _, err := w.store.ActiveReports(w.ctx, w.org.ID, personID(leader), 0)
		w.must(err)
		if w.profile(leader).Deactivated && count > 0 {
			t.Fatalf("%d active people are led by somebody deactivated", count)
		}
		w.edit(other, func(p *profile.Profile) { p.LeaderID = personID(1) }, profile.TeamLeader)
	}
}
