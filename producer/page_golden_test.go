package producer

import (
	"bytes"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/auth"
	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// samplePage is a page in one of its states.
type samplePage struct {
	name, page string
	view       any
}

func titled(frame layoutView, title string) layoutView {
	frame.Title = title
	return frame
}

func samplePages() []samplePage {
	var out []samplePage
	out = append(out, accountPages()...)
	out = append(out, teamPages()...)
	out = append(out, profilePages()...)
	out = append(out, reportsPages()...)
	out = append(out, updatePages()...)
	out = append(out, batchPages()...)
	return append(out, errorPages()...)
}

func accountPages() []samplePage {
	signIn := newSignInView(layoutView{Title: "Sign in"}, "/team?q=a&state=active")
	failed := signIn
	failed.Title, failed.Email = "Error: Sign in", "admin@demo.example"
	failed.Problems = []formProblem{{For: "email", Message: "Email and password do not belong together. Check both, then try again."}}
	account := newAccountPage(store.Account{NotifyApplied: true, TimeZone: "Europe/Lisbon"})
	account.layoutView, account.Org, account.Saved = titled(sampleLayout("account"), "Your account"), "demo", true
	short := newAccountPage(store.Account{})
	short.layoutView, short.Org, short.Zones = account.layoutView, account.Org, short.Zones[:1]
	changed, wrong, weak := short, short, short
	changed.PasswordChanged = true
	wrong.Title, weak.Title = "Error: Your account", "Error: Your account"
	wrong.addPasswordProblem(answer{Code: auth.CodePasswordWrong, Message: "The present password is not right. Nothing was changed. Enter the one that you sign in with now."})
	weak.addPasswordProblem(answer{Code: auth.CodePasswordNotAllowed, Message: "The password is too short. Choose one of at least 12 characters."})
	return []samplePage{
		{"sign-in", "sign-in", signIn},
		{"sign-in-failed", "sign-in", failed},
		{"password", "password", passwordView{layoutView: layoutView{Title: "Choose a password", Narrow: true}, Email: "new@demo.example",
			Action: "/password/abc", NewPassword: newPasswordField()}},
		{"account", "account", short},
		{"account-saved", "account", account},
		{"account-problems", "account", wrong},
		{"account-new-password-problems", "account", weak},
		{"account-password-changed", "account", changed},
	}
}

func teamPages() []samplePage {
	org, everybody := store.Org{Name: "demo", People: 10_000}, samplePeople()
	d := profile.NewDirectory(sampleDirectory().Roles(), append(sampleDirectory().Groups(), profile.Group{ID: 4, Name: "VIP"}))
	everybody[0].GroupIDs = []int32{1, 2, 3, 4}
	ana := &leaderView{ID: sampleID(1), Name: "Ana Silva", Key: "ana.silva@demo.example"}
	var out []samplePage
	add := func(name string, parts teamParts) {
		parts.directory = d
		if parts.org.Name == "" {
			parts.org = org
		}
		v := newTeamView(parts)
		v.layoutView = titled(sampleLayout("team"), "Manage Team")
		out = append(out, samplePage{name, "team", v})
	}
	add("team", teamParts{page: store.PeoplePage{People: everybody, Next: "c2", Total: -1}, photos: map[profile.ID]store.Photo{sampleID(1): {Key: "k", Digest: "d16e57"}}})
	add("team-found", teamParts{query: store.PeopleQuery{Search: "costa", State: "active", RoleID: 1, GroupID: 2, LeaderID: ana.ID, Sort: store.SortByEmail, Descending: true, After: "c1"},
		leader: ana, field: leaderField{Text: ana.Key}, page: store.PeoplePage{People: everybody[1:2], Total: 1}})
	add("team-unsorted", teamParts{query: store.PeopleQuery{Search: "s", Sort: store.SortByChange, Descending: true}, page: store.PeoplePage{People: everybody[:1], Next: "c2", Total: -1, Unsorted: true}})
	add("team-further", teamParts{query: store.PeopleQuery{Search: "ana costa", After: "c1"}, page: store.PeoplePage{Next: "c2", Total: -1, Looked: 5000, Unsorted: true}})
	add("team-nobody", teamParts{query: store.PeopleQuery{Search: "zzz"}, page: store.PeoplePage{}})
	add("team-leader-unknown", teamParts{field: unclearLeader("Nobody", nil, false, store.PeopleQuery{})})
	add("team-leader-unclear", teamParts{query: store.PeopleQuery{State: "active"}, field: unclearLeader("a", everybody[:2], false, store.PeopleQuery{State: "active"})})
	add("team-empty", teamParts{org: store.Org{Name: "new"}})
	return out
}

func profilePages() []samplePage {
	p, d := sampleProfile(), sampleDirectory()
	shown := newProfileView(&p, d)
	shown.layoutView = titled(sampleLayout("team"), "Rui Costa")
	shown.History = historyViews(sampleHistory(), true)
	shown.Reports = &reportsView{Count: 7, URL: "/team?leader=" + p.ID.String(), MoveURL: reportsURL(p.ID), People: []linkView{{URL: "/team/x", Name: "Sinéad O'Brien"}}}
	shown.Saved = savedWords("2", 3)
	shown.Newest, shown.Older = "/team/x#history", "/team/x?before=2#history"
	shown.Photo = newPhotoView(&p, store.Photo{Key: "k", Digest: "d16e57"})
	wrong := newProfileView(&p, d)
	wrong.Photo.Problem = "This picture cannot be read."
	wrong.History = historyViews(sampleHistory(), false)
	wrong.layoutView = titled(sampleLayout("team"), "Error: Rui Costa")
	wrong.addProblems([]problem.Problem{{Column: "Team Leader", Message: sampleProblem().Message, Fix: sampleProblem().Fix, Suggestions: sampleProblem().Suggestions},
		{Column: "Can Manage Team", Message: "3 active people report to Rui Costa.", Fix: "Give them another team leader first."}, {Message: "Nothing about one field."}})
	now := cellsOf(&p, d)
	sent := cellsOf(&p, d)
	now[profile.Hometown], now[profile.StateOrCountry] = "Braga", "Spain"
	sent[profile.Hometown], sent[profile.FirstName] = "Faro", "Ruy"
	merged, conflict := mergeForm(sent, now, plan.Past{profile.Hometown: {Text: "Porto", By: "other@demo.example", At: sampleTime},
		profile.StateOrCountry: {Text: "Portugal", By: "other@demo.example", At: sampleTime}})
	both := newProfileView(&p, d)
	both.layoutView, both.Conflict = titled(sampleLayout("team"), "Error: changed by somebody else – Rui Costa"), conflict
	both.Sections = newSections(merged, &p, d)
	return []samplePage{{"profile", "profile", shown}, {"profile-problems", "profile", wrong}, {"profile-conflict", "profile", both}}
}

func reportsPages() []samplePage {
	var out []samplePage
	add := func(name string, parts moveParts) {
		parts.person, parts.directory = samplePeople()[0].Profile, sampleDirectory()
		v := newMoveView(parts)
		v.layoutView = titled(sampleLayout("team"), "New team leader for the reports of Ana Silva")
		out = append(out, samplePage{name, "reports", v})
	}
	three := store.Reports{Count: 3, People: samplePeople()[1:4], Seal: "5ea1"}
	deactivating := moveForm{Version: 7, Cells: cells{profile.Deactivated: "y", profile.Groups: "Lisbon;Español"}}
	add("reports", moveParts{reports: three, form: deactivating})
	each := deactivating
	each.How, each.Each = moveEach, map[string]string{sampleID(2).String(): "costa", sampleID(3).String(): "ana.silva@demo.exmaple"}
	shared := []problem.Problem{sharedName("costa", samplePeople()[:2], false)}
	add("reports-problems", moveParts{reports: three, form: each, trouble: moveTrouble{stale: "Somebody else has changed something.",
		each: map[string][]problem.Problem{sampleID(2).String(): shared, sampleID(3).String(): {sampleProblem()}}}})
	add("reports-many", moveParts{reports: store.Reports{Count: 4012, People: samplePeople()[1:4]}, form: moveForm{How: moveAll, To: "x"},
		trouble: moveTrouble{all: []problem.Problem{sampleProblem()}, whole: shared}})
	add("reports-none", moveParts{form: deactivating})
	add("reports-nothing", moveParts{})
	return out
}

func updatePages() []samplePage {
	headless := sampleBatch(batch.Rejected) // the file has a problem, none of its rows
	headless.Counts = batch.Counts{}
	plain := sampleUpdate()
	plain.Recent = batchLines([]batch.Batch{sampleBatch(batch.Uploaded), sampleBatch(batch.Ready), sampleBatch(batch.Rejected), headless, sampleBatch(batch.Applied)})
	wrong := sampleUpdate()
	wrong.Title = "Error: the file was not taken – Bulk Update Users"
	csv := sheet.Detect([]byte("\xef\xbb\xbfEmail,First Name\r\na@b.example,Ana\r\n"))
	wrong.Wrong = wrongFile(&incomingFile{Name: "team.csv"}, offer{ID: "c0ffee", Format: csv.LikelyOn("Macintosh")}, &formatError{Format: csv})
	made := sampleUpdate()
	made.Title = wrong.Title
	book := sheet.Format{Kind: sheet.XLSX, Name: "Excel workbook (.xlsx)"}.MadeBy("LibreOffice/24.8")
	made.Wrong = wrongFile(&incomingFile{Name: "team.xlsx", Fields: map[string]string{"replaces": "0199f"}}, offer{ID: "c0ffee", Format: book}, &formatError{Format: book})
	none := sampleUpdate()
	none.Title = wrong.Title
	none.Wrong = wrongFile(&incomingFile{}, offer{}, errFileMissing())
	none.Upload.Replaces = &replacesView{ID: "0199f", FileName: "team-nov.txt", URL: batchURL("0199f")}
	list := batchesView{layoutView: titled(sampleLayout("history"), "Bulk updates"), Batches: plain.Recent, More: "/bulk-update/history?after=x"}
	empty := batchesView{layoutView: list.layoutView}
	return []samplePage{{"bulk-update", "bulk-update", plain}, {"bulk-update-wrong-file", "bulk-update", wrong},
		{"bulk-update-wrong-workbook", "bulk-update", made}, {"conversion", "conversion", sampleConversion()},
		{"bulk-update-no-file", "bulk-update", none}, {"history", "batches", list}, {"history-empty", "batches", empty}}
}

func batchPages() []samplePage {
	var out []samplePage
	add := func(name string, parts batchParts) {
		out = append(out, samplePage{"batch-" + name, "batch", newBatchView(parts)})
	}
	for _, state := range []batch.State{batch.Uploaded, batch.Ready, batch.Rejected, batch.Applied, batch.Cancelled, batch.Expired} {
		add(string(state), sampleParts(state, rowsQuery{}))
	}
	reading := sampleParts(batch.Uploaded, rowsQuery{})
	reading.batch.Progress = batch.Progress{Phase: batch.Reading, Done: 52_000, Total: 104_212}
	add("reading", reading)
	saving := sampleParts(batch.Confirmed, rowsQuery{})
	saving.batch.Progress = batch.Progress{Phase: batch.Saving, Done: 10, Total: 3_410}
	add("confirmed", saving)
	add("filtered", sampleParts(batch.Rejected, rowsQuery{Show: "problems", Column: "Team Leader", Code: "leader-not-found", Value: "ana.silva@dmeo.example", After: 16}))
	looking := rowsQuery{Show: "changes", Search: "costa", After: 100_001}
	some, nobody := sampleParts(batch.Ready, looking), sampleParts(batch.Ready, looking)
	some.rows.next, some.rows.short = 200_001, true
	nobody.rows = rowsPage{next: 200_001, short: true}
	add("looked-through", some)
	add("looked-in-vain", nobody)
	same := sampleParts(batch.Ready, rowsQuery{})
	same.batch.Counts, same.batch.ChangesByColumn = batch.Counts{Rows: 10_000, Unchanged: 10_000}, nil
	add("no-changes", same)
	unread := batchParts{layout: sampleLayout("history"), batch: sampleBatch(batch.Rejected), maxSize: 1 << 30, maxRows: 10}
	unread.batch.Counts = batch.Counts{}
	unread.batch.FileProblems = []problem.Problem{{Code: problem.HeaderUnknown, Row: 1, Cell: "Q1", Value: "Bioo", Message: "No column has this name.", Fix: "Correct it, or take the column out.", Suggestions: []string{"Bio"}}}
	add("file-problems", unread)
	for _, code := range []batch.FailureCode{batch.FailureStalePlan, batch.FailureInternal, batch.FailureFileLost} {
		failed := sampleParts(batch.Failed, rowsQuery{})
		failed.batch.Failure = &batch.Failure{Code: code, Message: "What the worker has to say about " + string(code) + "."}
		if code == batch.FailureStalePlan {
			failed.meanwhile = sampleMeanwhile()
		}
		add("failed-"+string(code), failed)
	}
	refused := sampleParts(batch.Ready, rowsQuery{})
	refused.notice = "Another bulk update is being saved. Wait until it is done, then confirm again."
	refused.batch.FileWarnings = []problem.Problem{{Code: problem.ColumnMostlyChanged, Column: "Team Leader", Message: "Nearly every Team Leader changes.", Fix: "See whether the column was sorted without the others."}}
	add("refused", refused)
	old := sampleParts(batch.Ready, rowsQuery{})
	old.moved = newMovedView(old.batch, sampleMeanwhile())
	add("ready-old", old)
	drastic := sampleParts(batch.Ready, rowsQuery{})
	drastic.batch.Counts, drastic.batch.NotInFile = batch.Counts{Rows: 300, Changed: 90, Unchanged: 210}, 12
	drastic.batch.Highlights.Mends = []batch.Mend{{Kind: batch.MendColumn, Column: "Team Leader", Count: 290}}
	drastic.batch.FileWarnings = refused.batch.FileWarnings
	add("drastic", drastic)
	typed := "12"
	drastic.typed = &typed
	add("drastic-mistyped", drastic)
	return out
}

func errorPages() []samplePage {
	var out []samplePage
	for name, a := range map[string]answer{
		"404": {Status: 404, Message: "There is nothing at this address. Check it for typing mistakes.", RequestID: "R1"},
		"403": {Status: 403, Message: "Your account may not manage the team.", RequestID: "R1"},
		"500": {Status: 500, Message: internalMessage, RequestID: "R1"},
		"503": {Status: 503, Message: "A bulk update is being saved right now. Try again in a minute.", RequestID: "R1"},
	} {
		out = append(out, samplePage{"error-" + name, "error", newErrorView(sampleLayout(""), a)})
	}
	ops := newOpsView(store.Stats{BatchesByState: map[batch.State]int{batch.Uploaded: 3, batch.Applied: 1200},
		OldestWaiting: map[batch.State]time.Duration{batch.Uploaded: 42 * time.Second}, MailsPending: 2, OldestMail: 3 * time.Minute}, true, true)
	ops.layoutView = titled(sampleLayout("ops"), "Operations")
	return append(out, samplePage{"ops", "ops", ops})
}

func testPages(t *testing.T) *pages {
	t.Helper()
	p, err := newPages()
	if err != nil {
		t.Fatal(err)
	}
	p.assets.base = "/static/hash/" // an asset's change is not a page's
	return p
}

func TestGoldenPages(t *testing.T) {
	t.Parallel()
	p := testPages(t)
	for _, sample := range samplePages() {
		t.Run(sample.name, func(t *testing.T) {
			t.Parallel()
			body, err := p.html(sample.page, "layout", sample.view)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", sample.name+".golden.html"), tidy(body))
		})
	}
}

// tidy takes out the blank lines that templates leave behind.
func tidy(body []byte) string {
	var out []string
	for _, line := range strings.Split(string(body), "\n") {
		if strings.TrimSpace(line) != "" {
			out = append(out, strings.TrimRight(line, " "))
		}
	}
	return strings.Join(out, "\n") + "\n"
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./producer -run Golden -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s has changed (-want +got):\n%s", file, diff)
	}
}

func TestAssetsAreKeptByTheirHash(t *testing.T) {
	t.Parallel()
	a, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		a.url("app.css"):        "public, max-age=31536000, immutable",
		"/static/older/app.css": "no-cache",
	} {
		r := httptest.NewRequest("GET", path, nil)
		r.SetPathValue("name", "app.css")
		w := httptest.NewRecorder()
		a.handler().ServeHTTP(w, r)
		if w.Code != 200 || w.Header().Get("Cache-Control") != want || !bytes.Contains(w.Body.Bytes(), []byte("--ts-page")) {
			t.Errorf("%s: %d, Cache-Control %q, want %q", path, w.Code, w.Header().Get("Cache-Control"), want)
		}
	}
	for _, name := range []string{"", "vendor", "nothing.css", "../page.go"} {
		r := httptest.NewRequest("GET", "/static/x/y", nil)
		r.SetPathValue("name", name)
		w := httptest.NewRecorder()
		a.handler().ServeHTTP(w, r)
		if w.Code != 404 {
			t.Errorf("asset %q: %d, want 404", name, w.Code)
		}
	}
}
