package producer

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"teamsheet/internal/profile"
)

// leads is the page of the home organization's leader, and that page's form as it
// asks for a new leader of the three reports, with Deactivated at y.
func (r *rig) leads(b *browser) (address string, move *pageForm) {
	r.t.Helper()
	address = profileURL(personID(1, 1))
	page := b.open(address).is(http.StatusOK, "3 active people report").form(address).set("deactivated", "y").set("hometown", "Faro").send()
	page.is(http.StatusOK, "New team leader for the reports of Lea Silva", "who cannot be deactivated before", "Ana Silva", "Bo Silva", "Çelik Silva",
		"Move 3 people and deactivate Lea Silva")
	return address, page.form(address + "/reports")
}

// manager adds somebody who can lead a team.
func (r *rig) manager(n byte, first string) *profile.Profile {
	r.t.Helper()
	p := testPerson(1, n, first, strings.ToLower(first)+"@home.example", "")
	p.CanManageTeam = true
	_, err := r.store.InsertPeople(r.t.Context(), r.home.org.ID, slices.Values([]*profile.Profile{p}))
	r.must(err)
	return p
}

func (r *rig) person(n byte) profile.Profile {
	r.t.Helper()
	p, err := r.store.Profile(r.t.Context(), r.home.org.ID, personID(1, n))
	r.must(err)
	return p
}

func TestManagerIsChangedOnTheirOwnProfile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	address := profileURL(personID(1, 1))
	for n := byte(2); n <= 4; n++ {
		agent := profileURL(personID(1, n))
		b.open(agent).form(agent).set("team_leader", "").send().is(http.StatusOK, "Saved")
	}
	b.open(address).form(address).set("deactivated", "y").set("can_manage_team", "n").send().is(http.StatusOK, "Saved: 2 fields")
	if p := r.person(1); !p.Deactivated || p.CanManageTeam {
		t.Error("not saved")
	}
}

func TestReportsMoveToOnePerson(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.manager(20, "Mia")
	b := r.signedIn()
	address, move := r.leads(b)
	if p := r.person(1); p.Deactivated || p.Version != 1 {
		t.Fatalf("something was saved before it was confirmed: %+v", p)
	}
	saved := move.set("to", "mia").send().is(http.StatusOK, "Saved: 2 fields were changed, 3 people have another team leader", "Deactivated")
	saved.lacks("active people report")
	if got := saved.form(address).values; got.Get("hometown") != "Faro" || len(got["groups"]) != 0 {
		t.Errorf("the form holds %v", got)
	}
	b.open(profileURL(personID(1, 2))).is(http.StatusOK, "Team Leader was lea@home.example → now mia@home.example", "admin@home.example")
	// The same form once more, by a second click.
	move.send().is(http.StatusOK, "This has been saved already").lacks("Error", "Somebody else")
	if p := r.person(2); p.Version != 2 || p.LeaderID != personID(1, 20) {
		t.Errorf("moved to %+v", p)
	}
}

func TestReportsMoveToOneOfThem(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	agent := profileURL(personID(1, 2))
	b.open(agent).form(agent).set("can_manage_team", "y").send().is(http.StatusOK, "Saved")
	_, move := r.leads(b)
	move.set("to", "A@home.example").send().is(http.StatusOK, "3 people have another team leader")
	if ana, bo := r.person(2), r.person(3); !ana.LeaderID.IsZero() || bo.LeaderID != ana.ID {
		t.Errorf("Ana is led by %s, Bo by %s", ana.LeaderKey, bo.LeaderKey)
	}
}

func TestReportsMoveOneByOne(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.manager(20, "Mia")
	r.manager(21, "Mio")
	b := r.signedIn()
	address, move := r.leads(b)
	to := func(n byte) string { return "to-" + personID(1, n).String() }
	wrong := move.set("how", "each").set(to(2), "mi").set(to(3), "nobody@home.example").set(to(4), "lea@home.example").send()
	wrong.is(http.StatusUnprocessableEntity, "Ana Silva: More than one team leader is found by this name.", "Did you mean mia@home.example or mio@home.example?")
	wrong = wrong.form(address+"/reports").set(to(2), "mia@home.example").send()
	wrong.is(http.StatusUnprocessableEntity, "Bo Silva: No active team leader has this email")
	if wrong.form(address+"/reports").values.Get(to(2)) != "mia@home.example" {
		t.Error("what was typed is lost")
	}
	wrong = wrong.form(address+"/reports").set(to(3), "").send()
	wrong.is(http.StatusUnprocessableEntity, "Lea Silva cannot be deactivated while 1 active person is still led by them")
	if p := r.person(2); p.Version != 1 {
		t.Errorf("saved in part: %+v", p)
	}
	wrong.form(address+"/reports").set(to(4), "mio").send().is(http.StatusOK, "Saved: 2 fields were changed, 3 people have another team leader")
	if ana, bo, celik := r.person(2), r.person(3), r.person(4); ana.LeaderKey != "mia@home.example" || bo.LeaderKey != "" || celik.LeaderKey != "mio@home.example" {
		t.Errorf("led by %q, %q, %q", ana.LeaderKey, bo.LeaderKey, celik.LeaderKey)
	}
}

