//go:build sabotage

package sabotage

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	env := map[string]string{"TEAMSHEET_CRASH_AT": "after_lock:2", "TEAMSHEET_WITHOUT": "fence, count", "TEAMSHEET_HURRY": "dead_after=3s,mail_lease=1m"}
	p := read(func(name string) string { return env[name] })
	for i, want := range []bool{false, true, false} {
		if p.reaches("before_ack") || p.reaches("after_lock") != want {
			t.Errorf("time %d: the process does not end when it should", i+1)
		}
	}
	if !p.without["fence"] || !p.without["count"] || p.without[""] || p.waits["dead_after"] != 3*time.Second || p.waits["mail_lease"] != time.Minute {
		t.Errorf("read as %v and %v", p.without, p.waits)
	}
}

func TestTroubleComesAtItsRateAndIsRepeatable(t *testing.T) {
	t.Parallel()
	count := func(text string) (wrong int, order string) {
		trouble := readTrouble(text)
		for range 10_000 {
			if now, _ := trouble.next(); now {
				wrong++
				order += "x"
			} else {
				order += "."
			}
		}
		return wrong, order
	}
	wrong, order := count("0.02:7")
	if wrong < 150 || wrong > 250 {
		t.Errorf("%d of 10,000 calls go wrong", wrong)
	}
	if _, again := count("0.02:7"); again != order {
		t.Error("the same seed makes other trouble")
	}
	if _, other := count("0.02:8"); other == order {
		t.Error("another seed makes the same trouble")
	}
	if wrong, _ := count(""); wrong != 0 {
		t.Errorf("%d calls go wrong unasked", wrong)
	}
}

func TestClockIsWrongAsTheFileSays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	p := read(func(name string) string { return map[string]string{"TEAMSHEET_CLOCK": file}[name] })
	for _, wrong := range []time.Duration{time.Hour, 0, -time.Minute} {
		if err := os.WriteFile(file, []byte(wrong.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if off := time.Until(p.now()); (off - wrong).Abs() > time.Minute/2 {
			t.Errorf("the clock is wrong by %v, want %v", off, wrong)
		}
	}
}
