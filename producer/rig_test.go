package producer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"teamsheet/internal/auth"
	"teamsheet/internal/batch"
	"teamsheet/internal/blob"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
	"teamsheet/internal/testkit"
)

// rig is a web side on a database of its own, with two organizations of a few
// people each.
type rig struct {
	t      *testing.T
	server *Server
	web    *httptest.Server
	store  *store.Store
	blobs  *countedBlobs
	bell   *fakeBell
	log    *testkit.Buffer
	home   tenant // whose tests these are
	other  tenant
}

// tenant is an organization and who calls for it.
type tenant struct {
	org     store.Org
	admin   store.Account
	token   string
	viewer  string // token of an account without permissions
	profile profile.ID
}

func testCost() auth.Cost { return auth.Cost{Memory: 64, Passes: 1, Threads: 1} }

// newRig is a rig on SQLite; change may alter its options.
func newRig(t *testing.T, change ...func(*Options)) *rig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "team.db")
	empty, err := migrated()
	if err == nil {
		err = os.WriteFile(path, empty, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return newRigOn(t, "sqlite://"+path, change...)
}

// migrated is a database file with the schema in it: a copy takes a fraction of
// the time of the migrations.
var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "producer-test")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "empty.db")
	if err := migrate("sqlite://" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func migrate(url string) error {
	s, err := store.Open(context.Background(), url, store.Options{})
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(context.Background()), s.Close())
}

func newRigOn(t *testing.T, url string, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, bell: &fakeBell{}, log: &testkit.Buffer{}}
	var err error
	r.store, err = store.Open(t.Context(), url, store.Options{})
	r.must(err)
	t.Cleanup(func() { r.must(r.store.Close()) })
	disk, err := blob.OpenDisk(t.TempDir())
	r.must(err)
	r.blobs = &countedBlobs{Store: disk}
	r.home, r.other = r.tenant("home", 1), r.tenant("other", 2)
	r.serve(change)
	return r
}

func (r *rig) serve(change []func(*Options)) {
	who, err := auth.New(auth.Options{Store: r.store, Cost: testCost()})
	r.must(err)
	options := Options{
		BaseURL: "http://teamsheet.example", Store: r.store, Blobs: r.blobs, Bell: r.bell, Auth: who,
		Log: slog.New(slog.NewJSONHandler(r.log, nil)),
		Now: func() time.Time { return time.Date(2026, 4, 3, 22, 0, 0, 0, time.UTC) },
	}
	for _, f := range change {
		f(&options)
	}
	r.server, err = New(options)
	r.must(err)
	r.web = httptest.NewUnstartedServer(nil)
	r.web.Config = r.server.HTTP()
	r.web.Start()
	r.t.Cleanup(r.web.Close)
}

