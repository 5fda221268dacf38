package worker

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"teamsheet/internal/batch"
	"teamsheet/internal/blob"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
	"teamsheet/internal/tasks/embedded"
	"teamsheet/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is an organization with a team, and everything a worker needs.
type world struct {
	t          testing.TB
	ctx        context.Context
	clock      *testkit.Clock
	url        string
	store      *store.Store
	folder     string // of the files
	blobs      *hookedBlobs
	connection asynq.RedisConnOpt
	redis      redis.UniversalClient
	bell       *tasks.Bell
	sender     *sender
	log        *testkit.Buffer
	org        store.Org
	account    store.Account
}

// everywhere runs a test on the embedded database and queue, and on Postgres and
// Redis.
func everywhere(t *testing.T, test func(*testing.T, *world)) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		queue := embedded.Start()
		t.Cleanup(func() { _ = queue.Close() })
		url := "sqlite://" + filepath.Join(t.TempDir(), "store.db")
		must(t, migrate(url))
		test(t, newWorld(t, url, queue, teamSize))
	})
	t.Run("servers", func(t *testing.T) {
		t.Parallel()
		url := testkit.PostgresURL(t, testkit.Template("worker", migrate))
		connection, err := tasks.Connect(testkit.RedisURL(t))
		must(t, err)
		test(t, newWorld(t, url, connection, teamSize))
	})
}

func migrate(url string) error {
	s, err := store.Open(context.Background(), url, store.Options{})
	if err != nil {
		return err
	}
	if err := s.Migrate(context.Background()); err != nil {
		return err
	}
	return s.Close()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	teamSize   = 30
	adminEmail = "admin@demo.example"
)

func newWorld(t testing.TB, url string, connection asynq.RedisConnOpt, people int) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), url: url, connection: connection, sender: &sender{}, log: &testkit.Buffer{},
		clock: testkit.NewClock(time.Now().UTC()), bell: tasks.NewBell(connection),
		redis: connection.MakeRedisClient().(redis.UniversalClient)}
	t.Cleanup(func() { _ = w.bell.Close() })
	t.Cleanup(func() { _ = w.redis.Close() })
	w.folder = t.TempDir()
	disk, err := blob.OpenDisk(w.folder)
	must(t, err)
	w.blobs = &hookedBlobs{Store: disk}
	w.store = w.openStore(nil)
	w.org, err = w.store.CreateOrg(w.ctx, "demo")
	must(t, err)
	must(t, w.store.SetRoles(w.ctx, w.org.ID, []profile.Role{{ID: 1, Name: "Agent", Active: true}}))
	w.account, err = w.store.CreateAccount(w.ctx, store.Account{OrgID: w.org.ID, Email: adminEmail, CanManage: true})
	must(t, err)
	_, err = w.store.InsertPeople(w.ctx, w.org.ID, func(yield func(*profile.Profile) bool) {
		for n := 1; n <= people && yield(person(n)); n++ {
		}
	})
	must(t, err)
	t.Cleanup(w.nobodyInTheLog)
	return w
}

func personID(n int) profile.ID {
	id, _ := profile.ParseID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	return id
}

// person n; person 1 leads the others.
func person(n int) *profile.Profile {
	p := &profile.Profile{
		ID: personID(n), Version: 1, Email: fmt.Sprintf("p%d@demo.example", n), EmployeeID: fmt.Sprintf("%05d", n),
		FirstName: fmt.Sprintf("First%d", n), LastName: fmt.Sprintf("Last%02d", n), RoleID: 1,
		LicenseType: profile.LicenseStandard, Hometown: "Porto", CanManageTeam: n == 1,
	}
	if n > 1 {
		p.LeaderID = personID(1)
	}
	return p
}

func (w *world) openStore(at func(string)) *store.Store {
	w.t.Helper()
	s, err := store.Open(w.ctx, w.url, store.Options{Now: w.clock.Now, AtPoint: at, Log: slog.New(slog.DiscardHandler)})
	must(w.t, err)
	w.t.Cleanup(func() { _ = s.Close() })
	return s
}

