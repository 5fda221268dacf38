// Package moment reads the two clocks of a machine. Neither alone tells how much time
// has passed: the one on the wall can be set, the other stands still while the machine
// sleeps.
package moment

import "time"

// Moment is what both clocks say. The zero Moment is no moment.
type Moment struct {
	Wall   time.Time // can be set, and goes on while the machine sleeps
	Steady time.Time // does neither
}

// Now is this moment; wall is what the clock on the wall says.
func Now(wall time.Time) Moment { return Moment{Wall: wall.Round(0), Steady: time.Now()} }

// IsZero reports whether it is no moment.
func (m Moment) IsZero() bool { return m.Steady.IsZero() }

// Since is how much time has passed since an earlier moment, by each clock.
func (m Moment) Since(earlier Moment) (steady, wall time.Duration) {
	return m.Steady.Sub(earlier.Steady), m.Wall.Sub(earlier.Wall)
}
