package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"teamsheet/internal/testkit"
)

// person is somebody at a real Chromium. They read what the page shows, and find
// what they press by the role and the name that assistive technology is told.
type person struct {
	t         *testing.T
	ctx       context.Context
	url       string
	downloads chan downloaded
	pictures  string // the folder for screenshots, "" for none
}

// downloaded is a file that the browser has saved.
type downloaded struct {
	name    string // as the browser would call it
	content []byte
}

// The size of the window, in CSS pixels.
const windowWidth, windowHeight = 1280, 900

// visit opens a browser of the test's own at the program's address.
func visit(t *testing.T, url string) *person {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(testkit.Chromium(t)),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(windowWidth, windowHeight),
		chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), // containers have little of it
		chromedp.Flag("lang", "en-US"),
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	// Not the test's context: that ends before the test's clean-up does.
	program, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, closeTab := chromedp.NewContext(program)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the browser has ended
		closeTab()
	})
	p := &person{t: t, ctx: ctx, url: url, pictures: pictureFolder(t)}
	p.do("open a browser")
	p.keepDownloads()
	return p
}

// do runs actions that have to go well; what completes "could not …".
func (p *person) do(what string, actions ...chromedp.Action) {
	p.t.Helper()
	// The tab's own context has to be the one of the first run.
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatalf("could not %s: %v", what, err)
	}
}

// withoutScripts lets pages run no scripts from now on.
func (p *person) withoutScripts() {
	p.t.Helper()
	p.do("switch scripts off", emulation.SetScriptExecutionDisabled(true))
}

// open goes to an address of the site and returns the answer's status.
func (p *person) open(path string) int64 {
	p.t.Helper()
	answered, err := chromedp.RunResponse(p.ctx, chromedp.Navigate(p.url+path))
	if err != nil {
		p.t.Fatalf("could not open %s: %v", path, err)
	}
	return answered.Status
}

// text is what stands on the screen, in one line; "" between two pages.
func (p *person) text() string {
	var text string
	if err := chromedp.Run(p.ctx, chromedp.Evaluate("document.body.innerText", &text)); err != nil {
		return ""
	}
	return strings.Join(strings.Fields(text), " ")
}

// read evaluates an expression on the page.
func (p *person) read(expression string, into any) {
	p.t.Helper()
	p.do("read the page", chromedp.Evaluate(expression, into))
}

// see waits until all the texts stand on the screen.
func (p *person) see(texts ...string) {
	p.t.Helper()
	var shown, lacking string
	defer func() {
		if lacking != "" {
			p.t.Logf("instead of %q the page says: %s", lacking, shown)
		}
	}()
	for _, text := range texts {
		lacking = text
		testkit.Wait(p.t, "the page to say "+text, func() bool {
			shown = p.text()
			return strings.Contains(shown, text)
		})
	}
	lacking = ""
}

// becomes waits until an expression is true of the page.
func (p *person) becomes(expression string) {
	p.t.Helper()
	testkit.Wait(p.t, expression, func() bool {
		var is bool
		return chromedp.Run(p.ctx, chromedp.Evaluate(expression, &is)) == nil && is // between two pages there is nothing to ask
	})
}

// seeNot checks that none of the texts stands on a page that is there already.
func (p *person) seeNot(texts ...string) {
	p.t.Helper()
	shown := p.text()
	for _, text := range texts {
		if strings.Contains(shown, text) {
			p.t.Errorf("the page says %q: %s", text, shown)
		}
	}
}

// thing is an element as assistive technology meets it.
type thing struct {
	role, name string
	node       cdp.BackendNodeID
	disabled   bool
}

// things are all elements of the page in their order, none between two pages.
func (p *person) things() []thing {
	var nodes []*accessibility.Node
	read := chromedp.ActionFunc(func(ctx context.Context) (err error) {
		nodes, err = accessibility.GetFullAXTree().Do(ctx)
		return err
	})
	if err := chromedp.Run(p.ctx, read); err != nil {
		return nil
	}
	if len(nodes) == 0 {
		return nil
	}
	byID := map[accessibility.NodeID]*accessibility.Node{}
	for _, node := range nodes {
		byID[node.NodeID] = node
	}
	return below(nil, nodes[0], byID)
}

// below appends a node and what is in it, in the order of the page.
func below(found []thing, node *accessibility.Node, byID map[accessibility.NodeID]*accessibility.Node) []thing {
	if !node.Ignored {
		found = append(found, thing{role: word(node.Role), name: word(node.Name), node: node.BackendDOMNodeID, disabled: isDisabled(node)})
	}
	for _, id := range node.ChildIDs {
		if child := byID[id]; child != nil {
			found = below(found, child, byID)
		}
	}
	return found
}

// word is a value of the accessibility tree as text.
func word(value *accessibility.Value) string {
	var text string
	if value != nil {
		_ = json.Unmarshal(value.Value, &text) // what is no text has no word
	}
	return strings.Join(strings.Fields(text), " ")
}

func isDisabled(node *accessibility.Node) bool {
	for _, property := range node.Properties {
		if property.Name == "disabled" {
			return string(property.Value.Value) == "true"
		}
	}
	return false
}

// look returns the elements with the role whose names begin so.
func (p *person) look(role, name string) []thing {
	return slices.DeleteFunc(p.things(), func(found thing) bool {
		return found.role != role || !strings.HasPrefix(found.name, name)
	})
}

