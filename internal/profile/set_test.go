package profile

import (
	"strings"
	"testing"

	"teamsheet/internal/problem"
)

// setCase is one cell and what is said of it. Without a code the cell is fine and
// want is what the download writes afterwards.
type setCase struct {
	field        Field
	cell         string
	want         string
	code         problem.Code
	message, fix string
	suggestions  []string
}

func runSetCases(t *testing.T, tests []setCase) {
	t.Helper()
	for _, test := range tests {
		t.Run(ColumnOf(test.field).Header+" "+shorten(test.cell), func(t *testing.T) {
			t.Parallel()
			p, d := testProfile(), testDirectory()
			findings := Set(p, test.field, test.cell, d)
			if test.code == "" {
				diff(t, "findings", findings, []Finding(nil))
				diff(t, "value", Text(p, test.field, d), test.want)
				return
			}
			diff(t, "findings", findings, []Finding{{test.code, test.message, test.fix, test.suggestions}})
			diff(t, "profile touched in spite of a finding", p, testProfile())
		})
	}
}

func TestSetRequired(t *testing.T) {
	t.Parallel()
	runSetCases(t, []setCase{
		{FirstName, "", "", problem.RequiredEmpty, "First Name is empty.", "Enter the person's first name.", nil},
		{LastName, "", "", problem.RequiredEmpty, "Last Name is empty.", "Enter the person's last name.", nil},
		{RoleName, "", "", problem.RequiredEmpty, "Role is empty.", "Enter the person's role.", nil},
		{LicenseType, "", "", problem.RequiredEmpty, "License Type is empty.", `Enter "standard" or "flexible".`, nil},
		{CanManageTeam, "", "", problem.RequiredEmpty, "Can Manage Team is empty.", `Enter "y" or "n".`, nil},
		{Deactivated, "", "", problem.RequiredEmpty, "Deactivated is empty.", `Enter "y" or "n".`, nil},
		{field: Email}, {field: EmployeeID}, {field: EmploymentStatus}, {field: StartDate},
		{field: Hometown}, {field: StateOrCountry}, {field: Bio}, {field: Groups},
		{field: TeamLeader, want: "rui@example.com"}, // the team's business, not the cell's
	})
}

func TestSetRequiredOfIncompleteDeactivatedPerson(t *testing.T) {
	t.Parallel()
	p := &Profile{Deactivated: true, Email: "ana@example.com"}
	want := []Finding{{problem.RequiredEmpty,
		"Last Name is empty. Every row of the file needs it, a deactivated person's too.",
		"Enter the person's last name, or take the row out of the file: a person without a row stays as they are.", nil}}
	diff(t, "findings", Set(p, LastName, "", testDirectory()), want)
}

func TestSetChoices(t *testing.T) {
	t.Parallel()
	const yesNo, licenses = `Can Manage Team can only be "y" or "n".`, `License Type can only be "standard" or "flexible".`
	const employed = `Employment Status can only be "full-time", "part-time" or "temp".`
	const orEmpty = `Enter "full-time", "part-time" or "temp", or leave the cell empty.`
	runSetCases(t, []setCase{
		{field: CanManageTeam, cell: "y", want: "y"}, {field: CanManageTeam, cell: "YES", want: "y"}, {field: CanManageTeam, cell: "True", want: "y"},
		{field: PhoneChannel, cell: "n", want: "n"}, {field: PhoneChannel, cell: "No", want: "n"}, {field: PhoneChannel, cell: "FALSE", want: "n"},
		{field: LicenseType, cell: "Flexible", want: "flexible"}, {field: EmploymentStatus, cell: "PART-TIME", want: "part-time"},
		{CanManageTeam, "yess", "", problem.ValueNotAllowed, yesNo, `Enter "y" or "n".`, []string{"y"}},
		{CanManageTeam, "Flase", "", problem.ValueNotAllowed, yesNo, `Enter "y" or "n".`, []string{"n"}},
		{CanManageTeam, "1", "", problem.ValueNotAllowed, yesNo, `Enter "y" or "n".`, nil},
		{CanManageTeam, "x", "", problem.ValueNotAllowed, yesNo, `Enter "y" or "n".`, nil},
		{LicenseType, "Standart", "", problem.ValueNotAllowed, licenses, `Enter "standard" or "flexible".`, []string{"standard"}},
		{EmploymentStatus, "Full time", "", problem.ValueNotAllowed, employed, orEmpty, []string{"full-time"}},
		{EmploymentStatus, "parttime", "", problem.ValueNotAllowed, employed, orEmpty, []string{"part-time"}},
		{EmploymentStatus, "contractor", "", problem.ValueNotAllowed, employed, orEmpty, nil},
	})
}

