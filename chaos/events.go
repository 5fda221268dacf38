package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// events are what happened when: faults, and times in which somebody waited for a
// batch.
type events struct {
	mu      sync.Mutex
	faults  []time.Time
	waits   []span
	counts  map[string]int
	remarks []string
}

type span struct{ from, to time.Time }

// fault notes that something was harmed just now.
func (e *events) fault(kind string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = append(e.faults, time.Now())
	e.add(kind)
}

// waited notes that a batch took from then until now to come to rest.
func (e *events) waited(from time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.waits = append(e.waits, span{from, time.Now()})
}

func (e *events) count(what string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.add(what)
}

// remark keeps what is to be told besides the figures.
func (e *events) remark(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.remarks = append(e.remarks, fmt.Sprintf(format, args...))
}

func (e *events) add(what string) {
	if e.counts == nil {
		e.counts = map[string]int{}
	}
	e.counts[what]++
}

func (e *events) counted(what string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.counts[what]
}

// recovery tells how long after a fault the last batch came to rest that somebody
// was waiting for when it struck: the median of all faults, and the worst.
func (e *events) recovery() (median, worst time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var times []time.Duration
	for _, at := range e.faults {
		var last time.Duration
		for _, w := range e.waits {
			if w.from.Before(at) && w.to.After(at) {
				last = max(last, w.to.Sub(at))
			}
		}
		if last > 0 {
			times = append(times, last)
		}
	}
	if len(times) == 0 {
		return 0, 0
	}
	slices.Sort(times)
	return times[len(times)/2], times[len(times)-1]
}
