package producer

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"teamsheet/internal/auth"
	"teamsheet/internal/testkit"
)

// The same pages in a browser that runs their scripts under their content
// policy: what htmx and app.js add works, and nothing is refused or fails.
func TestPagesWithScripts(t *testing.T) {
	t.Parallel()
	chromium := testkit.Chromium(t)
	r := newRig(t)
	c := r.chromium(chromium)
	token, err := auth.NewPasswordLink(t.Context(), r.store, r.home.admin)
	r.must(err)
	c.run("sign in", chromedp.Navigate(r.web.URL+"/password/"+token), chromedp.SendKeys("#password", testPassword),
		chromedp.Submit("#password"), chromedp.WaitVisible(".people"))
	c.menuCloses()
	c.searchAsYouType()
	c.droppedFile()
	c.cancelledUpload()
	c.refusedUpload()
	c.uploadToApplied()
	c.timeZone()
	c.keptEdits()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.complaints) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(c.complaints, "\n"))
	}
}

// scripted is a real browser on a rig.
type scripted struct {
	rig        *rig
	ctx        context.Context
	mu         sync.Mutex
	complaints []string
	questions  int // of the browser, each answered with Cancel
}

// startChromium opens a browser, which is closed with the test, or after most.
func startChromium(t *testing.T, path string, most time.Duration) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(context.Background(), most)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the browser to close, so that its folder can go
		cancel()
	})
	return ctx
}

func (r *rig) chromium(path string) *scripted {
	ctx := startChromium(r.t, path, 2*time.Minute)
	c := &scripted{rig: r, ctx: ctx}
	chromedp.ListenTarget(ctx, c.listen)
	c.run("start", cdplog.Enable())
	return c
}

// listen notes what a browser's console would show in red; a refused upload is
// expected to be an error.
func (c *scripted) listen(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		c.complaints = append(c.complaints, e.ExceptionDetails.Error())
	case *page.EventJavascriptDialogOpening:
		c.questions++
		go func() { _ = chromedp.Run(c.ctx, page.HandleJavaScriptDialog(false)) }()
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.LevelError && !strings.Contains(e.Entry.Text, "status of 415") && !strings.Contains(e.Entry.Text, "status of 422") {
			c.complaints = append(c.complaints, e.Entry.Text)
		}
	}
}

func (c *scripted) run(what string, actions ...chromedp.Action) {
	c.rig.t.Helper()
	if err := chromedp.Run(c.ctx, actions...); err != nil {
		var body string
		_ = chromedp.Run(c.ctx, chromedp.Text("body", &body))
		c.rig.t.Fatalf("%s: %v; the page says: %s", what, err, body)
	}
}

// becomes waits until an expression of the page is true.
func (c *scripted) becomes(expression string) chromedp.Action {
	return chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(30*time.Second))
}

func (c *scripted) menuCloses() {
	c.rig.t.Helper()
	c.run("open the menu and leave it", chromedp.Click(".menu > summary"), c.becomes(`document.querySelector(".menu").open`),
		chromedp.Click("h1"), c.becomes(`!document.querySelector(".menu").open`))
}

func (c *scripted) searchAsYouType() {
	c.rig.t.Helper()
	c.run("search as you type", chromedp.SendKeys("#q", "bo"),
		c.becomes(`document.querySelectorAll(".people tbody tr").length === 1 && document.querySelector(".people").textContent.includes("Bo Silva")`),
		c.becomes(`location.search.includes("q=bo") && document.activeElement.id === "q"`),
		chromedp.SendKeys("#leader", "nobody\t"),
		c.becomes(`document.querySelector("#leader-said").textContent.includes("Nobody has this email") && !document.querySelector(".people")`))
}

// keptEdits leaves a profile with an edit: the browser asks, but for Discard and Save.
func (c *scripted) keptEdits() {
	c.rig.t.Helper()
	asked := func(want int) {
		c.rig.t.Helper()
		testkit.Wait(c.rig.t, "the browser's question", func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.questions == want
		})
	}
	leads := func(what, selector, to string) {
		c.rig.t.Helper()
		if _, err := chromedp.RunResponse(c.ctx, chromedp.Click(selector)); err != nil {
			c.rig.t.Fatalf("%s: %v", what, err)
		}
		c.run(what, chromedp.WaitVisible(to))
	}
	profile := chromedp.Navigate(c.rig.web.URL + "/team/" + c.rig.home.profile.String())
	c.run("open a profile", profile)
	leads("leave it without an edit", ".crumbs a", ".people")
	c.run("leave an edit", profile, chromedp.SendKeys("#f-hometown", "x"), chromedp.Click(".crumbs a"))
	asked(1)
	leads("discard it", ".save a", "#f-hometown")
	c.run("edit again", chromedp.SendKeys("#f-hometown", "y"))
	leads("save", ".save button", ".banner.done")
	c.run("mistype", chromedp.SendKeys("#f-email", "@"))
	leads("save the mistake", ".save button", "#summary")
	c.run("leave it", chromedp.Click("h1"), chromedp.Click(".crumbs a"))
	asked(2)
}

// drop drops made-up files on the heading of the page.
func (c *scripted) drop(files string) chromedp.Action {
	return chromedp.Evaluate(`(function () {
		var carried = new DataTransfer();
		`+files+`.forEach(function (file) { carried.items.add(file); });
		["dragover", "drop"].forEach(function (type) {
			document.querySelector("h1").dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }));
		});
	})()`, nil)
}

