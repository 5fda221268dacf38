package batch_test

import (
	"testing"

	"teamsheet/internal/batch"
)

var states = []batch.State{
	batch.Uploaded, batch.Ready, batch.Rejected, batch.Confirmed,
	batch.Applied, batch.Failed, batch.Cancelled, batch.Expired,
}

// TestMoves spells CONTRACT §4 out once more, by hand.
func TestMoves(t *testing.T) {
	t.Parallel()
	allowed := map[[2]batch.State]bool{
		{"uploaded", "ready"}: true, {"uploaded", "rejected"}: true, {"uploaded", "failed"}: true, {"uploaded", "cancelled"}: true,
		{"ready", "confirmed"}: true, {"ready", "cancelled"}: true, {"ready", "expired"}: true,
		{"confirmed", "applied"}: true, {"confirmed", "failed"}: true,
	}
	for _, from := range states {
		for _, to := range states {
			if got := batch.CanMove(from, to); got != allowed[[2]batch.State{from, to}] {
				t.Errorf("CanMove(%s, %s) = %v", from, to, got)
			}
		}
	}
}

func TestFinalAndWaiting(t *testing.T) {
	t.Parallel()
	for _, s := range states {
		wantFinal := s == "rejected" || s == "applied" || s == "failed" || s == "cancelled" || s == "expired"
		if s.Final() != wantFinal {
			t.Errorf("%s.Final() = %v", s, s.Final())
		}
		if wantWaiting := s == "uploaded" || s == "confirmed"; s.Waiting() != wantWaiting {
			t.Errorf("%s.Waiting() = %v", s, s.Waiting())
		}
	}
}
