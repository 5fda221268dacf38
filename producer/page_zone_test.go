package producer

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestMomentsOfAPageAreInAZone(t *testing.T) {
	t.Parallel()
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{
		`<p>a</p><time datetime="2026-07-01T14:02:00Z">1 Jul 2026, 14:02 UTC</time> b <time datetime="2026-12-31T23:30:00Z">31 Dec 2026, 23:30 UTC</time>.`: `<p>a</p><time datetime="2026-07-01T14:02:00Z" title="1 Jul 2026, 14:02 UTC">1 Jul 2026, 15:02 WEST</time> b ` +
			`<time datetime="2026-12-31T23:30:00Z" title="31 Dec 2026, 23:30 UTC">31 Dec 2026, 23:30 WET</time>.`,
		`no moment`: `no moment`,
		`<time datetime="2026-07-01T14:02:00Z">1 J`:   `<time datetime="2026-07-01T14:02:00Z">1 J`,
		`<time datetime="soon">soon</time>`:           `<time datetime="soon">soon</time>`,
		`&lt;time datetime=&#34;2026&#34;&gt;</time>`: `&lt;time datetime=&#34;2026&#34;&gt;</time>`,
	} {
		if got := string(inZone([]byte(page), lisbon)); got != want {
			t.Errorf("%s becomes\n%s; want\n%s", page, got, want)
		}
	}
}

func TestAccountChoosesItsTimeZone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	r.ready()
	b.open("/bulk-update/history").is(http.StatusOK, " UTC ")
	p := b.open("/account").is(http.StatusOK, "Time zone", "Lisbon")
	if got := p.form("/account").values.Get("time_zone"); got != "" {
		t.Errorf("%q is chosen from the start", got)
	}
	saved := p.form("/account").set("time_zone", "Asia/Tokyo").send().is(http.StatusOK, "Saved")
	if got := saved.form("/account").values.Get("time_zone"); got != "Asia/Tokyo" {
		t.Errorf("%q is kept", got)
	}
	b.open("/bulk-update/history").is(http.StatusOK, " JST ").lacks(" UTC ")
	wrong := b.post("/account", url.Values{"time_zone": {"Europe/Atlantis"}}).is(http.StatusUnprocessableEntity, "There is no time zone with this name.")
	if got := wrong.form("/account").values.Get("time_zone"); got != "Asia/Tokyo" || !strings.HasPrefix(wrong.title(), "Error: ") {
		t.Errorf("%q, %q", got, wrong.title())
	}
	// A browser may offer a name that the list has no longer.
	b.post("/account", url.Values{"time_zone": {"Asia/Calcutta"}}).is(http.StatusOK, "Asia/Calcutta")
	b.post("/account", url.Values{"time_zone": {""}}).is(http.StatusOK)
	b.open("/bulk-update/history").is(http.StatusOK, " UTC ")
}
