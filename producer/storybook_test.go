package producer

import (
	"context"
	"flag"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"teamsheet/internal/testkit"
	"teamsheet/internal/testkit/axe"
)

var serveStories = flag.String("storybook", "", "the `address` to show every page in every state at, until interrupted (make storybook)")

// storybook shows every page of the golden files as a browser would get it.
func storybook(t *testing.T) http.Handler {
	t.Helper()
	p, err := newPages()
	if err != nil {
		t.Fatal(err)
	}
	index := template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Storybook</title><h1>Every page in every state</h1>
<ul>{{range .}}<li><a href="/story/{{.}}">{{.}}</a></li>{{end}}</ul></html>`))
	stories := map[string]samplePage{}
	var names []string
	for _, sample := range samplePages() {
		stories[sample.name] = sample
		names = append(names, sample.name)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/{hash}/{name...}", p.assets.handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _ = index.Execute(w, names) })
	mux.HandleFunc("GET /team/{id}/photo/{digest}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = w.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#a9c7d8" d="M0 0h8v8H0z"/><path fill="#3b5f74" d="M4 1a2 2 0 0 1 0 4 2 2 0 0 1 0-4M0 8a4 3 0 0 1 8 0"/></svg>`))
	})
	mux.HandleFunc("GET /story/{name}", func(w http.ResponseWriter, r *http.Request) {
		sample, ok := stories[r.PathValue("name")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		body, err := p.html(sample.page, "layout", sample.view)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body)
	})
	return mux
}

// TestStorybook does nothing unless it is asked to show the pages.
func TestStorybook(t *testing.T) {
	if *serveStories == "" {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	server := &http.Server{Addr: *serveStories, Handler: storybook(t), ReadHeaderTimeout: headerTime}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Printf("Every page in every state: http://%s/ (Ctrl+C ends it)\n", *serveStories)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		t.Error(err)
	}
}

// look is a way in which somebody may look at a page.
type look struct {
	scheme string
	width  int64
}

// take makes a browser look so.
func (l look) take() chromedp.Action {
	const height = 900
	return chromedp.Tasks{
		emulation.SetDeviceMetricsOverride(l.width, height, 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}),
	}
}

// wholePage makes the window as high as its page, so that what stays in view stands
// where it belongs and not over whatever is there by chance.
func (l look) wholePage() chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		var high int64
		if err := chromedp.Evaluate("document.documentElement.scrollHeight", &high).Do(ctx); err != nil {
			return err
		}
		return emulation.SetDeviceMetricsOverride(l.width, high, 1, false).Do(ctx)
	})
}

// Every page in every state, as it looks to somebody with a wide window and to
// somebody in the dark on the narrowest screen of WCAG 2.2 (§1.4.10): axe-core finds
// nothing, nothing but a table has to be moved sideways, and on the narrow one no
// table either whose rows are cards there.
func TestStoriesAreAccessible(t *testing.T) {
	t.Parallel()
	chromium := testkit.Chromium(t)
	web := httptest.NewServer(storybook(t))
	t.Cleanup(web.Close)
	looks := []look{{"light", 1280}, {"dark", 320}}
	var group sync.WaitGroup
	for _, l := range looks {
		c := newStoryReader(t, chromium)
		group.Go(func() {
			for _, sample := range samplePages() {
				c.check(web.URL+"/story/"+sample.name, sample.name, l)
			}
		})
	}
	group.Wait()
}

// storyReader is a browser that reads stories.
type storyReader struct {
	t   *testing.T
	ctx context.Context
}

func newStoryReader(t *testing.T, chromium string) *storyReader {
	return &storyReader{t, startChromium(t, chromium, 10*time.Minute)}
}

func (c *storyReader) check(url, name string, l look) {
	var found []string
	var wide, squeezed []string
	err := chromedp.Run(c.ctx,
		l.take(),
		chromedp.Navigate(url),
		l.wholePage(),
		chromedp.Evaluate(axe.Script+";true", nil),
		chromedp.Evaluate(axe.Run, &found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }),
		chromedp.Evaluate(tooWide, &wide),
		chromedp.Evaluate(noCards, &squeezed))
	if err != nil {
		c.t.Errorf("%s: %v", name, err)
		return
	}
	if len(found) > 0 {
		c.t.Errorf("%s, %s, %d px:\n%s", name, l.scheme, l.width, strings.Join(found, "\n"))
	}
	if len(wide) > 0 {
		c.t.Errorf("%s is wider than a screen of %d px: %s", name, l.width, strings.Join(wide, ", "))
	}
	if len(squeezed) > 0 && l.width < 768 {
		c.t.Errorf("%s: on a screen of %d px rows should be cards that fit: %s", name, l.width, strings.Join(squeezed, ", "))
	}
}

// tooWide becomes the elements that reach out of the window, unless something around
// them can be moved by itself; nothing if the page fits.
const tooWide = `document.documentElement.scrollWidth <= window.innerWidth ? [] : Array.from(document.querySelectorAll("body *")).filter(function (e) {
	return e.getBoundingClientRect().right > window.innerWidth && !e.parentElement.closest(".scroll");
}).map(function (e) { return e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className ? "." + e.className : "") + " to " + Math.round(e.getBoundingClientRect().right); }).slice(0, 20)`

// noCards becomes the tables whose rows are cards on a narrow screen that reach out of
// what is around them, with all that can be opened open.
const noCards = `document.querySelectorAll("details").forEach(function (d) { d.open = true; });
Array.from(document.querySelectorAll("table.cards")).filter(function (t) {
	return getComputedStyle(t).display !== "block" || t.parentElement.scrollWidth > t.parentElement.clientWidth;
}).map(function (t) { return t.caption.textContent; })`
