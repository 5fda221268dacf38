package worker

import (
	"context"
	"errors"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/tasks"
	"teamsheet/internal/testkit"
)

// Wherever a large file is checked, it waits for the one that is being checked;
// others do not.
func TestLargeFilesAreCheckedOneByOne(t *testing.T) {
	t.Parallel()
	w, run, p := running(t)
	p.worker.large <- struct{}{}
	if _, err := p.worker.check(w.ctx, run, p); err != nil {
		t.Errorf("a small file: %v", err)
	}
	large := *run
	large.Batch.File.Size = tasks.LargeFile
	w.blobs.hook(func() error {
		t.Error("a second large file was read")
		return nil
	})
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 2)
	go func() {
		_, err := p.worker.check(ctx, &large, p.worker.newPulse(&large))
		ended <- err
	}()
	go func() {
		_, err := p.worker.saveInside(ctx, &large)
		ended <- err
	}()
	w.clock.Add(defaultDeadAfter)
	testkit.Wait(t, "those that wait to beat", func() bool {
		waiting, err := w.store.Waiting(w.ctx, 10)
		must(t, err)
		return w.clock.Now().Sub(waiting[0].BeatAt) < time.Second
	})
	cancel()
	for range cap(ended) {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("a large file: %v", err)
		}
	}
	w.blobs.hook(nil)
	<-p.worker.large
	if _, err := p.worker.check(w.ctx, &large, p.worker.newPulse(&large)); errors.Is(err, context.Canceled) || len(p.worker.large) != 0 {
		t.Errorf("after it: %v, %d turns are left", err, len(p.worker.large))
	}
}

// Who waits for the turn of large files shows a sign of life for as long as it takes,
// and stops waiting when nobody wants the batch any more.
func TestALargeFileWaitsNoLongerThanItIsWanted(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		b := w.put(text(t, w.edited("Lisbon", 3)))
		handler := w.worker(w.options())
		defer func() { must(t, handler.close()) }()
		run, _, err := w.store.StartRun(w.ctx, b.ID, b.Generation, batch.Uploaded)
		must(t, err)
		for range largeAtOnce {
			handler.large <- struct{}{}
		}
		_, err = w.store.Cancel(w.ctx, w.org.ID, b.ID, w.account.ID, "")
		must(t, err)
		p := handler.newPulse(run)
		w.clock.Add(lookEvery)
		ended := make(chan error, 1)
		go func() {
			_, err := handler.largeTurn(w.ctx, tasks.LargeFile, p)
			ended <- err
		}()
		select {
		case err = <-ended:
		case <-time.After(testkit.Limit):
			<-handler.large
			err = <-ended
		}
		if !errors.Is(err, errSuperseded) {
			t.Errorf("it ended with %v", err)
		}
	})
}
