package producer

import (
	"fmt"
	"testing"

	"teamsheet/internal/fault"
)

func TestUploadTurns(t *testing.T) {
	t.Parallel()
	turns := newUploadTurns(uploadsAtOnce, uploadsOfOrg)
	enter := func(org string) func() {
		t.Helper()
		leave, err := turns.enter(org)
		if err != nil {
			t.Fatalf("%s: %v", org, err)
		}
		return leave
	}
	refused := func(org, code string) {
		t.Helper()
		if _, err := turns.enter(org); fault.CodeOf(err) != code || err == nil {
			t.Errorf("%s is answered with %v, want %s", org, err, code)
		}
	}
	leave := enter("a")
	for range uploadsOfOrg - 1 {
		enter("a")
	}
	refused("a", "too-many-uploads")
	enter("b")
	leave()
	leave = enter("a")
	for n := uploadsOfOrg + 1; n < uploadsAtOnce; n++ {
		enter(fmt.Sprint(n))
	}
	refused("c", "uploads-busy")
	leave()
	enter("c")
}