func TestSetRoleAndGroups(t *testing.T) {
	t.Parallel()
	const roleFix = `Enter the name of an active role: "Agent", "Supervisor" or "Équipe Réseau".`
	const groupFix = `Enter names of existing groups, separated by ";", or take the name out.`
	runSetCases(t, []setCase{
		{field: RoleName, cell: "supervisor", want: "Supervisor"}, {field: RoleName, cell: "ÉQUIPE RÉSEAU", want: "Équipe Réseau"},
		{RoleName, "Agnet", "", problem.RoleUnknown, "There is no role with this name.", roleFix, []string{"Agent"}},
		{RoleName, "Owner", "", problem.RoleUnknown, "There is no role with this name.", roleFix, nil},
		{RoleName, "temp", "", problem.RoleUnknown, `The role "Temp" is no longer active, so it cannot be given to anybody.`, roleFix, nil},
		{field: Groups, cell: " night shift ; 夜勤;;ärzte;Night Shift", want: "Night Shift;Ärzte;夜勤"},
		{field: Groups, cell: "VIP", want: "VIP"}, {field: Groups, cell: "vip", want: "vip"}, {field: Groups, cell: " ; ", want: ""},
		{Groups, "Billing;Nigth Shift", "", problem.GroupUnknown, `There is no group named "Nigth Shift".`, groupFix, []string{"Billing;Night Shift"}},
		{Groups, "Biling;Nigth Shift", "", problem.GroupUnknown, `There is no group named "Biling" or "Nigth Shift".`, groupFix, []string{"Billing;Night Shift"}},
		{Groups, "Biling;Gold", "", problem.GroupUnknown, `There is no group named "Biling" or "Gold".`, groupFix, nil},
		{Groups, "Gold;gold;Gold", "", problem.GroupUnknown, `There is no group named "Gold" or "gold".`, groupFix, nil},
		{Groups, "Billing, Night Shift", "", problem.GroupUnknown, `There is no group named "Billing, Night Shift".`, groupFix, []string{"Billing;Night Shift"}},
		{Groups, "Vip", "", problem.GroupUnknown, `There is no group named "Vip".`, groupFix, []string{"VIP", "vip"}}, // which of the two?
	})
}

func TestSetLengths(t *testing.T) {
	t.Parallel()
	text := func(n int) string { return strings.Repeat("é", n) }
	runSetCases(t, []setCase{
		{field: Hometown, cell: text(200), want: text(200)}, {field: Bio, cell: text(10_000), want: text(10_000)},
		{Hometown, text(201), "", problem.TooLong, "Hometown has 201 characters; it can have at most 200.", "Shorten it by 1 character.", nil},
		{EmployeeID, text(212), "", problem.TooLong, "Employee ID has 212 characters; it can have at most 200.", "Shorten it by 12 characters.", nil},
		{Bio, text(11_500), "", problem.TooLong, "Bio has 11,500 characters; it can have at most 10,000.", "Shorten it by 1,500 characters.", nil},
		{Email, "ana@" + strings.Repeat("example.", 31) + "com", "", problem.TooLong, "Email has 255 characters; it can have at most 254.", "Shorten it by 1 character.", nil},
	})
}

