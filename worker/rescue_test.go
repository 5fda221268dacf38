package worker

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/moment"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
	"teamsheet/internal/testkit"
)

func TestVerdict(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	ago := func(seconds int) time.Time { return now.Add(-time.Duration(seconds) * time.Second) }
	for name, test := range map[string]struct {
		task        tasks.TaskState
		since, rung int // seconds ago; -1: never; less: so many seconds ahead
		beat        int
		idle        int
		want        verdict
	}{
		"queued for long":                 {tasks.Queued, 500, 500, -1, -1, leave},
		"retried after a dead worker":     {tasks.Queued, 500, 500, 100, -1, leave},
		"just uploaded":                   {tasks.Missing, 1, -1, -1, -1, leave},
		"ring lost":                       {tasks.Missing, 4, -1, -1, -1, ringAgain},
		"ring lost, says a late clock":    {tasks.Missing, -3600, -1, -1, 4, ringAgain},
		"new, says a late clock":          {tasks.Missing, -3600, -1, -1, 1, leave},
		"old, says an early clock":        {tasks.Missing, 3600, 2, -1, 1, leave},
		"rung a moment ago, and gone":     {tasks.Missing, 60, 2, -1, 60, leave},
		"just rung again":                 {tasks.Missing, 60, 1, -1, -1, leave},
		"Redis emptied under a worker":    {tasks.Missing, 60, 60, 5, -1, leave},
		"Redis emptied, and worker dead":  {tasks.Missing, 60, 60, 21, -1, takeOver},
		"at work":                         {tasks.Active, 60, 60, 19, -1, leave},
		"worker dead":                     {tasks.Active, 60, 60, 21, -1, takeOver},
		"taken, not begun":                {tasks.Active, 60, 60, -1, 10, leave},
		"taken, not begun for long":       {tasks.Active, 60, 60, -1, 21, ringAgain},
		"given up by asynq, still alive":  {tasks.Archived, 60, 60, 1, -1, leave},
		"given up by asynq, worker dead":  {tasks.Archived, 60, 60, 21, -1, takeOver},
		"given up by asynq, none at it":   {tasks.Archived, 60, 60, -1, -1, ringAgain},
		"waiting for long, then at work":  {tasks.Active, 9999, 9999, 1, -1, leave},
		"first seen active at this sweep": {tasks.Active, 9999, 9999, -1, 0, leave},
	} {
		at := func(seconds int) (t time.Time) {
			if seconds != -1 {
				t = ago(seconds)
			}
			return t
		}
		j := judgement{now: now, deadAfter: 20 * time.Second, task: test.task, idleSince: at(test.idle)}
		if got := j.of(&store.WaitingBatch{Since: at(test.since), RungAt: at(test.rung), BeatAt: at(test.beat)}); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

// Who was stopped cannot tell who else is silent.
func TestWakefulness(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var w wakefulness
	for _, test := range []struct {
		second, asleep int // the machine slept, or somebody set its clock ahead
		want           bool
	}{{0, 0, false}, {4, 0, false}, {13, 0, false}, {60, 0, true}, {64, 0, true}, {72, 0, true}, {80, 0, true}, {81, 0, false}, {85, 0, false},
		{89, 3600, true}, {98, 3600, true}, {107, 3600, true}, {110, 3600, false}, {114, 0, false}, {118, 0, false}} {
		awake := time.Duration(test.second) * time.Second
		now := moment.Moment{Steady: begin.Add(awake), Wall: begin.Add(awake + time.Duration(test.asleep)*time.Second)}
		if got := w.look(now, 20*time.Second); got != test.want {
			t.Errorf("at second %d: drowsy %v", test.second, got)
		}
	}
	j := judgement{now: begin, deadAfter: 20 * time.Second, task: tasks.Active, drowsy: true}
	if got := j.of(&store.WaitingBatch{BeatAt: begin.Add(-time.Minute)}); got != leave {
		t.Errorf("a drowsy reconciler decides %d", got)
	}
}

func TestLostRingAfterUploadAndAfterConfirm(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		b := w.upload(w.edited("Lisbon", 3))
		must(t, w.redis.FlushAll(w.ctx).Err())
		w.clock.Add(ringGrace + time.Second)
		stop := w.start(w.options())
		w.await(b.ID, batch.Ready)
		stop()
		w.save(b.ID)
		must(t, w.redis.FlushAll(w.ctx).Err())
		w.clock.Add(ringGrace + time.Second)
		w.start(w.options())
		b = w.await(b.ID, batch.Applied)
		if w.profile(3).Version != 2 || b.Crashes != 0 {
			t.Errorf("version %d, %d crashes", w.profile(3).Version, b.Crashes)
		}
		if listed := w.redis.SCard(w.ctx, "asynq:queues").Val(); int(listed) != len(tasks.Queues()) {
			t.Errorf("Redis lists %d queues, want %d", listed, len(tasks.Queues()))
		}
	})
}

