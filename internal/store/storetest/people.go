package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// nasty are texts that a way of writing could damage.
var nasty = []string{
	`back\slash`, `\N`, `\.`, `\t not a tab`, "tab\tand\nline\rbreaks\r\n", `'single' "double" ''`, "emoji 👩‍👩‍👧‍👦 e\u0301", "עברית \u202e 中文",
	"=1+1", "'", "%_?$1@name", "\x01\x1f\x7f", "{a,b}", "null", "\u00a0", strings.Repeat("長", 10_000), "",
}

func testNastyTexts(t *testing.T, w *world) {
	var people []*profile.Profile
	for i, text := range nasty {
		people = append(people, &profile.Profile{ID: personID(100 + i), Version: 3, FirstName: text, LastName: text, Hometown: text,
			StateOrCountry: text, Bio: text, EmployeeID: text, RoleID: 0, Deactivated: true})
	}
	w.insert(w.org, people)
	for _, want := range people {
		got, err := w.store.Profile(w.ctx, w.org.ID, want.ID)
		w.must(err)
		if diff := cmp.Diff(*want, got); diff != "" {
			t.Errorf("stored and read again:\n%s", diff)
		}
	}
	var found int
	w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		return v.Team(w.ctx, store.TeamOptions{}, func(p *profile.Profile) error {
			if at := slices.IndexFunc(people, func(q *profile.Profile) bool { return q.ID == p.ID }); at >= 0 {
				found++
				if p.Bio != people[at].Bio {
					t.Errorf("bio %q, want %q", p.Bio, people[at].Bio)
				}
			}
			return nil
		})
	}))
	if found != len(people) {
		t.Errorf("the team has %d of %d", found, len(people))
	}
}

func testWholeProfile(t *testing.T, w *world) {
	want := profile.Profile{
		ID: personID(50), Version: 9, Email: "Ana.Silva@Demo.example", EmployeeID: "007", FirstName: "Ana", LastName: "Silva", RoleID: 2,
		LeaderID: personID(1), LicenseType: profile.LicenseFlexible, EmploymentStatus: "temp", StartDate: "2024-02-29", Hometown: "Porto",
		StateOrCountry: "Portugal", Bio: "a\tb\nc", GroupIDs: []int32{7, 30}, PhoneChannel: true, EmailChannel: true,
	}
	w.insert(w.org, []*profile.Profile{&want})
	want.LeaderKey = "p1@demo.example"
	got := w.profile(50)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	org, err := w.store.Org(w.ctx, w.org.ID)
	w.must(err)
	if org.People != teamSize+1 {
		t.Errorf("the organization counts %d people", org.People)
	}
	_, err = w.store.InsertPeople(w.ctx, w.org.ID, values([]*profile.Profile{{ID: personID(51), Email: "ana.silva@DEMO.example"}}))
	w.wantFault(err, fault.Conflict, "people-exist")
	_, err = w.store.InsertPeople(w.ctx, store.NewID(), values(nil))
	w.wantFault(err, fault.NotFound, "not-found")
}

// testAbsentKeys has many people without email, employee ID, role and leader.
func testAbsentKeys(t *testing.T, w *world) {
	var people []*profile.Profile
	for n := range 200 {
		people = append(people, &profile.Profile{ID: personID(1000 + n), Version: 1, Deactivated: n%2 == 0})
	}
	people[0].LeaderID = people[199].ID // comes later
	w.insert(w.org, people)
	got := w.profile(1000)
	if got.Email != "" || got.EmployeeID != "" || got.RoleID != 0 || got.LeaderKey != "" || got.LeaderID != people[199].ID {
		t.Fatalf("got %+v", got)
	}
	page, err := w.store.People(w.ctx, w.org.ID, store.PeopleQuery{State: "incomplete", Limit: 1000})
	w.must(err)
	if len(page.People) != 200 {
		t.Errorf("%d incomplete people, want 200", len(page.People))
	}
	var complete int
	w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		return v.Team(w.ctx, store.TeamOptions{CompleteOnly: true, Sorted: true}, func(*profile.Profile) error { complete++; return nil })
	}))
	if want := teamSize + 100; complete != want {
		t.Errorf("%d people without incomplete deactivated ones, want %d", complete, want)
	}
}

