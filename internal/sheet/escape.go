package sheet

import (
	"strings"
	"unicode/utf8"
)

// Escape is the formula escape of CONTRACT §2. A value that a spreadsheet program
// would take for a formula, also one that already carries the escape, gets one
// more leading apostrophe; every other value stays as it is, so that nothing is
// lost: Unescape(Escape(v)) = v for every v.
//
// Its source is the advice on CSV injection of OWASP ASVS 5.0, 1.2.10, made
// reversible.
func Escape(v string) string {
	if needsEscape(v) {
		return "'" + v
	}
	return v
}

// Unescape undoes Escape. A cell that does not carry the escape stays as it is.
func Unescape(w string) string {
	if strings.HasPrefix(w, "'") && needsEscape(w) {
		return w[1:]
	}
	return w
}

// unescaped is Unescape on the bytes of a cell.
func unescaped(cell []byte) []byte {
	if len(cell) > 0 && cell[0] == '\'' && needsEscape(cell) {
		return cell[1:]
	}
	return cell
}

// needsEscape reports whether v matches ^'*[T], T being the characters that
// start a formula.
func needsEscape[V string | []byte](v V) bool {
	at := 0
	for at < len(v) && v[at] == '\'' {
		at++
	}
	if at == len(v) {
		return false
	}
	switch v[at] {
	case '=', '+', '-', '@', '\t', '\r', '\n', 0:
		return true
	case 0xEF: // the first byte of every full-width form
		return startsFullWidth(v[at:])
	}
	return false
}

func startsFullWidth[V string | []byte](v V) bool {
	r, _ := utf8.DecodeRuneInString(string(v[:min(len(v), utf8.UTFMax)]))
	switch r {
	case '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20':
		return true
	}
	return false
}
