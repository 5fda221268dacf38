package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func testCreateBatch(t *testing.T, w *world) {
	first := w.upload()
	n := w.newBatch()
	n.Replaces, n.File.Name = first.ID, "te\x00am \xff📄.txt"
	got, created, err := w.store.CreateBatch(w.ctx, n)
	w.must(err)
	want := batch.Batch{
		ID: n.ID, Kind: batch.KindUpdate, State: batch.Uploaded, Replaces: &first.ID,
		File: batch.File{Name: "team \uFFFD📄.txt", Size: 1234, SHA256: strings.Repeat("ab", 32)}, UploadedBy: w.account.Email,
		UploadedAt: w.account.CreatedAt, Progress: batch.Progress{Phase: batch.Reading}, ChangesByColumn: []batch.ColumnChanges{},
		OrgID: w.org.ID, AccountID: w.account.ID, BlobKey: "key", Generation: 1, RequestID: "request",
		FileProblems: []problem.Problem{}, FileWarnings: []problem.Problem{},
	}
	if diff := cmp.Diff(want, got); diff != "" || !created {
		t.Errorf("created %v:\n%s", created, diff)
	}
	if diff := cmp.Diff(want, w.batch(n.ID)); diff != "" {
		t.Errorf("stored:\n%s", diff)
	}
	again, created, err := w.store.CreateBatch(w.ctx, n)
	w.must(err)
	if diff := cmp.Diff(want, again); diff != "" || !created {
		t.Errorf("the same call again: created %v\n%s", created, diff)
	}
}

func testIdempotency(t *testing.T, w *world) {
	upload := func(key, sha string, account store.Account) (batch.Batch, bool, error) {
		n := w.newBatch()
		n.IdempotencyKey, n.File.SHA256, n.AccountID = key, sha, account.ID
		return w.store.CreateBatch(w.ctx, n)
	}
	ids := make([]string, 4)
	made := make([]bool, 4)
	w.must(errors.Join(together(4, func(n int) error {
		b, created, err := upload("key", "aa", w.account)
		ids[n], made[n] = b.ID, created
		return err
	})...))
	if slices.Compact(slices.Clone(ids))[0] != ids[3] || len(slices.DeleteFunc(made, func(m bool) bool { return !m })) != 1 {
		t.Errorf("four uploads with one key made %v", ids)
	}
	_, _, err := upload("key", "bb", w.account)
	w.wantFault(err, fault.Rejected, "idempotency-key-reused")
	for _, other := range []struct {
		key     string
		account store.Account
	}{{"", w.account}, {"", w.account}, {"Key", w.account}, {"key", w.newAccount(w.org, "second@demo.example")}} {
		b, created, err := upload(other.key, "aa", other.account)
		w.must(err)
		if !created || b.ID == ids[0] {
			t.Errorf("%q of %s: created %v", other.key, other.account.Email, created)
		}
	}
}

