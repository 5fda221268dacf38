package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// naive is what a list has to be, worked out from the profiles.
type naive struct {
	query  store.PeopleQuery
	search profile.Search
}

func (n naive) fits(p *profile.Profile) bool {
	q := n.query
	state := map[string]bool{"": true, "active": !p.Deactivated, "deactivated": p.Deactivated, "incomplete": profile.Incomplete(p) != 0}
	return n.search.Finds(p) && state[q.State] && (q.RoleID == 0 || q.RoleID == p.RoleID) &&
		(q.GroupID == 0 || slices.Contains(p.GroupIDs, q.GroupID)) && (q.LeaderID.IsZero() || q.LeaderID == p.LeaderID) &&
		(!q.Managers || p.CanManageTeam && !p.Deactivated)
}

// rank is where a person stands: by leg, key and id.
type rank struct {
	leg     int
	key, id string
}

func (n naive) rank(p *profile.Profile, saved time.Time, unsorted bool) rank {
	byName := rank{0, profile.SortKey(p), p.ID.String()}
	key := byName.key
	switch {
	case unsorted && len(n.search.Words()) > 0:
		return n.match(p, byName)
	case unsorted:
		return byName
	case n.query.Sort == store.SortByEmail:
		key = profile.EmailKey(p.Email)
	case n.query.Sort == store.SortByEmployeeID:
		key = p.EmployeeID
	case n.query.Sort == store.SortByChange:
		key = saved.Format(time.RFC3339Nano)
	}
	if key == "" {
		byName.leg = 1
		return byName
	}
	return rank{0, key, byName.id}
}

// match ranks by how the longest word is found.
func (n naive) match(p *profile.Profile, byName rank) rank {
	longest := slices.MaxFunc(n.search.Words(), func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	begins := func(text string) bool { return strings.HasPrefix(text, longest) }
	terms := profile.SearchTerms(p)
	at := slices.IndexFunc(terms, begins)
	switch {
	case begins(byName.key):
		return byName
	case at >= 0:
		return rank{1, terms[at] + "\x01" + byName.key, byName.id}
	case begins(p.EmployeeID):
		return rank{2, p.EmployeeID, byName.id}
	}
	return rank{3, profile.EmailKey(p.Email), byName.id}
}

// list is the whole list, in order.
func (n naive) list(c *crowd, unsorted bool) []profile.ID {
	var found []*profile.Profile
	for _, p := range c.people {
		if n.fits(p) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b *profile.Profile) int {
		ranks := [2]rank{n.rank(a, c.saved[a.ID], unsorted), n.rank(b, c.saved[b.ID], unsorted)}
		along := cmp.Or(strings.Compare(ranks[0].key, ranks[1].key), strings.Compare(ranks[0].id, ranks[1].id))
		if n.query.Descending && !unsorted {
			along = -along
		}
		return cmp.Or(cmp.Compare(ranks[0].leg, ranks[1].leg), along)
	})
	ids := []profile.ID{}
	for _, p := range found {
		ids = append(ids, p.ID)
	}
	return ids
}

func drawPeopleQuery(t *rapid.T) store.PeopleQuery {
	maybe := func(label string) bool { return rapid.IntRange(0, 3).Draw(t, label) == 0 }
	q := store.PeopleQuery{
		Sort:       rapid.SampledFrom([]store.PeopleSort{store.SortByName, store.SortByEmail, store.SortByEmployeeID, store.SortByChange}).Draw(t, "sort"),
		Descending: rapid.Bool().Draw(t, "descending"),
		Limit:      rapid.IntRange(1, 30).Draw(t, "limit"),
		Managers:   maybe("managers"),
	}
	words := rapid.SampledFrom([]string{"a", "an", "ana", "s", "si", "silva", "va", "o'a", "li", "łi", "de", "王", "王李", "éva", "0", "e-", "ana.s", "ana.silva1", "p1@demo", "p", "zz", ","})
	if !maybe("no search") {
		q.Search = strings.Join(rapid.SliceOfN(words, 0, 5).Draw(t, "words"), " ")
	}
	if maybe("by state") {
		q.State = rapid.SampledFrom([]string{"active", "deactivated", "incomplete"}).Draw(t, "state")
	}
	if maybe("by role") {
		q.RoleID = rapid.Int32Range(1, 3).Draw(t, "role")
	}
	if maybe("by group") {
		q.GroupID = rapid.SampledFrom([]int32{7, 30, 3}).Draw(t, "group")
	}
	if maybe("by leader") {
		q.LeaderID = personID(rapid.IntRange(1, 4).Draw(t, "leader"))
	}
	return q
}

