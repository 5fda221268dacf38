package e2e

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"teamsheet/internal/testkit"
	"teamsheet/internal/testkit/process"
)

// installation is Teamsheet as separate processes on Postgres, Redis and a mail
// server, with one organization of made-up people.
type installation struct {
	t        *testing.T
	settings process.Settings
	database string
	redis    *testkit.Server
	mail     *testkit.SMTPServer
	admin    *client
}

const adminEmail = "ana@example.com"

// install makes an installation with its producer running, and no worker yet.
func install(t *testing.T, people int) *installation {
	t.Helper()
	redis := testkit.StartRedis(t)
	i := installWith(t, redis.URL(), people)
	i.redis = redis
	return i
}

// installWith is install on the Redis at an address.
func installWith(t *testing.T, redisURL string, people int) *installation {
	t.Helper()
	i := &installation{t: t, database: testkit.PostgresURL(t), mail: testkit.SMTP(t)}
	i.settings = process.Settings{
		"TEAMSHEET_ADDR":         "127.0.0.1:0",
		"TEAMSHEET_DATA_DIR":     t.TempDir(),
		"TEAMSHEET_DATABASE_URL": i.database,
		"TEAMSHEET_REDIS_URL":    redisURL,
		"TEAMSHEET_SMTP_URL":     i.mail.URL(),
	}
	command(t, i.settings, "migrate")
	org := command(t, i.settings, "org", "create", "--name", "Example")
	command(t, i.settings, "admin", "create", "--org", org, "--email", adminEmail)
	token := command(t, i.settings, "token", "create", "--org", org, "--email", adminEmail)
	command(t, i.settings, "seed", "--org", org, "--people", strconv.Itoa(people))
	producer := start(t, i.settings, "producer")
	i.admin = &client{t: t, url: producer.value("url"), token: token}
	return i
}

// worker starts a worker; several may run.
func (i *installation) worker() *program {
	i.t.Helper()
	own := maps.Clone(i.settings)
	delete(own, "TEAMSHEET_ADDR")
	return start(i.t, own, "worker")
}

func TestSeparateProcessesApplyAnEditedSheet(t *testing.T) {
	processTest(t)
	i := install(t, 2000)
	worker := i.worker()
	before := i.admin.download("?complete=1")
	sheet := edited(t, before)
	i.admin.apply(i.admin.preview("team.txt", sheet.bytes()))
	checkApplied(t, before, sheet, i.admin.download("?complete=1"))
	worker.stop()
}

func TestRedisMayLoseEverything(t *testing.T) {
	processTest(t)
	i := install(t, 1000)
	sheet := i.admin.download("?complete=1")
	sheet.set(t, sheet.agents(t)[0], "Hometown", "Évora")

	uploaded := i.admin.upload("team.txt", sheet.bytes())
	i.redis.Restart() // it comes back empty
	worker := i.worker()
	ready := i.admin.settle(uploaded.ID)
	worker.stop()

	i.admin.confirm(ready)
	i.redis.Restart()
	i.worker()
	if done := i.admin.settle(ready.ID); done.State != "applied" {
		t.Errorf("batch is %s (%+v), want applied", done.State, done.Failure)
	}
}

// Keys of one command lie on one node, or a cluster refuses it.
func TestRedisClusterWhoseNodesLoseEverything(t *testing.T) {
	processTest(t)
	cluster := testkit.StartRedisCluster(t, 3)
	i := installWith(t, cluster.URL(), 1000)
	worker := i.worker()
	sheet := i.admin.download("?complete=1")
	sheet.set(t, 1, "License Type", "gold")
	if rejected := i.admin.preview("team.txt", sheet.bytes()); rejected.State != "rejected" {
		t.Errorf("batch is %s, want rejected", rejected.State)
	}
	i.mail.WaitFor(1)

	before := i.admin.download("?complete=1")
	sheet = edited(t, before)
	ready := i.admin.preview("team.txt", sheet.bytes())
	worker.stop()
	i.admin.confirm(ready)
	for _, node := range cluster.Nodes {
		node.Kill()
		node.Restart()
	}
	cluster.AwaitOK(t)
	worker = i.worker()
	if done := i.admin.settle(ready.ID); done.State != "applied" {
		t.Fatalf("batch is %s (%+v), want applied", done.State, done.Failure)
	}
	checkApplied(t, before, sheet, i.admin.download("?complete=1"))
	if log := strings.Join(worker.Lines(), "\n"); strings.Contains(log, "CROSSSLOT") {
		t.Errorf("a command was for several nodes:\n%s", log)
	}
}

