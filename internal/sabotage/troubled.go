//go:build sabotage

package sabotage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

// trouble is how often calls of dependencies go wrong.
type trouble struct {
	mu     sync.Mutex
	random *rand.Rand
	rate   float64 // of calls, each of both ways to go wrong
}

// readTrouble reads a rate and a seed, such as 0.02:7; "": no trouble.
func readTrouble(text string) *trouble {
	if text == "" {
		return nil
	}
	share, seed, _ := strings.Cut(text, ":")
	rate, err := strconv.ParseFloat(share, 64)
	number, seedErr := strconv.ParseUint(seed, 10, 64)
	if err = errors.Join(err, seedErr); err != nil || rate < 0 || rate > 1 {
		panic("TEAMSHEET_TROUBLE: " + text + " is not a rate and a seed, such as 0.02:7")
	}
	return &trouble{random: rand.New(rand.NewPCG(number, number)), rate: rate}
}

// errTrouble is what goes wrong.
var errTrouble = errors.New("sabotage: trouble")

// slowTrouble is how long a call takes that times out.
const slowTrouble = 300 * time.Millisecond

// next tells whether the next call goes wrong, and whether slowly.
func (t *trouble) next() (wrong, slow bool) {
	if t == nil {
		return false, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.random.Float64() < t.rate, t.random.IntN(2) == 0
}

func (t *trouble) of(what, how string) error {
	wrong, slow := t.next()
	if !wrong {
		return nil
	}
	if slow {
		time.Sleep(slowTrouble)
		how += ", timed out"
	}
	return fmt.Errorf("%w: %s %s", errTrouble, what, how)
}

// Refuse is an error in the place of a call of a dependency; nil: make the call.
func Refuse(what string) error { return asked().trouble.of(what, "refused") }

// Mishear is an error in the place of the answer to a call that was made and went
// well; nil: pass the answer on.
func Mishear(what string) error { return asked().trouble.of(what, "done, the answer lost") }
