package auth

import (
	"crypto/sha256"
	"math"
	"sync"
	"time"

	"teamsheet/internal/fault"
)

// After freeTries wrong passwords each further one makes the next try wait twice
// as long, up to longestWait. A pair that stays quiet for forgetAfter starts anew.
const (
	freeTries   = 5
	longestWait = 5 * time.Minute
	forgetAfter = 15 * time.Minute
	mostPairs   = 100_000 // bounds the memory, 64 bytes or so each
)

// backoff slows down guessing. It counts by account and address together, so
// that a stranger cannot lock somebody out from elsewhere.
type backoff struct {
	now   func() time.Time
	mu    sync.Mutex
	pairs map[pairKey]pairTries
}

type pairKey [16]byte

type pairTries struct {
	failures int
	last     time.Time
}

func newBackoff(now func() time.Time) *backoff {
	return &backoff{now: now, pairs: make(map[pairKey]pairTries)}
}

// keyOf is a hash, so that the memory holds no addresses.
func keyOf(emailKey, ip string) pairKey {
	sum := sha256.Sum256([]byte(emailKey + "\x00" + ip))
	return pairKey(sum[:16])
}

// try counts a try as failed in advance, so that tries side by side do not all
// count as the first, or says how long to wait.
func (b *backoff) try(key pairKey) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	tries := b.pairs[key]
	if now.Sub(tries.last) > forgetAfter {
		tries.failures = 0
	}
	if wait := tries.wait() - now.Sub(tries.last); wait > 0 {
		return &WaitError{Wait: wait}
	}
	b.makeRoom(now)
	b.pairs[key] = pairTries{failures: tries.failures + 1, last: now}
	return nil
}

// succeeded forgets the pair.
func (b *backoff) succeeded(key pairKey) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.pairs, key)
}

func (t pairTries) wait() time.Duration {
	if t.failures < freeTries {
		return 0
	}
	return min(longestWait, time.Second<<min(t.failures-freeTries, 20))
}

// makeRoom drops what is forgotten, and when all is fresh everything: under such
// an attack the bound on hashing is the brake.
func (b *backoff) makeRoom(now time.Time) {
	if len(b.pairs) < mostPairs {
		return
	}
	for key, tries := range b.pairs {
		if now.Sub(tries.last) > forgetAfter {
			delete(b.pairs, key)
		}
	}
	if len(b.pairs) >= mostPairs {
		clear(b.pairs)
	}
}

// WaitError asks to wait before the next try. In its chain is a fault.TooMany.
type WaitError struct{ Wait time.Duration }

// Seconds to wait, rounded up, for Retry-After.
func (e *WaitError) Seconds() int { return int(math.Ceil(e.Wait.Seconds())) }

// Error is for the log.
func (e *WaitError) Error() string { return e.Unwrap().Error() }

// Unwrap returns the fault with the sentence for people.
func (e *WaitError) Unwrap() error {
	return fault.Newf(fault.TooMany, "sign-in-wait",
		"There were too many tries with a wrong password. Wait %d seconds, then try again.", e.Seconds())
}