// options of a worker that answers at once; time for it is the world's clock.
func (w *world) options() Options {
	return Options{
		Store: w.store, Blobs: w.blobs, Connection: w.connection, Sender: w.sender, Now: w.clock.Now,
		Log:     slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		TempDir: w.t.TempDir(), Poll: 5 * time.Millisecond, ReconcileEvery: 20 * time.Millisecond,
	}
}

func (w *world) worker(options Options) *Worker {
	w.t.Helper()
	made, err := New(options)
	must(w.t, err)
	return made
}

// start runs a worker until the test ends or stop is called.
func (w *world) start(options Options) (stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	running := w.worker(options)
	go func() { ended <- running.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("worker: %v", err)
		}
	})
	w.t.Cleanup(stop)
	return stop
}

// sheet is a download of the team as rows of cells, the header first.
func (w *world) sheet() [][]string {
	w.t.Helper()
	header := make([]string, profile.FieldCount)
	for i, column := range profile.Columns() {
		header[i] = column.Header
	}
	rows := [][]string{header}
	must(w.t, w.store.View(w.ctx, w.org.ID, func(v *store.View) error {
		return v.Team(w.ctx, store.TeamOptions{Sorted: true}, func(p *profile.Profile) error {
			row := make([]string, profile.FieldCount)
			for f := range profile.Field(profile.FieldCount) {
				row[f] = profile.Text(p, f, v.Directory())
			}
			rows = append(rows, row)
			return nil
		})
	}))
	return rows
}

// edited is a download in which the people have moved to a town.
func (w *world) edited(town string, people ...int) [][]string {
	w.t.Helper()
	rows := w.sheet()
	for _, n := range people {
		for _, row := range rows {
			if row[profile.UserID] == personID(n).String() {
				row[profile.Hometown] = town
			}
		}
	}
	return rows
}

func text(t testing.TB, rows [][]string) []byte {
	t.Helper()
	var out bytes.Buffer
	writer := sheet.NewWriter(&out)
	for _, row := range rows {
		must(t, writer.Write(row))
	}
	must(t, writer.Flush())
	return out.Bytes()
}

// store a file as the producer does, without ringing.
func (w *world) put(file []byte) batch.Batch {
	w.t.Helper()
	key := blob.NewKey()
	_, err := w.blobs.Put(w.ctx, key, bytes.NewReader(file))
	must(w.t, err)
	sum := sha256.Sum256(file)
	b, _, err := w.store.CreateBatch(w.ctx, store.NewBatch{
		ID: store.NewID(), OrgID: w.org.ID, AccountID: w.account.ID, AccountEmail: w.account.Email, BlobKey: key,
		File: batch.File{Name: "team.txt", Size: int64(len(file)), SHA256: hex.EncodeToString(sum[:])}, RequestID: "request",
	})
	must(w.t, err)
	return b
}

// upload stores a file and rings.
func (w *world) upload(rows [][]string) batch.Batch {
	w.t.Helper()
	b := w.put(text(w.t, rows))
	must(w.t, w.bell.Preview(w.ctx, b.ID, b.Generation, b.File.Size))
	return b
}

// confirm confirms a ready batch, without ringing.
func (w *world) confirm(id string) batch.Batch {
	w.t.Helper()
	b := w.batch(id)
	if b.Plan == nil {
		w.t.Fatalf("the batch is %s and has no plan", b.State)
	}
	b, err := w.store.Confirm(w.ctx, w.org.ID, b.ID, *b.Plan, w.account.ID, "request")
	must(w.t, err)
	return b
}

// save confirms and rings.
func (w *world) save(id string) {
	w.t.Helper()
	b := w.confirm(id)
	must(w.t, w.bell.Apply(w.ctx, b.ID, b.Generation))
}

