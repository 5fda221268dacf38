package producer

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"teamsheet/internal/auth"
	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
)

// The main job, by links and forms alone.
func TestBulkUpdateWithoutScripts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	start := b.open("/team").is(http.StatusOK, "Manage Team", "5 people").follow("Bulk Update Users").is(http.StatusOK, "Excel for Mac")
	file := textOf([]string{"User ID", "Hometown"}, []string{r.home.profile.String(), "Lisbon"})
	checking := start.form("/bulk-update").choose("nov.txt", file).send().is(http.StatusOK, "Your file is being checked",
		"You can close this page; we will email you if anything fails.")
	if refresh := elements(checking.root, "noscript"); len(refresh) != 1 || !strings.Contains(checking.body, `http-equiv="refresh"`) {
		t.Error("a browser without scripts would never see the preview")
	}
	id := strings.TrimPrefix(checking.url.Path, "/bulk-update/")
	r.preview(id)

	ready := b.open(checking.url.Path).is(http.StatusOK, "Ready: 1 person will change", "1 row in the file", "Hometown was =Porto → now Lisbon")
	if strings.Contains(ready.body, `http-equiv="refresh"`) {
		t.Error("a finished preview loads itself again")
	}
	saving := ready.form(checking.url.Path+"/confirm").send().is(http.StatusOK, "Saving 1 change")
	if saving.url.Path != checking.url.Path {
		t.Errorf("confirm leads to %s", saving.url.Path)
	}
	r.apply(id)
	done := b.open(checking.url.Path).is(http.StatusOK, "Saved: 1 person was changed", "Lisbon")
	if done.findForm(checking.url.Path+"/") != nil {
		t.Error("an applied batch can still be moved")
	}
	b.open("/bulk-update/history").is(http.StatusOK, "nov.txt", "Applied", "admin@home.example")
	b.open("/team/"+r.home.profile.String()).is(http.StatusOK, "bulk update: nov.txt, row 2", "was =Porto → now Lisbon").
		follow("row 2").is(http.StatusOK, "Ana Silva", "now Lisbon")
}

func TestRejectedFileIsMended(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	bad := r.rejected()
	p := b.open("/bulk-update/"+bad.ID).is(http.StatusOK, "Cannot continue: 1 row has problems", "Pirate", "B2", "Upload the mended file")
	if !strings.HasPrefix(p.title(), "Error: 1 row has problems") {
		t.Errorf("title %q", p.title())
	}
	if p.findForm("/bulk-update/"+bad.ID+"/confirm") != nil {
		t.Error("a rejected batch can be confirmed")
	}
	fixUp := p.follow("Download the fix-up file").is(http.StatusOK)
	if !strings.Contains(fixUp.body, "P\x00r\x00o\x00b\x00l\x00e\x00m") {
		t.Error("the fix-up file has no column Problem")
	}
	mended := textOf([]string{"User ID", "Role"}, []string{r.home.profile.String(), "Lead"})
	next := p.form("/bulk-update").choose("mended.txt", mended).send().is(http.StatusOK, "an earlier bulk update")
	if got := r.batch(strings.TrimPrefix(next.url.Path, "/bulk-update/")); got.Replaces == nil || *got.Replaces != bad.ID {
		t.Errorf("replaces %v, want %s", got.Replaces, bad.ID)
	}
}

func TestRowsAreFilteredByTheAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	id := r.uploaded([]string{"User ID", "Hometown", "Role"},
		[]string{personID(1, 2).String(), "Lisbon", "Agent"},
		[]string{personID(1, 3).String(), "Faro", "Agent"},
		[]string{personID(1, 4).String(), "=Porto", "Lead"})
	r.preview(id)
	address := "/bulk-update/" + id
	for query, want := range map[string][]string{
		"":                                   {"2", "3", "4"},
		"?show=changes&column=Role":          {"4"},
		"?q=bo":                              {"3"},
		"?show=problems":                     nil,
		"?after=3":                           {"4"},
		"?show=nonsense&after=-1&causes=x":   {"2", "3", "4"},
		"?show=changes&column=Hometown&q=bo": {"3"},
	} {
		if got := b.open(address + query).is(http.StatusOK).rows(); !slices.Equal(got, want) {
			t.Errorf("%s shows rows %v, want %v", query, got, want)
		}
	}
	b.open(address).is(http.StatusOK, "Lisbon", "Faro", "3 people will change")
	b.open(address+"?show=problems").is(http.StatusOK, "No row has a problem.")
	b.open(address+"?after=3").is(http.StatusOK, "Agent → now Lead", "First page")
	found := b.open(address).form(address+"#rows").set("q", "bo").send().is(http.StatusOK, "Faro", "Show all of them")
	if got := found.rows(); !slices.Equal(got, []string{"3"}) {
		t.Errorf("the form shows rows %v", got)
	}
}

