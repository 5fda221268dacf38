package sheet

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// needsQuotes reports whether a cell is written in quotes: because the format
// needs it (tab, line break, quote), because space at its ends would be lost, or
// because an importer could read a number, a date, a boolean or an error value
// into it. Told to take quoted fields for text, the importer then does not. In
// doubt it is quoted: that costs two characters, and no reader minds.
func needsQuotes(cell string) bool {
	if cell == "" {
		return false
	}
	return hasEdgeSpace(cell) || cell[0] == '#' || looksTyped(cell) || isTruthWord(cell)
}

// hasEdgeSpace also finds a byte order mark at the start, which unquoted at the
// start of a row would be taken for a second file's.
func hasEdgeSpace(cell string) bool {
	first, _ := utf8.DecodeRuneInString(cell)
	last, _ := utf8.DecodeLastRuneInString(cell)
	return first == byteOrderMark || unicode.IsSpace(first) || unicode.IsSpace(last)
}

// looksTyped finds what every number, date, time, percentage and amount holds: a
// digit of any script or a currency or percent sign. Tabs, line breaks and quotes
// are found on the way, other control characters too.
func looksTyped(cell string) bool {
	for _, r := range cell {
		if r < utf8.RuneSelf {
			if r < ' ' || r >= '0' && r <= '9' || r == quote || r == '%' || r == '$' {
				return true
			}
		} else if unicode.IsNumber(r) || unicode.Is(unicode.Sc, r) {
			return true
		}
	}
	return false
}

// longestTruthWord is the longest of the words below, in bytes.
const longestTruthWord = 16

// mayBeTruthWord says no to nearly every word, by its first letter and its length
// in characters; of a first letter beyond ASCII it does not know.
func mayBeTruthWord(cell string) bool {
	first := cell[0] &^ 0x20
	if first < 'A' || first > 'Z' {
		return cell[0] >= utf8.RuneSelf
	}
	return truthLengths[first-'A']&(1<<utf8.RuneCountInString(cell)) != 0
}

// truthWords are the words that spreadsheet programs take for true and false in the
// languages in which they are used most, and those that they take for numbers.
var truthWords = []string{
	"TRUE", "FALSE", "WAHR", "FALSCH", "VRAI", "FAUX", "VERDADERO", "VERDADEIRO", "FALSO", "VERO",
	"WAAR", "ONWAAR", "SANT", "FALSKT", "SAND", "FALSK", "SANN", "USANN", "TOSI", "EPÄTOSI",
	"PRAWDA", "FAŁSZ", "PRAVDA", "NEPRAVDA", "IGAZ", "HAMIS", "ADEVĂRAT", "FALS", "DOĞRU", "YANLIŞ",
	"ИСТИНА", "ЛОЖЬ", "ІСТИНА", "ХИБНІСТЬ", "INF", "INFINITY", "NAN",
}

// truthLengths has for each first letter a bit for each length of a truth word.
var truthLengths = func() (lengths [26]uint32) {
	for _, word := range truthWords {
		if word[0] < utf8.RuneSelf {
			lengths[word[0]-'A'] |= 1 << utf8.RuneCountInString(word)
		}
	}
	return lengths
}()

// isTruthWord reports whether cell is one of truthWords, in any case.
func isTruthWord(cell string) bool {
	if len(cell) > longestTruthWord || !mayBeTruthWord(cell) {
		return false
	}
	var room [2 * longestTruthWord]byte
	upper := room[:0]
	for _, r := range cell {
		upper = utf8.AppendRune(upper, unicode.ToUpper(r))
	}
	return slices.Contains(truthWords, string(upper))
}