func (w *world) batch(id string) batch.Batch {
	w.t.Helper()
	b, err := w.store.Batch(w.ctx, w.org.ID, id)
	must(w.t, err)
	return b
}

// await waits until the batch is in a state.
func (w *world) await(id string, state batch.State) batch.Batch {
	w.t.Helper()
	var b batch.Batch
	testkit.Wait(w.t, "the batch to be "+string(state), func() bool {
		b = w.batch(id)
		if b.State.Final() && b.State != state {
			w.t.Fatalf("the batch is %s: %+v\n%s", b.State, b.Failure, w.log)
		}
		return b.State == state
	})
	return b
}

// ready uploads with a worker of its own and waits for the preview.
func (w *world) ready(rows [][]string) batch.Batch {
	w.t.Helper()
	stop := w.start(w.options())
	defer stop()
	return w.await(w.upload(rows).ID, batch.Ready)
}

func (w *world) hometown(n int) string { return w.profile(n).Hometown }

func (w *world) profile(n int) profile.Profile {
	w.t.Helper()
	p, err := w.store.Profile(w.ctx, w.org.ID, personID(n))
	must(w.t, err)
	return p
}

// move changes somebody's town by hand, and so the revision.
func (w *world) move(n int, town string) {
	w.t.Helper()
	_, report, err := w.store.EditProfile(w.ctx, store.Edit{
		OrgID: w.org.ID, ProfileID: personID(n), ActorID: w.account.ID, ActorEmail: w.account.Email, Source: "page",
		IfVersion: w.profile(n).Version,
	}, func(v *store.View, current *profile.Profile) (*plan.RowReport, error) {
		edit := plan.NewEdit(current, map[profile.Field]string{profile.Hometown: town}, plan.Config{Directory: v.Directory()})
		return edit.Finish(), nil
	})
	must(w.t, err)
	if report.Result != plan.Changed {
		w.t.Fatalf("the edit by hand came to %s: %v", report.Result, report.Problems)
	}
}

func (w *world) rows(id string) []plan.RowReport {
	w.t.Helper()
	rows, _, err := w.store.Rows(w.ctx, w.org.ID, id, store.RowsQuery{Show: "all", Limit: 500})
	must(w.t, err)
	return rows
}

// nobodyInTheLog fails if a person has come into the log.
func (w *world) nobodyInTheLog() {
	if w.t.Failed() {
		w.t.Logf("the log:\n%s", w.log)
	}
	if text := w.log.String(); strings.Contains(text, "@") || strings.Contains(text, "Last0") {
		w.t.Errorf("the log names a person:\n%s", text)
	}
}

// hookedBlobs lets a test step in when a file is opened.
type hookedBlobs struct {
	blob.Store
	mu     sync.Mutex
	onOpen func() error
	hangs  bool // Open waits for the end of its context
}

func (b *hookedBlobs) hang(hangs bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hangs = hangs
}

func (b *hookedBlobs) hook(onOpen func() error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.onOpen = onOpen
}

func (b *hookedBlobs) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	b.mu.Lock()
	hook, hangs := b.onOpen, b.hangs
	b.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if hook != nil {
		if err := hook(); err != nil {
			return nil, err
		}
	}
	return b.Store.Open(ctx, key)
}

// sender remembers mails; answer decides about each.
type sender struct {
	mu     sync.Mutex
	sent   []store.Mail
	answer func() error
}

func (s *sender) Send(_ context.Context, m store.Mail) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, m)
	if s.answer != nil {
		return s.answer()
	}
	return nil
}

func (s *sender) answers(answer func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *sender) mails() []store.Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]store.Mail(nil), s.sent...)
}

// awaitMails waits for so many tries to send.
func (w *world) awaitMails(n int) []store.Mail {
	w.t.Helper()
	testkit.Wait(w.t, strconv.Itoa(n)+" mails", func() bool { return len(w.sender.mails()) >= n })
	return w.sender.mails()
}
