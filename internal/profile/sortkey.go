package profile

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// sortKeyBytes is the longest sort key, so that an index on it stays small.
const sortKeyBytes = 120

// nameEnd stands between last and first name in a sort key: below every letter,
// so that "Li" comes before "Lin" whatever the first names are.
const nameEnd = "\x01"

// SortKey orders people by last then first name for lists, in any script, with
// nothing but byte order: lower-cased, NFKD without marks, at most 120 bytes of
// whole characters. Somebody with one name is ordered by that, somebody without a
// name by email or employee ID. Different people may have the same key.
func SortKey(p *Profile) string {
	text := p.LastName + nameEnd + p.FirstName
	if p.LastName == "" {
		text = DisplayName(p)
	}
	return cutBytes(plainLetters(text), sortKeyBytes)
}

// plainLetters lower-cases text and takes its accents off.
func plainLetters(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	letters := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
	return letters
}

// cutBytes shortens text to at most limit bytes, at the end of a character.
func cutBytes(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
