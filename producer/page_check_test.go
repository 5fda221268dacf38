package producer

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet/convert"
	"teamsheet/internal/store"
)

// eachPage parses every sample page.
func eachPage(t *testing.T, check func(t *testing.T, root *html.Node)) {
	t.Helper()
	p := testPages(t)
	for _, sample := range samplePages() {
		t.Run(sample.name, func(t *testing.T) {
			t.Parallel()
			body, err := p.html(sample.page, "layout", sample.view)
			if err != nil {
				t.Fatal(err)
			}
			root, err := html.Parse(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			check(t, root)
		})
	}
}

// pageAddress is an address that a page leads to, and how.
type pageAddress struct{ method, target string }

func addressesOf(root *html.Node) []pageAddress {
	var out []pageAddress
	add := func(n *html.Node, method, key string) {
		if has(n, key) {
			out = append(out, pageAddress{method, attribute(n, key)})
		}
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, key := range []string{"href", "src", "hx-get", "formaction"} {
			add(n, http.MethodGet, key)
		}
		if n.Data == "form" {
			add(n, strings.ToUpper(attribute(n, "method")), "action")
		}
	}
	return out
}

func TestEveryLinkLeadsToARoute(t *testing.T) {
	t.Parallel()
	s := &Server{pages: testPages(t)}
	mux := http.NewServeMux()
	s.pageRoutes(mux)
	elsewhere := []string{"/ops/queues/", "/readyz", "/metrics"}
	eachPage(t, func(t *testing.T, root *html.Node) {
		for _, address := range addressesOf(root) {
			target, err := url.Parse(address.target)
			if err != nil || target.Host != "" {
				t.Errorf("%s leads away", address.target)
				continue
			}
			if target.Path == "" {
				if !hasID(root, target.Fragment) {
					t.Errorf("nothing on the page is #%s", target.Fragment)
				}
				continue
			}
			_, pattern := mux.Handler(httptest.NewRequest(address.method, target.RequestURI(), nil))
			if pattern == "" && !slices.Contains(elsewhere, target.Path) {
				t.Errorf("no route for %s %s", address.method, address.target)
			}
		}
	})
}

func hasID(root *html.Node, id string) bool {
	for n := range root.Descendants() {
		if id != "" && attribute(n, "id") == id {
			return true
		}
	}
	return false
}

// The content policy forbids what stands in the page itself.
func TestPagesHoldNoScriptsOrStyles(t *testing.T) {
	t.Parallel()
	eachPage(t, func(t *testing.T, root *html.Node) {
		for n := range root.Descendants() {
			if n.Data == "style" || (n.Data == "script" && !has(n, "src")) {
				t.Errorf("an inline %s", n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") ||
					strings.HasPrefix(a.Val, "javascript:") {
					t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
				}
			}
		}
	})
}

func TestPagesCanBeReadAloud(t *testing.T) {
	t.Parallel()
	eachPage(t, func(t *testing.T, root *html.Node) {
		checkIDs(t, root)
		checkLabels(t, root)
		if n := len(elements(root, "h1")); n != 1 {
			t.Errorf("%d headings of the first level", n)
		}
		if attribute(elements(root, "html")[0], "lang") == "" {
			t.Error("the page has no language")
		}
		for _, table := range elements(root, "table") {
			if len(elements(table, "caption")) != 1 {
				t.Error("a table has no caption")
			}
			for _, th := range elements(table, "th") {
				if !has(th, "scope") {
					t.Error("a table's heading has no scope")
				}
			}
		}
	})
}

func checkIDs(t *testing.T, root *html.Node) {
	t.Helper()
	seen := map[string]bool{}
	for n := range root.Descendants() {
		if id := attribute(n, "id"); id != "" {
			if seen[id] {
				t.Errorf("two elements are #%s", id)
			}
			seen[id] = true
		}
	}
	for n := range root.Descendants() {
		for _, key := range []string{"for", "aria-describedby", "aria-labelledby"} {
			for _, id := range strings.Fields(attribute(n, key)) {
				if !seen[id] {
					t.Errorf("%s of %s names #%s, which is not there", key, n.Data, id)
				}
			}
		}
	}
}

func checkLabels(t *testing.T, root *html.Node) {
	t.Helper()
	labelled := map[string]bool{}
	for _, label := range elements(root, "label") {
		labelled[attribute(label, "for")] = true
	}
	for _, tag := range []string{"input", "select", "textarea"} {
		for _, field := range elements(root, tag) {
			hidden := attribute(field, "type") == "hidden" || has(field, "hidden")
			if !hidden && !labelled[attribute(field, "id")] && !inside(field, "label") {
				t.Errorf("%s %q has no label", tag, attribute(field, "name"))
			}
		}
	}
	for _, button := range elements(root, "button") {
		if (&shownPage{root: button}).text() == "" {
			t.Error("a button says nothing")
		}
	}
}

func inside(n *html.Node, tag string) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Data == tag {
			return true
		}
	}
	return false
}

