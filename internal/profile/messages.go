package profile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"teamsheet/internal/problem"
)

// This file and messages_team.go, messages_file.go are the one catalogue of what
// is said to people about their sheet: a function for each message, used by the
// rules here and by package plan. Only what is wrong with the bytes of a file is
// said in package sheet.
//
// Every message says what is wrong and every fix what to do, in the words of the
// column, so that both can be read on their own. The place, the person's own text
// and "Did you mean …" stand around them (problem.Problem). testdata/messages.golden
// has all of them, to be read aloud.

// RequiredEmpty: an empty cell in a column that every row needs.
func RequiredEmpty(f Field, deactivated bool) Finding {
	return requiredEmpty(ColumnOf(f).Header+" is empty", enter(f), deactivated)
}

// EmailOrEmployeeIDEmpty: a row that would leave a person with neither.
func EmailOrEmployeeIDEmpty(deactivated bool) Finding {
	return requiredEmpty("Email and Employee ID are both empty", "Enter one of the two", deactivated)
}

const takeRowOut = ", or take the row out of the file: a person without a row stays as they are."

// CanTakeRowOut reports whether a problem is that of somebody deactivated whose
// profile lacks what every row needs: without the row, they stay as they are.
func CanTakeRowOut(p problem.Problem) bool {
	return p.Code == problem.RequiredEmpty && strings.HasSuffix(p.Fix, takeRowOut)
}

func requiredEmpty(what, fix string, deactivated bool) Finding {
	if deactivated {
		return Finding{Code: problem.RequiredEmpty,
			Message: what + ". Every row of the file needs it, a deactivated person's too.",
			Fix:     fix + takeRowOut}
	}
	return Finding{Code: problem.RequiredEmpty, Message: what + ".", Fix: fix + "."}
}

// ReactivatedIncomplete: a person is made active again without a field that every
// active person has, and the file, or the edit on their own page, leaves it out.
func ReactivatedIncomplete(f Field, ownPage bool) Finding {
	what, fix := "their "+ColumnOf(f).Header+" is empty", enter(f)
	if f == Email {
		what, fix = "their Email and Employee ID are both empty", "Enter one of the two"
	}
	where := ", in a column of this file or on their own profile first"
	if ownPage {
		where = " as well"
	}
	return Finding{Code: problem.RequiredEmpty,
		Message: "This person cannot be made active again while " + what + ".",
		Fix:     fix + where + `, or leave Deactivated at "y".`}
}

// enter says what to put into a cell of the field.
func enter(f Field) string {
	column := ColumnOf(f)
	if column.Choices != nil {
		return "Enter " + quotedSeries(column.Choices, "or")
	}
	return "Enter the person's " + strings.ToLower(column.Header)
}

// ValueNotAllowed: a cell of a column that has a fixed set of values holds another.
func ValueNotAllowed(f Field, suggestions []string) Finding {
	column := ColumnOf(f)
	fix := enter(f) + "."
	if !column.Required {
		fix = enter(f) + ", or leave the cell empty."
	}
	return Finding{problem.ValueNotAllowed,
		fmt.Sprintf("%s can only be %s.", column.Header, quotedSeries(column.Choices, "or")), fix, suggestions}
}

// EmailInvalid: the text is no email.
func EmailInvalid(fault EmailFault, suggestions []string) Finding {
	message, fix := fault.words()
	return Finding{problem.EmailInvalid, message, fix, suggestions}
}

const wholeEmail = "Enter the whole email, such as name@example.com."

func (f EmailFault) words() (message, fix string) {
	switch f {
	case emailInBrackets:
		return "This cell has angle brackets around the email or in it.", "Enter the email alone, such as name@example.com."
	case emailList:
		return "This cell has more than one email.", "Keep one of them."
	case emailSpace:
		return "This email has a space in it.", "Take the space out."
	case emailNoAt:
		return `This email has no "@".`, wholeEmail
	case emailManyAts:
		return `This email has more than one "@".`, `Keep the "@" between the name and the domain, as in name@example.com.`
	case emailNoLocal:
		return `This email has nothing before the "@".`, wholeEmail
	case emailNoDomain:
		return `This email has nothing after the "@".`, wholeEmail
	case emailLocalLong:
		return fmt.Sprintf(`This email has more than %d characters before the "@".`, longestLocal), "Check that the cell holds this email and nothing else."
	}
	return f.domainWords()
}

