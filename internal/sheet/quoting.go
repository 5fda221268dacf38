package sheet

import (
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

// isTruthWord knows the words that spreadsheet programs take for true and false
// in the languages in which they are used most.
func isTruthWord(cell string) bool {
	if len(cell) > longestTruthWord {
		return false
	}
	var room [2 * longestTruthWord]byte
	upper := room[:0]
	for _, r := range cell {
		upper = utf8.AppendRune(upper, unicode.ToUpper(r))
	}
	switch string(upper) {
	case "TRUE", "FALSE", "WAHR", "FALSCH", "VRAI", "FAUX", "VERDADERO", "VERDADEIRO", "FALSO", "VERO",
		"WAAR", "ONWAAR", "SANT", "FALSKT", "SAND", "FALSK", "SANN", "USANN", "TOSI", "EPÄTOSI",
		"PRAWDA", "FAŁSZ", "PRAVDA", "NEPRAVDA", "IGAZ", "HAMIS", "ADEVĂRAT", "FALS", "DOĞRU", "YANLIŞ",
		"ИСТИНА", "ЛОЖЬ", "ІСТИНА", "ХИБНІСТЬ", "INF", "INFINITY", "NAN":
		return true
	}
	return false
}