func TestReportsAreJudgedByTheRules(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	address, move := r.leads(b)
	for text, want := range map[string]string{
		"":                  "Choose who leads them from now on.",
		"b@home.example":    `Bo Silva (b@home.example) cannot be a team leader: their Can Manage Team is "n".`,
		"gone@home.example": "(gone@home.example) is deactivated and so cannot be a team leader.",
		"lea@home.example":  "Lea Silva cannot be deactivated while 3 active people are still led by them.",
		"lea@other.example": "No active team leader has this email or employee ID.",
	} {
		wrong := move.set("to", text).send().is(http.StatusUnprocessableEntity, "There is a problem", want)
		if !strings.HasPrefix(wrong.title(), "Error: ") || wrong.form(address+"/reports").values.Get("to") != text {
			t.Errorf("%q: title %q", text, wrong.title())
		}
	}
	move.set("how", "nobody").send().is(http.StatusOK, "Saved: 2 fields were changed, 3 people have another team leader")
}

// Whatever changes between the page and its Confirm is shown first.
func TestReportsChangeMeanwhile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.manager(20, "Mia")
	b := r.signedIn()
	address, move := r.leads(b)
	fresh := testPerson(1, 30, "New", "new@home.example", "")
	fresh.LeaderID = personID(1, 1)
	_, err := r.store.InsertPeople(t.Context(), r.home.org.ID, slices.Values([]*profile.Profile{fresh}))
	r.must(err)
	again := move.set("to", "mia").send().is(http.StatusConflict, "Nothing is saved yet", "somebody else has changed who reports", "New Silva", "Move 4 people")
	agent := profileURL(personID(1, 2))
	b.open(agent).form(agent).set("hometown", "Braga").send().is(http.StatusOK, "Saved")
	again = again.form(address+"/reports").send().is(http.StatusConflict, "Nothing is saved yet")
	// The person's own newer edit is shown as for any edit.
	b.open(address).form(address).set("state_or_country", "Spain").send().is(http.StatusOK, "Saved")
	both := again.form(address+"/reports").send().is(http.StatusConflict, "Somebody else saved this profile")
	both.form(address).send().is(http.StatusOK, "New team leader").form(address+"/reports").set("to", "mia").send().
		is(http.StatusOK, "4 people have another team leader")
	if p := r.person(1); p.Hometown != "Faro" || p.StateOrCountry != "Spain" || !p.Deactivated {
		t.Errorf("saved %+v", p)
	}
}

// The reports can be moved alone, and more than have fields can be moved too.
func TestReportsMoveAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.manager(20, "Mia")
	var crowd []*profile.Profile
	for n := range reportsListed {
		p := testPerson(1, byte(100+n), "Crowd", "", "x"+number(n))
		p.LeaderID = personID(1, 1)
		crowd = append(crowd, p)
	}
	_, err := r.store.InsertPeople(t.Context(), r.home.org.ID, slices.Values(crowd))
	r.must(err)
	b := r.signedIn()
	address := profileURL(personID(1, 1))
	page := b.open(address).follow("Give them another team leader").is(http.StatusOK, "103 active people report to Lea Silva").lacks("One by one")
	page.form(address+"/reports").set("to", "Mia Silva").send().is(http.StatusOK, "Saved: 103 people have another team leader")
	if p := r.person(1); p.Version != 1 || p.Deactivated {
		t.Errorf("the leader was changed too: %+v", p)
	}
	b.open(address+"/reports").is(http.StatusOK, "Nobody active reports to Lea Silva any more.").follow("Back to the profile").is(http.StatusOK)
	b.open("/team/" + personID(2, 1).String() + "/reports").is(http.StatusNotFound)
	b.open("/team/nobody/reports").is(http.StatusNotFound)
}

func TestLeaderFieldCompletes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.manager(20, "Mia")
	b := r.signedIn()
	for query, want := range map[string]string{
		"to=mi": `<option value="mia@home.example">Mia Silva</option>`, "to-x=MIA@home": `<option value="mia@home.example">Mia Silva</option>`,
		"to=silva&except=" + personID(1, 1).String(): `<option value="mia@home.example">Mia Silva</option>`,
		"to=bo": "", "to=": "", "": "", "to=lea@other": "",
	} {
		if got := strings.TrimSpace(b.open("/team/leaders?" + query).is(http.StatusOK).body); got != want {
			t.Errorf("%s: %q", query, got)
		}
	}
}