// Whatever people call themselves or type is text.
func TestHostileTextIsText(t *testing.T) {
	t.Parallel()
	const hostile = `</td></textarea><script>alert(1)</script>"'><img src=x onerror=alert(2)>` + "\u202eevil"
	p := testPages(t)
	for name, view := range hostileViews(hostile) {
		body, err := p.html(strings.SplitN(name, " ", 2)[0], "layout", view)
		if err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, script := range elements(root, "script") {
			if !strings.HasPrefix(attribute(script, "src"), "/static/") {
				t.Errorf("%s: a script got in", name)
			}
		}
		for _, image := range elements(root, "img") {
			if attribute(image, "src") != "/static/hash/icon.svg" {
				t.Errorf("%s: a picture got in", name)
			}
		}
		if !strings.Contains((&shownPage{root: root}).text(), "alert(1)") && !strings.Contains(string(body), "alert(1)") {
			t.Errorf("%s does not show the text at all", name)
		}
	}
}

func hostileViews(text string) map[string]any {
	d := profile.NewDirectory([]profile.Role{{ID: 1, Name: text, Active: true}}, []profile.Group{{ID: 1, Name: text}})
	p := profile.Profile{ID: sampleID(1), Version: 1, FirstName: text, LastName: text, Email: text, EmployeeID: text, Hometown: text,
		Bio: text, RoleID: 1, LeaderID: sampleID(2), LeaderKey: text, GroupIDs: []int32{1}}
	listed := store.Person{Profile: p, LeaderName: text}
	team := newTeamView(teamParts{org: store.Org{Name: text, People: 1}, directory: d, query: store.PeopleQuery{Search: text},
		leader: &leaderView{ID: sampleID(2), Name: text, Key: text}, field: unclearLeader(text, []store.Person{listed, listed}, false, store.PeopleQuery{}),
		page: store.PeoplePage{People: []store.Person{listed}, Next: text}})
	team.layoutView = sampleLayout("team")
	one := newProfileView(&p, d)
	one.layoutView = sampleLayout("team")
	wrong := problem.Problem{Code: problem.Code(text), Column: text, Cell: text, Value: text, Message: text, Fix: text, Suggestions: []string{text}}
	one.addProblems([]problem.Problem{wrong})
	parts := sampleParts(batch.Rejected, rowsQuery{Column: text, Code: text, Value: text, Search: text})
	parts.batch.File.Name, parts.batch.UploadedBy = text, text
	parts.batch.FileProblems = []problem.Problem{wrong}
	parts.groups = []plan.Group{{Code: problem.Code(text), Column: text, Value: text, Rows: 2, Cells: []string{text}, Message: text, Fix: text, Suggestions: []string{text}}}
	parts.rows.rows = []plan.RowReport{{Row: 2, Name: text, Result: plan.Invalid, Problems: []problem.Problem{wrong}, Warnings: []problem.Problem{wrong},
		Changes: []plan.Change{{Column: text, Old: text, New: strings.Repeat(text, 9)}}}}
	update := sampleUpdate()
	update.Wrong = &wrongFileView{FileName: text, Message: text, Fix: text}
	look := newConversionView("c0ffee", text, text, convert.Report{Columns: 2, Look: [][]string{{text, text}, {text}}, Notes: []string{text}})
	look.layoutView = sampleLayout("update")
	move := newMoveView(moveParts{person: p, directory: d, reports: store.Reports{Count: 1, People: []store.Person{listed}, Seal: text},
		form:    moveForm{How: moveEach, To: text, Each: map[string]string{p.ID.String(): text}, Cells: cells{profile.Hometown: text}},
		trouble: moveTrouble{stale: text, all: []problem.Problem{wrong}, each: map[string][]problem.Problem{p.ID.String(): {wrong}}}})
	move.layoutView = sampleLayout("team")
	return map[string]any{"conversion": look, "reports": move, "team": team, "profile": one, "batch": newBatchView(parts), "bulk-update": update,
		"sign-in": signInView{Email: text, Next: text, Problems: []formProblem{{For: "email", Message: text}}}}
}

// A table whose rows are cards on a narrow screen stays one for those who hear it,
// and a card calls a value what the heading of its column does.
func TestCardsSayWhatTheirTableSays(t *testing.T) {
	t.Parallel()
	roles := map[string]string{"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
	eachPage(t, func(t *testing.T, root *html.Node) {
		for _, table := range elements(root, "table") {
			if !slices.Contains(strings.Fields(attribute(table, "class")), "cards") {
				continue
			}
			for tag, role := range roles {
				for _, e := range append(elements(table, tag), table) {
					if e.Data == tag && attribute(e, "role") != role {
						t.Errorf("a <%s> of cards has the role %q", tag, attribute(e, "role"))
					}
				}
			}
			checkCards(t, elements(table, "tr"))
		}
	})
}

func checkCards(t *testing.T, rows []*html.Node) {
	t.Helper()
	heads := elements(rows[0], "th")
	for n, row := range rows {
		at := 0
		for cell := range row.ChildNodes() {
			if cell.Type != html.ElementNode {
				continue
			}
			if role := map[bool]string{true: "columnheader", false: "rowheader"}[n == 0]; cell.Data == "th" && attribute(cell, "role") != role {
				t.Errorf("a heading of cards has the role %q, want %q", attribute(cell, "role"), role)
			}
			head := (&shownPage{root: heads[at]}).text()
			if label := attribute(cell, "data-label"); label != "" && label != head {
				t.Errorf("a card says %q where the heading is %q", label, head)
			}
			at++
		}
	}
}
