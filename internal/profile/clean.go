package profile

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Characters that stick to the ends of copied text without being seen.
const (
	zeroWidthSpace = '\u200b'
	byteOrderMark  = '\ufeff'
)

// Clean brings a cell as read from a sheet, a form or JSON into stored form:
// NFC, line breaks as LF, outer Unicode space trimmed (the zero-width space and
// the byte order mark count as space). trimmed tells whether space was taken
// off. A clean cell is returned as it is, and nothing is ever written into cell;
// ASCII without CR costs no allocation. Clean of what Clean gave changes nothing. In a run of more than 30
// combining marks, which no language has, NFC comes with grapheme joiners between
// (the stream-safe form of UAX 15 §13).
func Clean(cell []byte) (clean []byte, trimmed bool) {
	clean = cell
	if plain, inNFC := look(cell); plain {
		return cell, false
	} else if !inNFC && !isInert(cell) && !norm.NFC.IsNormal(clean) {
		clean = norm.NFC.Bytes(clean)
	}
	if bytes.IndexByte(clean, '\r') >= 0 {
		clean = lineFeeds(clean)
	}
	inner := bytes.TrimFunc(clean, isOuterSpace)
	return inner, len(inner) < len(clean)
}

// firstComposing is the first byte of U+0300 and of everything above it. Below
// that nothing composes with what is before it, and nothing decomposes (UAX 15).
const firstComposing = 0xCC

// look is a quick look at a cell, for the many in which there is nothing to do.
// plain: it is clean. inNFC: it is sure to be in NFC.
func look(cell []byte) (plain, inNFC bool) {
	if len(cell) == 0 {
		return true, true
	}
	plain, inNFC = isGraphic(cell[0]) && isGraphic(cell[len(cell)-1]), true
	for _, c := range cell {
		if c >= firstComposing {
			return false, false
		}
		plain = plain && c != '\r'
	}
	return plain, inNFC
}

// isInert reports whether no character of a cell has anything to do with NFC, as
// is so for nearly all of the world's texts. In doubt it says no.
func isInert(cell []byte) bool {
	for i := 0; i < len(cell); {
		if cell[i] < firstComposing {
			i++
			continue
		}
		r, size := utf8.DecodeRune(cell[i:])
		if !isInertLetter(r) {
			return false
		}
		i += size
	}
	return true
}

// inertLetters are letters beyond U+0300 that are in NFC alone and do not combine
// with what stands before them (UAX 15 §9): a text of them is in NFC. They are the
// scripts that are used most, and the punctuation, each from its first to its last.
var inertLetters = [...][2]rune{
	{0x0388, 0x03FF}, {0x0400, 0x0482}, {0x048A, 0x058F}, // Greek, Cyrillic, Armenian
	{0x05D0, 0x05EA},                                     // Hebrew
	{0x0620, 0x064A}, {0x0660, 0x066F}, {0x0671, 0x06D3}, // Arabic
	{0x0E01, 0x0E37},                                     // Thai
	{0x2010, 0x205E},                                     // dashes and quotation marks
	{0x3000, 0x3029}, {0x3041, 0x3096}, {0x30A0, 0x30FF}, // Japanese
	{0x3400, 0x9FFF}, // Chinese
	{0xAC00, 0xD7A3}, // Korean
	{0xFF01, 0xFFDC}, // full and half width
}

func isInertLetter(r rune) bool {
	for _, script := range inertLetters {
		if r <= script[1] {
			return r >= script[0]
		}
	}
	return false
}

// isGraphic reports the ASCII characters that are no space and no control.
func isGraphic(c byte) bool { return ' ' < c && c <= '~' }

// CleanText is Clean for text that is a string already.
func CleanText(text string) (clean string, trimmed bool) {
	bytes, trimmed := Clean([]byte(text))
	return string(bytes), trimmed
}

func cleanText(text string) string {
	clean, _ := CleanText(text)
	return clean
}

// isOuterSpace reports whether r is taken off at the ends of a cell.
func isOuterSpace(r rune) bool {
	return unicode.IsSpace(r) || r == zeroWidthSpace || r == byteOrderMark
}

// lineFeeds returns text with CRLF and lone CR as LF, in a slice of its own.
func lineFeeds(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	for i, c := range text {
		if c == '\r' {
			text[i] = '\n'
		}
	}
	return text
}

func isASCII[T string | []byte](text T) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
