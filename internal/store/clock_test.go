package store

import (
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/moment"
	"teamsheet/internal/testkit"
)

// apartWorld is an installation of two machines whose clocks are hours apart.
type apartWorld struct {
	t           *testing.T
	early, late *Store
	org         Org
	account     Account
}

const apart = 3 * time.Hour

func newApartWorld(t *testing.T) *apartWorld {
	t.Helper()
	url := testkit.PostgresURL(t)
	open := func(wrong time.Duration) *Store {
		s, err := openAt(t.Context(), url, Options{}, func() time.Time { return time.Now().Add(wrong) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	w := &apartWorld{t: t, early: open(-apart), late: open(apart)}
	w.must(w.early.Migrate(t.Context()))
	var err error
	w.org, err = w.early.CreateOrg(t.Context(), "demo")
	w.must(err)
	w.account, err = w.early.CreateAccount(t.Context(), Account{OrgID: w.org.ID, Email: "admin@demo.example", CanManage: true})
	w.must(err)
	return w
}

func (w *apartWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *apartWorld) upload(s *Store) batch.Batch {
	w.t.Helper()
	b, _, err := s.CreateBatch(w.t.Context(), NewBatch{ID: NewID(), OrgID: w.org.ID, AccountID: w.account.ID, AccountEmail: w.account.Email,
		File: batch.File{Name: "team.txt", Size: 1, SHA256: strings.Repeat("ab", 32)}, BlobKey: "key"})
	w.must(err)
	return b
}

// everyPair runs a test with each of the two machines as the first.
func (w *apartWorld) everyPair(test func(one, other *Store)) {
	test(w.early, w.late)
	test(w.late, w.early)
}

// nearly tells whether a moment is now, as the database has it.
func (w *apartWorld) nearly(what string, at time.Time) {
	w.t.Helper()
	if off := time.Since(at).Abs(); off > apart/2 {
		w.t.Errorf("%s is %v off", what, off)
	}
}

func TestClocksApartAgreeOnWhoIsAlive(t *testing.T) {
	t.Parallel()
	w := newApartWorld(t)
	w.everyPair(func(one, other *Store) {
		b := w.upload(one)
		w.nearly("an upload", b.UploadedAt)
		_, _, err := one.StartRun(t.Context(), b.ID, b.Generation, batch.Uploaded)
		w.must(err)
		w.must(one.Rung(t.Context(), b.ID, b.Generation))
		waiting, err := other.Waiting(t.Context(), 10)
		w.must(err)
		w.nearly("the other's time", other.Now())
		for _, seen := range waiting {
			w.nearly("a beat", seen.BeatAt)
			w.nearly("a ring", seen.RungAt)
		}
		if moved, err := other.NextGeneration(t.Context(), b.ID, b.Generation, apart/2); err != nil || moved || len(waiting) == 0 {
			t.Errorf("of %d waiting, a healthy run was taken over: %v, %v", len(waiting), moved, err)
		}
		if dropped, err := other.DropDeadRuns(t.Context()); err != nil || dropped > 0 {
			t.Errorf("%d runs that go on were dropped, %v", dropped, err)
		}
		if seen, err := other.Waiting(t.Context(), 10); err != nil || len(seen) == 0 || seen[len(seen)-1].BeatAt.IsZero() {
			t.Errorf("the beat of a run that goes on is forgotten: %+v, %v", seen, err)
		}
	})
}

func TestClocksApartAgreeOnMails(t *testing.T) {
	t.Parallel()
	w := newApartWorld(t)
	w.everyPair(func(one, other *Store) {
		b := w.upload(one)
		moved, err := one.Fail(t.Context(), b.ID, b.Generation, batch.Failure{Code: batch.FailureInternal, Message: "It went wrong."})
		w.must(err)
		// They agree to within the time of a reply: what is due here now is due there soon.
		var due []Mail
		testkit.Wait(t, "the mail to be due", func() bool {
			due, err = other.DueMails(t.Context(), 10)
			w.must(err)
			return len(due) == 1
		})
		if !moved {
			t.Error("the batch has not failed")
		}
		claim := func(s *Store) (m Mail) {
			testkit.Wait(t, "the mail to be claimed", func() (ok bool) {
				m, ok, err = s.ClaimMail(t.Context(), due[0].ID, apart/2)
				w.must(err)
				return ok
			})
			return m
		}
		claimed := claim(one)
		if _, twice, err := other.ClaimMail(t.Context(), due[0].ID, apart/2); twice || err != nil {
			t.Errorf("a claimed mail is claimed again: %v, %v", twice, err)
		}
		w.must(one.MailRetry(t.Context(), claimed, 0, "451"))
		w.must(other.MailSent(t.Context(), claim(other).ID))
	})
}

// Whoever was set or has slept looks again before it believes itself.
func TestClockThatSlips(t *testing.T) {
	t.Parallel()
	base := moment.Now(time.Now())
	after := func(steady, wall time.Duration) moment.Moment {
		return moment.Moment{Wall: base.Wall.Add(wall), Steady: base.Steady.Add(steady)}
	}
	there := base.Wall.Add(-apart)
	var c clock
	if now, sure := c.at(base); sure || !now.Equal(base.Wall) {
		t.Errorf("before any look it is %v, sure %v", now, sure)
	}
	c.set(there, base, base)
	c.set(there.Add(apart), base, after(2*clockSlips, 2*clockSlips)) // stopped while it looked
	for _, each := range []struct {
		what         string
		steady, wall time.Duration
		sure         bool
	}{
		{"a moment later", clockLasts / 2, clockLasts / 2, true},
		{"long after", 2 * clockLasts, 2 * clockLasts, false},
		{"set forward", time.Millisecond, apart, false},
		{"set back", time.Millisecond, -apart, false},
		{"after a sleep", time.Millisecond, time.Minute, false},
	} {
		now, sure := c.at(after(each.steady, each.wall))
		if sure != each.sure || !now.Equal(there.Add(each.steady)) {
			t.Errorf("%s: it is %v after the look, sure %v", each.what, now.Sub(there), sure)
		}
	}
}
