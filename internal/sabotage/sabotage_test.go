//go:build !sabotage

package sabotage

import (
	"testing"
	"time"
)

// What is released cannot be harmed, whatever its environment says.
func TestNothingHappensWithoutTheTag(t *testing.T) {
	t.Setenv("TEAMSHEET_CRASH_AT", "after_lock")
	t.Setenv("TEAMSHEET_WITHOUT", "fence")
	t.Setenv("TEAMSHEET_HURRY", "dead_after=1s")
	t.Setenv("TEAMSHEET_TROUBLE", "1:1")
	t.Setenv("TEAMSHEET_CLOCK", "no such file")
	t.Setenv("TEAMSHEET_NEXT_MIGRATION", "no such file")
	At("after_lock")
	if Refuse("store") != nil || Mishear("store") != nil {
		t.Error("calls go wrong")
	}
	if time.Until(Now()).Abs() > time.Minute {
		t.Error("the clock is wrong")
	}
	if NextMigration() != "" {
		t.Error("there is a migration of the next version")
	}
	if Without("fence") || Wait("dead_after", time.Minute) != time.Minute {
		t.Error("the environment has changed how the program works")
	}
}