// in is the rig in a subtest.
func (r *rig) in(t *testing.T) *rig {
	sub := *r
	sub.t = t
	return &sub
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func personID(org byte, n byte) profile.ID { return profile.ID{0: org, 15: n} }

// tenant makes an organization of five people: a leader, three agents, and
// somebody deactivated whose profile is incomplete.
func (r *rig) tenant(name string, number byte) tenant {
	ctx := r.t.Context()
	org, err := r.store.CreateOrg(ctx, name)
	r.must(err)
	r.must(r.store.SetRoles(ctx, org.ID, []profile.Role{{ID: 1, Name: "Agent", Active: true}, {ID: 2, Name: "Lead", Active: true}}))
	r.must(r.store.SetGroups(ctx, org.ID, []profile.Group{{ID: 1, Name: "Billing"}, {ID: 2, Name: "VIP"}}))
	_, err = r.store.InsertPeople(ctx, org.ID, slices.Values(testPeople(number, name)))
	r.must(err)
	tenant := tenant{org: org, profile: personID(number, 2)}
	tenant.admin, tenant.token = r.account(org.ID, "admin@"+name+".example", true)
	_, tenant.viewer = r.account(org.ID, "viewer@"+name+".example", false)
	return tenant
}

func (r *rig) account(orgID, email string, may bool) (store.Account, string) {
	ctx := r.t.Context()
	a, err := r.store.CreateAccount(ctx, store.Account{OrgID: orgID, Email: email, CanManage: may, CanOperate: may})
	r.must(err)
	token, err := auth.NewToken(ctx, r.store, a)
	r.must(err)
	return a, token
}

func testPeople(org byte, name string) []*profile.Profile {
	lead := testPerson(org, 1, "Lea", "lea@"+name+".example", "00001")
	lead.CanManageTeam, lead.RoleID = true, 2
	people := []*profile.Profile{lead}
	for n, first := range []string{"Ana", "Bo", "Çelik"} {
		p := testPerson(org, byte(n+2), first, strings.ToLower(string([]rune(first)[:1]))+"@"+name+".example", "0000"+string(rune('2'+n)))
		p.LeaderID, p.GroupIDs = lead.ID, []int32{1, 2}
		people = append(people, p)
	}
	gone := &profile.Profile{ID: personID(org, 9), Version: 1, Email: "gone@" + name + ".example", FirstName: "Gone", Deactivated: true}
	return append(people, gone)
}

func testPerson(org, n byte, first, email, employee string) *profile.Profile {
	return &profile.Profile{
		ID: personID(org, n), Version: 1, Email: email, EmployeeID: employee, FirstName: first, LastName: "Silva",
		RoleID: 1, LicenseType: profile.LicenseStandard, PhoneChannel: true, Hometown: "=Porto", Bio: "one\n\ttwo \"quoted\"",
	}
}

// call makes a request of the home admin. headers are pairs.
func (r *rig) call(method, path string, body io.Reader, headers ...string) reply {
	r.t.Helper()
	return r.callAs(r.home.token, method, path, body, headers...)
}

func (r *rig) callAs(token, method, path string, body io.Reader, headers ...string) reply {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.web.URL+path, body)
	r.must(err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := r.web.Client().Transport.RoundTrip(request)
	r.must(err)
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	r.must(err)
	return reply{t: r.t, status: response.StatusCode, header: response.Header, body: content}
}

// reply is an answer, read.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// is checks the status and returns the JSON.
func (a reply) is(status int) map[string]any {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	if !strings.Contains(a.header.Get("Content-Type"), "json") {
		return nil
	}
	var value map[string]any
	if err := json.Unmarshal(a.body, &value); err != nil {
		a.t.Fatalf("%v: %s", err, a.body)
	}
	return value
}

// fails checks that the answer is a problem of RFC 9457 that gives nothing away.
func (a reply) fails(status int, code string) map[string]any {
	a.t.Helper()
	value := a.is(status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Fatalf("content type %q", got)
	}
	if value["code"] != code || value["status"] != float64(status) || value["type"] != "urn:teamsheet:problem:"+code ||
		value["title"] != http.StatusText(status) || value["detail"] == "" || value["request_id"] != a.header.Get("X-Request-Id") {
		a.t.Fatalf("want code %s: %s", code, a.body)
	}
	// A request id is made of random letters, which can spell anything.
	said := strings.ReplaceAll(string(a.body), a.header.Get("X-Request-Id"), "")
	for _, secret := range []string{"goroutine", ".go:", "SELECT", "sqlite", "SQL", "panic", "/tmp/"} {
		if strings.Contains(said, secret) {
			a.t.Errorf("the answer gives %q away: %s", secret, a.body)
		}
	}
	return value
}

// upload makes a batch of a file and returns it.
func (r *rig) upload(file []byte, headers ...string) map[string]any {
	r.t.Helper()
	return r.call("POST", "/api/v1/batches?name=team.txt", bytes.NewReader(file), headers...).is(http.StatusAccepted)
}

// uploaded makes a batch of a table.
func (r *rig) uploaded(rows ...[]string) string {
	r.t.Helper()
	return r.upload(textOf(rows...))["id"].(string)
}

// ready makes a batch that changes Ana's hometown, and previews it.
func (r *rig) ready() batch.Batch {
	r.t.Helper()
	return r.readyWith("Lisbon")
}

func (r *rig) readyWith(hometown string) batch.Batch {
	r.t.Helper()
	b := r.preview(r.uploaded([]string{"User ID", "Hometown"}, []string{r.home.profile.String(), hometown}))
	if b.State != batch.Ready {
		r.t.Fatalf("state %s: %+v", b.State, b.FileProblems)
	}
	return b
}

func (r *rig) rejected() batch.Batch {
	r.t.Helper()
	b := r.preview(r.uploaded([]string{"User ID", "Role"}, []string{r.home.profile.String(), "Pirate"}))
	if b.State != batch.Rejected {
		r.t.Fatalf("state %s", b.State)
	}
	return b
}

func (r *rig) batch(id string) batch.Batch {
	r.t.Helper()
	b, err := r.store.Batch(r.t.Context(), r.home.org.ID, id)
	r.must(err)
	return b
}

// apply saves a confirmed batch as the worker would.
func (r *rig) apply(id string) {
	r.t.Helper()
	run, ok, err := r.store.StartRun(r.t.Context(), id, r.batch(id).Generation, batch.Confirmed)
	r.must(err)
	if !ok {
		r.t.Fatal("the batch is not confirmed")
	}
	outcome, err := r.store.Apply(r.t.Context(), run, nil, nil)
	r.must(err)
	if outcome != store.ApplyApplied {
		r.t.Fatalf("outcome %d", outcome)
	}
}

// textOf is a table as Unicode Text.
func textOf(rows ...[]string) []byte {
	var file bytes.Buffer
	w := sheet.NewWriter(&file)
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			panic(err)
		}
	}
	if err := w.Flush(); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// rowsOf reads Unicode Text back.