// pages reads a whole list page by page. unsorted, if any page was.
func (c *crowd) pages(t *rapid.T, s boundedStore, q store.PeopleQuery) (ids []profile.ID, total int, unsorted bool) {
	for pages := 0; ; pages++ {
		page, err := s.People(c.ctx, c.org.ID, q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.People) > q.Limit || page.Looked > 0 && (page.Looked > s.Walked || page.Next == "" || len(page.People) == q.Limit) || pages > 1000 {
			t.Fatalf("page %d has %d people of %d looked at, then %q", pages, len(page.People), page.Looked, page.Next)
		}
		if pages == 0 {
			total, unsorted = page.Total, page.Unsorted
		}
		for i := range page.People {
			ids = append(ids, page.People[i].ID)
		}
		if page.Next == "" {
			return ids, total, unsorted
		}
		q.After = page.Next
	}
}

func (c *crowd) check(t *rapid.T) {
	q := drawPeopleQuery(t)
	s := rapid.SampledFrom(c.stores).Draw(t, "bounds")
	want := naive{q, profile.NewSearch(q.Search)}
	got, total, unsorted := c.pages(t, s, q)
	if list := want.list(c, unsorted); !slices.Equal(got, list) {
		t.Fatalf("%+v, unsorted %v, within %+v: the pages have\n%v, want\n%v", q, unsorted, s.PeopleBounds, got, list)
	}
	if total >= 0 && total != len(got) {
		t.Errorf("%+v: a total of %d, and %d people", q, total, len(got))
	}
	if s.Few > crowdSize && (unsorted || q.Search != "" && total < 0) {
		t.Errorf("%+v: a small team was not sorted and counted", q)
	}
}

// testPeopleLists compares lists of every kind, page by page, with what they have
// to be: of people as they were inserted, and as they were changed by hand and by
// files.
func testPeopleLists(t *testing.T, w *world) {
	c := newCrowd(w)
	rapid.Check(t, c.check)
	for range 3 {
		c.editSome()
		c.applySome()
	}
	rapid.Check(t, c.check)
}

// testManyPeople inserts and renames more people than are taken at a time.
func testManyPeople(t *testing.T, w *world) {
	const many = 1100
	var people []*profile.Profile
	for n := range many {
		people = append(people, &profile.Profile{ID: personID(1000 + n), Version: 1, FirstName: fmt.Sprintf("Old%d", n), LastName: "Many",
			Email: fmt.Sprintf("a%d.b%d@demo.example", n, n), GroupIDs: []int32{7}, RoleID: 2})
	}
	w.insert(w.org, people)
	count := func(search string) int {
		page, err := w.store.People(w.ctx, w.org.ID, store.PeopleQuery{Search: search, RoleID: 2})
		w.must(err)
		return page.Total
	}
	if got := [2]int{count("old"), count("b")}; got != [2]int{many, many} {
		t.Errorf("%d people are found of %d", got, many)
	}
	var rows []*plan.RowReport
	for i, p := range people {
		rows = append(rows, w.changing(2+i, *p, func(p *profile.Profile) { p.FirstName = "New" + p.FirstName[3:] }, profile.FirstName))
	}
	if outcome := w.apply(w.confirmed(rows...)); outcome != store.ApplyApplied {
		t.Fatalf("outcome %d", outcome)
	}
	if got := [2]int{count("old"), count("new")}; got != [2]int{0, many} {
		t.Errorf("%d people are found by their old and new names", got)
	}
}

