package main

import (
	"context"
	"math/rand/v2"
	"syscall"
	"time"
)

// Kinds of faults, as they are counted.
const (
	aKill   = "kills"
	aLoss   = "Redis lost everything"
	aFlush  = "FLUSHALL"
	aReset  = "connections reset"
	aHole   = "nothing passed"
	aDelay  = "answers delayed"
	aLost   = "commands or their answers lost"
	aFreeze = "workers frozen"
	aDeploy = "rolling restarts"
)

// mailsAtOnce is how many mails a worker may be sending when it dies.
const mailsAtOnce = 2

// kills kills a process every so often, at random moments of its life.
func kills(every time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		posts := r.everyone()
		for wait(ctx, about(r.random, every)) {
			// The workers do more that can be cut in half.
			p := posts[r.random.IntN(len(posts))]
			if workers := r.posts["worker"]; len(workers) > 0 && r.random.IntN(2) == 0 {
				p = workers[r.random.IntN(len(workers))]
			}
			r.doubles.Add(mailsAtOnce)
			r.events.fault(aKill)
			if err := p.crash(); err != nil {
				return err
			}
		}
		return nil
	}
}

// about is a random time whose mean is d.
func about(random *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(2 * d)))
}

// forgets empties Redis: by killing it, since it keeps nothing, or by a command.
func forgets(every time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		for n := 0; wait(ctx, every); n++ {
			if n%3 == 2 {
				r.events.fault(aFlush)
				if err := flush(ctx, r.redis.URL()); err != nil {
					return err
				}
				continue
			}
			r.events.fault(aLoss)
			r.redis.Kill()
			// The next process is only to start once the address is free.
			if err := r.redis.Start(context.WithoutCancel(ctx)); err != nil {
				return err
			}
		}
		return nil
	}
}

// freezes stops a worker for longer than it may be silent, and lets it go on.
func freezes(longer time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		workers := r.posts["worker"]
		for wait(ctx, about(r.random, time.Second)) {
			p := workers[r.random.IntN(len(workers))].present()
			r.doubles.Add(mailsAtOnce)
			r.events.fault(aFreeze)
			p.Signal(syscall.SIGSTOP)
			wait(ctx, longer)
			p.Signal(syscall.SIGCONT)
		}
		return nil
	}
}

// deploys restarts one process after the other, in good order.
func deploys(every time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		posts := r.everyone()
		for n := 0; wait(ctx, every); n++ {
			p := posts[n%len(posts)]
			r.events.fault(aDeploy)
			if err := p.pause(); err != nil {
				return err
			}
			if err := p.start(); err != nil {
				return err
			}
		}
		return nil
	}
}

// breaks harms a path: it resets connections, delays answers, lets nothing pass
// for a while, and drops answers to what p.dropAfter says.
func breaks(p func(*rig) *proxy, hole time.Duration) func(context.Context, *rig) error {
	return func(ctx context.Context, r *rig) error {
		path := p(r)
		defer func() {
			path.holed.Store(false)
			path.delay.Store(0)
			path.drops.Store(0)
		}()
		for wait(ctx, about(r.random, time.Second)) {
			path.harm(ctx, r, hole)
		}
		return nil
	}
}

func (p *proxy) harm(ctx context.Context, r *rig, hole time.Duration) {
	switch r.random.IntN(8) {
	case 0:
		r.events.fault(aReset)
		r.doubles.Add(mailsAtOnce * int64(r.workers))
		p.reset()
	case 1:
		r.events.fault(aDelay)
		p.delay.Store(int64(about(r.random, 100*time.Millisecond)))
		wait(ctx, time.Second)
		p.delay.Store(0)
	case 2:
		r.events.fault(aHole)
		r.doubles.Add(mailsAtOnce * int64(r.workers))
		p.holed.Store(true)
		wait(ctx, hole)
		p.holed.Store(false)
	default:
		r.events.fault(aLost)
		r.doubles.Add(1)
		p.drops.Store(1)
	}
}
