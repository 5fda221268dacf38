package process

import (
	"os/exec"
	"testing"
)

// Lines come in pieces, and several at once.
func TestLinesAreWhole(t *testing.T) {
	t.Parallel()
	var got []string
	w := &lineWriter{each: func(line string) { got = append(got, line) }}
	for _, piece := range []string{"a", "b\nc", "\n\nd\ne"} {
		if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Errorf("%q is written as %d, %v", piece, n, err)
		}
	}
	want := []string{"ab", "c", "", "d"}
	if len(got) != len(want) {
		t.Fatalf("lines are %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d is %q, want %q", i, got[i], want[i])
		}
	}
}

// The last line of a process is found although the process has ended meanwhile.
// Which of two channels is ready first is chance, hence the many tries.
func TestLastLineIsHeardAfterTheEnd(t *testing.T) {
	t.Parallel()
	for range 100 {
		p := &Process{cmd: exec.Command("teamsheet"), exited: make(chan struct{}), more: make(chan struct{}), lines: []string{"first"}}
		err := p.Await(t.Context(), func(line string) bool {
			if line == "first" {
				p.keep("last")
				close(p.exited)
			}
			return line == "last"
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