func testBatchList(t *testing.T, w *world) {
	var want []string
	for range 25 {
		want = append(want, w.upload().ID)
	}
	slices.Reverse(want)
	var got []string
	after := ""
	for {
		list, next, err := w.store.Batches(w.ctx, w.org.ID, after, 10)
		w.must(err)
		for i := range list {
			got = append(got, list[i].ID)
		}
		if next == "" {
			break
		}
		after = next
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, _, err := w.store.Batches(w.ctx, w.org.ID, "nonsense", 10)
	w.wantFault(err, fault.BadRequest, "cursor-unknown")
}

// testMoves tries every move from every state, and lets only the allowed ones
// through.
func testMoves(t *testing.T, w *world) {
	states := map[batch.State]func() batch.Batch{
		batch.Uploaded:  w.upload,
		batch.Ready:     w.readyBatch,
		batch.Rejected:  func() batch.Batch { return w.preview(invalid(2, personID(2), problem.TooLong, profile.Bio, "x")) },
		batch.Confirmed: func() batch.Batch { return w.confirm(w.readyBatch()) },
		batch.Applied:   func() batch.Batch { b := w.confirm(w.readyBatch()); w.apply(b); return w.batch(b.ID) },
		batch.Failed:    w.failedBatch,
		batch.Cancelled: func() batch.Batch {
			b, err := w.store.Cancel(w.ctx, w.org.ID, w.upload().ID, w.account.ID, "")
			w.must(err)
			return b
		},
		batch.Expired: w.expiredBatch,
	}
	for from, make := range states {
		for to, try := range w.tries() {
			b := make()
			if b.State != from {
				t.Fatalf("made a batch that is %s, want %s", b.State, from)
			}
			try(b)
			got := w.batch(b.ID)
			if allowed := batch.CanMove(from, to); (got.State == to) != (allowed || from == to) {
				t.Errorf("%s → %s is allowed: %v; the batch is %s", from, to, allowed, got.State)
			}
			if got.State.Final() != (got.FinishedAt != nil) {
				t.Errorf("a batch that is %s has finished at %v", got.State, got.FinishedAt)
			}
			w.clear(got)
		}
	}
}

// tries are ways to bring a batch into a state.
func (w *world) tries() map[batch.State]func(batch.Batch) {
	return map[batch.State]func(batch.Batch){
		batch.Ready: func(b batch.Batch) {
			_, err := w.store.FinishPreview(w.ctx, &store.Run{Batch: b, Number: 1}, totalsOf(nil), w.revision())
			w.must(err)
		},
		batch.Rejected: func(b batch.Batch) {
			_, err := w.store.FinishPreview(w.ctx, &store.Run{Batch: b, Number: 1}, plan.Totals{}, w.revision())
			w.must(err)
		},
		batch.Confirmed: func(b batch.Batch) {
			_, _ = w.store.Confirm(w.ctx, w.org.ID, b.ID, totalsOf(nil).Digest, w.account.ID, "")
		},
		batch.Applied: func(b batch.Batch) {
			_, err := w.store.Apply(w.ctx, &store.Run{Batch: b, Number: 1}, nil, nil)
			w.must(err)
		},
		batch.Failed: func(b batch.Batch) {
			_, err := w.store.Fail(w.ctx, b.ID, b.Generation, batch.Failure{Code: batch.FailureInternal})
			w.must(err)
		},
		batch.Cancelled: func(b batch.Batch) {
			_, _ = w.store.Cancel(w.ctx, w.org.ID, b.ID, w.account.ID, "")
		},
		batch.Expired: func(batch.Batch) { w.expire() },
	}
}

func (w *world) readyBatch() batch.Batch { w.t.Helper(); return w.preview() }

func (w *world) failedBatch() batch.Batch {
	w.t.Helper()
	b := w.upload()
	moved, err := w.store.Fail(w.ctx, b.ID, b.Generation, batch.Failure{Code: batch.FailureFileLost, Message: "It is gone."})
	w.must(err)
	if !moved {
		w.t.Fatal("not failed")
	}
	return w.batch(b.ID)
}

func (w *world) expiredBatch() batch.Batch {
	w.t.Helper()
	b := w.readyBatch()
	w.expire()
	return w.batch(b.ID)
}

func (w *world) expire() {
	w.t.Helper()
	w.clock.Add(batch.ConfirmWithin + time.Second)
	_, err := w.store.ExpireReady(w.ctx)
	w.must(err)
}

// clear makes room for another confirmed batch.
func (w *world) clear(b batch.Batch) {
	w.t.Helper()
	if b.State == batch.Confirmed {
		_, err := w.store.Fail(w.ctx, b.ID, b.Generation, batch.Failure{Code: batch.FailureInternal})
		w.must(err)
	}
}

// testConfirmOrder finds several faults at once, and is told the first.
func testConfirmOrder(t *testing.T, w *world) {
	rejected := w.preview(invalid(2, personID(2), problem.TooLong, profile.Bio, "x"))
	first := w.preview(w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown))
	second := w.preview(w.changing(3, w.profile(3), moves("Lisbon"), profile.Hometown))
	_, err := w.store.Confirm(w.ctx, w.org.ID, second.ID, "another plan", w.account.ID, "")
	w.wantFault(err, fault.Stale, "plan-changed")

	w.clock.Add(time.Minute)
	confirmed := w.confirm(first)
	if confirmed.State != batch.Confirmed || confirmed.Generation != 2 || confirmed.ConfirmedAt == nil ||
		!confirmed.ConfirmedAt.Equal(w.account.CreatedAt.Add(time.Minute)) {
		t.Errorf("confirmed: %+v", confirmed)
	}
	_, err = w.store.Confirm(w.ctx, w.org.ID, second.ID, "another plan", w.account.ID, "")
	w.wantFault(err, fault.Conflict, "another-batch-confirmed")
	for _, b := range []batch.Batch{first, rejected} {
		_, err = w.store.Confirm(w.ctx, w.org.ID, b.ID, "another plan", w.account.ID, "")
		w.wantFault(err, fault.Conflict, "wrong-state")
	}
	w.apply(confirmed)
	if got := w.confirm(second); got.State != batch.Confirmed {
		t.Errorf("the second is %s", got.State)
	}
}