func (f EmailFault) domainWords() (message, fix string) {
	switch f {
	case emailTwoDots:
		return `This email has two dots in a row before the "@".`, "Take one of them out."
	case emailLocalDot:
		return `The part of this email before the "@" begins or ends with a dot.`, "Take that dot out."
	case emailDomainDot:
		return "The domain of this email begins or ends with a dot, or has two in a row.", "Take the extra dot out, as in name@example.com."
	case emailHyphen:
		return "A part of this email's domain begins or ends with a hyphen.", "Take that hyphen out."
	case emailNoEnding:
		return `The domain of this email has no ending such as ".com".`, wholeEmail
	case emailNumberEnding:
		return "The domain of this email ends in a number.", `Enter a domain with an ending such as ".com".`
	case emailDomain:
		return `What stands after the "@" cannot be a domain name.`, "Check the spelling of the domain."
	}
	fix = "Take the character out."
	if f >= utf8.RuneSelf {
		fix = "Take the character out, or type it again: word processors and spreadsheets replace plain characters by others."
	}
	return fmt.Sprintf("This email has the character %s, which an email cannot have there.", characterName(rune(f))), fix
}

// RoleUnknown: no role has the name. active are the names that there are.
func RoleUnknown(active, suggestions []string) Finding {
	return Finding{problem.RoleUnknown, "There is no role with this name.", enterRole(active), suggestions}
}

// RoleInactive: the role is there but cannot be given anew.
func RoleInactive(name string, active []string) Finding {
	return Finding{Code: problem.RoleUnknown,
		Message: fmt.Sprintf("The role %s is no longer active, so it cannot be given to anybody.", quote(name)),
		Fix:     enterRole(active)}
}

// enterRole lists the roles as long as they fit into a sentence.
func enterRole(active []string) string {
	if len(active) == 0 || len(active) > 6 {
		return "Enter the name of one of the active roles."
	}
	return "Enter the name of an active role: " + quotedSeries(active, "or") + "."
}

// GroupUnknown: names in a Groups cell that no group has.
func GroupUnknown(unknown, suggestions []string) Finding {
	message := "There is no group named " + quotedSeries(unknown, "or") + "."
	return Finding{problem.GroupUnknown, message,
		`Enter names of existing groups, separated by ";", or take the name out.`, suggestions}
}

const writeDate = "Write the date as year-month-day, such as 2026-04-03 for 3 April 2026."

// DateFormat: text that is not YYYY-MM-DD. suggestion is the date if it can mean
// one alone, else "".
func DateFormat(f Field, suggestion string) Finding {
	finding := Finding{Code: problem.DateFormat,
		Message: ColumnOf(f).Header + " must be a date written as year-month-day.", Fix: writeDate}
	if suggestion != "" {
		finding.Suggestions = []string{suggestion}
	}
	return finding
}

// DateTwoWays: a date of two readings. It is not for the program to choose.
func DateTwoWays(f Field, one, other day) Finding {
	return Finding{Code: problem.DateFormat,
		Message: fmt.Sprintf("This %s can be read in two ways: as %s or as %s.", ColumnOf(f).Header, one.words(), other.words()),
		Fix:     fmt.Sprintf("Write it as year-month-day: %s or %s.", one, other)}
}

// DateNumber: the number of a day as spreadsheet programs count them.
func DateNumber(f Field) Finding {
	return Finding{Code: problem.DateFormat,
		Message: ColumnOf(f).Header + " holds a number: a spreadsheet program shows a date like that when the cell is not formatted as a date.",
		Fix:     "Format the column as text, then write the date as year-month-day, such as 2026-04-03."}
}

// DateNotReal: a date of the right form that no calendar has.
func DateNotReal(f Field, written day) Finding {
	return Finding{Code: problem.DateFormat,
		Message: ColumnOf(f).Header + " is not a day of the calendar: " + written.missing() + ".",
		Fix:     "Check the date. It is written as year-month-day."}
}