// die ends a handler as a killed process does: no error, no acknowledgement, no
// heartbeat, and its transaction rolled back.
func die() { runtime.Goexit() }

func TestWorkerThatDiesInAPreview(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		var once sync.Once
		dead := make(chan struct{})
		w.blobs.hook(func() error {
			once.Do(func() {
				close(dead)
				die()
			})
			return nil
		})
		options := w.options()
		options.ShutdownTimeout = time.Millisecond
		w.start(options)
		b := w.upload(w.edited("Lisbon", 3))
		<-dead
		w.clock.Add(defaultDeadAfter + time.Second)
		b = w.await(b.ID, batch.Ready)
		if b.Generation != 2 || b.Crashes != 1 || len(w.rows(b.ID)) != 1 {
			t.Errorf("generation %d, %d crashes, %d rows", b.Generation, b.Crashes, len(w.rows(b.ID)))
		}
	})
}

func TestWorkerThatDiesInAnApply(t *testing.T) {
	for _, point := range []string{"after_lock", "mid_update", "before_commit", "after_commit"} {
		t.Run(point, func(t *testing.T) {
			everywhere(t, func(t *testing.T, w *world) {
				b := w.ready(w.edited("Lisbon", 3, 4))
				dead := make(chan struct{})
				var once sync.Once
				options := w.options()
				options.ShutdownTimeout = time.Millisecond
				options.Store = w.openStore(func(at string) {
					if at == point {
						once.Do(func() {
							close(dead)
							die()
						})
					}
				})
				stop := w.start(options)
				w.save(b.ID)
				generation := w.batch(b.ID).Generation
				<-dead
				if w.store.Embedded() { // database, queue and worker die together
					stop()
					must(t, w.redis.FlushAll(w.ctx).Err())
					w.start(w.options())
				}
				testkit.Wait(t, "the batch to be applied", func() bool {
					now := w.batch(b.ID)
					if now.State == batch.Confirmed && now.Generation == generation {
						w.clock.Add(time.Second) // until the silence is noticed
					}
					return now.State == batch.Applied
				})
				if p := w.profile(3); p.Version != 2 || p.Hometown != "Lisbon" || w.hometown(4) != "Lisbon" {
					t.Errorf("saved %d times", p.Version-1)
				}
			})
		})
	}
}

// A handler that returned has crashed nobody, even if Redis then loses the task
// that waits for its next try.
func TestTroubleIsNoCrash(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.blobs.hook(func() error { return errors.New("connection to the bucket refused") })
		b := w.put(text(t, w.edited("Lisbon", 3)))
		handler := w.worker(w.options())
		defer func() { must(t, handler.close()) }()
		task, err := tasks.NewPreview(b.ID, b.Generation, b.File.Size)
		must(t, err)
		if err := handler.batchHandler(handler.preview)(w.ctx, task); err == nil {
			t.Fatal("no trouble")
		}
		w.blobs.hook(nil)
		w.clock.Add(defaultDeadAfter + time.Second)
		w.start(w.options())
		if b = w.await(b.ID, batch.Ready); b.Generation != 2 || b.Crashes != 0 {
			t.Errorf("generation %d, %d crashes", b.Generation, b.Crashes)
		}
	})
}