func (c *scripted) droppedFile() {
	c.rig.t.Helper()
	c.run("drop files", chromedp.Navigate(c.rig.web.URL+"/bulk-update"),
		c.drop(`[new File(["x"], "a.txt"), new File(["y"], "b.txt")]`),
		c.becomes(`document.querySelector(".chosen").textContent === "Drop one file, not 2." && document.querySelector("#file").files.length === 0`),
		c.drop(`[new File(["x".repeat(1536)], "nov.txt")]`),
		c.becomes(`document.querySelector(".chosen").textContent === "nov.txt, 1.5 KiB" && document.querySelector("#file").files[0].name === "nov.txt"`),
		chromedp.Evaluate(`document.querySelector("#file").dataset.most = "1024"`, nil),
		c.drop(`[new File(["x".repeat(1536)], "nov.txt")]`),
		c.becomes(`document.querySelector(".chosen").textContent.includes("larger than the 1 KiB") && !document.querySelector("form.upload").checkValidity()`))
}

// cancelledUpload holds the upload back, as a slow line would, until it is cancelled.
func (c *scripted) cancelledUpload() {
	c.rig.t.Helper()
	before := c.rig.blobs.count(c.rig.t)
	c.run("cancel an upload", chromedp.Navigate(c.rig.web.URL+"/bulk-update"),
		chromedp.Evaluate(`(function (send) {
			XMLHttpRequest.prototype.send = function () {
				XMLHttpRequest.prototype.send = send;
				this.upload.onprogress({ lengthComputable: true, loaded: 1 << 20, total: 3 << 20 });
			};
		})(XMLHttpRequest.prototype.send)`, nil),
		c.drop(`[new File(["x"], "nov.txt")]`), chromedp.Click("form.upload button[type=submit]"),
		c.becomes(`document.querySelector(".sent").textContent === "33% of 3 MiB" && document.querySelector("progress").value === 33`),
		chromedp.Evaluate(`XMLHttpRequest.prototype.abort = (function (abort) {
			return function () { XMLHttpRequest.prototype.abort = abort; this.onabort(); };
		})(XMLHttpRequest.prototype.abort)`, nil),
		chromedp.Click(".cancel"),
		c.becomes(`document.querySelector(".chosen").textContent === "Cancelled. Nothing was uploaded." && document.querySelector("progress").hidden &&
			document.activeElement.type === "submit" && !document.querySelector("[data-sent], .upload [aria-busy]")`))
	if after := c.rig.blobs.count(c.rig.t); after != before {
		c.rig.t.Errorf("%d files after a cancelled upload, %d before", after, before)
	}
}

func (c *scripted) refusedUpload() {
	c.rig.t.Helper()
	c.run("upload a wrong file", chromedp.Navigate(c.rig.web.URL+"/bulk-update"),
		chromedp.SetUploadFiles("#file", []string{c.file("team.csv", []byte("Email,Hometown\r\na@home.example,é\r\n"))}),
		chromedp.Click("form.upload button[type=submit]"), chromedp.WaitVisible(".wrong-file"),
		c.becomes(`document.title.startsWith("Error:") && document.activeElement.id === "summary"`))
}

func (c *scripted) uploadToApplied() {
	c.rig.t.Helper()
	file := textOf([]string{"User ID", "Hometown"}, []string{c.rig.home.profile.String(), "Lisbon"})
	var path string
	c.run("upload", chromedp.SetUploadFiles("#file", []string{c.file("nov.txt", file)}),
		chromedp.Click("form.upload button[type=submit]"), chromedp.WaitVisible("#progress"), chromedp.Evaluate("location.pathname", &path))
	id := strings.TrimPrefix(path, "/bulk-update/")
	c.rig.preview(id)
	c.run("preview", chromedp.WaitVisible("#confirm"), c.becomes(`document.activeElement.id === "outcome"`),
		c.becomes(`document.querySelector("time").title.endsWith("UTC")`),
		chromedp.Click("#confirm button.go"), chromedp.WaitVisible("#progress"))
	c.rig.apply(id)
	c.run("apply", chromedp.WaitVisible(".banner.done"), c.becomes(`document.title.startsWith("Saved")`))
}

// timeZone takes a zone that browsers call by an older name (Asia/Katmandu).
func (c *scripted) timeZone() {
	c.rig.t.Helper()
	c.run("choose the browser's time zone", emulation.SetTimezoneOverride("Asia/Kathmandu"),
		chromedp.Navigate(c.rig.web.URL+"/account"), chromedp.Click(".zone-offer button"),
		c.becomes(`document.querySelector("#time_zone").value.endsWith("mandu")`),
		chromedp.Submit("#time_zone"), chromedp.WaitVisible(".banner.done"),
		chromedp.Navigate(c.rig.web.URL+"/bulk-update/history"),
		c.becomes(`document.querySelector("time").textContent.endsWith("UTC+0545") && document.querySelector("time").title.endsWith("UTC")`))
}

func (c *scripted) file(name string, content []byte) string {
	path := filepath.Join(c.rig.t.TempDir(), name)
	c.rig.must(os.WriteFile(path, content, 0o600))
	return path
}
