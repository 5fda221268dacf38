package profile

import "strings"

// errorValues are what spreadsheet programs write into a cell that could not be
// computed: Excel's (also as its German, French and Spanish versions show them).
// LibreOffice's own are Err: and a number.
var errorValues = map[string]bool{
	"#N/A": true, "#REF!": true, "#VALUE!": true, "#DIV/0!": true, "#NAME?": true, "#NUM!": true, "#NULL!": true,
	"#SPILL!": true, "#CALC!": true, "#GETTING_DATA": true, "#FIELD!": true, "#BLOCKED!": true, "#CONNECT!": true,
	"#BUSY!": true, "#UNKNOWN!": true, "#EXTERNAL!": true, "#PYTHON!": true, "#TIMEOUT!": true, "#ERROR!": true,
	"#NV": true, "#BEZUG!": true, "#WERT!": true, "#ZAHL!": true, "#ÜBERLAUF!": true,
	"#VALEUR!": true, "#NOM?": true, "#NOMBRE!": true, "#NUL!": true,
	"#¡REF!": true, "#¡VALOR!": true, "#¡DIV/0!": true, "#¿NOMBRE?": true, "#¡NUM!": true, "#¡NULO!": true,
}

// spreadsheetError judges a cell that holds a spreadsheet's error instead of a
// value, or the hash signs that Excel shows, and saves, for a number or date that
// is wider than its column. text is not empty.
func spreadsheetError(f Field, text string) (Finding, bool) {
	switch {
	case isErrorValue(text):
		return SpreadsheetErrorValue(f, text), true
	case len(text) >= 3 && strings.Trim(text, "#") == "":
		return SpreadsheetHashes(f), true
	}
	return Finding{}, false
}

func isErrorValue(text string) bool {
	switch text[0] {
	case '#':
		return len(text) <= len("#GETTING_DATA") && errorValues[strings.ToUpper(text)]
	case 'E', 'e':
		return isErrNumber(text)
	}
	return false
}

// isErrNumber: LibreOffice's Err:501 … Err:540 and the like.
func isErrNumber(text string) bool {
	number, found := strings.CutPrefix(strings.ToLower(text), "err:")
	return found && len(number) == 3 && isDigits(number)
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