// missing says which part of the day the calendar does not have.
func (d day) missing() string {
	switch {
	case d.year < 1:
		return "there is no year 0000"
	case d.month < 1 || d.month > 12:
		return fmt.Sprintf("there is no month %02d", d.month)
	}
	first := day{d.year, d.month, 1}
	return fmt.Sprintf("%s has no day %02d", strings.TrimPrefix(first.words(), "1 "), d.day)
}

// TooLong: more characters than the column takes.
func TooLong(f Field, length int) Finding {
	column := ColumnOf(f)
	return Finding{Code: problem.TooLong,
		Message: fmt.Sprintf("%s has %s characters; it can have at most %s.", column.Header, inDigits(length), inDigits(column.MaxLen)),
		Fix:     fmt.Sprintf("Shorten it by %s.", count(length-column.MaxLen, "character", "characters"))}
}

// BadCharacter: characters that the column cannot hold.
func BadCharacter(f Field, bad []rune, suggestions []string) Finding {
	names := make([]string, len(bad))
	for i, r := range bad {
		names[i] = badCharacterName(r)
	}
	finding := Finding{Code: problem.BadCharacter, Suggestions: suggestions,
		Message: fmt.Sprintf("%s has a character that it cannot hold: %s.", ColumnOf(f).Header, names[0]),
		Fix:     "Take the character out. If it cannot be seen, delete the text and type it again."}
	if len(bad) > 1 {
		finding.Message = fmt.Sprintf("%s has characters that it cannot hold: %s.", ColumnOf(f).Header, series(names, "and"))
		finding.Fix = "Take the characters out. If they cannot be seen, delete the text and type it again."
	}
	if isAll(bad, isLineBreakOrTab) {
		finding.Fix = "Put the text on one line, with a space instead. Only Bio may have tabs and line breaks."
	}
	return finding
}

func badCharacterName(r rune) string {
	if r == utf8.RuneError {
		return "a byte that stands for no character"
	}
	return characterName(r)
}

func isAll(letters []rune, is func(rune) bool) bool {
	for _, r := range letters {
		if !is(r) {
			return false
		}
	}
	return true
}

// SpreadsheetErrorValue: the cell holds a spreadsheet's error.
func SpreadsheetErrorValue(f Field, text string) Finding {
	return Finding{Code: problem.SpreadsheetErrorValue,
		Message: fmt.Sprintf("The spreadsheet program could not work out this %s and wrote %s.", ColumnOf(f).Header, text),
		Fix:     "Correct the formula, or type the value itself."}
}

// SpreadsheetHashes: the cell holds the signs for "too wide to show".
func SpreadsheetHashes(f Field) Finding {
	return Finding{Code: problem.SpreadsheetErrorValue,
		Message: fmt.Sprintf("The spreadsheet program saved only # signs for this %s, because its column was too narrow.", ColumnOf(f).Header),
		Fix:     "Make the column wider until the value shows, and save again."}
}

const asText = "Format the column as text first, or use the Excel download, whose cells are text already."

// EmployeeIDZerosLost: what is stored without its leading zeros.
func EmployeeIDZerosLost(stored string) Finding {
	return Finding{problem.EmployeeIDDamaged,
		"This Employee ID has lost its leading zeros: a spreadsheet program took it for a number.",
		fmt.Sprintf("Enter %s again. ", quoteWhole(stored)) + asText, []string{stored}}
}

// EmployeeIDDigitsLost: what is stored with zeros for the digits after the fifteenth.
func EmployeeIDDigitsLost(stored string) Finding {
	return Finding{problem.EmployeeIDDamaged,
		"The last digits of this Employee ID have turned into zeros: a spreadsheet program took it for a number and kept only 15 digits.",
		fmt.Sprintf("Enter %s again. ", quoteWhole(stored)) + asText, []string{stored}}
}

// EmployeeIDScientific: a number in scientific notation. stored may be "".
func EmployeeIDScientific(stored string) Finding {
	finding := Finding{Code: problem.EmployeeIDDamaged,
		Message: "This Employee ID was shortened by a spreadsheet program, which took it for a number: some of its digits are lost.",
		Fix:     "Enter the whole Employee ID again. " + asText}
	if stored != "" {
		finding.Fix = fmt.Sprintf("Enter %s again. ", quoteWhole(stored)) + asText
		finding.Suggestions = []string{stored}
	}
	return finding
}