func TestMovesThatAreRefusedAreExplained(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	first, second := r.ready(), r.readyWith("Braga")
	address := "/bulk-update/" + second.ID
	confirm := b.open(address)
	b.open("/bulk-update/" + first.ID).form("/bulk-update/" + first.ID + "/confirm").send().is(http.StatusOK)
	confirm.form(address+"/confirm").send().is(http.StatusConflict, "Ready: 1 person will change")
	confirm.form(address+"/cancel").send().is(http.StatusOK, "Cancelled", "Nothing was saved")
	p := confirm.form(address+"/cancel").send().is(http.StatusConflict, "Cancelled")
	again := p.form(address+"/preview").send().is(http.StatusOK, "Your file is being checked")
	if again.url.Path == address {
		t.Error("the same batch was previewed again")
	}
	confirm.form(address+"/confirm").send().is(http.StatusConflict, "Cancelled")
}

func TestStalePlanIsNotConfirmed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	ready := r.ready()
	f := b.open("/bulk-update/" + ready.ID).form("/bulk-update/" + ready.ID + "/confirm")
	f.values.Set("plan", "another")
	f.send().is(http.StatusPreconditionFailed, "Ready: 1 person will change")
	f.values.Del("plan")
	f.send().is(http.StatusPreconditionRequired)
	if got := r.batch(ready.ID).State; got != batch.Ready {
		t.Errorf("state %s", got)
	}
}

func TestProgressIsPolled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	id := r.uploaded([]string{"User ID", "Hometown"}, []string{r.home.profile.String(), "Lisbon"})
	address := "/bulk-update/" + id + "/progress"
	p := b.open(address+"?state=uploaded&heard=0").is(http.StatusOK, "Waiting for its turn")
	if strings.Contains(p.body, "<main") || !strings.Contains(p.body, `hx-get="`+address) {
		t.Errorf("not a part of the page that asks again: %s", p.body)
	}
	r.preview(id)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.web.URL+address+"?state=uploaded", nil)
	r.must(err)
	response, err := b.client.Do(request)
	r.must(err)
	defer func() { _ = response.Body.Close() }()
	if response.Header.Get("HX-Refresh") != "true" {
		t.Error("the page is not told that the batch has moved on")
	}
}

func TestWrongFilesAreExplained(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	for name, test := range map[string]struct {
		file   string
		status int
		says   string
	}{
		"team.csv":  {"\xef\xbb\xbfEmail,First Name\r\na@b.example,Ana\r\n", http.StatusUnsupportedMediaType, "This file is CSV UTF-8 (comma separated), not Unicode Text."},
		"team.xlsx": {"PK\x03\x04[Content_Types].xmlxl/workbook.xml", http.StatusUnsupportedMediaType, "not Unicode Text."},
		"empty.txt": {"", http.StatusUnprocessableEntity, "This file is empty."},
		"":          {"", http.StatusBadRequest, "No file was chosen."},
	} {
		p := b.open("/bulk-update").form("/bulk-update").choose(name, []byte(test.file)).send().is(test.status, test.says, "Nothing was saved")
		if !strings.HasPrefix(p.title(), "Error: ") || p.findForm("/bulk-update") == nil {
			t.Errorf("%s: title %q", name, p.title())
		}
		if name == "team.csv" {
			p.is(test.status, "team.csv", "Unicode Text (*.txt)")
		}
	}
	b.open("/bulk-update/history").is(http.StatusOK, "No file has been uploaded yet")
}

func TestUploadByScriptIsToldWhereToGo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	f := b.open("/bulk-update").form("/bulk-update").choose("a.txt", textOf([]string{"Email"}, []string{"a@home.example"}))
	body, contentType := f.multipart()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.web.URL+"/bulk-update", body)
	r.must(err)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("HX-Request", "true")
	response, err := b.client.Do(request)
	r.must(err)
	defer func() { _ = response.Body.Close() }()
	if target := response.Header.Get("HX-Redirect"); response.StatusCode != http.StatusNoContent || !strings.HasPrefix(target, "/bulk-update/") {
		t.Errorf("%d, HX-Redirect %q", response.StatusCode, target)
	}
}

