package producer

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func TestTeamIsSearched(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	all := b.open("/team").is(http.StatusOK, "Lea Silva", "Ana Silva", "lea@home.example", "Deactivated", "incomplete", "Billing, VIP", "Phone")
	all.form("/team").set("q", "ana").send().is(http.StatusOK, "Ana Silva", "1 person found").lacks("Bo Silva")
	all.form("/team").set("q", "00003").send().is(http.StatusOK, "Bo Silva").lacks("Ana Silva")
	all.form("/team").set("state", "deactivated").send().is(http.StatusOK, "Gone").lacks("Ana Silva")
	all.form("/team").set("role", "2").send().is(http.StatusOK, "Lea Silva", "1 person found").lacks("Ana Silva")
	all.form("/team").set("group", "2").send().is(http.StatusOK, "Ana Silva", "3 people found").lacks("Gone")
	all.form("/team").set("q", "nobody like that").send().is(http.StatusOK, "Nobody found")
	b.open("/team?q="+strings.Repeat("%C3%A9", searchLongest)).is(http.StatusOK, "Nobody found")
	b.open("/team?after=nonsense").is(http.StatusBadRequest)
}

func TestTeamOfALeader(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	b.open("/team/"+personID(1, 1).String()).follow("Show all of them").is(http.StatusOK, "Çelik Silva", "People led by Lea Silva")
	all := b.open("/team")
	for _, text := range []string{"LEA@home.example", "00001", "lea", "silva le"} {
		p := all.form("/team").set("leader", text).set("state", "active").send().is(http.StatusOK, "People led by Lea Silva. 3 people found")
		p.follow("Email").is(http.StatusOK, "People led by Lea Silva. 3 people found")
		if got := p.form("/team").values.Get("leader"); got != text {
			t.Errorf("the field has %q, not %q", got, text)
		}
	}
	for _, text := range []string{"lae@home.example", "ana", "00002x"} {
		p := all.form("/team").set("leader", text).send().is(http.StatusOK, "Nobody has this email or employee ID", "Whose reports?").lacks("Bo Silva")
		if !strings.HasPrefix(p.title(), "Error: ") || p.form("/team").values.Get("leader") != text {
			t.Errorf("after %q the title is %q", text, p.title())
		}
	}
	_, err := r.store.InsertPeople(t.Context(), r.home.org.ID, slices.Values([]*profile.Profile{
		{ID: personID(1, 20), Version: 1, FirstName: "Lea", LastName: "Costa", Email: "lc@home.example", CanManageTeam: true}}))
	r.must(err)
	all.form("/team").set("leader", "lea").set("state", "active").send().is(http.StatusOK, "More than one team leader", "Lea Costa (lc@home.example)").
		follow("Lea Silva (lea@home.example)").is(http.StatusOK, "People led by Lea Silva. 3 people found")
	all.form("/team").set("leader", personID(1, 1).String()).send().is(http.StatusOK, "People led by Lea Silva")
	b.open("/team?leader=" + personID(2, 1).String()).is(http.StatusNotFound)
}

func TestManyLeadersAreMeant(t *testing.T) {
	t.Parallel()
	for _, meant := range []int{0, 1, leadersOffered} {
		if field := unclearLeader("a", make([]store.Person, meant), true, store.PeopleQuery{}); len(field.Choices) > 0 || !strings.HasPrefix(field.Problem, "Many") {
			t.Errorf("of many: %+v", field)
		}
	}
}

// column is what stands in a column of the table of people.
func (p *shownPage) column(number int) []string {
	var out []string
	for _, row := range elements(elements(p.root, "tbody")[0], "tr") {
		cells := slices.Concat(elements(row, "th"), elements(row, "td"))
		out = append(out, (&shownPage{root: cells[number]}).text())
	}
	return out
}

// sorted is the column that the table says it is sorted by, and how.
func (p *shownPage) sorted() string {
	for _, th := range elements(p.root, "th") {
		if has(th, "aria-sort") {
			return (&shownPage{root: th}).text() + " " + attribute(th, "aria-sort")
		}
	}
	return ""
}