// A worker that was only slow finds that it has been replaced.
func TestSlowWorkerIsFencedOff(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		b := w.put(text(t, w.edited("Lisbon", 3)))
		reading, release := make(chan struct{}), make(chan struct{})
		w.blobs.hook(func() error {
			close(reading)
			<-release
			return nil
		})
		options := w.options()
		stopped := w.clock.Now()
		options.Now = func() time.Time { return stopped } // so slow that it does not beat
		slow := w.worker(options)
		defer func() { must(t, slow.close()) }()
		ended := make(chan error, 1)
		go func() {
			_, err := slow.preview(w.ctx, tasks.Batch{BatchID: b.ID, Generation: b.Generation})
			ended <- err
		}()
		<-reading
		w.blobs.hook(nil)
		w.clock.Add(defaultDeadAfter + time.Second)
		w.start(w.options())
		b = w.await(b.ID, batch.Ready)
		close(release)
		if err := <-ended; !errors.Is(err, errSuperseded) {
			t.Errorf("the slow worker ended with %v", err)
		}
		if after := w.batch(b.ID); after.Run != b.Run || len(w.rows(b.ID)) != 1 {
			t.Errorf("run %d, was %d; %d rows", after.Run, b.Run, len(w.rows(b.ID)))
		}
	})
}

func TestBatchThatKillsEveryWorkerFails(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		dead := make(chan struct{}, 2*crashesMost)
		w.blobs.hook(func() error {
			dead <- struct{}{}
			die()
			return nil
		})
		b := w.upload(w.edited("Lisbon", 3))
		for range crashesMost {
			options := w.options()
			options.ShutdownTimeout = time.Millisecond
			options.Store = w.openStore(nil) // what a process keeps in memory ends with it
			stop := w.start(options)
			<-dead
			stop()
			must(t, w.redis.FlushAll(w.ctx).Err())
			w.clock.Add(defaultDeadAfter + time.Second)
		}
		w.start(w.options())
		b = w.await(b.ID, batch.Failed)
		if b.Failure.Code != batch.FailureInternal || b.Generation != crashesMost {
			t.Errorf("failure %+v in generation %d", b.Failure, b.Generation)
		}
		if mail := w.awaitMails(1)[0]; mail.Kind != store.MailFailed {
			t.Errorf("mail %+v", mail)
		}
	})
}

func TestStoredFileThatIsLost(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.start(w.options())
		gone := w.put(text(t, w.sheet()))
		must(t, w.blobs.Delete(w.ctx, gone.BlobKey))
		altered := w.put(text(t, w.sheet()))
		must(t, w.blobs.Delete(w.ctx, altered.BlobKey))
		other := strings.Repeat("x", int(altered.File.Size))
		_, err := w.blobs.Put(w.ctx, altered.BlobKey, strings.NewReader(other))
		must(t, err)
		longer := w.put(text(t, w.sheet()))
		must(t, w.blobs.Delete(w.ctx, longer.BlobKey))
		_, err = w.blobs.Put(w.ctx, longer.BlobKey, strings.NewReader(string(text(t, w.sheet()))+"x"))
		must(t, err)
		for name, b := range map[string]batch.Batch{"gone": gone, "altered": altered, "longer": longer} {
			must(t, w.bell.Preview(w.ctx, b.ID, b.Generation, b.File.Size))
			if b = w.await(b.ID, batch.Failed); b.Failure.Code != batch.FailureFileLost {
				t.Errorf("%s: failure %+v", name, b.Failure)
			}
		}
		w.awaitMails(3)
	})
}

func TestTroubleOfTheMachineIsWaitedOut(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.blobs.hook(func() error { return errors.New("connection to the bucket refused") })
		b := w.put(text(t, w.sheet()))
		handler := w.worker(w.options())
		defer func() { must(t, handler.close()) }()
		task, err := tasks.NewPreview(b.ID, b.Generation, b.File.Size)
		must(t, err)
		err = handler.batchHandler(handler.preview)(w.ctx, task)
		if err == nil || err.Error() != "files-away" || countsAsTry(err) {
			t.Errorf("error %v, counts as a try: %v", err, countsAsTry(err))
		}
		if got := w.batch(b.ID); got.State != batch.Uploaded {
			t.Errorf("the batch is %s", got.State)
		}
		w.clock.Add(patience + time.Minute)
		young := w.worker(w.options()) // nobody was there meanwhile
		defer func() { must(t, young.close()) }()
		err = young.batchHandler(young.preview)(w.ctx, task)
		if got := w.batch(b.ID); got.State != batch.Uploaded || err == nil || err.Error() != "files-away" {
			t.Errorf("at the first trouble after a day without workers the batch is %s, %v", got.State, err)
		}
		must(t, handler.batchHandler(handler.preview)(w.ctx, task))
		if got := w.batch(b.ID); got.State != batch.Failed || got.Failure.Code != batch.FailureInternal {
			t.Errorf("after a day the batch is %s", got.State)
		}
	})
}