func TestProfileIsEdited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	address := "/team/" + r.home.profile.String()
	open := b.open(address).is(http.StatusOK, "Ana Silva", "Nothing has been changed since the profile was created.")
	open.form(address).send().is(http.StatusOK, "Nothing was changed")
	saved := open.form(address).set("hometown", "Lisbon").set("groups", "Billing").set("bio", "first\r\nsecond").send()
	saved.is(http.StatusOK, "Saved: 3 fields were changed", "admin@home.example", "by hand")
	if got := saved.form(address).values; got.Get("hometown") != "Lisbon" || len(got["groups"]) != 1 || got.Get("bio") != "first\r\nsecond" {
		t.Errorf("the form holds %v", got)
	}
	saved.form(address).set("groups").send().is(http.StatusOK, "Saved: 1 field was changed")
}

// A long history stands on several pages.
func TestProfileHistoryGoesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.home.profile
	for n := range int64(historyShown + 3) {
		_, _, err := r.server.editProfile(t.Context(), r.home.admin, id, n+1, cells{profile.Hometown: "Town " + number(int(n)+1)}, "api")
		r.must(err)
	}
	b := r.signedIn()
	newest := b.open(profileURL(id)).is(http.StatusOK, "now Town 53", "now Town 4", "through the API").lacks("now Town 3 ", "Newest changes")
	newest.follow("Older changes").is(http.StatusOK, "now Town 3", "now Town 1").lacks("now Town 4 ", "Older changes").
		follow("Newest changes").is(http.StatusOK, "now Town 53")
	b.open(profileURL(id)+"?before=1").is(http.StatusOK, "There are no older changes.")
}

func TestProfileFormShowsProblemsBesideTheFields(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	address := "/team/" + r.home.profile.String()
	p := b.open(address).form(address).set("last_name", "").set("team_leader", "lae@home.example").set("hometown", "Lisbon").send()
	p.is(http.StatusUnprocessableEntity, "There is a problem", "No active team leader", "Did you mean lea@home.example?")
	if got := p.form(address).values; got.Get("hometown") != "Lisbon" || got.Get("team_leader") != "lae@home.example" {
		t.Errorf("what was typed is lost: %v", got)
	}
	for _, id := range []string{"f-last_name", "f-team_leader"} {
		if !strings.Contains(p.body, `href="#`+id+`"`) || !strings.Contains(p.body, `id="`+id+`-problem"`) {
			t.Errorf("no problem at %s", id)
		}
	}
	if !strings.HasPrefix(p.title(), "Error: ") || !strings.Contains(p.body, "autofocus") {
		t.Errorf("title %q, or nothing takes the focus", p.title())
	}
	b.open(address).is(http.StatusOK).lacks("Lisbon")
}

func TestTwoPeopleEditOneProfile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	address := "/team/" + r.home.profile.String()
	mine, theirs := b.open(address), b.open(address)
	theirs.form(address).set("hometown", "Braga").set("state_or_country", "Portugal").send().is(http.StatusOK)
	both := mine.form(address).set("hometown", "Faro").set("first_name", "Anna").send()
	both.is(http.StatusConflict, "Somebody else saved this profile", "Hometown", "Braga by admin@home.example", "Taken over from the other person: State or Country")
	values := both.form(address).values
	if values.Get("hometown") != "Faro" || values.Get("first_name") != "Anna" || values.Get("state_or_country") != "Portugal" {
		t.Errorf("the form holds %v", values)
	}
	both.form(address).send().is(http.StatusOK, "Saved: 2 fields")
	p, err := r.store.Profile(t.Context(), r.home.org.ID, r.home.profile)
	r.must(err)
	if p.Hometown != "Faro" || p.StateOrCountry != "Portugal" || p.FirstName != "Anna" {
		t.Errorf("saved %+v", p)
	}
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	b.open("/team").form("/sign-out").send().is(http.StatusOK, "Sign in")
	asked := b.open("/team?q=ana").is(http.StatusOK, "Sign in")
	asked.form("/sign-in").set("email", "admin@home.example").set("password", "wrong").send().
		is(http.StatusUnauthorized, "Email and password do not belong together.")
	in := asked.form("/sign-in").set("email", "admin@home.example").set("password", testPassword).send().is(http.StatusOK, "Ana Silva")
	if in.url.RequestURI() != "/team?q=ana" {
		t.Errorf("signed in to %s", in.url)
	}
	b.open("/sign-in?next=//evil.example").is(http.StatusOK, "Manage Team")
}

func TestPasswordLinkWorksOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.browser()
	token, err := auth.NewPasswordLink(t.Context(), r.store, r.home.admin)
	r.must(err)
	p := b.open("/password/"+token).is(http.StatusOK, "admin@home.example")
	p.form("/password/").set("password", "short").send().is(http.StatusUnprocessableEntity, "The password is too short.")
	p.form("/password/").set("password", testPassword).send().is(http.StatusOK, "Manage Team")
	p.form("/password/").set("password", testPassword).send().is(http.StatusNotFound, "This link has been used")
	b.open("/password/nobody").is(http.StatusNotFound, "Ask for a new one")
}

func TestAccountChoosesItsMail(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	p := b.open("/account").is(http.StatusOK, "admin@home.example", "home")
	if p.form("/account").values.Has("notify_applied") {
		t.Error("ticked from the start")
	}
	saved := p.form("/account").set("notify_applied", "y").send().is(http.StatusOK, "Saved")
	if !saved.form("/account").values.Has("notify_applied") {
		t.Error("not kept")
	}
}

// Another organization's things are not there, whatever one asks of them.
func TestPagesOfAnotherOrganizationAreNotFound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ready := r.ready()
	stranger := r.browser()
	token, err := auth.NewPasswordLink(t.Context(), r.store, r.other.admin)
	r.must(err)
	stranger.open("/password/"+token).form("/password/").set("password", testPassword).send()
	stranger.open("/team").is(http.StatusOK).lacks("@home.example")
	for _, path := range []string{"/team/" + r.home.profile.String(), "/bulk-update/" + ready.ID, "/bulk-update/" + ready.ID + "/fixup", "/bulk-update/" + ready.ID + "/file",
		"/bulk-update/" + ready.ID + "/progress", "/bulk-update?replaces=" + ready.ID, "/team?leader=" + personID(1, 1).String(),
		"/team/" + profile.ID{}.String() + "x"} {
		stranger.open(path).is(http.StatusNotFound).lacks("home.example", "Ana", "team.txt")
	}
	for _, move := range []string{"confirm", "cancel", "preview"} {
		stranger.post("/bulk-update/"+ready.ID+"/"+move, url.Values{"plan": {*ready.Plan}}).is(http.StatusNotFound)
	}
	stranger.post("/team/"+r.home.profile.String(), url.Values{"version": {"1"}, "hometown": {"X"}}).is(http.StatusNotFound)
	if got := r.batch(ready.ID).State; got != batch.Ready {
		t.Errorf("state %s", got)
	}
}

func TestPagesNeedPermission(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	viewer, err := r.store.AccountByEmail(t.Context(), "viewer@home.example")
	r.must(err)
	b := r.browser()
	for _, path := range []string{"/", "/team", "/bulk-update", "/bulk-update/history", "/account", "/ops"} {
		b.open(path).is(http.StatusOK, "Sign in", "Password")
	}
	token, err := auth.NewPasswordLink(t.Context(), r.store, viewer)
	r.must(err)
	b.open("/password/"+token).form("/password/").set("password", testPassword).send().is(http.StatusOK, "Your account").lacks("Manage Team", "Operations")
	for _, path := range []string{"/team", "/team/" + r.home.profile.String(), "/bulk-update", "/bulk-update/history",
		"/bulk-update/team.txt", "/bulk-update/team.xlsx", "/ops"} {
		b.open(path).is(http.StatusForbidden, "Not allowed").lacks("Ana")
	}
	b.post("/bulk-update", nil).is(http.StatusForbidden)
}

func TestFormsOfOtherSitesDoNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	ready := r.ready()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.web.URL+"/bulk-update/"+ready.ID+"/confirm",
		strings.NewReader(url.Values{"plan": {*ready.Plan}}.Encode()))
	r.must(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := b.client.Do(request)
	r.must(err)
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusForbidden || r.batch(ready.ID).State != batch.Ready {
		t.Errorf("%d, %s", response.StatusCode, r.batch(ready.ID).State)
	}
}

func TestUnknownAddressesHaveAPage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	b.open("/nowhere").is(http.StatusNotFound, "Not found", "Back to the start")
	b.open("/bulk-update/nothing").is(http.StatusNotFound, "Not found")
	b.open("/team/nobody").is(http.StatusNotFound, "Nobody in your team has this address.")
	b.post("/team", nil).is(http.StatusMethodNotAllowed)
	b.open("/ops").is(http.StatusOK, "Operations", "Readiness")
}

func (b *browser) post(path string, values url.Values) *shownPage {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.rig.web.URL+path, strings.NewReader(values.Encode()))
	b.rig.must(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(request)
}