func testPeoplePaging(t *testing.T, w *world) {
	w.insert(w.org, []*profile.Profile{
		{ID: personID(500), Version: 1, FirstName: "Same", LastName: "Ångström"},
		{ID: personID(499), Version: 1, FirstName: "Same", LastName: "Angstrom"},
	})
	var pages []profile.ID
	for query := (store.PeopleQuery{Limit: 5}); ; {
		page, err := w.store.People(w.ctx, w.org.ID, query)
		w.must(err)
		for _, p := range page.People {
			pages = append(pages, p.ID)
		}
		if query.After = page.Next; page.Next == "" {
			break
		}
	}
	var team []profile.ID
	w.must(w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		return v.Team(w.ctx, store.TeamOptions{Sorted: true}, func(p *profile.Profile) error { team = append(team, p.ID); return nil })
	}))
	if !slices.Equal(pages, team) || len(team) != teamSize+2 || team[0] != personID(499) {
		t.Errorf("the pages have %v, the download %v", pages, team)
	}
	first, err := w.store.People(w.ctx, w.org.ID, store.PeopleQuery{Limit: 1})
	w.must(err)
	for _, query := range []store.PeopleQuery{
		{After: "x"}, {After: "???"}, {After: "AAAA"}, {After: "bm90LWFuLWlk"},
		{After: first.Next, Descending: true}, {After: first.Next, Sort: store.SortByEmail}, {After: first.Next + "AA", Sort: store.SortByEmail},
	} {
		_, err := w.store.People(w.ctx, w.org.ID, query)
		w.wantFault(err, fault.BadRequest, "cursor-unknown")
	}
	_, err = w.store.People(w.ctx, w.org.ID, store.PeopleQuery{State: "asleep"})
	w.wantFault(err, fault.BadRequest, "state-unknown")
}