func rowsOf(t *testing.T, file []byte) [][]string {
	t.Helper()
	reader, err := sheet.NewReader(bytes.NewReader(file), sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for {
		row, err := reader.Read()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		var cells []string
		for _, cell := range row.Cells {
			cells = append(cells, string(cell))
		}
		rows = append(rows, cells)
	}
}

// preview does to an uploaded batch what the worker does, in memory.
func (r *rig) preview(id string) batch.Batch {
	r.t.Helper()
	ctx := r.t.Context()
	b := r.batch(id)
	run, ok, err := r.store.StartRun(ctx, id, b.Generation, batch.Uploaded)
	r.must(err)
	if !ok {
		r.t.Fatalf("batch is %s", b.State)
	}
	file, err := r.blobs.Open(ctx, b.BlobKey)
	r.must(err)
	defer func() { _ = file.Close() }()
	r.must(r.store.View(ctx, b.OrgID, func(v *store.View) error {
		totals, reports := checkFile(ctx, r.t, v, file)
		if err := r.store.AddRows(context.WithoutCancel(ctx), run, reports); err != nil {
			return err
		}
		_, err := r.store.FinishPreview(ctx, run, totals, v.Revision())
		return err
	}))
	return r.batch(id)
}

// checkFile judges a file that can be read to its end.
func checkFile(ctx context.Context, t *testing.T, v *store.View, file io.Reader) (plan.Totals, []*plan.RowReport) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	reader, err := sheet.NewReader(file, sheet.Limits{KnownHeader: isHeader})
	must(err)
	header, err := reader.Read()
	must(err)
	var names []string
	for _, cell := range header.Cells {
		names = append(names, string(cell))
	}
	layout, problems := plan.ReadHeader(names)
	checker := plan.NewChecker(plan.Config{Layout: layout, Directory: v.Directory(), TeamSize: v.TeamSize()})
	rows := map[int]*sheet.Row{}
	for {
		row, err := reader.Read()
		if err == io.EOF {
			break
		}
		must(err)
		if row.Blank {
			checker.AddBlank()
			continue
		}
		kept := &sheet.Row{Number: row.Number, Damage: row.Damage}
		for _, cell := range row.Cells {
			kept.Cells = append(kept.Cells, bytes.Clone(cell))
		}
		rows[row.Number] = kept
		checker.AddRow(plan.RowRef{Row: row.Number, Offset: row.Offset}, row.Cells, row.Damage)
	}
	people := map[profile.ID]*profile.Profile{}
	must(v.Team(ctx, store.TeamOptions{}, func(p *profile.Profile) error {
		kept := *p
		kept.GroupIDs = slices.Clone(p.GroupIDs)
		people[p.ID] = &kept
		if checker.WholeTeam() {
			checker.AddPerson(p)
		}
		return nil
	}))
	if checker.WholeTeam() {
		checker.TeamComplete()
	}
	must(v.Supply(ctx, checker, func(p *profile.Profile) error {
		checker.AddPerson(p)
		return nil
	}))
	reports := map[int]*plan.RowReport{}
	past := func(s plan.Suspect) plan.Past {
		if s.PastVersion == 0 {
			return nil
		}
		past, err := v.Past(ctx, s.ProfileID, s.PastVersion)
		must(err)
		return past
	}
	for s := range checker.Suspects() {
		if report, done := checker.Judge(s, rows[s.Row].Cells, rows[s.Row].Damage, people[s.ProfileID], past(s)); done {
			reports[s.Row] = report
		}
	}
	checker.Resolve()
	for _, id := range checker.NamesWanted() {
		checker.Name(people[id])
	}
	for s := range checker.Open() {
		reports[s.Row] = checker.Report(s, rows[s.Row].Cells, rows[s.Row].Damage, people[s.ProfileID], past(s))
	}
	totals := checker.Totals()
	totals.FileProblems = append(problems, totals.FileProblems...)
	var kept []*plan.RowReport
	for _, number := range slices.Sorted(maps.Keys(reports)) {
		if report := reports[number]; len(report.Changes)+len(report.Problems)+len(report.Warnings) > 0 {
			kept = append(kept, report)
		}
	}
	return totals, kept
}