func TestSetBadCharacters(t *testing.T) {
	t.Parallel()
	const take = "Take the character out. If it cannot be seen, delete the text and type it again."
	const oneLine = "Put the text on one line, with a space instead. Only Bio may have tabs and line breaks."
	runSetCases(t, []setCase{
		{field: Bio, cell: "a\tb\nc\u2028d", want: "a\tb\nc\u2028d"},
		{field: Bio, cell: "\u2067עברית\u2069", want: "\u2067עברית\u2069"}, {field: Hometown, cell: "\u202aX\u202c", want: "\u202aX\u202c"},
		{field: FirstName, cell: "नम\u200dस्\u200cते", want: "नम\u200dस्\u200cते"}, {field: Hometown, cell: "a\ufffdb", want: "a\ufffdb"},
		{FirstName, "An\u202ea", "", problem.BadCharacter, "First Name has a character that it cannot hold: U+202E (right-to-left override).", take, []string{"Ana"}},
		{EmployeeID, "\u20667\u2069", "", problem.BadCharacter, "Employee ID has characters that it cannot hold: U+2066 (left-to-right isolate) and U+2069 (pop directional isolate).",
			"Take the characters out. If they cannot be seen, delete the text and type it again.", []string{"7"}},
		{TeamLeader, "ana\u202d@example.com", "", problem.BadCharacter, "Team Leader has a character that it cannot hold: U+202D (left-to-right override).", take, []string{"ana@example.com"}},
		{Hometown, "Lis\nbon", "", problem.BadCharacter, "Hometown has a character that it cannot hold: U+000A (line break).", oneLine, []string{"Lis bon"}},
		{LastName, "a\tb\u2029c", "", problem.BadCharacter, "Last Name has characters that it cannot hold: U+0009 (tab) and U+2029 (paragraph separator).", oneLine, []string{"a b c"}},
		{Bio, "ding\x07\x07", "", problem.BadCharacter, "Bio has a character that it cannot hold: U+0007 (bell).", take, []string{"ding"}},
		{Bio, "a\x00b", "", problem.BadCharacter, "Bio has a character that it cannot hold: U+0000 (null).", take, []string{"ab"}},
		{Bio, "a\u0091b", "", problem.BadCharacter, "Bio has a character that it cannot hold: U+0091 (control character).", take, []string{"ab"}},
		{Bio, "a\ufdd0b", "", problem.BadCharacter, "Bio has a character that it cannot hold: U+FDD0 (not a character).", take, []string{"ab"}},
		{Bio, "a\U0010ffffb", "", problem.BadCharacter, "Bio has a character that it cannot hold: U+10FFFF (not a character).", take, []string{"ab"}},
		{Bio, "a\xffb", "", problem.BadCharacter, "Bio has a character that it cannot hold: a byte that stands for no character.", take, []string{"ab"}},
		{Email, "ana\x7f@example.com", "", problem.BadCharacter, "Email has a character that it cannot hold: U+007F (delete).", take, []string{"ana@example.com"}},
		{Deactivated, "y\x01", "", problem.BadCharacter, "Deactivated has a character that it cannot hold: U+0001 (control character).", take, []string{"y"}},
	})
}

func TestSetSpreadsheetErrors(t *testing.T) {
	t.Parallel()
	const fix = "Correct the formula, or type the value itself."
	var tests []setCase
	for _, value := range []string{"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#n/a", "#NV", "#¡DIV/0!", "Err:510", "Err:502", "err:522"} {
		message := "The spreadsheet program could not work out this Hometown and wrote " + value + "."
		tests = append(tests, setCase{field: Hometown, cell: value, code: problem.SpreadsheetErrorValue, message: message, fix: fix})
	}
	runSetCases(t, append(tests, []setCase{
		{RoleName, "#N/A", "", problem.SpreadsheetErrorValue, "The spreadsheet program could not work out this Role and wrote #N/A.", fix, nil},
		{TeamLeader, "#REF!", "", problem.SpreadsheetErrorValue, "The spreadsheet program could not work out this Team Leader and wrote #REF!.", fix, nil},
		{StartDate, "########", "", problem.SpreadsheetErrorValue, "The spreadsheet program saved only # signs for this Start Date, because its column was too narrow.",
			"Make the column wider until the value shows, and save again.", nil},
		{field: Hometown, cell: "#1", want: "#1"}, {field: Bio, cell: "We saw #N/A a lot", want: "We saw #N/A a lot"}, {field: Hometown, cell: "Err: 510", want: "Err: 510"}, {field: Hometown, cell: "Err:5102", want: "Err:5102"}, {field: Hometown, cell: "Erie", want: "Erie"},
	}...))
}