func testPeopleSearch(t *testing.T, w *world) {
	long := strings.Repeat("x", 150)
	w.insert(w.org, []*profile.Profile{
		{ID: personID(60), Version: 1, FirstName: "Ana", LastName: "Ångström", Email: "ANA@Búcher.example", EmployeeID: "AB-77", RoleID: 2, CanManageTeam: true},
		{ID: personID(61), Version: 1, FirstName: "100%", LastName: "O'Neil_\\", Deactivated: true, LeaderID: personID(60), GroupIDs: []int32{5}},
		{ID: personID(62), Version: 1, FirstName: "Long", LastName: long + " Needle", LeaderID: personID(60)},
	})
	for _, c := range []struct {
		query store.PeopleQuery
		want  []int
	}{
		{store.PeopleQuery{Search: "angstrom"}, []int{60}},
		{store.PeopleQuery{Search: "ana ÅNG"}, []int{60}},
		{store.PeopleQuery{Search: "ab-77"}, []int{60}},
		{store.PeopleQuery{Search: "ANA@bú"}, []int{60}},
		{store.PeopleQuery{Search: "100%"}, []int{61}},
		{store.PeopleQuery{Search: `neil_\`}, []int{61}},
		{store.PeopleQuery{Search: "%"}, nil},
		{store.PeopleQuery{Search: "needle"}, []int{62}},
		{store.PeopleQuery{Search: long}, []int{62}},
		{store.PeopleQuery{Search: long + "x"}, nil},
		{store.PeopleQuery{Search: "nobody\x00\xff"}, nil},
		{store.PeopleQuery{RoleID: 2}, []int{60}},
		{store.PeopleQuery{GroupID: 5}, []int{61}},
		{store.PeopleQuery{GroupID: 5, State: "active"}, nil},
		{store.PeopleQuery{LeaderID: personID(60)}, []int{61, 62}},
		{store.PeopleQuery{LeaderID: personID(60), Descending: true}, []int{62, 61}},
		{store.PeopleQuery{LeaderID: personID(60), State: "active"}, []int{62}},
		{store.PeopleQuery{State: "deactivated"}, []int{61}},
		{store.PeopleQuery{Search: "needle", Managers: true}, nil},
	} {
		page, err := w.store.People(w.ctx, w.org.ID, c.query)
		w.must(err)
		if got := numbers(page.People); !slices.Equal(got, c.want) || page.Total > 0 && page.Total != len(c.want) {
			t.Errorf("%+v found %v of %d, want %v", c.query, got, page.Total, c.want)
		}
	}
	page, err := w.store.People(w.ctx, w.org.ID, store.PeopleQuery{Search: "needle"})
	w.must(err)
	if got := page.People[0]; got.LeaderName != "Ana Ångström" || got.LeaderKey != "ANA@Búcher.example" {
		t.Errorf("the leader is %q, %q", got.LeaderName, got.LeaderKey)
	}
}

// numbers are the n of people's personID(n).
func numbers(people []store.Person) []int {
	var found []int
	for _, p := range people {
		for n := range 1000 {
			if p.ID == personID(n) {
				found = append(found, n)
			}
		}
	}
	return found
}

// testPeopleBounds looks for people who are rare among many: a page looks at no
// more than its bound and says where it goes on, unless the indexes can tell.
func testPeopleBounds(t *testing.T, w *world) {
	var people []*profile.Profile
	for n := range 12 {
		people = append(people, &profile.Profile{ID: personID(100 + n), Version: 1, FirstName: fmt.Sprintf("N%02d", n), LastName: "Common", Deactivated: n >= 10})
	}
	w.insert(w.org, people)
	ask := func(bounds store.PeopleBounds, q store.PeopleQuery) store.PeoplePage {
		page, err := w.open(store.Options{PeopleBounds: bounds}).People(w.ctx, w.org.ID, q)
		w.must(err)
		return page
	}
	few, query := store.PeopleBounds{Few: 1, Compared: 1, Walked: 7}, store.PeopleQuery{Search: "common", State: "deactivated", Sort: store.SortByChange}
	first := ask(few, query)
	if len(first.People) != 0 || first.Looked != 7 || first.Next == "" || first.Total >= 0 || !first.Unsorted {
		t.Errorf("the first page: %+v", first)
	}
	query.After = first.Next
	if second := ask(few, query); !slices.Equal(numbers(second.People), []int{110, 111}) || second.Looked != 0 || second.Next != "" || !second.Unsorted {
		t.Errorf("the second page: %+v", second)
	}
	query.After = ""
	if met := ask(store.PeopleBounds{Few: 2, Compared: 50, Walked: 7}, query); len(met.People) != 2 || met.Total != 2 || met.Next != "" || met.Unsorted {
		t.Errorf("both conditions are met by %+v", met)
	}
	if hasty := ask(store.PeopleBounds{Few: 1, Compared: 1, Walked: 1000, Time: 1}, store.PeopleQuery{Search: "common", State: "deactivated", Limit: 3}); hasty.Looked != 4 || hasty.Next == "" {
		t.Errorf("out of time: %+v", hasty)
	}
	query.State, query.Limit = "active", 7
	if full := ask(few, query); len(full.People) != 7 || full.Looked != 0 || full.Next == "" {
		t.Errorf("a full page: %+v", full)
	}
}

func testLeadersMeant(t *testing.T, w *world) {
	w.insert(w.org, []*profile.Profile{
		{ID: personID(80), Version: 1, FirstName: "Ana", LastName: "Silva", Email: "ana@demo.example", CanManageTeam: true},
		{ID: personID(81), Version: 1, FirstName: "Ana", LastName: "Costa", EmployeeID: "ana-2", CanManageTeam: true},
		{ID: personID(82), Version: 1, FirstName: "Ana", LastName: "Reed", EmployeeID: "ana-3"},
	})
	for text, want := range map[string][]int{
		" ANA@demo.example": {80}, "ana-3": {82}, "ana": {81, 80}, "ana silva": {80}, "reed": nil, "nobody": nil, " ": nil, ",": nil, "\x00": nil,
	} {
		people, more, err := w.store.LeadersMeant(w.ctx, w.org.ID, text, 2)
		w.must(err)
		if got := numbers(people); !slices.Equal(got, want) || more {
			t.Errorf("%q means %v, want %v", text, got, want)
		}
	}
	if people, more, err := w.store.LeadersMeant(w.ctx, w.org.ID, "ana", 1); err != nil || len(people) != 1 || !more {
		t.Errorf("one of two: %d people, more %v, %v", len(people), more, err)
	}
}
