package worker

import (
	"errors"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/testkit"
)

// reject leads to a mail.
func (w *world) reject() batch.Batch {
	w.t.Helper()
	b := w.put([]byte("User ID,Email\r\n1,2\r\n"))
	must(w.t, w.bell.Preview(w.ctx, b.ID, b.Generation, b.File.Size))
	return w.await(b.ID, batch.Rejected)
}

func (w *world) pendingMails() int {
	w.t.Helper()
	stats, err := w.store.Stats(w.ctx)
	must(w.t, err)
	return stats.MailsPending
}

func TestMailIsSentOnceTheServerIsBack(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.sender.answers(func() error { return errors.New("connection refused") })
		w.start(w.options())
		w.reject()
		w.awaitMails(1)
		w.clock.Add(2 * time.Minute)
		w.awaitMails(2)
		w.sender.answers(nil)
		w.clock.Add(7 * time.Minute)
		mails := w.awaitMails(3)
		testkit.Wait(t, "the mail to be settled", func() bool { return w.pendingMails() == 0 })
		for i, mail := range mails {
			if mail.MessageID != mails[0].MessageID || mail.Tries != i+1 {
				t.Errorf("try %d is number %d of %s", i+1, mail.Tries, mail.MessageID)
			}
		}
		w.clock.Add(time.Hour)
		w.reject() // its mail comes after all that is due
		if all := w.awaitMails(4); all[3].MessageID == all[0].MessageID {
			t.Error("a mail that was sent was sent again")
		}
	})
}

// A mail server is away for a night: nobody hammers at it, and in the morning each
// report arrives, once.
func TestMailsOutliveAnOutageOfHours(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		const reports, tries = 3, 9
		away := func() error { return errors.New("connection refused") }
		w.sender.answers(away)
		w.start(w.options())
		for range reports {
			w.reject()
		}
		for try := range tries {
			testkit.Wait(t, "the tries to be put down", func() bool {
				return strings.Count(w.log.String(), "mail not sent") >= reports*(try+1)
			})
			if try == tries-1 {
				w.sender.answers(nil)
			}
			w.clock.Add(80 * time.Minute) // longer than any pause between two tries
		}
		w.awaitMails(reports * (tries + 1))
		testkit.Wait(t, "the mails to be settled", func() bool { return w.pendingMails() == 0 })
		w.clock.Add(80 * time.Minute)
		w.reject() // its mail comes after all that is due
		counted := map[string]int{}
		for _, m := range w.awaitMails(reports*(tries+1) + 1) {
			counted[m.MessageID]++
		}
		if len(counted) != reports+1 {
			t.Errorf("%d reports were sent, want %d", len(counted), reports+1)
		}
		for id, n := range counted {
			if n != tries+1 && n != 1 {
				t.Errorf("%s was tried %d times in a night, want %d", id, n, tries+1)
			}
		}
	})
}

type refused struct{ error }

func (refused) Permanent() bool { return true }

func TestMailThatIsRefusedIsGivenUp(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.sender.answers(func() error { return refused{errors.New("the server replied 550")} })
		w.start(w.options())
		w.reject()
		w.awaitMails(1)
		testkit.Wait(t, "the mail to be given up", func() bool { return w.pendingMails() == 0 })
	})
}

// A mail is given up when it is old and was tried often: the workers may have been
// away for days themselves.
func TestMailIsGivenUpAfterDays(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.sender.answers(func() error { return errors.New("connection refused") })
		w.start(w.options())
		w.reject()
		w.awaitMails(1)
		w.clock.Add(giveUpAfter + time.Hour)
		for try := 2; try <= triesLeast; try++ {
			w.awaitMails(try)
			if try == triesLeast {
				break
			}
			testkit.Wait(t, "the mail to be put off", func() bool { return w.dueMails() == 0 })
			if n := w.pendingMails(); n != 1 {
				t.Fatalf("after try %d %d mails are pending", try, n)
			}
			w.clock.Add(2 * time.Hour)
		}
		testkit.Wait(t, "the mail to be given up", func() bool { return w.pendingMails() == 0 })
	})
}

func (w *world) dueMails() int {
	w.t.Helper()
	mails, err := w.store.DueMails(w.ctx, 10)
	must(w.t, err)
	return len(mails)
}

// A sender that died leaves a lease behind.
func TestMailOfADeadSenderIsSentWhenTheLeaseHasRunOut(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		stop := w.start(func() Options {
			o := w.options()
			o.ShutdownTimeout = time.Millisecond
			return o
		}())
		w.sender.answers(func() error {
			die()
			return nil
		})
		w.reject()
		w.awaitMails(1)
		stop()
		w.sender.answers(nil)
		w.clock.Add(mailLease + time.Second)
		w.start(w.options())
		mails := w.awaitMails(2)
		testkit.Wait(t, "the mail to be settled", func() bool { return w.pendingMails() == 0 })
		if mails[0].MessageID != mails[1].MessageID {
			t.Errorf("sent as %s and %s", mails[0].MessageID, mails[1].MessageID)
		}
	})
}

func TestMailDelays(t *testing.T) {
	t.Parallel()
	for tries, minutes := range map[int]int{0: 1, 1: 1, 2: 5, 3: 15, 4: 30, 5: 60, 6: 60, 100: 60} {
		least := time.Duration(minutes) * time.Minute
		if got := mailDelay(tries); got < least || got > least*5/4 {
			t.Errorf("after try %d: %v, want %v or a little more", tries, got, least)
		}
	}
}
