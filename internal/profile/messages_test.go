package profile

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/problem"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

const messagesGolden = "testdata/messages.golden"

// golden compares got with a file of testdata, or rewrites it with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; run with -update and read the difference aloud.\ngot:\n%s", path, got)
	}
}

// saidBySheet are the codes about a file's bytes, whose messages are in package sheet.
var saidBySheet = []problem.Code{problem.FileEncoding, problem.FileTruncated, problem.FileDelimiter, problem.FileDamaged}

func TestEveryCodeHasAMessage(t *testing.T) {
	t.Parallel()
	said := map[problem.Code]bool{}
	for _, finding := range allFindings() {
		said[finding.Code] = true
	}
	for _, code := range problem.Codes() {
		if said[code] == slices.Contains(saidBySheet, code) {
			t.Errorf("%s: said here: %v", code, said[code])
		}
	}
}

func TestMessagesGolden(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, finding := range allFindings() {
		fmt.Fprintf(&b, "%s\n  %s\n  %s\n", finding.Code, finding.Message, finding.Fix)
		if len(finding.Suggestions) > 0 {
			fmt.Fprintf(&b, "  Did you mean %s?\n", strings.Join(finding.Suggestions, " | "))
		}
		b.WriteString("\n")
	}
	golden(t, messagesGolden, b.String())
}

// unwelcome are the words of programs and of people who blame or beg.
var unwelcome = regexp.MustCompile(`(?i)\b(invalid|valid|please|sorry|oops|error occurred|illegal|forbidden|null|nil|boolean|string|parse|field|must not be)\b`)

func TestMessagesAreInPlainWords(t *testing.T) {
	t.Parallel()
	for _, finding := range allFindings() {
		for _, sentence := range []string{finding.Message, finding.Fix} {
			if word := unwelcome.FindString(sentence); word != "" {
				t.Errorf("%s: %q in %q", finding.Code, word, sentence)
			}
			if !isSentence(sentence) {
				t.Errorf("%s: not a whole sentence: %q", finding.Code, sentence)
			}
			if strings.Contains(sentence, "  ") || strings.Contains(sentence, "..") || strings.Contains(sentence, "%!") {
				t.Errorf("%s: badly put together: %q", finding.Code, sentence)
			}
		}
	}
}

func isSentence(text string) bool {
	if text == "" || text[0] >= 'a' && text[0] <= 'z' {
		return false
	}
	return strings.HasSuffix(text, ".") || strings.Contains(text, ": https://")
}

// allFindings says every message of the catalogue once, in each of its forms.
func allFindings() []Finding {
	var all []Finding
	all = append(all, cellFindings()...)
	all = append(all, emailFindings()...)
	all = append(all, teamFindings()...)
	return append(all, fileFindings()...)
}

func cellFindings() []Finding {
	roles := []string{"Agent", "Supervisor", "Team Lead"}
	findings := []Finding{
		EmailOrEmployeeIDEmpty(false), EmailOrEmployeeIDEmpty(true),
		ReactivatedIncomplete(LastName, false), ReactivatedIncomplete(Email, false), ReactivatedIncomplete(LicenseType, false),
		ReactivatedIncomplete(LastName, true), ReactivatedIncomplete(Email, true), ReactivatedIncomplete(LicenseType, true),
		ValueNotAllowed(CanManageTeam, nil), ValueNotAllowed(LicenseType, []string{"standard"}),
		ValueNotAllowed(EmploymentStatus, []string{"full-time"}),
		RoleUnknown(roles, []string{"Agent"}), RoleUnknown(make([]string, 9), nil), RoleInactive("Temp", roles), RoleInactive("Temp", nil),
		GroupUnknown([]string{"Nightshift"}, []string{"Billing;Night Shift"}), GroupUnknown([]string{"A", "B", "C"}, nil),
		DateFormat(StartDate, ""), DateFormat(StartDate, "2026-04-03"), DateNumber(StartDate),
		DateTwoWays(StartDate, day{2026, 4, 3}, day{2026, 3, 4}),
		DateNotReal(StartDate, day{2026, 2, 30}), DateNotReal(StartDate, day{2026, 13, 1}), DateNotReal(StartDate, day{0, 1, 1}), DateNotReal(StartDate, day{2026, 1, 0}),
		TooLong(Bio, 10_412), TooLong(Hometown, 201),
		BadCharacter(FirstName, []rune{0x202E}, []string{"Ana"}), BadCharacter(Hometown, []rune{7, 0xFDD0, 0x80}, nil),
		BadCharacter(Hometown, []rune{'\n'}, []string{"Porto Portugal"}), BadCharacter(LastName, []rune{'\t', '\n'}, nil),
		BadCharacter(Bio, []rune{0xFFFD}, nil),
		SpreadsheetErrorValue(RoleName, "#N/A"), SpreadsheetErrorValue(Hometown, "Err:510"), SpreadsheetHashes(StartDate),
		EmployeeIDZerosLost("00123"), EmployeeIDDigitsLost("12345678901234567"), EmployeeIDScientific("123457000000000000"), EmployeeIDScientific(""),
	}
	for _, code := range problem.Codes() {
		if many, ok := ManyDamaged(code, ColumnOf(StartDate).Header); ok {
			findings = append(findings, many)
		}
	}
	for _, column := range Columns() {
		if column.Required {
			findings = append(findings, RequiredEmpty(column.Field, false), RequiredEmpty(column.Field, true))
		}
	}
	return findings
}