// testConfirmsAtOnce confirms two batches from four sides: one is confirmed.
func testConfirmsAtOnce(t *testing.T, w *world) {
	for range 5 {
		batches := []batch.Batch{w.readyBatch(), w.readyBatch()}
		errs := together(4, func(n int) error {
			b := batches[n%2]
			_, err := w.store.Confirm(w.ctx, w.org.ID, b.ID, *b.Plan, w.account.ID, "")
			return err
		})
		confirmed := 0
		for _, err := range errs {
			switch {
			case err == nil:
				confirmed++
			case fault.CodeOf(err) != "wrong-state" && fault.CodeOf(err) != "another-batch-confirmed":
				t.Errorf("refused with %v", err)
			}
		}
		if confirmed != 1 {
			t.Fatalf("%d were confirmed: %v", confirmed, errs)
		}
		for _, b := range batches {
			w.clear(w.batch(b.ID))
		}
	}
}

func testExpiry(t *testing.T, w *world) {
	old := w.readyBatch()
	w.clock.Add(batch.ConfirmWithin)
	fresh := w.readyBatch()
	count, err := w.store.ExpireReady(w.ctx)
	w.must(err)
	if count != 0 {
		t.Fatalf("%d expired at the last moment", count)
	}
	w.clock.Add(time.Microsecond)
	_, err = w.store.Confirm(w.ctx, w.org.ID, old.ID, *old.Plan, w.account.ID, "")
	w.wantFault(err, fault.Conflict, "wrong-state")
	count, err = w.store.ExpireReady(w.ctx)
	w.must(err)
	if count != 1 || w.batch(old.ID).State != batch.Expired || w.batch(fresh.ID).State != batch.Ready {
		t.Errorf("%d expired; the old one is %s, the new one %s", count, w.batch(old.ID).State, w.batch(fresh.ID).State)
	}
}

func testFail(t *testing.T, w *world) {
	b := w.upload()
	failure := batch.Failure{Code: batch.FailureFileLost, Message: "The file is gone."}
	moved, err := w.store.Fail(w.ctx, b.ID, b.Generation+1, failure)
	w.must(err)
	if moved {
		t.Error("failed another generation")
	}
	w.startRun(b)
	w.clock.Add(time.Second)
	if moved, err = w.store.FailSilent(w.ctx, b.ID, b.Generation, time.Second, failure); err != nil || moved {
		t.Errorf("failed a batch that is alive: %v, %v", moved, err)
	}
	moved, err = w.store.Fail(w.ctx, b.ID, b.Generation, failure)
	w.must(err)
	if got := w.batch(b.ID); !moved || got.Failure == nil || *got.Failure != failure {
		t.Errorf("moved %v, failure %v", moved, got.Failure)
	}
	moved, err = w.store.Fail(w.ctx, b.ID, b.Generation, failure)
	w.must(err)
	if moved {
		t.Error("failed twice")
	}
	silent := w.upload()
	w.startRun(silent)
	w.clock.Add(time.Minute)
	if moved, err = w.store.FailSilent(w.ctx, silent.ID, silent.Generation, time.Second, failure); err != nil || !moved {
		t.Errorf("a silent batch: moved %v, %v", moved, err)
	}
	_, err = w.store.Fail(w.ctx, store.NewID(), 1, failure)
	w.wantFault(err, fault.NotFound, "not-found")
}