// find waits for elements that can be used.
func (p *person) find(role, name string) []thing {
	p.t.Helper()
	var found []thing
	testkit.Wait(p.t, role+" "+name, func() bool {
		found = slices.DeleteFunc(p.look(role, name), func(t thing) bool { return t.disabled })
		return len(found) > 0
	})
	return found
}

// press presses the first element with the role whose name begins so.
func (p *person) press(role, name string) {
	p.t.Helper()
	p.click(p.find(role, name)[0])
}

// click moves the mouse onto an element and clicks.
func (p *person) click(what thing) {
	p.t.Helper()
	x, y := p.place(what)
	p.do("press "+what.name, chromedp.MouseClickXY(x, y))
}

// pressSlowly holds the mouse's button down on the first such element until a
// request that the press may have begun has had its answer.
func (p *person) pressSlowly(role, name string) {
	p.t.Helper()
	what := p.find(role, name)[0]
	x, y := p.place(what)
	answered := chromedp.Evaluate(`fetch(location.href).then(answer => answer.text()).then(() => true)`, new(bool),
		func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) })
	p.do("hold "+what.name,
		chromedp.MouseEvent(input.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		answered,
		chromedp.MouseEvent(input.MouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

// shownPerson is the name of the first person in the list of the team.
func (p *person) shownPerson() string {
	p.t.Helper()
	var name string
	p.read(`document.querySelector("#people tbody a").innerText`, &name)
	return name
}

// place is the middle of an element on the screen, once it has been scrolled to.
func (p *person) place(what thing) (x, y float64) {
	p.t.Helper()
	p.do("reach "+what.name, chromedp.ActionFunc(func(ctx context.Context) error {
		if err := dom.ScrollIntoViewIfNeeded().WithBackendNodeID(what.node).Do(ctx); err != nil {
			return err
		}
		quads, err := dom.GetContentQuads().WithBackendNodeID(what.node).Do(ctx)
		if err == nil && len(quads) > 0 {
			corners := quads[0]
			x, y = (corners[0]+corners[4])/2, (corners[1]+corners[5])/2
		}
		return err
	}))
	return x, y
}

// fill types a text over what stands in a field.
func (p *person) fill(role, label, text string) {
	p.t.Helper()
	field := p.find(role, label)[0]
	p.do("fill in "+label,
		dom.Focus().WithBackendNodeID(field.node),
		chromedp.Evaluate("document.activeElement.select()", nil),
		chromedp.KeyEvent(text),
	)
}

// choose puts a file into the page's file field, as the file dialog would.
func (p *person) choose(name string, content []byte) {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.do("choose "+name, chromedp.SetUploadFiles(`input[type="file"]`, []string{path}, chromedp.ByQuery))
}

// upload chooses a file and presses the button that sends it, which stands below.
func (p *person) upload(button, name string, content []byte) {
	p.t.Helper()
	p.choose(name, content)
	buttons := p.find("button", button)
	p.click(buttons[len(buttons)-1])
}

// keepDownloads lets the browser save files without asking where.
func (p *person) keepDownloads() {
	p.t.Helper()
	folder := p.t.TempDir()
	p.downloads = make(chan downloaded, 1)
	names := map[string]string{}
	chromedp.ListenTarget(p.ctx, func(event any) {
		switch event := event.(type) {
		case *browser.EventDownloadWillBegin:
			names[event.GUID] = event.SuggestedFilename
		case *browser.EventDownloadProgress:
			if event.State != browser.DownloadProgressStateInProgress {
				content, _ := os.ReadFile(filepath.Join(folder, event.GUID)) // a failed one is empty
				p.downloads <- downloaded{names[event.GUID], content}
			}
		}
	})
	p.do("save downloads", browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllowAndName).
		WithDownloadPath(folder).WithEventsEnabled(true))
}

// download presses what begins a download and waits for the file.
func (p *person) download(role, name string) downloaded {
	p.t.Helper()
	p.press(role, name)
	timer := time.NewTimer(testkit.Limit)
	defer timer.Stop()
	select {
	case file := <-p.downloads:
		return file
	case <-timer.C:
		p.t.Fatalf("%q downloads nothing", name)
	}
	return downloaded{}
}

// keys presses keys one after the other.
func (p *person) keys(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.do("press a key", chromedp.KeyEvent(key))
	}
}

// focused is the text or the label of what has the focus.
func (p *person) focused() string {
	p.t.Helper()
	var text string
	p.do("see the focus", chromedp.Evaluate(`(function (e) {
		return e === document.body ? "" : (e.labels && e.labels[0] || e).innerText || e.value || "";
	})(document.activeElement)`, &text))
	return strings.TrimSpace(text)
}

// tabTo presses the tab key until something has the focus whose text begins so.
func (p *person) tabTo(text string) {
	p.t.Helper()
	const most = 120
	for range most {
		if strings.HasPrefix(p.focused(), text) {
			return
		}
		p.keys("\t")
	}
	p.t.Fatalf("%q is not reached with the tab key", text)
}

// colour is the computed colour of an element's text: red, green or other.
func (p *person) colour(selector string) string {
	p.t.Helper()
	var c []int
	p.do("see the colour of "+selector, chromedp.Evaluate(
		`getComputedStyle(document.querySelector(`+quoted(selector)+`)).color.match(/\d+/g).slice(0, 3).map(Number)`, &c))
	switch {
	case c[0] > 2*c[1] && c[0] > 2*c[2]:
		return "red"
	case c[1] > c[0]+40 && c[1] > c[2]+20:
		return "green"
	}
	return "other"
}

func quoted(text string) string {
	literal, _ := json.Marshal(text) // a text always has one
	return string(literal)
}