func TestSetDates(t *testing.T) {
	t.Parallel()
	const form = "Start Date must be a date written as year-month-day."
	const write = "Write the date as year-month-day, such as 2026-04-03 for 3 April 2026."
	const check = "Check the date. It is written as year-month-day."
	tests := []setCase{
		{field: StartDate, cell: "2024-02-29", want: "2024-02-29"}, {field: StartDate, cell: "0001-01-01", want: "0001-01-01"}, {field: StartDate, cell: "9999-12-31", want: "9999-12-31"},
		{StartDate, "3/4/2026", "", problem.DateFormat, "This Start Date can be read in two ways: as 3 April 2026 or as 4 March 2026.", "Write it as year-month-day: 2026-04-03 or 2026-03-04.", nil},
		{StartDate, "05-06-2026", "", problem.DateFormat, "This Start Date can be read in two ways: as 5 June 2026 or as 6 May 2026.", "Write it as year-month-day: 2026-06-05 or 2026-05-06.", nil},
		{StartDate, "2026-02-30", "", problem.DateFormat, "Start Date is not a day of the calendar: February 2026 has no day 30.", check, nil},
		{StartDate, "2025-02-29", "", problem.DateFormat, "Start Date is not a day of the calendar: February 2025 has no day 29.", check, nil},
		{StartDate, "2026-13-01", "", problem.DateFormat, "Start Date is not a day of the calendar: there is no month 13.", check, nil},
		{StartDate, "0000-01-01", "", problem.DateFormat, "Start Date is not a day of the calendar: there is no year 0000.", check, nil},
		{StartDate, "46115", "", problem.DateFormat, "Start Date holds a number: a spreadsheet program shows a date like that when the cell is not formatted as a date.",
			"Format the column as text, then write the date as year-month-day, such as 2026-04-03.", nil},
	}
	for cell, suggestion := range map[string]string{
		"2026/04/03": "2026-04-03", "2026-4-3": "2026-04-03", "2026.4.3": "2026-04-03", "2026 04 03": "2026-04-03", "20260403": "2026-04-03", "2026年4月3日": "2026-04-03",
		"2026-04-03 00:00:00": "2026-04-03", "2026-04-03T00:00:00Z": "2026-04-03",
		"25/4/2026": "2026-04-25", "4/25/2026": "2026-04-25", "25.04.2026": "2026-04-25", "4/4/2026": "2026-04-04",
		"3 Apr 2026": "2026-04-03", "3-Apr-2026": "2026-04-03", "April 3, 2026": "2026-04-03", "2026 SEPTEMBER 30": "2026-09-30",
	} {
		tests = append(tests, setCase{field: StartDate, cell: cell, code: problem.DateFormat, message: form, fix: write, suggestions: []string{suggestion}})
	}
	for _, cell := range []string{"3/4/26", "26-04-03", "next week", "2026", "2026-04", "2026-04-03 09:30", "99/99/2026", "31 Feb 2026", "3 Apr 26", "Ma 3 2026", "3 April April", "11121011", "２０２６-04-03", "2026-4-3-1", "+2026-04-03", "2026/2026/2026"} {
		tests = append(tests, setCase{field: StartDate, cell: cell, code: problem.DateFormat, message: form, fix: write})
	}
	runSetCases(t, tests)
}

func TestSetReportsEveryRuleOfACell(t *testing.T) {
	t.Parallel()
	p, d := testProfile(), testDirectory()
	codes := func(findings []Finding) (codes []problem.Code) {
		for _, finding := range findings {
			codes = append(codes, finding.Code)
		}
		return codes
	}
	diff(t, "bad character and too long", codes(Set(p, Hometown, strings.Repeat("x", 201)+"\x01", d)), []problem.Code{problem.BadCharacter, problem.TooLong})
	diff(t, "bad character and no email", codes(Set(p, Email, "ana\u202e", d)), []problem.Code{problem.BadCharacter, problem.EmailInvalid})
	diff(t, "one mistake once", codes(Set(p, StartDate, "2026-04-04\x01", d)), []problem.Code{problem.BadCharacter})
	diff(t, "profile", p, testProfile())
}

func TestSetLeavesIdentityAlone(t *testing.T) {
	t.Parallel()
	p := testProfile()
	for _, f := range []Field{UserID, Version} {
		diff(t, "findings", Set(p, f, "anything", testDirectory()), []Finding(nil))
	}
	diff(t, "profile", p, testProfile())
}

// What stands in the profile today is never a problem, whatever has become of it.
func TestSetAcceptsWhatStandsToday(t *testing.T) {
	t.Parallel()
	d := testDirectory()
	p := testProfile()
	p.RoleID = 2 // inactive now
	p.Email, p.EmployeeID, p.StartDate = "not an email", "1.23E+17", "3/4/2026"
	p.FirstName, p.Hometown, p.LicenseType = "A\u202ena\x07", "#N/A", "gold"
	p.LeaderKey = "#REF!"
	before := *p
	for f := range Field(FieldCount) {
		diff(t, ColumnOf(f).Header, Set(p, f, Text(p, f, d), d), []Finding(nil))
	}
	diff(t, "inactive role in another case", Set(p, RoleName, "TEMP", d), []Finding(nil))
	diff(t, "profile", p, &before)
}

func BenchmarkSet(b *testing.B) {
	p, d := testProfile(), testDirectory()
	towns := []string{"Lisbon", "São Paulo"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Set(p, Hometown, towns[i%2], d)
		Set(p, Deactivated, []string{"y", "n"}[i%2], d)
		Set(p, RoleName, []string{"agent", "SUPERVISOR"}[i%2], d)
	}
}
