package e2e

import (
	"net/http"
	"testing"
)

// Whoever uploads the workbook itself gets to the preview in two more clicks, and
// an unedited one changes nothing.
func TestBrowserConvertsTheWorkbook(t *testing.T) {
	processTest(t)
	d := startDemo(t)
	book := d.admin(t).want(http.StatusOK, "GET", "/api/v1/team.xlsx?complete=1", nil).body
	p := visit(t, d.program.value("url"))
	p.signIn(d.program)
	p.open("/bulk-update")
	p.upload("Upload and preview", "team.xlsx", book)
	p.see("team.xlsx", "This file is an Excel workbook (.xlsx), not Unicode Text.", "Convert my file")
	p.picture("10-wrong-file")
	p.press("button", "Convert my file")
	p.see("rows below the header", "Every cell was carried over as it is", "Hometown")
	p.picture("11-convert")
	p.press("button", "Use this file")
	p.see("No changes found", "team-converted.txt")
}