func TestMailWaitsForItsServer(t *testing.T) {
	processTest(t)
	i := install(t, 1000)
	i.mail.Stop()
	i.worker()
	sheet := i.admin.download("?complete=1")
	sheet.set(t, 1, "License Type", "gold")
	if rejected := i.admin.preview("team.txt", sheet.bytes()); rejected.State != "rejected" {
		t.Errorf("batch is %s, want rejected", rejected.State)
	}
	i.mail.Start()
	message := i.mail.WaitFor(1)[0]
	if len(message.To) != 1 || message.To[0] != adminEmail {
		t.Errorf("the mail went to %q", message.To)
	}
	cell := fmt.Sprintf("%c2", 'A'+sheet.column(t, "License Type"))
	if !bytes.Contains(message.Raw, []byte(cell)) {
		t.Errorf("the mail does not name %s", cell)
	}
}

// The worker dies while the database holds its half-made changes: the test has
// locked the people, so the apply cannot end before.
func TestKilledWorkerLeavesNothingHalfDone(t *testing.T) {
	processTest(t)
	i := install(t, 2000)
	before := i.admin.download("?complete=1")
	sheet := edited(t, before)
	doomed := i.worker()
	ready := i.admin.preview("team.txt", sheet.bytes())

	release := i.lockPeople(before)
	i.admin.confirm(ready)
	i.awaitBlocked()
	doomed.Kill()
	if during := i.admin.batch(ready.ID); during.State != "confirmed" {
		t.Errorf("batch is %s while nobody applies it, want confirmed", during.State)
	}
	if now := i.admin.download("?complete=1"); !bytes.Equal(now.bytes(), before.bytes()) {
		t.Error("a part of the plan is seen before it is saved")
	}
	release()
	i.worker()

	switch done := i.admin.settle(ready.ID); done.State {
	case "applied":
		checkApplied(t, before, sheet, i.admin.download("?complete=1"))
	case "failed":
		if now := i.admin.download("?complete=1"); !bytes.Equal(now.bytes(), before.bytes()) {
			t.Error("the batch has failed, and yet the team has changed")
		}
	default:
		t.Errorf("batch is %s, want applied or failed", done.State)
	}
}

// lockPeople keeps one of the people whom edited changes locked in the database,
// wherever the program keeps them, until it is released.
func (i *installation) lockPeople(people table) (release func()) {
	i.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, i.database)
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() { _ = conn.Close(ctx) })
	tx, err := conn.Begin(ctx)
	if err != nil {
		i.t.Fatal(err)
	}
	agents := people.agents(i.t)
	employee := people.get(i.t, agents[509], "Employee ID")
	locked := 0
	for _, name := range i.tablesOfPeople(ctx, tx) {
		tag, err := tx.Exec(ctx, "SELECT 1 FROM "+name+" WHERE employee_id = $1 FOR UPDATE", employee)
		if err != nil {
			i.t.Fatal(err)
		}
		locked += int(tag.RowsAffected())
	}
	if locked == 0 {
		i.t.Fatal("nobody was locked")
	}
	return func() { _ = tx.Rollback(ctx) }
}

// tablesOfPeople are the tables with the columns of a profile.
func (i *installation) tablesOfPeople(ctx context.Context, tx pgx.Tx) []string {
	i.t.Helper()
	rows, err := tx.Query(ctx, `SELECT quote_ident(table_name) FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name IN ('employee_id', 'hometown')
		GROUP BY table_name HAVING count(*) = 2`)
	if err != nil {
		i.t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		i.t.Fatal(err)
	}
	return names
}

// awaitBlocked waits until somebody waits for the lock.
func (i *installation) awaitBlocked() {
	i.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, i.database)
	if err != nil {
		i.t.Fatal(err)
	}
	defer conn.Close(ctx)
	testkit.Wait(i.t, "the apply to reach the locked person", func() bool {
		var waiting int
		err := conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			i.t.Fatal(err)
		}
		return waiting > 0
	})
}
