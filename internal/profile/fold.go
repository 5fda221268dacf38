package profile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldKey is the key by which names in the organization's own vocabulary (roles,
// groups, choices, headers) match in any case: NFC, then every letter replaced
// by the least of those that Unicode's simple case folding calls the same. It is
// not for emails: it calls ſ an s (see EmailKey).
func foldKey(text string) string {
	return strings.Map(foldRune, norm.NFC.String(text))
}

// foldRune returns one letter for all that are the same in any case: the lower
// case in ASCII, elsewhere the least of the letter's orbit.
func foldRune(r rune) rune {
	if r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	if 'A' <= least && least <= 'Z' {
		least += 'a' - 'A'
	}
	return least
}