func TestTeamIsSorted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	page := r.signedIn().open("/team?q=s")
	for _, step := range []struct {
		follow, sorted string
		column         int
		want           []string
	}{
		{"Email", "Email ascending", 1, []string{"a@home.example", "b@home.example", "lea@home.example", "ç@home.example"}},
		{"Email", "Email descending", 1, []string{"ç@home.example", "lea@home.example", "b@home.example", "a@home.example"}},
		{"Employee ID", "Employee ID ascending", 2, []string{"00001", "00002", "00003", "00004"}},
		{"Last change", "Last change descending", 0, nil},
		{"Last change", "Last change ascending", 0, nil},
		{"Name", "Name ascending", 0, []string{"Ana Silva", "Bo Silva", "Çelik Silva", "Lea Silva manages"}},
		{"Name", "Name descending", 0, []string{"Lea Silva manages", "Çelik Silva", "Bo Silva", "Ana Silva"}},
	} {
		page = page.follow(step.follow).is(http.StatusOK, "4 people found")
		if got := page.sorted(); got != step.sorted {
			t.Errorf("after %s the page is sorted by %q, want %q", step.follow, got, step.sorted)
		}
		if got := page.column(step.column); step.want != nil && !slices.Equal(got, step.want) {
			t.Errorf("%s: %q, want %q", step.sorted, got, step.want)
		}
	}
	if got := page.form("/team").set("sort", "employee-id").send().column(2)[0]; got != "00001" {
		t.Errorf("sorted by the form, the first employee ID is %q", got)
	}
}

func TestTeamPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const many = 2*peopleShown + 50
	people := make([]*profile.Profile, many)
	for n := range people {
		people[n] = &profile.Profile{ID: profile.ID{0: 1, 1: 1, 14: byte(n >> 8), 15: byte(n)}, Version: 1, FirstName: fmt.Sprintf("N%03d", n), LastName: "Many", GroupIDs: []int32{1}}
	}
	_, err := r.store.InsertPeople(t.Context(), r.home.org.ID, slices.Values(people))
	r.must(err)
	first := r.signedIn().open("/team?q=many&group=1&sort=-name").is(http.StatusOK, "250 people found")
	page, names := first, first.column(0)
	for range 2 {
		page = page.follow("Next page").is(http.StatusOK, "250 people found")
		names = append(names, page.column(0)...)
	}
	if len(names) != many || names[0] != "N249 Many" || names[many-1] != "N000 Many" || !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("the pages have %d people: %v", len(names), names)
	}
	page.lacks("Next page")
	if back := page.follow("First page"); !slices.Equal(back.column(0), first.column(0)) {
		t.Error("the first page is another one when one comes back to it")
	}
}

// An address means what it was made of.
func TestPeopleAddress(t *testing.T) {
	t.Parallel()
	queries := []store.PeopleQuery{{}, {Search: "0"}, {Search: "a b&c=d", State: "active", RoleID: 7, GroupID: 12, After: "x_-y"}, {State: "incomplete"}}
	for _, order := range peopleOrders() {
		queries = append(queries, store.PeopleQuery{Sort: order.by, Descending: order.descending})
	}
	for _, q := range queries {
		q.Limit = peopleShown
		address := peopleURL(q, q.After)
		if diff := cmp.Diff(q, readPeopleQuery(httptest.NewRequest(http.MethodGet, address, nil))); diff != "" {
			t.Errorf("%s is read otherwise:\n%s", address, diff)
		}
	}
	strange := readPeopleQuery(httptest.NewRequest(http.MethodGet, "/team?state=asleep&role=-1&group=9999999999999&sort=height", nil))
	if diff := cmp.Diff(store.PeopleQuery{Limit: peopleShown}, strange); diff != "" {
		t.Errorf("a strange address is read as something:\n%s", diff)
	}
	if got := peopleURL(store.PeopleQuery{}, ""); got != "/team" {
		t.Errorf("everybody is at %s", got)
	}
}
