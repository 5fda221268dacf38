package worker

import (
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
	"teamsheet/internal/tasks/embedded"
	"teamsheet/internal/testkit"
)

// running is a run that has begun, with its pulse.
func running(t *testing.T) (*world, *store.Run, *pulse) {
	t.Helper()
	queue := embedded.Start()
	t.Cleanup(func() { _ = queue.Close() })
	url := "sqlite://" + filepath.Join(t.TempDir(), "store.db")
	must(t, migrate(url))
	w := newWorld(t, url, queue, teamSize)
	b := w.put(text(t, w.sheet()))
	run, ok, err := w.store.StartRun(w.ctx, b.ID, b.Generation, batch.Uploaded)
	if must(t, err); !ok {
		t.Fatal("there is nothing to do")
	}
	handler := w.worker(w.options())
	t.Cleanup(func() { must(t, handler.close()) })
	return w, run, handler.newPulse(run)
}

func TestPulseShowsProgressOnceASecond(t *testing.T) {
	t.Parallel()
	w, run, p := running(t)
	must(t, p.enter(w.ctx, batch.Reading, 0))
	shown := func(want batch.Progress) {
		t.Helper()
		if got := w.batch(run.Batch.ID).Progress; got != want {
			t.Errorf("progress %+v, want %+v", got, want)
		}
	}
	for done := range 10 * looksApart {
		must(t, p.step(w.ctx, done, 1000))
	}
	shown(batch.Progress{Phase: batch.Reading})
	w.clock.Add(beatEvery)
	for range looksApart {
		must(t, p.step(w.ctx, 700, 1000))
	}
	shown(batch.Progress{Phase: batch.Reading, Done: 700, Total: 1000})
	must(t, p.enter(w.ctx, batch.Comparing, 30)) // a new phase is shown at once
	shown(batch.Progress{Phase: batch.Comparing, Total: 30})
}

// The team is read before the rows are compared: both are on one scale.
func TestProgressNeverGoesBack(t *testing.T) {
	t.Parallel()
	queue := embedded.Start()
	t.Cleanup(func() { _ = queue.Close() })
	url := "sqlite://" + filepath.Join(t.TempDir(), "store.db")
	must(t, migrate(url))
	w := newWorld(t, url, queue, 10*looksApart)
	rows := w.sheet()
	for _, row := range rows[1:] {
		row[profile.Hometown] = "Lisbon"
	}
	b := w.put(text(t, rows))
	var mu sync.Mutex // a long call beats beside the run
	var seen []batch.Progress
	options := w.options()
	options.Now = func() time.Time { // each look at the clock is a beat
		if now := w.batch(b.ID); now.State == batch.Uploaded {
			mu.Lock()
			seen = append(seen, now.Progress)
			mu.Unlock()
		}
		w.clock.Add(beatEvery)
		return w.clock.Now()
	}
	handler := w.worker(options)
	defer func() { must(t, handler.close()) }()
	_, err := handler.preview(w.ctx, tasks.Batch{BatchID: b.ID, Generation: b.Generation})
	must(t, err)
	done, shown := 0, 0
	for _, p := range seen {
		if p.Phase != batch.Comparing {
			continue
		}
		if p.Done < done || p.Done > p.Total {
			t.Errorf("%d of %d after %d", p.Done, p.Total, done)
		}
		if p.Done > done {
			shown++
		}
		done = p.Done
	}
	if shown < 10 {
		t.Errorf("progress went on %d times: %v", shown, seen)
	}
}

func TestPulseEndsARunThatHasBeenReplaced(t *testing.T) {
	t.Parallel()
	w, run, p := running(t)
	w.clock.Add(lookEvery)
	must(t, p.beat(w.ctx))
	w.clock.Add(time.Second)
	moved, err := w.store.NextGeneration(w.ctx, run.Batch.ID, run.Batch.Generation, time.Millisecond)
	if must(t, err); !moved {
		t.Fatal("the generation was not raised")
	}
	w.clock.Add(lookEvery - 2*time.Second)
	must(t, p.beat(w.ctx))
	w.clock.Add(time.Second)
	if err := p.beat(w.ctx); !errors.Is(err, errSuperseded) {
		t.Errorf("the run goes on: %v", err)
	}
}

// Without Redis nothing is taken for lost or dead, and nothing is forgotten.
func TestRedisThatIsAwayAndComesBackEmpty(t *testing.T) {
	t.Parallel()
	server := testkit.StartRedis(t)
	connection, err := tasks.Connect(server.URL())
	must(t, err)
	url := "sqlite://" + filepath.Join(t.TempDir(), "store.db")
	must(t, migrate(url))
	w := newWorld(t, url, connection, teamSize)
	w.start(w.options())
	first := w.await(w.upload(w.edited("Lisbon", 3)).ID, batch.Ready)
	server.Stop()
	b := w.put(text(t, w.edited("Faro", 4)))
	if err := w.bell.Preview(w.ctx, b.ID, b.Generation, b.File.Size); err == nil {
		t.Error("the bell was rung without a Redis")
	}
	w.clock.Add(time.Minute)
	if got := w.batch(b.ID); got.State != batch.Uploaded || got.Generation != 1 {
		t.Errorf("the batch is %s in generation %d", got.State, got.Generation)
	}
	server.Restart()
	w.await(b.ID, batch.Ready)
	w.save(first.ID)
	w.await(first.ID, batch.Applied)
}

// On SQLite a preview that has to write waits for another's apply, and lives.
func TestPreviewThatWaitsToWriteIsAlive(t *testing.T) {
	t.Parallel()
	w, _, _ := running(t)
	saving, release := make(chan struct{}), make(chan struct{})
	options := w.options()
	options.Store = w.openStore(func(at string) {
		if at == "after_lock" {
			close(saving)
			<-release
		}
	})
	w.store = options.Store // beats are its own
	first := w.ready(w.edited("Lisbon", 3))
	reading, read := make(chan struct{}), make(chan struct{})
	w.blobs.hook(func() error {
		close(reading)
		<-read
		return nil
	})
	b := w.put(text(t, w.edited("Faro", 4)))
	handler := w.worker(options)
	defer func() { must(t, handler.close()) }()
	previewed, saved := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := handler.preview(w.ctx, tasks.Batch{BatchID: b.ID, Generation: b.Generation})
		previewed <- err
	}()
	<-reading
	first = w.confirm(first.ID)
	go func() {
		_, err := handler.apply(w.ctx, tasks.Batch{BatchID: first.ID, Generation: first.Generation})
		saved <- err
	}()
	<-saving
	close(read)
	testkit.Wait(t, "the preview to write", func() bool { return w.batch(b.ID).Progress.Phase == batch.Comparing })
	w.clock.Add(2 * defaultDeadAfter)
	testkit.Wait(t, "the preview to beat", func() bool {
		waiting, err := w.store.Waiting(w.ctx, 10)
		must(t, err)
		return slices.ContainsFunc(waiting, func(seen store.WaitingBatch) bool {
			return seen.ID == b.ID && w.clock.Now().Sub(seen.BeatAt) < defaultDeadAfter
		})
	})
	close(release)
	must(t, <-saved)
	must(t, <-previewed)
}
