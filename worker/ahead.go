package worker

import (
	"context"
	"sync"

	"teamsheet/internal/plan"
)

// keepAhead stores rows while the next ones are judged. It is for a keep that
// needs no connection of the judging.
type keepAhead struct {
	full   chan []*plan.RowReport
	failed chan struct{}
	ended  chan struct{}
	err    error  // to be read when failed or ended is closed
	end    func() // says that there are no more rows
}

// newKeepAhead starts to keep. Whoever gets one calls wait, or end if it does not come
// to that; caught runs a piece of
// work and makes an error of a panic.
func newKeepAhead(ctx context.Context, store keep, caught func(func() error) error) *keepAhead {
	k := &keepAhead{full: make(chan []*plan.RowReport), failed: make(chan struct{}), ended: make(chan struct{})}
	k.end = sync.OnceFunc(func() { close(k.full) })
	go func() {
		defer close(k.ended)
		for rows := range k.full {
			if k.err = caught(func() error { return store(ctx, rows) }); k.err != nil {
				close(k.failed)
				return
			}
		}
	}()
	return k
}

// keep hands rows over, which must not be used afterwards. Its error may be that
// of an earlier call.
func (k *keepAhead) keep(_ context.Context, rows []*plan.RowReport) error {
	select {
	case k.full <- rows:
		return nil
	case <-k.failed:
		return k.err
	}
}

// wait returns when all is stored, or why it is not.
func (k *keepAhead) wait() error {
	k.end()
	<-k.ended
	return k.err
}