func emailFindings() []Finding {
	var findings []Finding
	for fault := emailInBrackets; fault >= emailDomain; fault-- {
		findings = append(findings, EmailInvalid(fault, nil))
	}
	for _, r := range []rune{'\u201c', '(', 0x200E, 0x0301, '\uff20'} {
		findings = append(findings, EmailInvalid(badEmailCharacter(r), nil))
	}
	return findings
}

func teamFindings() []Finding {
	const ana, rui, link = "Ana Silva (ana@example.com)", "Rui Costa (00123)", "https://teamsheet.example/profiles/1"
	when := time.Date(2026, 4, 3, 14, 2, 5, 0, time.FixedZone("CEST", 7200))
	return []Finding{
		UserNotFound(UserID, nil), UserNotFound(Email, []string{"ana@example.com"}), UserNotFound(EmployeeID, []string{"00123"}), UserNotNamed(),
		UserDuplicate([]int{12}), UserDuplicate([]int{12, 2040}), UserDuplicate([]int{2, 3, 4, 5, 6, 7, 8, 9}),
		KeyAmbiguous(ana, rui), EmailTaken(rui), EmployeeIDTaken(ana),
		EmailDuplicate([]int{31}), EmailDuplicate([]int{31, 32}), EmployeeIDDuplicate([]int{31}), EmployeeIDDuplicate([]int{31, 32, 1033}),
		EmailKept(nil, Keeper{Row: 31}), EmailKept([]int{32, 33}, Keeper{Row: 31}), EmployeeIDKept(nil, Keeper{Row: 1031}), EmployeeIDKept([]int{32}, Keeper{Row: 31, Newer: true}), EmployeeIDKept(nil, Keeper{Row: 31, Newer: true}),
		LeaderNotFound([]string{"ana@example.com"}), LeaderAmbiguous(ana, rui, false), LeaderAmbiguous(ana, rui, true),
		LeaderNotGiven(), LeaderNameShared([]string{"ana@example.com", "ana.costa@example.com"}, false), LeaderNameShared(nil, true),
		ReactivatedUnderInactive(ana), ReactivatedUnderNotManager(ana), ReactivatedUnderSelf(), ReactivatedInCycle([]string{"Ana Silva", "Rui Costa"}),
		VersionUnknown(""), VersionUnknown("7"),
		LeaderInactive(ana, 0), LeaderInactive(ana, 1204), LeaderNotManager(ana, 0), LeaderNotManager(ana, 12), LeaderSelf(),
		LeaderCycle([]string{"Ana Silva", "Rui Costa", "Eva Lima"}), LeaderCycle(strings.Split("A B C D E F G H I J K L", " ")),
		ManagerLeaderLocked("Ana Silva", "rui@example.com", link), ManagerLeaderLocked("Ana Silva", "", ""),
		ManagerDeactivationLocked("Ana Silva", link), ManagerDeactivationLocked("Ana Silva", ""),
		ManagerDemotionLocked("Ana Silva", link), ManagerDemotionLocked("Ana Silva", ""),
		KeepsReports("Ana Silva", []string{"Rui Costa"}, 1), KeepsReports("Ana Silva", []string{"Rui Costa", "Eva Lima", "Li Wei", "Bo Ek"}, 1204), KeepsReports("Ana Silva", nil, 3),
		KeepsReportsDemoted("Ana Silva", []string{"Rui Costa", "Eva Lima"}, 2),
		StaleRow(Hometown, "admin@example.com", when, "Porto", "Lisbon"), StaleRow(Hometown, "admin@example.com", when, "", "Lisbon"), StaleRow(Hometown, "admin@example.com", when, "Porto", ""),
		StaleRow(Bio, "", time.Time{}, strings.Repeat("The same words. ", 20)+"Then mine.", strings.Repeat("The same words. ", 20)+"Then yours."),
		Trimmed(FirstName), Cleared(Hometown, "Porto"), Cleared(Bio, strings.Repeat("word\n", 30)),
		KeptNewer(Hometown, "admin@example.com", when, "Porto"), KeptNewer(Hometown, "admin@example.com", when, ""),
		ColumnMostlyChanged(Hometown, 9412, 10_000),
	}
}

func fileFindings() []Finding {
	return []Finding{
		HeaderMissing(), HeaderRowMissing(), HeaderBelow(3), HeaderDuplicate(Bio, "G"), HeaderUnknown("Bioo"), HeaderUnknown("Favourite colour"), HeaderUnknown(" PHOTO "), HeaderUnknown("Profile picture"), HeaderUnknown("Team leader email"), HeaderUnknown("Name"), HeaderBlank(),
		FileEmpty(), FileBlank(), TooManyRows(2_000_000), FileTooLarge(1 << 30),
	}
}
