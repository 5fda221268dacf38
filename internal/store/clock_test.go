package store

import (
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/testkit"
)

// apart is how far the clocks of two machines are from that of their database: further
// than a mail is leased for, and than a run may be silent before it is dropped.
const apart = 3 * time.Hour

// machinesApart are two stores of one Postgres whose own clocks are too early and too
// late, and a function that makes a batch.
func machinesApart(t *testing.T) (early, late *Store, upload func() batch.Batch) {
	t.Helper()
	url := testkit.PostgresURL(t)
	open := func(wrong time.Duration) *Store {
		s, err := Open(t.Context(), url, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		s.options.Now = func() time.Time { return time.Now().Add(wrong) }
		return s
	}
	early, late = open(-apart), open(apart)
	if err := early.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	org, err := early.CreateOrg(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	account, err := early.CreateAccount(t.Context(), Account{OrgID: org.ID, Email: "admin@demo.example", CanManage: true})
	if err != nil {
		t.Fatal(err)
	}
	return early, late, func() batch.Batch {
		t.Helper()
		b, _, err := early.CreateBatch(t.Context(), NewBatch{ID: NewID(), OrgID: org.ID, AccountID: account.ID, AccountEmail: account.Email,
			File: batch.File{Name: "team.txt", Size: 1, SHA256: strings.Repeat("ab", 32)}, BlobKey: "key"})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

// Machines whose clocks are apart agree on who is alive.
func TestClocksApart(t *testing.T) {
	t.Parallel()
	early, late, upload := machinesApart(t)
	for _, pair := range [][2]*Store{{early, late}, {late, early}} {
		b := upload()
		if _, _, err := pair[0].StartRun(t.Context(), b.ID, b.Generation, batch.Uploaded); err != nil {
			t.Fatal(err)
		}
		if err := pair[0].Rung(t.Context(), b.ID, b.Generation); err != nil {
			t.Fatal(err)
		}
		waiting, err := pair[1].Waiting(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, seen := range waiting {
			if beat, rung := pair[1].now().Sub(seen.BeatAt).Abs(), pair[1].now().Sub(seen.RungAt).Abs(); beat > apart/2 || rung > apart/2 {
				t.Errorf("a beat seems %v away, a ring %v", beat, rung)
			}
		}
		if moved, err := pair[1].NextGeneration(t.Context(), b.ID, b.Generation, apart/2); err != nil || moved || len(waiting) == 0 {
			t.Errorf("of %d waiting, a healthy run was taken over: %v, %v", len(waiting), moved, err)
		}
	}
}

// Machines whose clocks are apart do not send a mail that the other is sending, and
// none waits for its own idea of when a mail is due.
func TestMailsOfClocksApart(t *testing.T) {
	t.Parallel()
	early, late, upload := machinesApart(t)
	for name, pair := range map[string][2]*Store{"a late one looks": {early, late}, "an early one looks": {late, early}} {
		sender, other := pair[0], pair[1]
		due := func() int {
			t.Helper()
			mails, err := other.DueMails(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(mails)
		}
		claim := func(by *Store, id string, want bool) Mail {
			t.Helper()
			m, ok, err := by.ClaimMail(t.Context(), id, time.Minute)
			if err != nil || ok != want {
				t.Fatalf("%s: claimed %v, want %v: %v", name, ok, want, err)
			}
			return m
		}
		b := upload()
		if moved, err := sender.Fail(t.Context(), b.ID, b.Generation, batch.Failure{Code: batch.FailureInternal}); err != nil || !moved {
			t.Fatalf("%s: failed %v, %v", name, moved, err)
		}
		mails, err := other.DueMails(t.Context(), 10)
		if err != nil || len(mails) != 1 {
			t.Fatalf("%s: %d mails are due, want 1: %v", name, len(mails), err)
		}
		id := mails[0].ID
		m := claim(sender, id, true)
		if n := due(); n != 0 {
			t.Errorf("%s: a mail that is being sent is due", name)
		}
		claim(other, id, false)
		if err := sender.MailRetry(t.Context(), m, time.Minute, "451"); err != nil {
			t.Fatal(err)
		}
		if n := due(); n != 0 {
			t.Errorf("%s: a mail that was put off is due", name)
		}
		if err := sender.MailRetry(t.Context(), m, -time.Minute, "451"); err != nil {
			t.Fatal(err)
		}
		m = claim(other, id, true)
		if err := other.MailSent(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// A machine whose clock is late does not forget the heartbeats of others, nor that a
// photo is on its way.
func TestSweepsOfClocksApart(t *testing.T) {
	t.Parallel()
	early, late, upload := machinesApart(t)
	b := upload()
	run, _, err := early.StartRun(t.Context(), b.ID, b.Generation, batch.Uploaded)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.DropDeadRuns(t.Context()); err != nil {
		t.Fatal(err)
	}
	if beat, err := late.pulse.lastBeat(t.Context(), b.OrgID, b.ID, run.Number); err != nil || beat.IsZero() {
		t.Errorf("the heartbeat of a run that is going on is forgotten: %v, %v", beat, err)
	}
	if err := early.ExpectPhoto(t.Context(), b.OrgID, "photo"); err != nil {
		t.Fatal(err)
	}
	if condemned, err := late.CondemnBlobs(t.Context(), time.Hour, 10); err != nil || len(condemned) != 0 {
		t.Errorf("condemned %v, %v", condemned, err)
	}
	if err := late.ExpectPhoto(t.Context(), b.OrgID, "other"); err != nil {
		t.Fatal(err)
	}
	if condemned, err := early.CondemnBlobs(t.Context(), -time.Hour, 10); err != nil || len(condemned) != 2 {
		t.Errorf("condemned %v, %v", condemned, err)
	}
}
