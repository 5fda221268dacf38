package profile

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
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

// What the quick look calls inert is in NFC, alone and after everything else.
func TestInertLetters(t *testing.T) {
	t.Parallel()
	for r := rune(0x300); r < 0x20000; r++ {
		text := string(r)
		inert := norm.NFC.IsNormalString(text) && norm.NFC.PropertiesString(text).BoundaryBefore()
		if isInertLetter(r) && (!inert || r == utf8.RuneError) {
			t.Errorf("%U is not inert", r)
		}
	}
	for r := range rune(0x300) {
		text := string(r)
		if !norm.NFC.IsNormalString(text) || !norm.NFC.PropertiesString(text).BoundaryBefore() {
			t.Errorf("%U is not inert", r)
		}
	}
}

// The quick look changes nothing of what Clean gives.
func TestCleanWithoutTheQuickLook(t *testing.T) {
	t.Parallel()
	part := rapid.SampledFrom([]string{"a", " ", "é", "e", "\u0301", "漢", "か", "\u3099", "ش", "\u0654", "가", "\u11a8", "\r", "\n", "\u00a0", "\xff", "\u212a", "😀", "\u0344"})
	rapid.Check(t, func(rt *rapid.T) {
		cell := []byte(strings.Join(rapid.SliceOfN(part, 0, 8).Draw(rt, "cell"), ""))
		whole := lineFeeds(norm.NFC.Bytes(cell))
		want := bytes.TrimFunc(whole, isOuterSpace)
		if got, trimmed := Clean(cell); string(got) != string(want) || trimmed != (len(want) < len(whole)) {
			rt.Fatalf("Clean(%q) = %q, %v; want %q", cell, got, trimmed, want)
		}
	})
}
