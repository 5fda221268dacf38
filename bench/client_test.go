package main

import (
	"testing"
)

func TestBatchThatIsNotWhatItsFileWasMadeFor(t *testing.T) {
	t.Parallel()
	file := sheetFile{path: "edited.txt", rows: 10, changed: 2}
	right := func() *batchJSON {
		b := &batchJSON{State: stateReady}
		b.Counts.Rows, b.Counts.Changed, b.Counts.Unchanged = 10, 2, 8
		return b
	}
	must(t, right().expect(file, stateReady))
	for name, spoil := range map[string]func(*batchJSON){
		"state":   func(b *batchJSON) { b.State = "failed" },
		"rows":    func(b *batchJSON) { b.Counts.Rows++ },
		"changed": func(b *batchJSON) { b.Counts.Changed-- },
		"invalid": func(b *batchJSON) { b.Counts.Invalid++ },
	} {
		wrong := right()
		spoil(wrong)
		if wrong.expect(file, stateReady) == nil {
			t.Errorf("a batch with another %s is taken for right", name)
		}
	}
}
