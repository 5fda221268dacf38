package producer

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"teamsheet/internal/testkit"
	"teamsheet/internal/zone"
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

// Who has chosen a time zone and who leaves it to the browser read the same.
func TestScriptsWriteMomentsAsTheServerDoes(t *testing.T) {
	t.Parallel()
	chromium := testkit.Chromium(t)
	web := httptest.NewServer(storybook(t))
	t.Cleanup(web.Close)
	c := newStoryReader(t, chromium)
	for _, name := range []string{"UTC", "Europe/London", "Europe/Lisbon", "Europe/Berlin", "Europe/Helsinki", "America/New_York", "America/Los_Angeles",
		"Asia/Kolkata", "Australia/Sydney", "Pacific/Auckland", "Africa/Johannesburg", "America/Sao_Paulo", "Asia/Kathmandu"} {
		in, _ := zone.Load(name)
		for _, at := range []time.Time{time.Date(2026, 1, 5, 0, 7, 0, 0, time.UTC), time.Date(2026, 9, 30, 23, 30, 0, 0, time.UTC)} {
			var got string
			err := chromedp.Run(c.ctx, emulation.SetTimezoneOverride(name), chromedp.Navigate(web.URL+"/story/error-404"), chromedp.Evaluate(`(function () {
				var main = document.querySelector("main");
				main.innerHTML = "<time datetime='`+isoTime(at)+`'>`+stamp(at)+`</time>";
				main.dispatchEvent(new Event("htmx:load", { bubbles: true }));
				return main.textContent;
			})()`, &got))
			if want := stampIn(at.In(in)); err != nil || got != want {
				t.Errorf("%s: %q, want %q, %v", name, got, want, err)
			}
		}
	}
}
