package producer

import (
	"net/http"
	"strings"
	"testing"

	"teamsheet/internal/batch"
)

// everyRoute lists the whole API with a batch and a profile of the home
// organization.
func everyRoute(b batch.Batch, profileID string) [][2]string {
	one := "/api/v1/batches/" + b.ID
	return [][2]string{
		{"GET", "/api/v1/team.txt"}, {"GET", "/api/v1/team.xlsx"}, {"POST", "/api/v1/batches"}, {"GET", "/api/v1/batches"},
		{"GET", one}, {"GET", one + "/rows"}, {"GET", one + "/problems"}, {"GET", one + "/fixup"},
		{"POST", one + "/confirm"}, {"POST", one + "/cancel"}, {"POST", one + "/preview"},
		{"GET", "/api/v1/profiles/" + profileID}, {"PATCH", "/api/v1/profiles/" + profileID},
	}
}

func TestEveryRouteNeedsATokenWithThePermission(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.ready()
	for _, route := range everyRoute(b, r.home.profile.String()) {
		for _, test := range []struct {
			name, token string
			headers     []string
			status      int
			code        string
		}{
			{"no token", "", nil, 401, "token-missing"},
			{"unknown token", "ts_" + strings.Repeat("A", 43), nil, 401, "token-unknown"},
			{"a token of another form", "secret", nil, 401, "token-unknown"},
			{"basic", "", []string{"Authorization", "Basic YTpi"}, 401, "token-missing"},
			{"a cookie alone", "", []string{"Cookie", "teamsheet=abc"}, 401, "token-missing"},
			{"no permission", r.home.viewer, nil, 403, "not-allowed"},
		} {
			answer := r.callAs(test.token, route[0], route[1], nil, test.headers...)
			answer.fails(test.status, test.code)
			if test.status == 401 && answer.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s %s: no WWW-Authenticate", route[0], route[1])
			}
		}
	}
	if got := r.batch(b.ID); got.State != batch.Ready {
		t.Errorf("the batch is %s now", got.State)
	}
}

func TestAnotherOrganizationsThingsAreNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.ready()
	for _, route := range everyRoute(b, r.home.profile.String())[4:] {
		answer := r.callAs(r.other.token, route[0], route[1], strings.NewReader(`{"hometown":"Oslo"}`), "If-Match", `"1"`)
		if answer.status != http.StatusNotFound {
			t.Errorf("%s %s: %d %s", route[0], route[1], answer.status, answer.body)
		}
		mine := r.callAs(r.other.token, route[0], strings.NewReplacer(b.ID, "0198c0de-0000-7000-8000-000000000000",
			r.home.profile.String(), "0198c0de-0000-7000-8000-000000000000").Replace(route[1]), strings.NewReader(`{}`), "If-Match", `"1"`)
		if detail, want := answer.is(404)["detail"], mine.is(404)["detail"]; detail != want {
			t.Errorf("%s %s: %q tells more than %q", route[0], route[1], detail, want)
		}
	}
	if list := r.callAs(r.other.token, "GET", "/api/v1/batches", nil).is(200)["batches"].([]any); len(list) != 0 {
		t.Errorf("the other organization sees %v", list)
	}
	r.callAs(r.other.token, "POST", "/api/v1/batches?replaces="+b.ID, strings.NewReader(string(textOf([]string{"User ID"})))).
		fails(404, "not-found")
	if got := r.batch(b.ID); got.State != batch.Ready {
		t.Errorf("the batch is %s now", got.State)
	}
	team := r.callAs(r.other.token, "GET", "/api/v1/team.txt", nil)
	if team.is(200); strings.Contains(string(team.body), "h\x00o\x00m\x00e\x00.") {
		t.Error("the other organization's team holds people of this one")
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.call("GET", "/api/v1/nothing", nil).fails(404, "not-found")
	r.call("GET", "/api/v1/batches/x", nil).fails(404, "not-found")
	r.call("GET", "/api/v1/profiles/x", nil).fails(404, "profile-not-found")
	r.call("GET", "/api/v1/batches/%00", nil).fails(400, "address-unreadable")
	r.call("GET", "/api/v1/batches?after=%ff", nil).fails(400, "address-unreadable")
	answer := r.call("DELETE", "/api/v1/batches", nil)
	answer.fails(405, "method-not-allowed")
	if got := answer.header.Get("Allow"); got != "GET, HEAD, POST" {
		t.Errorf("Allow: %q", got)
	}
}
