package profile

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// badCharacters returns the different characters of text that the field cannot
// hold, in the order in which they first stand there (CONTRACT §2): control
// characters and noncharacters in no field, TAB and line breaks only in a
// multi-line one, and what reorders the letters around it not in names, emails
// and IDs. Bytes that are no character at all count as utf8.RuneError.
func badCharacters(text string, f Field) (bad []rune) {
	multiline := ColumnOf(f).Multiline
	for i, r := range text {
		if isPlain(r) || !isBad(text[i:], r, f, multiline) || slices.Contains(bad, r) {
			continue
		}
		bad = append(bad, r)
	}
	return bad
}

// isPlain reports the characters that are fine everywhere, for speed.
func isPlain(r rune) bool { return ' ' <= r && r <= '~' }

func isBad(rest string, r rune, f Field, multiline bool) bool {
	switch {
	case isLineBreakOrTab(r):
		return !multiline
	case unicode.IsControl(r), isNoncharacter(r):
		return true
	case isReordering(r):
		return namesSomebody(f)
	case r == utf8.RuneError:
		_, size := utf8.DecodeRuneInString(rest)
		return size <= 1
	}
	return false
}

func isLineBreakOrTab(r rune) bool {
	return r == '\t' || r == '\n' || r == '\u2028' || r == '\u2029'
}

// isNoncharacter: U+FDD0 … U+FDEF and the last two of each plane (Unicode §23.7).
func isNoncharacter(r rune) bool {
	return 0xFDD0 <= r && r <= 0xFDEF || r&0xFFFE == 0xFFFE
}

// isReordering: embeddings, overrides and isolates (UAX 9 §2.1–2.5). In a name
// they can make one person look like another.
func isReordering(r rune) bool {
	return 0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069
}

// namesSomebody: the fields by which people and programs know a person.
func namesSomebody(f Field) bool {
	switch f {
	case Email, EmployeeID, FirstName, LastName, TeamLeader:
		return true
	}
	return false
}

// withoutBad takes the bad characters out, so that the rest can be judged too:
// no problem of a cell hides another.
func withoutBad(text string, f Field) string {
	bad := badCharacters(text, f)
	if len(bad) == 0 {
		return text
	}
	return replaceBad(text, bad, func(rune) string { return "" })
}

// mended suggests the text without its bad characters: a space for a line break,
// nothing for the others.
func mended(text string, f Field) []string {
	replaced := replaceBad(text, badCharacters(text, f), func(r rune) string {
		if isLineBreakOrTab(r) {
			return " "
		}
		return ""
	})
	replaced = cleanText(replaced)
	if replaced == "" || utf8.RuneCountInString(replaced) > longestText {
		return nil
	}
	return []string{replaced}
}

func replaceBad(text string, bad []rune, with func(rune) string) string {
	var b strings.Builder
	for i, r := range text {
		switch _, size := utf8.DecodeRuneInString(text[i:]); {
		case r == utf8.RuneError && size > 1:
			b.WriteRune(r) // U+FFFD itself, which is a character like others
		case slices.Contains(bad, r):
			b.WriteString(with(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// characterName names a character so that a person can look it up and find it:
// `"("`, "“ (U+201C, left double quotation mark)", "U+202E (right-to-left override)".
func characterName(r rune) string {
	code, name := fmt.Sprintf("U+%04X", r), commonName(r)
	seen := unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r)
	switch {
	case r == '"':
		return `" (` + name + ")"
	case seen && r < utf8.RuneSelf:
		return `"` + string(r) + `"`
	case seen && name != "":
		return fmt.Sprintf("%c (%s, %s)", r, code, name)
	case seen:
		return fmt.Sprintf("%c (%s)", r, code)
	case name != "":
		return fmt.Sprintf("%s (%s)", code, name)
	}
	return code
}

// commonNames are the characters that people meet without seeing or wanting them.
var commonNames = map[rune]string{
	0x0000: "null", 0x0007: "bell", 0x0008: "backspace", '\t': "tab", '\n': "line break",
	0x000B: "vertical tab", 0x000C: "page break", '\r': "carriage return", 0x001A: "substitute",
	0x001B: "escape", 0x001F: "unit separator", 0x007F: "delete", 0x0085: "next line",
	' ': "space", '"': "double quotation mark", 0x00A0: "non-breaking space", 0x00AD: "soft hyphen", 0x034F: "combining grapheme joiner",
	0x061C: "Arabic letter mark", 0x200B: "zero-width space", 0x200E: "left-to-right mark",
	0x200F: "right-to-left mark", 0x2010: "hyphen", 0x2011: "non-breaking hyphen", 0x2013: "en dash",
	0x2014: "em dash", 0x2018: "left single quotation mark", 0x2019: "right single quotation mark",
	0x201C: "left double quotation mark", 0x201D: "right double quotation mark", 0x201E: "low double quotation mark",
	0x2026: "ellipsis", 0x2028: "line separator", 0x2029: "paragraph separator",
	0x202A: "left-to-right embedding", 0x202B: "right-to-left embedding", 0x202C: "pop directional formatting",
	0x202D: "left-to-right override", 0x202E: "right-to-left override", 0x202F: "narrow non-breaking space",
	0x2060: "word joiner", 0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate",
	0x2068: "first strong isolate", 0x2069: "pop directional isolate", 0x3002: "ideographic full stop",
	0xFEFF: "byte order mark", 0xFF0E: "full-width full stop", 0xFF20: "full-width commercial at", 0xFFFD: "replacement character",
}

func commonName(r rune) string {
	if name := commonNames[r]; name != "" {
		return name
	}
	switch {
	case unicode.IsControl(r):
		return "control character"
	case isNoncharacter(r):
		return "not a character"
	}
	return ""
}
