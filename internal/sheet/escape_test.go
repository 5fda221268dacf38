package sheet

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"":              "",
		"Ana":           "Ana",
		"'":             "'",
		"'t Hooft":      "'t Hooft",
		"''s":           "''s",
		"=1+1":          "'=1+1",
		"'=1+1":         "''=1+1",
		"''=1+1":        "'''=1+1",
		"+358 40 1":     "'+358 40 1",
		"-":             "'-",
		"@ana":          "'@ana",
		"\tx":           "'\tx",
		"\rx":           "'\rx",
		"\nx":           "'\nx",
		"'\nx":          "''\nx",
		"\x00x":         "'\x00x",
		"＝1":            "'＝1",
		"＋1":            "'＋1",
		"－1":            "'－1",
		"＠1":            "'＠1",
		"＃1":            "＃1", // its neighbours are not escaped
		" =1":           " =1",
		"a=1":           "a=1",
		"\xEF":          "\xEF", // the first byte of a full-width form alone
		"\u2212" + "1":  "\u2212" + "1",
		"‘=1":           "‘=1",
		"'＝":            "''＝",
		"1 - 2 = @'=-+": "1 - 2 = @'=-+",
	} {
		if got := Escape(value); got != want {
			t.Errorf("Escape(%q) = %q, want %q", value, got, want)
		}
		if got := Unescape(want); got != value {
			t.Errorf("Unescape(%q) = %q, want %q", want, got, value)
		}
	}
}

// A cell that nobody escaped, as a person types it, stays what it is.
func TestUnescapeLeavesTheRest(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{"=1+1", "+1", "-", "@x", "'t Hooft", "'", "''", "O'=Neill", "\uFF1D"} {
		if got := Unescape(cell); got != cell {
			t.Errorf("Unescape(%q) = %q", cell, got)
		}
	}
}

// escapable draws texts that are mostly made of what the escape looks at.
func escapable() *rapid.Generator[string] {
	parts := rapid.SampledFrom([]string{"'", "'", "=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠", "a", "\xEF", "\xBC", "\x9D", " "})
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(parts, 0, 6).Draw(t, "parts"), "") })
}

func TestEscapeLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(escapable(), rapid.String()).Draw(t, "value")
		checkEscape(t, value)
	})
}

// checkEscape is the promise of the escape, and that what it makes is no formula.
func checkEscape(t interface {
	Helper()
	Errorf(string, ...any)
}, value string,
) {
	t.Helper()
	escaped := Escape(value)
	if got := Unescape(escaped); got != value {
		t.Errorf("Unescape(Escape(%q)) = %q", value, got)
	}
	if got := string(unescaped([]byte(escaped))); got != value {
		t.Errorf("unescaped(Escape(%q)) = %q", value, got)
	}
	if escaped != "" && strings.ContainsAny(escaped[:1], "=+-@\t\r\n\x00") {
		t.Errorf("Escape(%q) = %q starts a formula", value, escaped)
	}
}
