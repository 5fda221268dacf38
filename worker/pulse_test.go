package worker

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"teamsheet/internal/batch"
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

func TestPulseEndsARunThatHasBeenReplaced(t *testing.T) {
	t.Parallel()
	w, run, p := running(t)
	w.clock.Add(lookEvery)
	must(t, p.beat(w.ctx))
	_, err := w.store.NextGeneration(w.ctx, run.Batch.ID, run.Batch.Generation, true)
	must(t, err)
	w.clock.Add(lookEvery - time.Second)
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
