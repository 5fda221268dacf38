package store_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
	"teamsheet/internal/testkit"
)

// cutter is a TCP proxy in front of Postgres that can lose the reply to COMMIT,
// or COMMIT itself.
type cutter struct {
	listener net.Listener
	server   string
	loses    atomic.Int32 // what happens to the next COMMIT
	lost     atomic.Int32 // how many were
	closing  sync.WaitGroup
}

const (
	loseReply   = 1 // the server commits, nobody hears of it
	loseRequest = 2 // the server never hears of it
)

func newCutter(t *testing.T, server string) *cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{listener: listener, server: server}
	c.closing.Go(c.serve)
	t.Cleanup(func() {
		listener.Close()
		c.closing.Wait()
	})
	return c
}

func (c *cutter) serve() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.closing.Go(func() { c.connect(client) })
	}
}

// connect passes messages on, until a COMMIT is to be lost.
func (c *cutter) connect(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	var mute atomic.Bool
	replies := make(chan struct{})
	go func() {
		defer close(replies)
		defer client.Close()
		buffer := make([]byte, 32<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || mute.Load() { // a muted reply: the server has done it
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	c.requests(client, server, &mute)
	server.Close()
	<-replies
}

func (c *cutter) requests(client, server net.Conn, mute *atomic.Bool) {
	if !pass(client, server, 0) { // the startup message has no type
		return
	}
	for {
		message, err := read(client, 1)
		if err != nil {
			return
		}
		if message[0] == 'Q' && bytes.HasPrefix(message[5:], []byte("commit")) {
			switch lose := c.loses.Swap(0); lose {
			case loseRequest:
				c.lost.Add(1)
				client.Close()
				return
			case loseReply:
				c.lost.Add(1)
				mute.Store(true)
				_, _ = server.Write(message)
				_, _ = io.Copy(io.Discard, client) // until the reply has come and closed it
				return
			}
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

func pass(client, server net.Conn, header int) bool {
	message, err := read(client, header)
	if err == nil {
		_, err = server.Write(message)
	}
	return err == nil
}

// read reads one message of the frontend protocol (PostgreSQL manual §55.7).
func read(from io.Reader, header int) ([]byte, error) {
	head := make([]byte, header+4)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	message := append(head, make([]byte, binary.BigEndian.Uint32(head[header:])-4)...)
	_, err := io.ReadFull(from, message[header+4:])
	return message, err
}

// TestLostCommit loses COMMITs and their replies: an apply is done once and says
// so, and every other write is either done and said to be, or not done.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	direct := testkit.PostgresURL(t, testkit.Template("store", migrate))
	address, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	cut := newCutter(t, address.Host)
	address.Host = cut.listener.Addr().String()
	query := address.Query()
	query.Set("sslmode", "disable")
	address.RawQuery = query.Encode()
	s, plain := open(t, address.String()), open(t, direct)

	org := must(plain.CreateOrg(t.Context(), "demo"))(t)
	account := must(plain.CreateAccount(t.Context(), store.Account{OrgID: org.ID, Email: "a@demo.example", NotifyApplied: true}))(t)
	id := profile.ID{1}
	must(plain.InsertPeople(t.Context(), org.ID, func(yield func(*profile.Profile) bool) {
		yield(&profile.Profile{ID: id, Version: 1})
	}))(t)
	for round := range 6 {
		for _, lose := range []int32{loseReply, loseRequest} {
			version := must(plain.Profile(t.Context(), org.ID, id))(t).Version
			before := cut.lost.Load()
			cut.loses.Store(lose)
			var done bool
			if round%2 == 0 {
				done = applyOne(t, s, plain, org, account, id, version)
			} else {
				done = editOne(t, s, org, account, id, version)
			}
			after := must(plain.Profile(t.Context(), org.ID, id))(t).Version
			if done != (lose == loseReply) || (after == version+1) != done {
				t.Errorf("round %d, lost %d: said to be done: %v, version %d → %d", round, lose, done, version, after)
			}
			if cut.lost.Load() != before+1 {
				t.Errorf("round %d: nothing was lost", round)
			}
		}
	}
	// A batch whose COMMIT is lost exists once, however often it is tried.
	for _, lose := range []int32{loseReply, loseRequest} {
		cut.loses.Store(lose)
		n := newBatch(org, account)
		b, created, err := s.CreateBatch(t.Context(), n)
		if err != nil || !created || b.ID != n.ID {
			t.Errorf("lost %d: batch %s, created %v, %v", lose, b.ID, created, err)
		}
	}
	// A password whose COMMIT is lost is changed, and nobody is told otherwise.
	for _, lose := range []int32{loseReply, loseRequest} {
		account = must(plain.Account(t.Context(), account.ID))(t)
		cut.loses.Store(lose)
		if err := s.ChangePassword(t.Context(), account, store.NewID(), ""); err != nil {
			t.Errorf("lost %d: password: %v", lose, err)
		}
	}
}

func newBatch(org store.Org, account store.Account) store.NewBatch {
	return store.NewBatch{ID: store.NewID(), OrgID: org.ID, AccountID: account.ID, AccountEmail: account.Email, BlobKey: "key",
		File: batch.File{Name: "team.txt", SHA256: "aa"}, IdempotencyKey: store.NewID()}
}

func report(id profile.ID, version int64) *plan.RowReport {
	return &plan.RowReport{Row: 2, ProfileID: id, Result: plan.Changed, Version: version, Mask: profile.FieldsOf(profile.Bio),
		Changes: []plan.Change{{Column: "Bio", New: "x"}}, After: profile.Profile{ID: id, Bio: "x"}}
}

// applyOne applies a plan of one change; everything before goes undisturbed.
func applyOne(t *testing.T, s, plain *store.Store, org store.Org, account store.Account, id profile.ID, version int64) bool {
	t.Helper()
	ctx := t.Context()
	b, _, err := plain.CreateBatch(ctx, newBatch(org, account))
	if err != nil {
		t.Fatal(err)
	}
	run, _, err := plain.StartRun(ctx, b.ID, b.Generation, batch.Uploaded)
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.AddRows(ctx, run, []*plan.RowReport{report(id, version)}); err != nil {
		t.Fatal(err)
	}
	org = must(plain.Org(ctx, org.ID))(t)
	must(plain.FinishPreview(ctx, run, plan.Totals{Counts: batch.Counts{Changed: 1}, Digest: "d"}, org.Revision))(t)
	b = must(plain.Confirm(ctx, org.ID, b.ID, "d", account.ID, ""))(t)
	run, _, err = plain.StartRun(ctx, b.ID, b.Generation, batch.Confirmed)
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := s.Apply(ctx, run, nil, nil)
	if err != nil {
		wantCode(t, err, "database-away")
		if got := must(plain.Batch(ctx, org.ID, b.ID))(t); got.State != batch.Confirmed {
			t.Errorf("the apply failed with %v and the batch is %s", err, got.State)
		}
		must(plain.Fail(ctx, b.ID, b.Generation, batch.Failure{Code: batch.FailureInternal}))(t)
		return false
	}
	if got := must(plain.Batch(ctx, org.ID, b.ID))(t); outcome != store.ApplyApplied || got.State != batch.Applied {
		t.Errorf("outcome %d, and the batch is %s", outcome, got.State)
	}
	return true
}

func editOne(t *testing.T, s *store.Store, org store.Org, account store.Account, id profile.ID, version int64) bool {
	t.Helper()
	_, _, err := s.EditProfile(t.Context(), store.Edit{OrgID: org.ID, ProfileID: id, ActorID: account.ID, IfVersion: version, Source: "api"},
		func(*store.View, *profile.Profile) (*plan.RowReport, error) { return report(id, version), nil })
	if err != nil {
		wantCode(t, err, "database-away") // nothing was saved, and trying again will do
	}
	return err == nil
}

// must returns a value, or ends the test.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