// A file store that hangs is as one that is away: the run lives as long as it
// waits, and is tried again.
func TestFileStoreThatHangs(t *testing.T) {
	t.Parallel()
	w, run, p := running(t)
	w.blobs.hang(true)
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() {
		_, err := p.worker.read(ctx, run, p)
		ended <- err
	}()
	w.clock.Add(2 * defaultDeadAfter)
	testkit.Wait(t, "the run to beat", func() bool {
		waiting, err := w.store.Waiting(w.ctx, 10)
		must(t, err)
		return w.clock.Now().Sub(waiting[0].BeatAt) < defaultDeadAfter
	})
	cancel()
	if err := <-ended; errors.Is(err, errStalled) {
		t.Errorf("a stop of the worker is told as %v", err)
	}
	p.worker.stallAfter = time.Millisecond
	if _, err := p.worker.read(w.ctx, run, p); !errors.Is(err, errStalled) || !machineAway(err) {
		t.Errorf("error %v", err)
	}
}

// A task that takes too long at every try fails its batch; one that is only stopped
// does not.
func TestTaskThatAlwaysTakesTooLong(t *testing.T) {
	t.Parallel()
	w, run, p := running(t)
	task, err := tasks.NewPreview(run.Batch.ID, run.Batch.Generation, run.Batch.File.Size)
	must(t, err)
	handle := p.worker.batchHandler(func(ctx context.Context, _ tasks.Batch) (*store.Run, error) {
		<-ctx.Done()
		return run, ctx.Err()
	})
	stopped, stop := context.WithCancel(w.ctx)
	stop()
	if err := handle(stopped, task); err == nil || w.batch(run.Batch.ID).State != batch.Uploaded {
		t.Errorf("stopped: error %v, the batch is %s", err, w.batch(run.Batch.ID).State)
	}
	late, end := context.WithTimeout(w.ctx, time.Nanosecond)
	defer end()
	if err := handle(late, task); err != nil || w.batch(run.Batch.ID).State != batch.Failed {
		t.Errorf("too late: error %v, the batch is %s", err, w.batch(run.Batch.ID).State)
	}
}

// A bug is tried again by asynq; here there is no try left.
func TestBugFailsTheBatchWhenTriesHaveRunOut(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.blobs.hook(func() error { panic("p3@demo.example has no hometown") })
		b := w.put(text(t, w.sheet()))
		handler := w.worker(w.options())
		defer func() { must(t, handler.close()) }()
		task, err := tasks.NewPreview(b.ID, b.Generation, b.File.Size)
		must(t, err)
		must(t, handler.batchHandler(handler.preview)(w.ctx, task))
		if got := w.batch(b.ID); got.State != batch.Failed || got.Failure.Code != batch.FailureInternal {
			t.Errorf("the batch is %s", got.State)
		}
		if log := w.log.String(); !strings.Contains(log, "task panicked") || !strings.Contains(log, "rescue_test.go") {
			t.Errorf("no stack in the log:\n%s", log)
		}
	})
}

func TestErrorsInRedisAreCodes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		want   string
		counts bool
	}{
		"bug":           {errors.New("p3@demo.example"), "internal", true},
		"database away": {fault.Wrap(errors.New("p3@demo.example"), fault.Unavailable, "database-away", "…"), "database-away", false},
		"disk full":     {fault.New(fault.NoSpace, "no-space", "…"), "no-space", false},
	} {
		if got := opaqueOf(test.err); got.Error() != test.want || countsAsTry(got) != test.counts {
			t.Errorf("%s: %v, counts %v", name, got, countsAsTry(got))
		}
	}
}

func TestStopWaitsForTheTaskAtHand(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		reading, release := make(chan struct{}), make(chan struct{})
		w.blobs.hook(func() error {
			close(reading)
			<-release
			return nil
		})
		stop := w.start(w.options())
		b := w.upload(w.edited("Lisbon", 3))
		<-reading
		stopped := make(chan struct{})
		go func() {
			stop()
			close(stopped)
		}()
		testkit.Wait(t, "the worker to be told", func() bool { return strings.Contains(w.log.String(), "worker stops") })
		select {
		case <-stopped:
			t.Error("the worker has left its task")
		default:
		}
		close(release)
		<-stopped
		if got := w.batch(b.ID); got.State != batch.Ready {
			t.Errorf("the batch is %s", got.State)
		}
	})
}