// fakeBell hears rings.
type fakeBell struct {
	mu      sync.Mutex
	rings   []string
	broken  bool
	unheard bool // Ping fails
}

var errBell = errors.New("redis is away at 10.0.0.7")

func (b *fakeBell) ring(text string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return errBell
	}
	b.rings = append(b.rings, text)
	return nil
}

func (b *fakeBell) Preview(_ context.Context, id string, _ int, _ int64) error {
	return b.ring("preview " + id)
}
func (b *fakeBell) Apply(_ context.Context, id string, _ int) error { return b.ring("apply " + id) }
func (b *fakeBell) Ping() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unheard {
		return errBell
	}
	return nil
}

func (b *fakeBell) heard(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Contains(b.rings, text)
}

// countedBlobs counts the files that are there, and may fail.
type countedBlobs struct {
	blob.Store
	mu      sync.Mutex
	putErr  error
	openBug any // what opening a file panics with
}

func (c *countedBlobs) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	c.mu.Lock()
	bug := c.openBug
	c.mu.Unlock()
	if bug != nil {
		panic(bug)
	}
	return c.Store.Open(ctx, key)
}

func (c *countedBlobs) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	c.mu.Lock()
	err := c.putErr
	c.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return c.Store.Put(ctx, key, r)
}

func (c *countedBlobs) count(t *testing.T) int {
	t.Helper()
	n := 0
	for _, err := range c.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// postgresRig is a rig on a Postgres database of its own.
func postgresRig(t *testing.T) *rig {
	t.Helper()
	return newRigOn(t, testkit.PostgresURL(t, testkit.Template("producer", migrate)))
}
