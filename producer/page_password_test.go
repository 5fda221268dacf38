package producer

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const otherPassword = "quite another few words"

func TestAccountChangesItsPassword(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	elsewhere := r.browser()
	elsewhere.open("/sign-in").form("/sign-in").set("email", "admin@home.example").set("password", testPassword).send().is(http.StatusOK, "Manage Team")
	p := b.open("/account").is(http.StatusOK, "Present password", "New password")
	saved := p.form("/account/password").set("present", testPassword).set("password", otherPassword).send().
		is(http.StatusOK, "The password is changed", "Everywhere else you are signed out.")
	if strings.HasPrefix(saved.title(), "Error") {
		t.Errorf("%q", saved.title())
	}
	b.open("/team").is(http.StatusOK, "Manage Team")
	elsewhere.open("/team").is(http.StatusOK, "Sign in").form("/sign-in").set("email", "admin@home.example").set("password", testPassword).send().
		is(http.StatusUnauthorized).form("/sign-in").set("password", otherPassword).send().is(http.StatusOK, "Manage Team")
}

func TestWrongPasswordChanges(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	before, err := r.store.Account(t.Context(), r.home.admin.ID)
	r.must(err)
	form := b.open("/account").form("/account/password")
	short := form.set("present", testPassword).set("password", "short").send().is(http.StatusUnprocessableEntity, "The password is too short.")
	short.marks("password", "password-help password-problem")
	short.marks("present", "")
	for range 5 {
		wrong := form.set("present", "not the one").set("password", otherPassword).send().is(http.StatusUnprocessableEntity, "The present password is not right.")
		wrong.marks("present", "present-problem")
		wrong.marks("time_zone", "")
		if strings.Contains(wrong.body, "not the one") || strings.Contains(wrong.body, otherPassword) || !strings.HasPrefix(wrong.title(), "Error: ") {
			t.Errorf("%q, or a password is in the page", wrong.title())
		}
	}
	form.set("present", testPassword).send().is(http.StatusTooManyRequests, "Wait ").marks("present", "present-problem")
	after, err := r.store.Account(t.Context(), r.home.admin.ID)
	r.must(err)
	if after != before {
		t.Error("something was changed")
	}
	if log := r.log.String(); strings.Contains(log, "not the one") || strings.Contains(log, otherPassword) {
		t.Error("a password is in the log")
	}
	b.open("/team").is(http.StatusOK, "Manage Team")
	r.browser().post("/account/password", url.Values{"present": {testPassword}, "password": {otherPassword}}).is(http.StatusOK, "Sign in")
}

// marks fails unless the field is said to be wrong, by the elements that describe it;
// "": unless it is not.
func (p *shownPage) marks(id, describedBy string) {
	p.b.t.Helper()
	for _, tag := range []string{"input", "select"} {
		for _, node := range elements(p.root, tag) {
			if attribute(node, "id") != id {
				continue
			}
			if invalid := attribute(node, "aria-invalid") == "true"; invalid != (describedBy != "") || invalid && attribute(node, "aria-describedby") != describedBy {
				p.b.t.Errorf("%s: invalid %v, described by %q", id, invalid, attribute(node, "aria-describedby"))
			}
			return
		}
	}
	p.b.t.Errorf("there is no field %s", id)
}
