package profile

import "strings"

// EmployeeIDDamage judges an employee ID that a spreadsheet program took for a
// number: what is stored without its leading zeros, with every digit after the
// fifteenth turned to 0 (Excel keeps no more), or in scientific notation, such as
// 1.23457E+17. The suggestion is the stored value, if there is one.
func EmployeeIDDamage(stored, typed string) (Finding, bool) {
	switch {
	case typed == stored || typed == "":
		return Finding{}, false
	case isScientific(typed):
		return EmployeeIDScientific(stored), true
	case lostZeros(stored, typed):
		return EmployeeIDZerosLost(stored), true
	case lostDigits(stored, typed):
		return EmployeeIDDigitsLost(stored), true
	}
	return Finding{}, false
}

// isScientific: a digit, perhaps more after a point or comma, E, a sign and two
// or three digits. Without the sign (12E34) it may well be somebody's ID:
// spreadsheets always write the sign.
func isScientific(text string) bool {
	text = strings.TrimPrefix(text, "-")
	mantissa, exponent, found := strings.Cut(strings.ToUpper(text), "E")
	if !found || len(exponent) < 3 || len(exponent) > 4 {
		return false
	}
	signed := exponent[0] == '+' || exponent[0] == '-'
	return signed && isDigits(exponent[1:]) && isMantissa(mantissa)
}

// isMantissa: one digit, or one digit, point or comma, and more digits.
func isMantissa(text string) bool {
	if len(text) < 2 {
		return isDigits(text)
	}
	return isDigits(text[:1]) && (text[1] == '.' || text[1] == ',') && isDigits(text[2:])
}

func lostZeros(stored, typed string) bool {
	return strings.HasPrefix(stored, "0") && withoutZeros(stored) == typed
}

// withoutZeros takes leading zeros off as a spreadsheet does: 000 is still 0.
func withoutZeros(text string) string {
	bare := strings.TrimLeft(text, "0")
	if bare == "" && text != "" {
		return "0"
	}
	return bare
}

// mostZeros is how many leading zeros are looked for where nobody has an employee
// ID.
const mostZeros = 12

// BareEmployeeID is what a spreadsheet program makes of an employee ID that it
// takes for a number, if that loses leading zeros.
func BareEmployeeID(stored string) (bare string, ok bool) {
	if !strings.HasPrefix(stored, "0") || !isDigits(stored) {
		return "", false
	}
	bare = withoutZeros(stored)
	zeros := len(stored) - len(bare)
	return bare, zeros > 0 && zeros <= mostZeros
}

// PaddedEmployeeIDs are all employee IDs of which typed is the bare one.
func PaddedEmployeeIDs(typed string) []string {
	if !isDigits(typed) || withoutZeros(typed) != typed {
		return nil
	}
	padded := make([]string, mostZeros)
	for i := range padded {
		padded[i] = strings.Repeat("0", i+1) + typed
	}
	return padded
}

// excelDigits is how many digits of a number Excel keeps.
const excelDigits = 15

func lostDigits(stored, typed string) bool {
	number := withoutZeros(stored)
	if !isDigits(number) || len(number) <= excelDigits || len(number) != len(typed) {
		return false
	}
	return typed == number[:excelDigits]+strings.Repeat("0", len(number)-excelDigits)
}
