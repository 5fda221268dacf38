package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/store"
)

const (
	// beatEvery is how often a run shows that it is alive, at most.
	beatEvery = time.Second
	// lookEvery is how often a run looks whether its batch still wants it.
	lookEvery = 5 * time.Second
	// looksApart is how many steps of a loop pass between looks at the clock.
	looksApart = 64
	// quietMost is how long one call of the database may go on before it is no
	// sign of life any more.
	quietMost = 30 * time.Minute
)

// pulse is the heartbeat and progress of a run, written by the loop that does the
// work: a process whose work is stuck has none.
type pulse struct {
	worker *Worker
	run    *store.Run
	begun  time.Time // of the phase

	mu       sync.Mutex
	progress batch.Progress
	steps    int
	beaten   time.Time
	looked   time.Time
}

func (w *Worker) newPulse(run *store.Run) *pulse {
	now := w.Now()
	return &pulse{worker: w, run: run, begun: now, looked: now}
}

// enter begins a phase.
func (p *pulse) enter(ctx context.Context, phase batch.Phase, total int) error {
	p.mu.Lock()
	p.progress = batch.Progress{Phase: phase, Total: total}
	p.begun = p.worker.Now()
	p.beaten = time.Time{}
	p.mu.Unlock()
	return p.beat(ctx)
}

// left notes how long the phase took for a file of so many rows.
func (p *pulse) left(rows int) {
	p.worker.Metrics.Phase(string(p.progress.Phase), rows, p.worker.Now().Sub(p.begun))
}

// step is called for each turn of a loop.
func (p *pulse) step(ctx context.Context, done, total int) error {
	return p.stepBy(ctx, 1, done, total)
}

// stepBy is step for so many turns at once.
func (p *pulse) stepBy(ctx context.Context, turns, done, total int) error {
	if p.steps += turns; p.steps < looksApart {
		return nil
	}
	p.steps = 0
	p.mu.Lock()
	p.progress.Done, p.progress.Total = done, total
	p.mu.Unlock()
	return p.beat(ctx)
}

// beat writes a heartbeat if one is due, and tells whether to go on.
func (p *pulse) beat(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := p.worker.Now()
	p.mu.Lock()
	due, look, progress := now.Sub(p.beaten) >= beatEvery, now.Sub(p.looked) >= lookEvery, p.progress
	if due {
		p.beaten = now
	}
	if look {
		p.looked = now
	}
	p.mu.Unlock()
	if due {
		// A lost beat is no trouble of its own: whatever is wrong ends the work too.
		if err := p.worker.Store.Beat(ctx, p.run, progress); err != nil {
			p.worker.Log.DebugContext(ctx, "heartbeat lost", "batch_id", p.run.Batch.ID, "error", err)
		}
	}
	if look {
		return p.look(ctx)
	}
	return nil
}

// look ends a run early that can no longer come to anything. The fence is in the
// database; this only saves work.
func (p *pulse) look(ctx context.Context) error {
	now, err := p.worker.Store.Batch(ctx, p.run.Batch.OrgID, p.run.Batch.ID)
	if err == nil && (now.State != p.run.Batch.State || now.Generation != p.run.Batch.Generation) {
		return errSuperseded
	}
	return nil
}

// during beats while work is inside one call of the database, which is bounded by
// the database's own limits.
func (p *pulse) during(ctx context.Context, work func() error) error {
	ended, beating := make(chan struct{}), sync.WaitGroup{}
	beating.Go(func() { p.beatUntil(ctx, ended) })
	defer beating.Wait()
	defer close(ended)
	return work()
}

func (p *pulse) beatUntil(ctx context.Context, ended <-chan struct{}) {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	limit := time.NewTimer(quietMost)
	defer limit.Stop()
	for {
		select {
		case <-ended:
			return
		case <-limit.C:
			return
		case <-ticker.C:
			if err := p.beat(ctx); err != nil && !errors.Is(err, errSuperseded) {
				return
			}
		}
	}
}
