package store

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/plan"
)

// FuzzChangesText writes changes and reads them with the standard library, which
// is how they are read.
func FuzzChangesText(f *testing.F) {
	f.Add("Bio", "", "a\tb\nc\"\\\x00\x1f\x7f<>&\u2028👩")
	f.Add("", "\xff\xfe", "\xed\xa0\x80")
	f.Fuzz(func(t *testing.T, column, before, after string) {
		changes := []plan.Change{{Column: column, Old: before, New: after}, {Column: "x"}}
		text := changesText(changes)
		var got, want []plan.Change
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		standard, err := json.Marshal(changes)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(standard, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
