package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/problem"
)

// theTeam is the organization of the tables: Ana leads Rui and Eva, Bo is led by
// Cy, who was demoted since; Old is deactivated and incomplete, Oma deactivated.
func theTeam() *team {
	incomplete := agent(7, "Old", "", "OLD", deactivated)
	incomplete.LastName, incomplete.RoleID = "", 0
	return newTeam(
		agent(1, "Ana", "ana@example.com", "00123", leads),
		agent(2, "Rui", "rui@example.com", "2", under(1)),
		agent(3, "Eva", "eva@example.com", "3", under(1)),
		agent(4, "Bo", "bo@example.com", "4", under(5)),
		agent(5, "Cy", "cy@example.com", "5"),
		agent(6, "Max", "", "6", leads),
		incomplete,
		agent(8, "Oma", "oma@example.com", "8", deactivated, under(5)),
		agent(9, "Zoe", "zoe@example.com", "9", deactivated, leads),
	)
}

func TestRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ table, want string }{
		"nothing changes, in other words": {
			`user id | CAN MANAGE TEAM | Role | Phone Channel | Team Leader | Groups
			@2 | No | agent | TRUE | ANA@example.com |`,
			``,
		},
		"a change, and spaces left out": {
			`User ID | Hometown | First Name
			@2 | Porto | _Rui_`,
			`warning C2 · First Name · " Rui " trimmed: The spaces before or after this First Name are left out.
			row 2 Hometown: "" → "Porto"`,
		},
		"matched by email, by employee ID, by either": {
			`Email | Employee ID | Hometown
			RUI@example.com | 2 | A
			| 3 | B
			bo@example.com | 44 | C
			new@example.com | 6 | D`,
			`row 2 Email: "rui@example.com" → "RUI@example.com"
			row 2 Hometown: "" → "A"
			A3 cleared
			row 3 Email: "eva@example.com" → ""
			row 3 Hometown: "" → "B"
			row 4 Employee ID: "4" → "44"
			row 4 Hometown: "" → "C"
			row 5 Email: "" → "new@example.com"
			row 5 Hometown: "" → "D"`,
		},
		"user-not-found": {
			`Hometown | User ID | Email | Employee ID
			A | @99 | rui@example.com |
			B | 12 | |
			C | | nobody@example.com | 77
			D | | | 77
			E | | |`,
			`B2 · User ID · "@99" user-not-found: Nobody in the team has this User ID.
			B3 · User ID · "12" user-not-found: Nobody in the team has this User ID.
			C3 · Email · "" required-empty: Email and Employee ID are both empty.
			B4 · User ID · "nobody@example.com" user-not-found: Nobody in the team has this Email.
			B5 · User ID · "77" user-not-found: Nobody in the team has this Employee ID.
			B6 · User ID · "" user-not-found: This row does not say whose it is: User ID, Email and Employee ID are empty or not in the file.`,
		},
		"user-not-found does not hide the cells": {
			`Email | Hometown | Start Date | Deactivated
			nobody@example.com | A | 2026-02-30 |`,
			`A2 · Email · "nobody@example.com" user-not-found: Nobody in the team has this Email.
			C2 · Start Date · "2026-02-30" date-format: Start Date is not a day of the calendar: February 2026 has no day 30.
			D2 · Deactivated · "" required-empty: Deactivated is empty.`,
		},
		"user-duplicate, by whatever key": {
			`User ID | Email | Hometown
			@2 | rui@example.com | A
			| rui@example.com | B
			@2 | rui@example.com | C
			@3 | eva@example.com | D`,
			`row 2 Hometown: "" → "A"
			A3 · User ID · "rui@example.com" user-duplicate: This row is for the same person as row 2.
			A4 · User ID · "@2" user-duplicate: This row is for the same person as row 2.
			row 5 Hometown: "" → "D"`,
		},
		"matched by an email that an earlier row brings": {
			`User ID | Email | Team Leader
			@2 | eva@example.com | ana@example.com
			| eva@example.com | anna@example.com`,
			`B2 · Email · "eva@example.com" email-duplicate: Row 3 has this Email too.
			C3 · Team Leader · "anna@example.com" leader-not-found: No active team leader has this email or employee ID. Did you mean ana@example.com?`,
		},
		"key-ambiguous": {
			`Email | Employee ID | Hometown
			rui@example.com | 3 | A`,
			`A2 · Email · "rui@example.com" key-ambiguous: This row could be for two people: the Email is that of Rui Silva (rui@example.com), the Employee ID that of Eva Silva (eva@example.com).`,
		},
		"User ID wins over the other keys": {
			`User ID | Email | Employee ID
			@2 | eva@example.com | 3
			@3 | rui@example.com | 2`,
			`row 2 Email: "rui@example.com" → "eva@example.com"
			row 2 Employee ID: "2" → "3"
			row 3 Email: "eva@example.com" → "rui@example.com"
			row 3 Employee ID: "3" → "2"`,
		},
		"required-empty": {
			`User ID | Email | Employee ID | First Name | Deactivated
			@2 | | | | n
			@7 | | OLD | | y
			@7 | | | x | y`,
			`B2 · Email · "" required-empty: Email and Employee ID are both empty.
			D2 · First Name · "" required-empty: First Name is empty.
			D3 · First Name · "" required-empty: First Name is empty. Every row of the file needs it, a deactivated person's too.
			A4 · User ID · "@7" user-duplicate: This row is for the same person as row 3.
			B4 · Email · "" required-empty: Email and Employee ID are both empty. Every row of the file needs it, a deactivated person's too.`,
		},
		"required-empty without an Email column": {
			`User ID | Employee ID
			@2 |
			@6 |`,
			`B2 cleared
			row 2 Employee ID: "2" → ""
			B3 · Employee ID · "" required-empty: Email and Employee ID are both empty.`,
		},
		"reactivated without what is required": {
			`User ID | Deactivated | First Name
			@7 | n | Old`,
			`A2 · Last Name · "" required-empty: This person cannot be made active again while their Last Name is empty.
			A2 · Role · "" required-empty: This person cannot be made active again while their Role is empty.
			row 2 Deactivated: "y" → "n"`,
		},
		"email-taken, employee-id-taken": {
			`User ID | Email | Employee ID
			@2 | Eva@example.com | 3
			@4 | eva@example.com | 4`,
			`B2 · Email · "Eva@example.com" email-taken: This Email already belongs to Eva Silva (eva@example.com).
			B2 · Email · "Eva@example.com" email-duplicate: Row 3 has this Email too.
			C2 · Employee ID · "3" employee-id-taken: This Employee ID already belongs to Eva Silva (eva@example.com).
			B3 · Email · "eva@example.com" email-taken: This Email already belongs to Eva Silva (eva@example.com).
			B3 · Email · "eva@example.com" email-duplicate: Row 2 has this Email too.`,
		},
		"email-duplicate with new ones and with one who keeps it": {
			`User ID | Email | Employee ID
			@2 | new@example.com | 4
			@3 | NEW@example.com | 3
			@4 | new@example.com | 4`,
			`B2 · Email · "new@example.com" email-duplicate: Rows 3 and 4 have this Email too.
			C2 · Employee ID · "4" employee-id-duplicate: Row 4 has this Employee ID too.
			B3 · Email · "NEW@example.com" email-duplicate: Rows 2 and 4 have this Email too.
			B4 · Email · "new@example.com" email-duplicate: Rows 2 and 3 have this Email too.`,
		},
		"a refused email stays with its holder, once": {
			`User ID | Email
			@2 | eva@example.com
			@3 | eva(at)example.com
			@4 | rui@example.com`,
			`B2 · Email · "eva@example.com" email-duplicate: Row 3 keeps this Email, because its own change has a problem.
			B3 · Email · "eva(at)example.com" email-invalid: This email has no "@".
			B4 · Email · "rui@example.com" email-duplicate: Row 2 keeps this Email, because its own change has a problem.`,
		},
		"a chain of employee IDs that ends at somebody outside the file": {
			`User ID | Employee ID
			@2 | 3
			@3 | 4
			@4 | 6
			@5 | 3`,
			`B2 · Employee ID · "3" employee-id-duplicate: Row 5 has this Employee ID too. Row 3 keeps it, because its own change has a problem.
			B3 · Employee ID · "4" employee-id-duplicate: Row 4 keeps this Employee ID, because its own change has a problem.
			B4 · Employee ID · "6" employee-id-taken: This Employee ID already belongs to Max Silva (6).
			B5 · Employee ID · "3" employee-id-duplicate: Row 2 has this Employee ID too. Row 3 keeps it, because its own change has a problem.`,
		},
		"a chain of employee IDs": {
			`User ID | Employee ID
			@2 | 3
			@3 | 4
			@4 | 2`,
			`row 2 Employee ID: "2" → "3"
			row 3 Employee ID: "3" → "4"
			row 4 Employee ID: "4" → "2"`,
		},
		"employee-id-damaged": {
			`Email | Employee ID
			ana@example.com | 123
			rui@example.com | 1.23E+17`,
			`B2 · Employee ID · "123" employee-id-damaged: This Employee ID has lost its leading zeros: a spreadsheet program took it for a number. Did you mean 00123?
			B3 · Employee ID · "1.23E+17" employee-id-damaged: This Employee ID was shortened by a spreadsheet program, which took it for a number: some of its digits are lost. Did you mean 2?`,
		},
		"employee-id-damaged where it is the only key": {
			`Employee ID | Hometown | Email
			123 | A |
			123 | B | nobody@example.com
			A23 | C |
			2 | D |
			1230 | E |`,
			`A2 · Employee ID · "123" employee-id-damaged: This Employee ID has lost its leading zeros: a spreadsheet program took it for a number. Did you mean 00123?
			A3 · Employee ID · "nobody@example.com" user-not-found: Nobody in the team has this Email.
			A4 · Employee ID · "A23" user-not-found: Nobody in the team has this Employee ID.
			C5 cleared
			row 5 Email: "rui@example.com" → ""
			row 5 Hometown: "" → "D"
			A6 · Employee ID · "1230" user-not-found: Nobody in the team has this Employee ID.`,
		},
		"leader-not-found": {
			`User ID | Team Leader
			@2 | anna@example.com
			@4 | #N/A`,
			`B2 · Team Leader · "anna@example.com" leader-not-found: No active team leader has this email or employee ID. Did you mean ana@example.com?
			B3 · Team Leader · "#N/A" spreadsheet-error-value: The spreadsheet program could not work out this Team Leader and wrote #N/A.`,
		},
		"the leaders whom rows of nobody name": {
			`User ID | Email | Employee ID | Team Leader | Deactivated
			@99 | x@example.com | | anna@example.com | n
			x | x@example.com | | zoe@example.com | n
			| nobody@example.com | | CY@example.com | n
			| rui@example.com | 3 | ghost | n
			| | | cy@example.com | y
			@98 | x@example.com | | 00123 | n`,
			`A2 · User ID · "@99" user-not-found: Nobody in the team has this User ID.
			D2 · Team Leader · "anna@example.com" leader-not-found: No active team leader has this email or employee ID. Did you mean ana@example.com?
			A3 · User ID · "x" user-not-found: Nobody in the team has this User ID.
			D3 · Team Leader · "zoe@example.com" leader-inactive: Zoe Silva (zoe@example.com) is deactivated and so cannot be a team leader.
			A4 · User ID · "nobody@example.com" user-not-found: Nobody in the team has this Email.
			D4 · Team Leader · "CY@example.com" leader-not-manager: Cy Silva (cy@example.com) cannot be a team leader: their Can Manage Team is "n".
			A5 · User ID · "rui@example.com" key-ambiguous: This row could be for two people: the Email is that of Rui Silva (rui@example.com), the Employee ID that of Eva Silva (eva@example.com).
			D5 · Team Leader · "ghost" leader-not-found: No active team leader has this email or employee ID.
			A6 · User ID · "" user-not-found: This row does not say whose it is: User ID, Email and Employee ID are empty or not in the file.
			A7 · User ID · "@98" user-not-found: Nobody in the team has this User ID.`,
		},
		"the leaders whom rows for the same person name": {
			`User ID | Email | Team Leader | Deactivated
			@2 | rui@example.com | ana@example.com | n
			@2 | rui@example.com | ANA@example.com | n
			| rui@example.com | 00123 | n
			| rui@example.com | anna@example.com | n
			@2 | rui@example.com | cy@example.com | n
			@2 | rui@example.com | rui@example.com | n
			@2 | rui@example.com | cy@example.com | y
			@4 | bo@example.com | cy@example.com | n
			@4 | bo@example.com | ghost | n
			@1 | ana@example.com | | n
			@1 | ana@example.com | 6 | y`,
			`A3 · User ID · "@2" user-duplicate: This row is for the same person as row 2.
			A4 · User ID · "rui@example.com" user-duplicate: This row is for the same person as row 2.
			A5 · User ID · "rui@example.com" user-duplicate: This row is for the same person as row 2.
			C5 · Team Leader · "anna@example.com" leader-not-found: No active team leader has this email or employee ID. Did you mean ana@example.com?
			A6 · User ID · "@2" user-duplicate: This row is for the same person as row 2.
			C6 · Team Leader · "cy@example.com" leader-not-manager: Cy Silva (cy@example.com) cannot be a team leader: their Can Manage Team is "n".
			A7 · User ID · "@2" user-duplicate: This row is for the same person as row 2.
			C7 · Team Leader · "rui@example.com" leader-self: A person cannot be their own team leader.
			A8 · User ID · "@2" user-duplicate: This row is for the same person as row 2.
			A10 · User ID · "@4" user-duplicate: This row is for the same person as row 9.
			C10 · Team Leader · "ghost" leader-not-found: No active team leader has this email or employee ID.
			A12 · User ID · "@1" user-duplicate: This row is for the same person as row 11.
			C12 · Team Leader · "6" manager-leader-locked: Ana Silva can manage a team, so their Team Leader cannot be changed in a file.
			D12 · Deactivated · "y" manager-deactivation-locked: Ana Silva can manage a team, so they cannot be deactivated in a file.`,
		},
		"a row of nobody names somebody by a key that means two people": {
			`User ID | Email | Team Leader
			@1 | max@example.com |
			@6 | ana@example.com |
			@99 | x@example.com | ana@example.com`,
			`row 2 Email: "ana@example.com" → "max@example.com"
			row 3 Email: "" → "ana@example.com"
			A4 · User ID · "@99" user-not-found: Nobody in the team has this User ID.
			C4 · Team Leader · "ana@example.com" leader-ambiguous: This can mean two people: Max Silva (6) and Ana Silva (ana@example.com).`,
		},
		"leader-inactive, leader-not-manager": {
			`User ID | Team Leader
			@2 | zoe@example.com
			@3 | cy@example.com
			@4 | oma@example.com`,
			`B2 · Team Leader · "zoe@example.com" leader-inactive: Zoe Silva (zoe@example.com) is deactivated and so cannot be a team leader.
			B3 · Team Leader · "cy@example.com" leader-not-manager: Cy Silva (cy@example.com) cannot be a team leader: their Can Manage Team is "n".
			B4 · Team Leader · "oma@example.com" leader-inactive: Oma Silva (oma@example.com) is deactivated and so cannot be a team leader.
			B4 · Team Leader · "oma@example.com" leader-not-manager: Oma Silva (oma@example.com) cannot be a team leader: their Can Manage Team is "n".`,
		},
		"deactivated by another row": {
			`User ID | Team Leader | Deactivated | Can Manage Team
			@2 | 3 | n | n
			@3 | ana@example.com | y | y`,
			`B2 · Team Leader · "3" leader-inactive: Row 3 deactivates Eva Silva (eva@example.com), who then cannot be a team leader.
			row 3 Can Manage Team: "n" → "y"
			row 3 Deactivated: "n" → "y"`,
		},
		"leader-self": {
			`User ID | Team Leader
			@2 | rui@example.com`,
			`B2 · Team Leader · "rui@example.com" leader-self: A person cannot be their own team leader.`,
		},
		"promoted in the same file, under the new key and the old": {
			`User ID | Email | Can Manage Team | Team Leader
			@2 | Rui.Costa@example.com | y | ana@example.com
			@3 | eva@example.com | n | rui.costa@example.com
			@4 | bo@example.com | n | rui@example.com
			@5 | cy@example.com | n | 2`,
			`row 2 Email: "rui@example.com" → "Rui.Costa@example.com"
			row 2 Can Manage Team: "n" → "y"
			row 3 Team Leader: "ana@example.com" → "Rui.Costa@example.com"
			row 4 Team Leader: "cy@example.com" → "Rui.Costa@example.com"
			row 5 Team Leader: "" → "Rui.Costa@example.com"`,
		},
		"named by the old email alone": {
			`User ID | Email | Team Leader
			@1 | ana.silva@example.com |
			@4 | bo@example.com | ana@example.com`,
			`row 2 Email: "ana@example.com" → "ana.silva@example.com"
			row 3 Team Leader: "cy@example.com" → "ana.silva@example.com"`,
		},
		"named by the new email alone": {
			`User ID | Email | Team Leader
			@1 | ana.silva@example.com |
			@4 | bo@example.com | ANA.SILVA@example.com`,
			`row 2 Email: "ana@example.com" → "ana.silva@example.com"
			row 3 Team Leader: "cy@example.com" → "ana.silva@example.com"`,
		},
		"named by a key that stays because the new one is refused": {
			`User ID | Email | Employee ID | Team Leader
			@1 | cy@example.com | 00123 |
			@2 | rui@example.com | 2 | 6
			@4 | bo@example.com | 4 | ana@example.com
			@6 | | 5 |`,
			`B2 · Email · "cy@example.com" email-taken: This Email already belongs to Cy Silva (cy@example.com).
			row 3 Team Leader: "ana@example.com" → "6"
			row 4 Team Leader: "cy@example.com" → "ana@example.com"
			C5 · Employee ID · "5" employee-id-taken: This Employee ID already belongs to Cy Silva (cy@example.com).`,
		},
		"the leader's own key changes": {
			`User ID | Email | Team Leader
			@1 | ana.silva@example.com |
			@2 | rui@example.com | ana@example.com
			@3 | eva@example.com | ana.silva@example.com`,
			`row 2 Email: "ana@example.com" → "ana.silva@example.com"`,
		},
		"another leader who takes the old one's key over": {
			`User ID | Email | Team Leader
			@1 | max@example.com |
			@6 | ana@example.com |
			@2 | rui@example.com | 6`,
			`row 2 Email: "ana@example.com" → "max@example.com"
			row 3 Email: "" → "ana@example.com"
			row 4 Team Leader: "ana@example.com" → "ana@example.com"`,
		},
		"leader-ambiguous": {
			`User ID | Email | Team Leader
			@1 | max@example.com |
			@6 | ana@example.com |
			@4 | bo@example.com | ana@example.com
			@3 | eva@example.com | ana@example.com`,
			`row 2 Email: "ana@example.com" → "max@example.com"
			row 3 Email: "" → "ana@example.com"
			C4 · Team Leader · "ana@example.com" leader-ambiguous: This can mean two people: Max Silva (6) and Ana Silva (ana@example.com).`,
		},
		"leader-cycle": {
			`User ID | Can Manage Team | Team Leader
			@2 | y | 3
			@3 | y | 4
			@4 | y | 2
			@5 | n | 2`,
			`C2 · Team Leader · "3" leader-cycle: These people would lead each other in a circle: Rui Silva (rui@example.com) → Eva Silva (eva@example.com) → Bo Silva (bo@example.com) → Rui Silva (rui@example.com).
			row 2 Can Manage Team: "n" → "y"
			C3 · Team Leader · "4" leader-cycle: These people would lead each other in a circle: Rui Silva (rui@example.com) → Eva Silva (eva@example.com) → Bo Silva (bo@example.com) → Rui Silva (rui@example.com).
			row 3 Can Manage Team: "n" → "y"
			C4 · Team Leader · "2" leader-cycle: These people would lead each other in a circle: Rui Silva (rui@example.com) → Eva Silva (eva@example.com) → Bo Silva (bo@example.com) → Rui Silva (rui@example.com).
			row 4 Can Manage Team: "n" → "y"
			row 5 Team Leader: "" → "rui@example.com"`,
		},
		"managers are locked": {
			`User ID | Can Manage Team | Team Leader | Deactivated
			@1 | n | 6 | y
			@6 | y | nobody | n`,
			`B2 · Can Manage Team · "n" manager-demotion-locked: Ana Silva can manage a team, so their Can Manage Team cannot be set to "n" in a file.
			C2 · Team Leader · "6" manager-leader-locked: Ana Silva can manage a team, so their Team Leader cannot be changed in a file.
			D2 · Deactivated · "y" manager-deactivation-locked: Ana Silva can manage a team, so they cannot be deactivated in a file.
			C3 · Team Leader · "nobody" manager-leader-locked: Max Silva can manage a team, so their Team Leader cannot be changed in a file.`,
		},
		"nobody is deactivated who keeps active reports": {
			`User ID | Deactivated
			@5 | y`,
			`B2 · Deactivated · "y" manager-deactivation-locked: Cy Silva cannot be deactivated while 1 active person is still led by them.`,
		},
		"who is deactivated already is no active report, wherever they go": {
			`User ID | Deactivated | Team Leader
			@5 | y |
			@8 | y | ana@example.com`,
			`B2 · Deactivated · "y" manager-deactivation-locked: Cy Silva cannot be deactivated while 1 active person is still led by them.
			row 3 Team Leader: "cy@example.com" → "ana@example.com"`,
		},
		"deactivated with all reports": {
			`User ID | Deactivated
			@5 | y
			@4 | y`,
			`row 2 Deactivated: "n" → "y"
			row 3 Deactivated: "n" → "y"`,
		},
		"a report who is refused another leader stays": {
			`User ID | Deactivated | Team Leader
			@5 | y |
			@4 | n | ghost`,
			`B2 · Deactivated · "y" manager-deactivation-locked: Cy Silva cannot be deactivated while 1 active person is still led by them.
			C3 · Team Leader · "ghost" leader-not-found: No active team leader has this email or employee ID.`,
		},
		"a report whose new leader cannot lead stays, too": {
			`User ID | Deactivated | Team Leader
			@5 | y |
			@4 | n | rui@example.com`,
			`B2 · Deactivated · "y" manager-deactivation-locked: Cy Silva cannot be deactivated while 1 active person is still led by them.
			C3 · Team Leader · "rui@example.com" leader-not-manager: Rui Silva (rui@example.com) cannot be a team leader: their Can Manage Team is "n".`,
		},
		"who is kept from being deactivated can lead": {
			`User ID | Deactivated | Can Manage Team | Team Leader
			@5 | y | y |
			@2 | n | n | 5`,
			`B2 · Deactivated · "y" manager-deactivation-locked: Cy Silva cannot be deactivated while 1 active person is still led by them.
			row 2 Can Manage Team: "n" → "y"
			row 3 Team Leader: "ana@example.com" → "cy@example.com"`,
		},
		"reactivated under a leader who cannot lead": {
			`User ID | Deactivated
			@8 | n`,
			`B2 · Deactivated · "n" leader-not-manager: This person cannot be made active again while the Can Manage Team of their team leader, Cy Silva (cy@example.com), is "n".`,
		},
		"reactivated under another leader": {
			`User ID | Deactivated | Team Leader
			@8 | n | 00123`,
			`row 2 Team Leader: "cy@example.com" → "ana@example.com"
			row 2 Deactivated: "y" → "n"`,
		},
		"enumerations, roles, groups, lengths, characters": {
			`User ID | Role | License Type | Groups | First Name | Phone Channel | Hometown
			@2 | Agnet | flexibel | Biling | Rui` + "\u202e" + ` | perhaps | ` + strings.Repeat("x", 201) + `
			@3 | temp | STANDARD | vip;billing | Eva | y |`,
			`B2 · Role · "Agnet" role-unknown: There is no role with this name. Did you mean Agent?
			C2 · License Type · "flexibel" value-not-allowed: License Type can only be "standard" or "flexible". Did you mean flexible?
			D2 · Groups · "Biling" group-unknown: There is no group named "Biling". Did you mean Billing?
			E2 · First Name · "Rui\u202e" bad-character: First Name has a character that it cannot hold: U+202E (right-to-left override). Did you mean Rui?
			F2 · Phone Channel · "perhaps" value-not-allowed: Phone Channel can only be "y" or "n".
			G2 · Hometown · "` + strings.Repeat("x", 201) + `" too-long: Hometown has 201 characters; it can have at most 200.
			B3 · Role · "temp" role-unknown: The role "Temp" is no longer active, so it cannot be given to anybody.
			row 3 Groups: "" → "Billing;VIP"`,
		},
		"ragged and blank rows, cells beyond the header": {
			`User ID | Hometown | | Bio
			@2
			.
			@3 | Porto | | b | | 
			@4 | Faro | note | | | beyond`,
			`row 4 Hometown: "" → "Porto"
			row 4 Bio: "" → "b"
			row 5 Hometown: "" → "Faro"
			file C1 ·  · "note" header-unknown: This column has values but no header in row 1.
			file F1 ·  · "beyond" header-unknown: This column has values but no header in row 1.`,
		},
		"versions that are none": {
			`User ID | Version | Hometown
			@2 | 4 | A
			@3 | x |
			@4 | 3 | B
			@5 | 0 |
			@6 | | C
			@8 | 4 |`,
			`B2 · Version · "4" value-not-allowed: This is not a version of the profile, which is at 3 today: nobody edits Version.
			row 2 Hometown: "" → "A"
			B3 · Version · "x" value-not-allowed: This is not a version of the profile, which is at 3 today: nobody edits Version.
			row 4 Hometown: "" → "B"
			B5 · Version · "0" value-not-allowed: This is not a version of the profile, which is at 3 today: nobody edits Version.
			row 6 Hometown: "" → "C"
			B7 · Version · "4" value-not-allowed: This is not a version of the profile, which is at 3 today: nobody edits Version.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, how := range []mode{byKey, whole} {
				org := theTeam()
				got := org.check(t, sheetOf(test.table), how).say()
				if diff := cmp.Diff(lines(test.want), lines(shorten(got))); diff != "" {
					t.Errorf("%s (-want +got):\n%s", how, diff)
				}
			}
		})
	}
}

// An employee ID without leading zeros is nobody's if it could be two people's,
// and the person's who has just that.
func TestZerosLostOfSeveral(t *testing.T) {
	t.Parallel()
	org := newTeam(agent(1, "Ana", "", "007"), agent(2, "Rui", "", "07"), agent(3, "Eva", "", "8"), agent(4, "Bo", "", "0008"), agent(5, "Cy", "", "00"))
	want := `A2 · Employee ID · "7" user-not-found: Nobody in the team has this Employee ID.
		row 3 Hometown: "" → "B"
		A4 · Employee ID · "0" employee-id-damaged: This Employee ID has lost its leading zeros: a spreadsheet program took it for a number. Did you mean 00?
		A5 · Employee ID · "0" employee-id-damaged: This Employee ID has lost its leading zeros: a spreadsheet program took it for a number. Did you mean 00?`
	for _, how := range []mode{byKey, whole} {
		got := org.check(t, sheetOf("Employee ID | Hometown \n 7 | A \n 8 | B \n 0 | C \n 0 | D"), how).say()
		if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", how, diff)
		}
	}
}

// Whoever is kept from being deactivated is kept by their leader, and so on.
func TestDeactivationsThatKeepEachOther(t *testing.T) {
	t.Parallel()
	org := newTeam(agent(1, "Ana", "", "1"), agent(2, "Rui", "", "2", under(1)), agent(3, "Eva", "", "3", under(2)))
	want := `B2 · Deactivated · "y" manager-deactivation-locked: Rui Silva cannot be deactivated while 1 active person is still led by them.
		B3 · Deactivated · "y" manager-deactivation-locked: Ana Silva cannot be deactivated while 1 active person is still led by them.`
	for _, how := range []mode{byKey, whole} {
		got := org.check(t, sheetOf("User ID | Deactivated \n @2 | y \n @1 | y"), how).say()
		if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", how, diff)
		}
	}
}

// A circle may close through people whom the file does not mention.
func TestCircleOutsideTheFile(t *testing.T) {
	t.Parallel()
	const circle = `leader-cycle: These people would lead each other in a circle: Ana Silva (1) → Eva Silva (eva@example.com) → Rui Silva (2) → Ana Silva (1).`
	for table, want := range map[string]string{
		"User ID | Team Leader \n @1 | 3":               `B2 · Team Leader · "3" ` + circle,
		"User ID | Team Leader \n @1 | eva@example.com": `B2 · Team Leader · "eva@example.com" ` + circle,
		"User ID | Team Leader | Employee ID \n @1 | 33 | 1 \n @3 | 2 | 33": `B2 · Team Leader · "33" ` + circle + `
			row 3 Employee ID: "3" → "33"`,
	} {
		org := newTeam(agent(1, "Ana", "", "1"), agent(2, "Rui", "", "2", under(1)), agent(3, "Eva", "eva@example.com", "3", leads, under(2)))
		for _, how := range []mode{byKey, whole} {
			got := org.check(t, sheetOf(table), how).say()
			if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", how, diff)
			}
		}
	}
}

// shorten writes ids as the tables do.
func shorten(said string) string {
	for n := range 100 {
		said = strings.ReplaceAll(said, idOf(n).String(), cellName(n))
	}
	return said
}

func cellName(n int) string { return "@" + strings.TrimLeft(problem.CellAddress(0, n), "A") }

func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
