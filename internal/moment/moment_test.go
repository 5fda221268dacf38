package moment

import (
	"testing"
	"time"
)

// A wall clock that is set moves that clock alone, although time.Now has both in it.
func TestClocksGoApart(t *testing.T) {
	t.Parallel()
	before := Now(time.Now())
	if before.IsZero() || !(Moment{}).IsZero() {
		t.Error("now is no moment, or no moment is one")
	}
	steady, wall := Now(time.Now().Add(time.Hour)).Since(before)
	if steady < 0 || steady > time.Minute || wall < time.Hour || wall > time.Hour+time.Minute {
		t.Errorf("%v passed by the one, %v by the other", steady, wall)
	}
}
