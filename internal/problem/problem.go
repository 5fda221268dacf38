// Package problem is the vocabulary in which everything that is wrong with a
// person's file, form or API call is said: a stable code, the place, what is
// wrong and how to mend it.
//
// A problem is a value about the user's data. It is never a Go error: trouble of
// the machine is a fault (package fault).
package problem

import "strconv"

// Code names a kind of problem for programs. Codes never change once released.
type Code string

// Problems of the whole file.
const (
	FileEncoding    Code = "file-encoding"
	FileEmpty       Code = "file-empty"
	FileTooLarge    Code = "file-too-large"
	FileTruncated   Code = "file-truncated"
	FileDelimiter   Code = "file-delimiter"
	FileDamaged     Code = "file-damaged"
	TooManyRows     Code = "too-many-rows"
	HeaderMissing   Code = "header-missing"
	HeaderDuplicate Code = "header-duplicate"
	HeaderUnknown   Code = "header-unknown"
)

// Problems of a row or of one of its cells.
const (
	UserNotFound              Code = "user-not-found"
	UserDuplicate             Code = "user-duplicate"
	KeyAmbiguous              Code = "key-ambiguous"
	RequiredEmpty             Code = "required-empty"
	ValueNotAllowed           Code = "value-not-allowed"
	EmailInvalid              Code = "email-invalid"
	EmailTaken                Code = "email-taken"
	EmailDuplicate            Code = "email-duplicate"
	EmployeeIDTaken           Code = "employee-id-taken"
	EmployeeIDDuplicate       Code = "employee-id-duplicate"
	EmployeeIDDamaged         Code = "employee-id-damaged"
	LeaderNotFound            Code = "leader-not-found"
	LeaderAmbiguous           Code = "leader-ambiguous"
	LeaderInactive            Code = "leader-inactive"
	LeaderNotManager          Code = "leader-not-manager"
	LeaderSelf                Code = "leader-self"
	LeaderCycle               Code = "leader-cycle"
	ManagerLeaderLocked       Code = "manager-leader-locked"
	ManagerDeactivationLocked Code = "manager-deactivation-locked"
	ManagerDemotionLocked     Code = "manager-demotion-locked"
	RoleUnknown               Code = "role-unknown"
	GroupUnknown              Code = "group-unknown"
	DateFormat                Code = "date-format"
	TooLong                   Code = "too-long"
	BadCharacter              Code = "bad-character"
	SpreadsheetErrorValue     Code = "spreadsheet-error-value"
	StaleRow                  Code = "stale-row"
)

// Warnings have the form of problems and do not block.
const (
	Trimmed             Code = "trimmed"
	Cleared             Code = "cleared"
	KeptNewer           Code = "kept-newer"
	ColumnMostlyChanged Code = "column-mostly-changed"
)

// Codes are all codes of problems and warnings, in the order of CONTRACT §3.
func Codes() []Code {
	return []Code{
		FileEncoding, FileEmpty, FileTooLarge, FileTruncated, FileDelimiter, FileDamaged, TooManyRows,
		HeaderMissing, HeaderDuplicate, HeaderUnknown,
		UserNotFound, UserDuplicate, KeyAmbiguous, RequiredEmpty, ValueNotAllowed, EmailInvalid, EmailTaken,
		EmailDuplicate, EmployeeIDTaken, EmployeeIDDuplicate, EmployeeIDDamaged, LeaderNotFound, LeaderAmbiguous,
		LeaderInactive, LeaderNotManager, LeaderSelf, LeaderCycle, ManagerLeaderLocked, ManagerDeactivationLocked,
		ManagerDemotionLocked, RoleUnknown, GroupUnknown, DateFormat, TooLong, BadCharacter, SpreadsheetErrorValue,
		StaleRow,
		Trimmed, Cleared, KeptNewer, ColumnMostlyChanged,
	}
}

// Warns reports whether a code is one of warnings.
func (c Code) Warns() bool {
	switch c {
	case Trimmed, Cleared, KeptNewer, ColumnMostlyChanged:
		return true
	}
	return false
}

// Problem says where something is wrong, what, and how to mend it. Message and
// Fix are whole sentences for the person who edited the sheet. The JSON form is
// public (CONTRACT §3, §5).
type Problem struct {
	Code Code `json:"code"`
	// Row as the spreadsheet numbers it: the header is row 1. 0: the whole file.
	Row int `json:"row"`
	// Column is the header, in the words of the column table. Empty: no column.
	Column string `json:"column"`
	// Cell is the address in the uploaded file, such as D17. Empty: no cell.
	Cell string `json:"cell"`
	// Value is the person's own text, as it stands in the cell.
	Value       string   `json:"value"`
	Message     string   `json:"message"`
	Fix         string   `json:"fix"`
	Suggestions []string `json:"suggestions"`
}

// ColumnLetters returns the spreadsheet name of the column with the given index,
// counted from zero: A … Z, AA ….
func ColumnLetters(index int) string {
	var letters [8]byte
	at := len(letters)
	for n := index + 1; n > 0; n = (n - 1) / 26 {
		at--
		letters[at] = byte('A' + (n-1)%26)
	}
	return string(letters[at:])
}

// ColumnIndex returns the column of a cell's address, counted from zero; -1 for
// what is not an address.
func ColumnIndex(cell string) int {
	index := 0
	for i := range len(cell) {
		switch c := cell[i]; {
		case c >= 'A' && c <= 'Z' && i < 7:
			index = index*26 + int(c-'A') + 1
		case c >= '0' && c <= '9':
			return index - 1
		default:
			return -1
		}
	}
	return -1
}

// CellAddress returns the A1 address of a cell: column counted from zero, row as
// the spreadsheet numbers it.
func CellAddress(column, row int) string {
	return ColumnLetters(column) + strconv.Itoa(row)
}
