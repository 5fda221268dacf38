package worker

import (
	"time"

	"teamsheet/internal/moment"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
)

// verdict is what the reconciler does about a waiting batch.
type verdict uint8

const (
	leave verdict = iota
	// ringAgain: no worker is at it; the ring was lost.
	ringAgain
	// takeOver: a worker had begun and is gone.
	takeOver
)

// ringGrace is how long a batch may be without a task before its ring is taken for
// lost: the row comes first, the ring a moment later.
const ringGrace = 3 * time.Second

// judgement is what there is to know about a waiting batch.
type judgement struct {
	now       time.Time
	deadAfter time.Duration
	task      tasks.TaskState
	// idleSince is when the reconciler first saw the task in this state without any
	// sign of a run; zero: it is not.
	idleSince time.Time
	// drowsy: whoever judges was stopped or cut off themself, and has not been awake
	// for long enough to tell who else is silent.
	drowsy bool
}

// wakefulness notices when the reconciler itself could not look for a while: its
// machine was stopped, or the database was away. What it then sees of others is as
// old as what it has missed.
type wakefulness struct {
	looked moment.Moment // zero: not yet
	woke   moment.Moment // the last look that came too late; zero: none did
}

// look is told of each look at the database, and tells whether it is too early to
// take anybody for dead. A process that has just begun has missed nothing. A wall
// clock that somebody set looks like a sleep: what was silent before is not known
// then either.
func (w *wakefulness) look(now moment.Moment, deadAfter time.Duration) (drowsy bool) {
	if steady, wall := now.Since(w.looked); !w.looked.IsZero() && max(steady, wall) > deadAfter/2 {
		w.woke = now
	}
	w.looked = now
	awake, _ := now.Since(w.woke)
	return !w.woke.IsZero() && awake <= deadAfter
}

// of decides by the task and by the heartbeat of the batch's generation. Only a
// run that began and neither ended nor beats has cost a worker.
func (j judgement) of(b *store.WaitingBatch) verdict {
	began := !b.BeatAt.IsZero()
	silent := began && j.now.Sub(b.BeatAt) > j.deadAfter
	switch j.task {
	case tasks.Queued:
		return leave
	case tasks.Archived:
		if !began {
			return ringAgain // asynq has given it up; that is not for Redis to decide
		}
	case tasks.Active:
		if !began && j.idleFor() > j.deadAfter {
			return ringAgain // died, or was orphaned in Redis, before it could begin
		}
	case tasks.Missing:
		// The clock may have been set back since the batch was made: the reconciler trusts
		// what it has seen as well, or a lost ring would stay lost.
		if !began && j.now.Sub(b.RungAt) > ringGrace && max(j.now.Sub(b.Since), j.idleFor()) > ringGrace {
			return ringAgain
		}
	}
	if silent && !j.drowsy {
		return takeOver
	}
	return leave // alive, whatever Redis says
}

func (j judgement) idleFor() time.Duration {
	if j.idleSince.IsZero() {
		return 0
	}
	return j.now.Sub(j.idleSince)
}
