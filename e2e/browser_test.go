package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"teamsheet/internal/testkit/process"
)

// signIn signs in with what the program printed.
func (p *person) signIn(program *program) {
	p.t.Helper()
	p.open("/")
	p.see("Sign in")
	p.picture("01-sign-in")
	p.fill("textbox", "Email", program.value("email"))
	p.fill("textbox", "Password", program.value("password"))
	p.press("button", "Sign in")
	p.see("Manage Team", "10,000 people")
}

// sample is one of the edited sheets that come with the demo.
func (d *demonstration) sample(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(d.dir, "samples", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestBrowserMendAndConfirm(t *testing.T) {
	processTest(t)
	d := startDemo(t)
	p := visit(t, d.program.value("url"))
	wholeJob(t, p, d)
	p.readmePicture()
}

func TestBrowserMendAndConfirmWithoutScripts(t *testing.T) {
	processTest(t)
	d := startDemo(t)
	p := visit(t, d.program.value("url"))
	p.withoutScripts()
	wholeJob(t, p, d)
}

// wholeJob is what the program is for, from the sign-in to the history.
func wholeJob(t *testing.T, p *person, d *demonstration) {
	t.Helper()
	p.signIn(d.program)
	p.picture("02-team")
	p.press("DisclosureTriangle", "Bulk Actions")
	p.see("Change many profiles with a spreadsheet")
	p.picture("03-bulk-actions")
	p.press("link", "Bulk Update Users")
	p.see("Download the current team", "Look at the preview and confirm")
	p.picture("04-bulk-update")
	team := p.downloadTeam()

	p.upload("Upload and preview", "problems.txt", d.sample(t, "problems.txt"))
	p.seeProblems()
	p.picture("05-problems")
	fixUp := readTable(t, p.download("link", "Download the fix-up file").content)
	mend(t, fixUp, team)

	p.press("button", "Upload the mended file") // to the form at the bottom
	p.upload("Upload the mended file", "mended.txt", fixUp.bytes())
	changed := p.seeChanges()
	p.picture("06-ready")
	p.glance("06-ready-window")
	p.press("button", "Confirm")
	p.see(fmt.Sprintf("Saved: %d people were changed", changed), "All of it was saved")
	p.picture("07-applied")

	p.seeHistory()
	p.press("link", "History")
	p.see("mended.txt", "Applied", "problems.txt", "Has problems")
	p.picture("09-history")
}

// downloadTeam takes both downloads that the page offers and returns the sheet
// without incomplete deactivated people, from which the samples are made.
func (p *person) downloadTeam() table {
	p.t.Helper()
	workbook := p.download("button", "Download as Excel workbook")
	if !strings.HasSuffix(workbook.name, ".xlsx") || !strings.HasPrefix(string(workbook.content), "PK") {
		p.t.Errorf("the workbook is %q, beginning %q", workbook.name, workbook.content[:min(4, len(workbook.content))])
	}
	p.press("checkbox", "Leave out deactivated people")
	text := p.download("button", "Download as Unicode Text")
	if !strings.HasSuffix(text.name, ".txt") {
		p.t.Errorf("the Unicode Text is %q", text.name)
	}
	return readTable(p.t, text.content)
}

// seeProblems reads the preview of samples/problems.txt.
func (p *person) seeProblems() {
	p.t.Helper()
	p.see("Cannot continue: 31 rows have problems", "Nothing was saved", "Problems by cause",
		"8 rows", "No active team leader has this email or employee ID", "Did you mean",
		"lost its leading zeros", "There is no role with this name")
	for _, selector := range []string{"#outcome h2", "#problems .what", ".chip.problem"} {
		if colour := p.colour(selector); colour != "red" {
			p.t.Errorf("%s is %s, want red", selector, colour)
		}
	}
	if found := p.look("button", "Confirm"); len(found) > 0 {
		p.t.Errorf("a file with problems has the button %q", found[0].name)
	}
}

// seeChanges reads the preview of a sheet that can be confirmed, and returns how
// many people it changes.
func (p *person) seeChanges() int {
	p.t.Helper()
	p.see("Review the changes", "people will change", "Nothing is saved yet")
	p.seeNot("Cannot continue")
	for _, selector := range []string{"#outcome h2", "#rows ins", ".chip.change"} {
		if colour := p.colour(selector); colour != "green" {
			p.t.Errorf("%s is %s, want green", selector, colour)
		}
	}
	p.confirmIsLast()
	said := regexp.MustCompile(`Ready: ([\d,]+) people will change`).FindStringSubmatch(p.text())
	if said == nil {
		p.t.Fatalf("the preview does not say how many people change: %s", p.text())
	}
	changed, _ := strconv.Atoi(strings.ReplaceAll(said[1], ",", ""))
	return changed
}

// confirmIsLast checks that whoever goes through the page meets all changes
// before the button that saves them.
func (p *person) confirmIsLast() {
	p.t.Helper()
	confirm, lastRow := -1, -1
	for i, found := range p.things() {
		switch {
		case found.role == "button" && strings.HasPrefix(found.name, "Confirm"):
			confirm = i
		case found.role == "row":
			lastRow = i
		}
	}
	if lastRow < 0 || confirm < lastRow {
		p.t.Errorf("Confirm is element %d of the page, the last row of changes %d", confirm, lastRow)
	}
}

// seeHistory follows the first changed person to their profile.
func (p *person) seeHistory() {
	p.t.Helper()
	var row struct{ Name, Column, New string }
	p.read(`(function (row) {
		return {
			Name: row.querySelector("th a").innerText,
			Column: row.querySelector(".changes b").innerText,
			New: row.querySelector("ins").lastChild.textContent
		};
	})(document.querySelector("#rows tbody tr"))`, &row)
	p.press("link", row.Name)
	p.see("History", "bulk update: mended.txt, row", row.Column, row.New)
	if len(p.look("heading", row.Name)) == 0 {
		p.t.Errorf("the page of %s has no heading that says so", row.Name)
	}
	p.picture("08-profile")
	p.press("link", "mended.txt")
	p.see("mended.txt", "All of it was saved")
}

var cellAddress = regexp.MustCompile(`\(([A-Z]+)(\d+)\)`)

// mend puts the team's value back into each cell that the fix-up file names.
func mend(t *testing.T, fixUp, team table) {
	t.Helper()
	if len(fixUp) != len(team) {
		t.Fatalf("the fix-up file has %d rows, the team %d", len(fixUp), len(team))
	}
	mended := 0
	for row := 1; row < len(fixUp); row++ {
		for _, at := range cellAddress.FindAllStringSubmatch(fixUp.get(t, row, "Problem"), -1) {
			if at[2] != strconv.Itoa(row+1) {
				t.Errorf("row %d: the problem names %s", row+1, at[0])
			}
			column := int(at[1][0] - 'A')
			fixUp[row][column] = team[row][column]
			mended++
		}
	}
	if mended < 31 {
		t.Fatalf("the fix-up file names %d cells; 31 rows have problems", mended)
	}
}

// office is one organization of few people on one machine, and somebody in
// another organization there.
type office struct {
	url      string
	link     string // on which the admin sets the first password
	admin    *client
	stranger *client
}

func newOffice(t *testing.T, people int) office {
	t.Helper()
	s := process.Settings{"TEAMSHEET_ADDR": "127.0.0.1:0", "TEAMSHEET_DATA_DIR": t.TempDir()}
	mine, link := organization(t, s, "Example", adminEmail, people)
	others, _ := organization(t, s, "Elsewhere", "eve@example.org", 50)
	url := start(t, s, "run").value("url")
	_, path, found := strings.Cut(link, "/password/")
	if !found {
		t.Fatalf("%q is no link for a password", link)
	}
	return office{
		url: url, link: "/password/" + path,
		admin:    &client{t: t, url: url, token: mine},
		stranger: &client{t: t, url: url, token: others},
	}
}

// organization makes one with its people and its admin, who gets a token, and a
// link for the first password.
func organization(t *testing.T, s process.Settings, name, email string, people int) (token, link string) {
	t.Helper()
	org := command(t, s, "org", "create", "--name", name)
	link = command(t, s, "admin", "create", "--org", org, "--email", email)
	token = command(t, s, "token", "create", "--org", org, "--email", email)
	command(t, s, "seed", "--org", org, "--people", strconv.Itoa(people))
	return token, link
}

// enter is a new admin who opens their link and chooses a password.
func (o office) enter(t *testing.T) *person {
	t.Helper()
	p := visit(t, o.url)
	p.open(o.link)
	p.see(adminEmail)
	p.picture("01-password")
	p.fill("textbox", "New password", "a quiet harbour at dawn")
	p.press("button", "Save")
	p.see("Manage Team", "300 people")
	return p
}

func TestBrowserWrongFilesAreNamedWithSteps(t *testing.T) {
	processTest(t)
	o := newOffice(t, 300)
	p := o.enter(t)
	p.open("/bulk-update")
	workbook := p.download("button", "Download as Excel workbook")
	p.upload("Upload and preview", "team.xlsx", workbook.content)
	p.see("team.xlsx", "Excel workbook", "Nothing was saved", "Your edits are safe", "Unicode Text (*.txt)")
	p.picture("02-workbook")

	p.upload("Upload and preview", "team.csv", []byte("\ufeffUser ID,Email\r\n1,ana@demo.example\r\n"))
	p.see("team.csv", "CSV UTF-8", "Nothing was saved", "Save as type")
	p.picture("03-csv")

	p.press("link", "History")
	p.see("Bulk updates")
	p.seeNot("team.csv", "team.xlsx")
}

func TestBrowserEditsOneProfile(t *testing.T) {
	processTest(t)
	o := newOffice(t, 300)
	team := o.admin.download("?complete=1")
	row := team.agents(t)[0]
	id, email := team.get(t, row, "User ID"), team.get(t, row, "Email")
	p := o.enter(t)
	p.fill("searchbox", "Search", email)
	p.see("1 person found")
	p.pressSlowly("link", team.get(t, row, "First Name"))
	p.see("History", "Save")
	p.picture("02-profile")

	p.fill("textbox", "Hometown", "Évora")
	p.fill("textbox", "Email", "no.at.sign.example")
	p.press("button", "Save")
	p.see("There is a problem", "This email has no", "Enter the whole email")
	if colour := p.colour(".field-problem"); colour != "red" {
		t.Errorf("the field's problem is %s, want red", colour)
	}
	p.picture("03-problem")
	if now := o.admin.download("?complete=1"); now.get(t, row, "Hometown") == "Évora" {
		t.Error("a form with a problem was saved in part")
	}

	p.fill("textbox", "Email", "new."+email)
	p.press("button", "Save")
	p.see("Saved", "Évora", "new."+email, email)
	p.seeNot("There is a problem")
	p.picture("04-saved")
	saved := o.admin.want(http.StatusOK, http.MethodGet, "/api/v1/profiles/"+id, nil)
	if !strings.Contains(string(saved.body), `"new.`+email+`"`) {
		t.Errorf("the profile is %s", saved.body)
	}
}

func TestBrowserFindsTheTeamOfALeader(t *testing.T) {
	processTest(t)
	o := newOffice(t, 300)
	team := o.admin.download("?complete=1")
	leader := ""
	for _, row := range team.agents(t) {
		if leader = team.get(t, row, "Team Leader"); leader != "" {
			break
		}
	}
	p := o.enter(t)
	p.fill("textbox", "Team Leader", leader)
	p.keys("\r")
	p.see("People led by")

	// Who leaves the field with a click has that click, not another list.
	p.fill("textbox", "Team Leader", "nobody at all")
	p.pressSlowly("link", p.shownPerson())
	p.see("History", "Save")
}

// Sign-in, menu, preview and Confirm, without a mouse.
func TestBrowserConfirmsByKeyboardAlone(t *testing.T) {
	processTest(t)
	o := newOffice(t, 300)
	sheet := o.admin.download("?complete=1")
	for _, row := range sheet.agents(t)[:2] {
		sheet.set(t, row, "Hometown", "Évora")
	}
	p := visit(t, o.url)
	p.open(o.link)
	p.see(adminEmail)
	p.tabTo("New password")
	p.keys("a quiet harbour at dawn", "\r")
	p.see("Manage Team", "300 people")
	p.tabTo("Bulk Actions")
	p.keys("\r")
	p.see("Change many profiles with a spreadsheet")
	p.tabTo("Bulk Update Users")
	p.keys("\r")
	p.see("Look at the preview and confirm")
	p.choose("team.txt", sheet.bytes())
	p.tabTo("Upload and preview")
	p.keys("\r")
	p.see("Ready: 2 people will change")
	p.tabTo("Confirm 2 changes")
	p.glance("02-confirm-has-the-focus")
	p.keys("\r")
	p.see("Saved: 2 people were changed")
	if now := o.admin.download("?complete=1"); now.get(t, sheet.agents(t)[0], "Hometown") != "Évora" {
		t.Error("nothing was saved")
	}
}

func TestBrowserFindsNothingOfAnotherOrganization(t *testing.T) {
	processTest(t)
	o := newOffice(t, 300)
	theirs := o.stranger.download("?complete=1")
	theirs.set(t, theirs.agents(t)[0], "Hometown", "Elsewhere")
	batch := o.stranger.preview("theirs.txt", theirs.bytes())
	p := o.enter(t)
	for _, path := range []string{
		"/bulk-update/" + batch.ID, "/bulk-update/" + batch.ID + "/fixup", "/bulk-update/" + batch.ID + "/progress",
		"/bulk-update?replaces=" + batch.ID, "/team/" + theirs.get(t, 1, "User ID"), "/bulk-update/no-such-batch",
	} {
		if status := p.open(path); status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, status)
		}
		p.see("Back to the start")
		p.seeNot("theirs.txt", "Elsewhere", theirs.get(t, 1, "Email"))
	}
	p.picture("02-not-found")
	p.open("/bulk-update/history")
	p.seeNot("theirs.txt")
}
