package storetest

import (
	"sync"

	"teamsheet/internal/profile"
)

// together runs do count times at once and returns the errors in order.
func together(count int, do func(n int) error) []error {
	errs := make([]error, count)
	start := make(chan struct{})
	var done sync.WaitGroup
	for n := range count {
		done.Go(func() {
			<-start
			errs[n] = do(n)
		})
	}
	close(start)
	done.Wait()
	return errs
}

// moves changes a hometown.
func moves(town string) func(*profile.Profile) {
	return func(p *profile.Profile) { p.Hometown = town }
}