func testActiveReports(t *testing.T, w *world) {
	w.insert(w.org, []*profile.Profile{{ID: personID(70), Version: 1, LeaderID: personID(1), Deactivated: true}})
	count, first, err := w.store.ActiveReports(w.ctx, w.org.ID, personID(1), 3)
	w.must(err)
	if count != teamSize-1 || len(first) != 3 || first[0].ID != personID(2) {
		t.Errorf("%d reports, first %v", count, first)
	}
	if !first[0].UpdatedAt.Equal(w.account.CreatedAt) {
		t.Errorf("updated at %v, want %v", first[0].UpdatedAt, w.account.CreatedAt)
	}
	count, first, err = w.store.ActiveReports(w.ctx, w.org.ID, personID(2), 3)
	w.must(err)
	if count != 0 || len(first) != 0 {
		t.Errorf("%d reports of somebody who leads nobody", count)
	}
}

// testView changes the team while a view is open: the view does not see it.
func testView(t *testing.T, w *world) {
	w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		if v.Revision() != 1 || v.TeamSize() != teamSize {
			t.Errorf("revision %d, team of %d", v.Revision(), v.TeamSize())
		}
		if role, ok := v.Directory().RoleByName("agent"); !ok || role.ID != 1 {
			t.Errorf("the directory has %+v", role)
		}
		w.edit(2, moves("Lisbon"), profile.Hometown)
		ids := []profile.ID{personID(2), personID(999), {}, personID(3)}
		for n := range 5000 { // more than one query asks for
			ids = append(ids, personID(10_000+n))
		}
		var towns []string
		err := v.People(w.ctx, ids, func(p *profile.Profile) error {
			towns = append(towns, fmt.Sprint(p.Hometown, p.Version, p.LeaderKey))
			return nil
		})
		want := []string{"Porto1p1@demo.example", "Porto1p1@demo.example"}
		if !slices.Equal(towns, want) {
			t.Errorf("the view sees %v, want %v", towns, want)
		}
		return err
	}))
	if got := w.profile(2).Hometown; got != "Lisbon" {
		t.Errorf("after the view the hometown is %q", got)
	}
	err := w.store.View(w.ctx, store.NewID(), func(*store.View) error { return nil })
	w.wantFault(err, fault.NotFound, "not-found")
}

// edit saves an edit of a person's hometown or the like, as their page does.
func (w *world) edit(n int, change func(*profile.Profile), fields ...profile.Field) profile.Profile {
	w.t.Helper()
	p, _, err := w.tryEdit(w.store, n, w.profile(n).Version, change, fields...)
	w.must(err)
	return p
}

func (w *world) tryEdit(s *store.Store, n int, version int64, change func(*profile.Profile), fields ...profile.Field) (profile.Profile, *plan.RowReport, error) {
	return s.EditProfile(w.ctx, store.Edit{OrgID: w.org.ID, ProfileID: personID(n), ActorID: w.account.ID,
		ActorEmail: "editor@demo.example", Source: "page", IfVersion: version, RequestID: "request"},
		func(v *store.View, current *profile.Profile) (*plan.RowReport, error) {
			return changing(v.Directory(), 1, *current, change, fields...), nil
		})
}

// testLeadersInTheStream: whoever leads somebody is named in the whole team, also
// leaders who are deactivated or no managers any more.
func testLeadersInTheStream(t *testing.T, w *world) {
	for i, leader := range []profile.Profile{
		{Email: "active@demo.example", CanManageTeam: true}, {EmployeeID: "007", CanManageTeam: true, Deactivated: true},
		{Email: "demoted@demo.example"}, {Email: "both@demo.example", EmployeeID: "008", Deactivated: true},
	} {
		leader.ID, leader.Version = personID(500+i), 1
		led := profile.Profile{ID: personID(600 + i), Version: 1, LeaderID: leader.ID}
		w.insert(w.org, []*profile.Profile{&leader, &led})
	}
	for _, sorted := range []bool{false, true} {
		keys := map[profile.ID]string{}
		w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
			return v.Team(w.ctx, store.TeamOptions{Sorted: sorted}, func(p *profile.Profile) error {
				keys[p.ID] = p.LeaderKey
				return nil
			})
		}))
		for i, want := range []string{"active@demo.example", "007", "demoted@demo.example", "both@demo.example"} {
			if got := keys[personID(600+i)]; got != want {
				t.Errorf("sorted %v: the leader is %q, want %q", sorted, got, want)
			}
		}
	}
}
