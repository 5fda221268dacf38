package profile

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct {
		cell, want string
		trimmed    bool
	}{
		{"", "", false}, {"Ana", "Ana", false}, {" Ana ", "Ana", true}, {"\t\r\n Ana\r\n", "Ana", true}, {"   ", "", true},
		{"\u00a0Ana\u202f", "Ana", true}, {"\u200bAna\u200b\ufeff", "Ana", true}, {"\u3000Ana\u2028", "Ana", true},
		{"A\u00a0n\u200ba", "A\u00a0n\u200ba", false}, // only the ends
		{"e\u0301", "\u00e9", false}, {"\u212a", "K", false}, {" e\u0301", "\u00e9", true}, {"\u1100\u1161", "\uac00", false},
		{"a\r\nb\rc\nd\r\r\ne", "a\nb\nc\nd\n\ne", false}, {"é\r\nb", "é\nb", false},
		{"\u200dAna\u200c", "\u200dAna\u200c", false}, // joiners are letters' business
		{"\ufffd", "\ufffd", false}, {"\xff", "\xff", false},
	}
	for _, test := range tests {
		cell := []byte(test.cell)
		got, trimmed := Clean(cell)
		if string(got) != test.want || trimmed != test.trimmed {
			t.Errorf("Clean(%q) = %q, %v; want %q, %v", test.cell, got, trimmed, test.want, test.trimmed)
		}
		if string(cell) != test.cell {
			t.Errorf("Clean wrote into %q", test.cell)
		}
		text, trimmed := CleanText(test.cell)
		if text != test.want || trimmed != test.trimmed {
			t.Errorf("CleanText(%q) = %q, %v", test.cell, text, trimmed)
		}
	}
}

func TestCleanTextIsCleanWithoutAllocation(t *testing.T) { // not parallel: it counts allocations
	cells := [][]byte{[]byte("ana.silva@example.com"), []byte(" padded "), []byte("línea de texto, 夜勤")}
	if n := testing.AllocsPerRun(100, func() {
		for _, cell := range cells {
			Clean(cell)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", " Ana ", "\u00a0e\u0301\r\n", "\ufeff\u200b\u0301 ", "a\r\r\nb", "\xff \xc3", "\u1100\u1161\u11a8"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, cell []byte) {
		before := bytes.Clone(cell)
		clean, trimmed := Clean(cell)
		if !bytes.Equal(cell, before) {
			t.Fatalf("Clean wrote into its argument: %q became %q", before, cell)
		}
		again, more := Clean(clean)
		if !bytes.Equal(again, clean) || more {
			t.Errorf("Clean is not stable: %q, then %q (%v)", clean, again, more)
		}
		if utf8.Valid(cell) && !norm.NFC.IsNormal(clean) {
			t.Errorf("not NFC: %q", clean)
		}
		if bytes.ContainsRune(clean, '\r') {
			t.Errorf("CR left in %q", clean)
		}
		if trimmed != (len(bytes.TrimFunc(cell, isOuterSpace)) < len(cell)) {
			t.Errorf("trimmed = %v for %q", trimmed, cell)
		}
	})
}
