package producer

import (
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"teamsheet/internal/testkit"
)

var takePictures = flag.String("pictures", "", "the `folder` to put a picture of each page into (make screenshots)")

// TestPictures does nothing unless pictures are asked for. Each is of a page in the
// state that people see most, as a file of the page's name; three are also taken as
// they look in the dark on a narrow screen.
func TestPictures(t *testing.T) {
	if *takePictures == "" {
		return
	}
	web := httptest.NewServer(storybook(t))
	t.Cleanup(web.Close)
	c := newStoryReader(t, testkit.Chromium(t))
	wide, narrow := look{"light", 1280}, look{"dark", 400}
	for _, name := range []string{"sign-in", "password", "team", "profile", "profile-conflict", "bulk-update", "bulk-update-wrong-file",
		"batch-reading", "batch-rejected", "batch-ready", "batch-ready-old", "batch-drastic", "batch-applied", "batch-failed-stale-plan", "history", "account-saved", "ops", "error-404"} {
		c.picture(web.URL+"/story/"+name, name+".png", wide)
	}
	for _, name := range []string{"team", "batch-ready", "history"} {
		c.picture(web.URL+"/story/"+name, name+"-dark-narrow.png", narrow)
	}
}

func (c *storyReader) picture(url, file string, l look) {
	var png []byte
	err := chromedp.Run(c.ctx, l.take(), chromedp.Navigate(url), l.wholePage(), chromedp.CaptureScreenshot(&png))
	if err != nil {
		c.t.Errorf("%s: %v", url, err)
		return
	}
	if err := os.WriteFile(filepath.Join(*takePictures, file), png, 0o644); err != nil {
		c.t.Error(err)
	}
}
