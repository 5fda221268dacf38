package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func (w *world) dueMails() []store.Mail {
	w.t.Helper()
	mails, err := w.store.DueMails(w.ctx, 100)
	w.must(err)
	return mails
}

// wantMails fails unless these are the mails due about a batch.
func (w *world) wantMails(batchID string, want ...store.MailKind) {
	w.t.Helper()
	var got []store.MailKind
	for _, m := range w.dueMails() {
		if m.BatchID == batchID {
			got = append(got, m.Kind)
			if m.Recipient != w.account.Email || m.OrgID != w.org.ID || !strings.HasPrefix(m.MessageID, string(m.Kind)+"."+batchID+".") {
				w.t.Errorf("mail %+v", m)
			}
		}
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("mails %v, want %v", got, want)
	}
}

func testMailKinds(t *testing.T, w *world) {
	w.wantMails(w.failedBatch().ID, store.MailFailed)
	stale := w.upload()
	_, err := w.store.Fail(w.ctx, stale.ID, stale.Generation, batch.Failure{Code: batch.FailureStalePlan})
	w.must(err)
	w.wantMails(stale.ID, store.MailStale)
	quiet := w.confirm(w.readyBatch())
	w.apply(quiet)
	w.wantMails(quiet.ID)
	w.must(w.store.SetNotifyApplied(w.ctx, w.account.ID, true))
	wanted := w.confirmed(w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown))
	w.apply(wanted)
	w.wantMails(wanted.ID, store.MailApplied)
	cancelled, err := w.store.Cancel(w.ctx, w.org.ID, w.upload().ID, w.account.ID, "")
	w.must(err)
	w.wantMails(cancelled.ID)
	w.wantMails(w.expiredBatch().ID)
}

// testOutbox takes one mail through two senders, a crash, retries and the end.
func testOutbox(t *testing.T, w *world) {
	w.preview(invalid(2, personID(2), problem.TooLong, profile.Bio, "x"))
	id := w.dueMails()[0].ID
	second := w.open(store.Options{})

	m := w.claimed(id, second)
	if m.Tries != 1 || m.Kind != store.MailRejected || m.CreatedAt != w.stamp() {
		t.Errorf("claimed %+v", m)
	}
	if len(w.dueMails()) != 0 {
		t.Error("a leased mail is due")
	}
	w.clock.Add(time.Minute) // the sender died
	again := w.claimed(id, second)
	if again.Tries != 2 || again.MessageID != m.MessageID {
		t.Errorf("claimed again %+v", again)
	}
	// The first sender was only slow: the mail is not his to settle any more.
	w.must(w.store.MailRetry(w.ctx, m, 0, "451"))
	w.must(w.store.MailGivenUp(w.ctx, m, "550"))
	if stats, err := w.store.Stats(w.ctx); err != nil || stats.MailsPending != 1 || len(w.dueMails()) != 0 {
		t.Errorf("a late reply settled another's claim: %+v, %v", stats, err)
	}
	w.must(w.store.MailRetry(w.ctx, again, time.Hour, "451"))
	if len(w.dueMails()) != 0 {
		t.Error("a mail that was put off is due")
	}
	if _, ok, err := w.store.ClaimMail(w.ctx, id, time.Minute); err != nil || ok {
		t.Errorf("claimed early: %v, %v", ok, err)
	}
	w.clock.Add(time.Hour)
	third := w.claimed(id, second)
	if third.Tries != 3 {
		t.Errorf("claimed %+v", third)
	}
	w.must(w.store.MailSent(w.ctx, id))
	w.must(w.store.MailRetry(w.ctx, third, 0, "a reply that came late"))
	w.clock.Add(time.Hour)
	if len(w.dueMails()) != 0 {
		t.Error("a sent mail is due")
	}
	if _, ok, err := w.store.ClaimMail(w.ctx, id, time.Minute); err != nil || ok {
		t.Errorf("claimed a sent mail: %v, %v", ok, err)
	}
	if _, ok, err := w.store.ClaimMail(w.ctx, store.NewID(), time.Minute); err != nil || ok {
		t.Errorf("claimed a mail that is none: %v, %v", ok, err)
	}
}

// claimed claims a mail from four sides at once; one must have it.
func (w *world) claimed(id string, second *store.Store) store.Mail {
	w.t.Helper()
	stores := []*store.Store{w.store, second}
	got := make([]store.Mail, 4)
	have := make([]bool, 4)
	for _, err := range together(4, func(n int) (err error) {
		got[n], have[n], err = stores[n%2].ClaimMail(w.ctx, id, time.Minute)
		return err
	}) {
		w.must(err)
	}
	winner := -1
	for n := range have {
		if have[n] && winner >= 0 {
			w.t.Fatal("two senders have one mail")
		}
		if have[n] {
			winner = n
		}
	}
	if winner < 0 {
		w.t.Fatal("nobody has the mail")
	}
	return got[winner]
}

func testGivenUp(t *testing.T, w *world) {
	w.failedBatch()
	m := w.claimed(w.dueMails()[0].ID, w.open(store.Options{}))
	w.must(w.store.MailGivenUp(w.ctx, m, "550"))
	w.clock.Add(time.Hour)
	stats, err := w.store.Stats(w.ctx)
	w.must(err)
	if len(w.dueMails()) != 0 || stats.MailsPending != 0 {
		t.Errorf("%d mails pending after giving up", stats.MailsPending)
	}
}
