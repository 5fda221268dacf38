package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// envPictures names a folder for screenshots of each step: "make screenshots".
const envPictures = "TEAMSHEET_TEST_SCREENSHOTS"

// pictureFolder is the test's own folder for screenshots, "" for none.
func pictureFolder(t *testing.T) string {
	t.Helper()
	folder := os.Getenv(envPictures)
	if folder == "" {
		return ""
	}
	folder = filepath.Join(folder, t.Name())
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// tallest is where a picture of a long page is cut, in CSS pixels.
const tallest = 2600

// looks are the ways in which pages are pictured.
var looks = []struct {
	name, scheme string
	width        int64
}{
	{"wide-light", "light", windowWidth}, {"wide-dark", "dark", windowWidth},
	{"narrow-light", "light", 400}, {"narrow-dark", "dark", 400},
}

// picture takes the whole page, wide and narrow, light and dark.
func (p *person) picture(name string) {
	p.t.Helper()
	p.pictured(name, func(width int64) []byte { return p.wholePage(width, tallest) })
}

// glance takes what is in the window.
func (p *person) glance(name string) {
	p.t.Helper()
	p.pictured(name, func(int64) []byte { return p.shoot() })
}

func (p *person) pictured(name string, take func(width int64) []byte) {
	p.t.Helper()
	if p.pictures == "" {
		return
	}
	for _, look := range looks {
		p.lookAs(look.width, look.scheme)
		p.keep(filepath.Join(p.pictures, name+"-"+look.name+".png"), take(look.width))
	}
	p.do("see in the usual way", emulation.ClearDeviceMetricsOverride(), emulation.SetEmulatedMedia())
}

// lookAs makes the window as wide, with the person's choice of light or dark.
func (p *person) lookAs(width int64, scheme string) {
	p.t.Helper()
	p.do("look at it "+scheme, p.window(width, windowHeight), emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}))
}

func (p *person) window(width, height int64) chromedp.Action {
	return emulation.SetDeviceMetricsOverride(width, height, 1, false)
}

// wholePage takes the page in a window that is high enough for it: bars that
// stick to the window's edge are then where the page has them.
func (p *person) wholePage(width int64, most float64) []byte {
	p.t.Helper()
	var height float64
	p.do("measure the page", chromedp.ActionFunc(func(ctx context.Context) error {
		_, _, _, _, _, content, err := page.GetLayoutMetrics().Do(ctx)
		if err == nil {
			height = min(content.Height, most)
		}
		return err
	}))
	p.do("make the window high", p.window(width, int64(height)))
	return p.shoot()
}

func (p *person) shoot() []byte {
	p.t.Helper()
	var png []byte
	p.do("take a picture", chromedp.CaptureScreenshot(&png))
	return png
}

func (p *person) keep(file string, png []byte) {
	p.t.Helper()
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// readmePicture takes the README's picture of the preview of samples/problems.txt:
// the first causes of problems, and the rows of one column, of which some have a
// problem and some change. The page has more of both than a picture can hold.
func (p *person) readmePicture() {
	p.t.Helper()
	if p.pictures == "" {
		return
	}
	p.open("/bulk-update/history")
	p.press("link", "problems.txt")
	p.see("Problems by cause")
	var address string
	p.read("location.pathname", &address)
	p.open(address + "?show=all&column=License+Type")
	p.see("Problems by cause", "standrad")
	p.lookAs(windowWidth, "light")
	var end float64
	p.read(`(function () {
		document.activeElement.blur();
		document.querySelectorAll("#problems .said-list > li:nth-child(n+4), .rows tbody tr:nth-child(n+6)").forEach(e => e.remove());
		return Math.ceil(document.querySelector("table.rows").getBoundingClientRect().bottom + window.scrollY) + 16;
	})()`, &end)
	p.keep(filepath.Join(filepath.Dir(p.pictures), "preview.png"), p.wholePage(windowWidth, end))
}
