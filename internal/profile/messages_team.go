package profile

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"teamsheet/internal/problem"
)

// Messages about a row among the others of the file and the people of the team.
// People are named by their Label, rows as the spreadsheet numbers them. A link
// is the address of a person's own profile; "" leaves it out.

// UserNotFound: nobody has the User ID, Email or Employee ID that the row is
// matched by.
func UserNotFound(by Field, suggestions []string) Finding {
	finding := Finding{Code: problem.UserNotFound, Suggestions: suggestions,
		Message: fmt.Sprintf("Nobody in the team has this %s.", ColumnOf(by).Header),
		Fix:     "Enter the one that the person has today, or take the row out. Bulk Update Users cannot add new people."}
	if by == UserID {
		finding.Fix = "Copy the User ID from a fresh download, or take the row out. Bulk Update Users cannot add new people."
	}
	return finding
}

// UserNotNamed: a row without anything that tells whose it is.
func UserNotNamed() Finding {
	return Finding{Code: problem.UserNotFound,
		Message: "This row does not say whose it is: User ID, Email and Employee ID are empty or not in the file.",
		Fix:     "Copy the User ID from a fresh download, or take the row out."}
}

// UserDuplicate: earlier rows are for the same person.
func UserDuplicate(rows []int) Finding {
	return Finding{Code: problem.UserDuplicate,
		Message: fmt.Sprintf("This row is for the same person as %s.", rowsNamed(rows)),
		Fix:     "Keep one row for each person and take the others out."}
}

// KeyAmbiguous: a row without User ID whose email and employee ID are two people's.
func KeyAmbiguous(emailHolder, employeeIDHolder string) Finding {
	return Finding{Code: problem.KeyAmbiguous,
		Message: fmt.Sprintf("This row could be for two people: the Email is that of %s, the Employee ID that of %s.", emailHolder, employeeIDHolder),
		Fix:     "Correct one of the two, or add the User ID column from a fresh download."}
}

// EmailTaken: the email is that of a person outside the file.
func EmailTaken(holder string) Finding {
	return taken(problem.EmailTaken, Email, holder)
}

// EmployeeIDTaken: the employee ID is that of a person outside the file.
func EmployeeIDTaken(holder string) Finding {
	return taken(problem.EmployeeIDTaken, EmployeeID, holder)
}

func taken(code problem.Code, f Field, holder string) Finding {
	header := ColumnOf(f).Header
	return Finding{Code: code,
		Message: fmt.Sprintf("This %s already belongs to %s.", header, holder),
		Fix:     fmt.Sprintf("Enter another %s, or change the %s of %s too.", header, header, holder)}
}

// EmailDuplicate: other rows of the file have the same email.
func EmailDuplicate(rows []int) Finding {
	finding := duplicate(problem.EmailDuplicate, Email, rows)
	finding.Fix += " Capital letters make no difference."
	return finding
}

// EmployeeIDDuplicate: other rows of the file have the same employee ID.
func EmployeeIDDuplicate(rows []int) Finding {
	return duplicate(problem.EmployeeIDDuplicate, EmployeeID, rows)
}

// Keeper is the row of somebody who has an email or employee ID today and keeps
// it though their cell holds something else: because that change has a problem,
// or because the cell was not edited and the value is newer than the download.
type Keeper struct {
	Row   int
	Newer bool
}

// EmailKept: the row of the email's holder does not give it up. rows are the
// other rows that bring it too; there may be none.
func EmailKept(rows []int, keeper Keeper) Finding {
	return kept(EmailDuplicate(rows), Email, rows, keeper)
}

// EmployeeIDKept: the same for an employee ID.
func EmployeeIDKept(rows []int, keeper Keeper) Finding {
	return kept(EmployeeIDDuplicate(rows), EmployeeID, rows, keeper)
}

// kept adds to a duplicate, if there are other rows, who keeps the value.
func kept(finding Finding, f Field, rows []int, keeper Keeper) Finding {
	header, row := ColumnOf(f).Header, inDigits(keeper.Row)
	begin, what := "", "this "+header
	if len(rows) > 0 {
		begin, what = finding.Message+" ", "it"
	}
	why, fix := "because its own change has a problem", fmt.Sprintf("Mend row %s first, or enter another %s here.", row, header)
	if keeper.Newer {
		why, fix = "which was given to its person after the sheet was downloaded", fmt.Sprintf("Enter another %s here or in row %s.", header, row)
	}
	finding.Message = fmt.Sprintf("%sRow %s keeps %s, %s.", begin, row, what, why)
	finding.Fix = fix
	return finding
}

func duplicate(code problem.Code, f Field, rows []int) Finding {
	has := "has"
	if len(rows) > 1 {
		has = "have"
	}
	return Finding{Code: code,
		Message: fmt.Sprintf("%s %s this %s too.", capital(rowsNamed(rows)), has, ColumnOf(f).Header),
		Fix:     fmt.Sprintf("Leave this %s in one row alone and enter another one in the rest.", ColumnOf(f).Header)}
}

// LeaderNotFound: nobody has this email or employee ID.
func LeaderNotFound(suggestions []string) Finding {
	return Finding{problem.LeaderNotFound, "No active team leader has this email or employee ID.",
		`Enter one whose Can Manage Team is "y".`, suggestions}
}

// LeaderNotGiven: people are to be moved, and it is not said to whom.
func LeaderNotGiven() Finding {
	return Finding{Code: problem.RequiredEmpty,
		Message: "Choose who leads them from now on.",
		Fix:     "Enter the email, employee ID or name of an active team leader, or choose that nobody leads them."}
}

// LeaderNameShared: a name that several team leaders have; more: there are
// others besides those suggested.
func LeaderNameShared(suggestions []string, more bool) Finding {
	finding := Finding{Code: problem.LeaderAmbiguous,
		Message: "More than one team leader is found by this name.",
		Fix:     "Enter the email or employee ID of the one who is meant.", Suggestions: suggestions}
	if more {
		finding.Message = "Many team leaders may be found by this name."
		finding.Fix, finding.Suggestions = "Enter more of the name, or an email or employee ID.", nil
	}
	return finding
}

// LeaderAmbiguous: the text is one person's email or employee ID and another's too.
// On the own page no file changes whose it is.
func LeaderAmbiguous(one, other string, ownPage bool) Finding {
	when := ", today and after this file"
	if ownPage {
		when = ""
	}
	return Finding{Code: problem.LeaderAmbiguous,
		Message: fmt.Sprintf("This can mean two people: %s and %s.", one, other),
		Fix:     "Enter an email or employee ID that only one of them has" + when + "."}
}

// LeaderInactive: the leader is deactivated, by the given row of the file if it is
// not 0.
func LeaderInactive(leader string, row int) Finding {
	finding := Finding{Code: problem.LeaderInactive,
		Message: leader + " is deactivated and so cannot be a team leader.",
		Fix:     `Enter an active person whose Can Manage Team is "y".`}
	if row > 0 {
		finding.Message = fmt.Sprintf("Row %s deactivates %s, who then cannot be a team leader.", inDigits(row), leader)
	}
	return finding
}

// LeaderNotManager: the leader's Can Manage Team is n, or becomes so by the given
// row of the file if it is not 0.
func LeaderNotManager(leader string, row int) Finding {
	finding := Finding{Code: problem.LeaderNotManager,
		Message: fmt.Sprintf(`%s cannot be a team leader: their Can Manage Team is "n".`, leader),
		Fix:     fmt.Sprintf(`Enter somebody whose Can Manage Team is "y", or set it to "y" for %s too.`, leader)}
	if row > 0 {
		finding.Message = fmt.Sprintf(`%s cannot be a team leader: row %s sets their Can Manage Team to "n".`, leader, inDigits(row))
	}
	return finding
}

// LeaderSelf: a person who would lead themself.
func LeaderSelf() Finding {
	return Finding{Code: problem.LeaderSelf,
		Message: "A person cannot be their own team leader.",
		Fix:     "Enter another person's email or employee ID, or leave the cell empty for no team leader."}
}

// LeaderCycle: a chain of leaders that comes back to where it began. people are
// those on it, each led by the next, the last by the first.
func LeaderCycle(people []string) Finding {
	return Finding{Code: problem.LeaderCycle,
		Message: fmt.Sprintf("These people would lead each other in a circle: %s.", circle(people)),
		Fix:     "Give one of them a team leader from outside the circle, or none."}
}

// circle writes the first people of a circle and how many come before it closes.
func circle(people []string) string {
	const most = 8
	if len(people) == 0 {
		return ""
	}
	closed := append(people[:len(people):len(people)], people[0])
	if hidden := len(people) - most; hidden > 1 {
		closed = append(people[:most:most], count(hidden, "more", "more"), people[0])
	}
	return strings.Join(closed, " → ")
}

// ManagerLeaderLocked: a file changes the team leader of somebody who manages a
// team. today is what the download writes in the cell.
func ManagerLeaderLocked(name, today, link string) Finding {
	restore := "Empty this cell again."
	if today != "" {
		restore = fmt.Sprintf("Put %s back into this cell.", quoteWhole(today))
	}
	return locked(problem.ManagerLeaderLocked, name, "their Team Leader cannot be changed in a file", restore, "Change it", link)
}

// ManagerDeactivationLocked: a file deactivates somebody who manages a team.
func ManagerDeactivationLocked(name, link string) Finding {
	return locked(problem.ManagerDeactivationLocked, name, "they cannot be deactivated in a file",
		`Put "n" back into this cell.`, "Deactivate them", link)
}

// ManagerDemotionLocked: a file takes Can Manage Team from somebody.
func ManagerDemotionLocked(name, link string) Finding {
	return locked(problem.ManagerDemotionLocked, name, `their Can Manage Team cannot be set to "n" in a file`,
		`Put "y" back into this cell.`, "Set it", link)
}

// locked says what is done on a manager's own profile alone.
func locked(code problem.Code, name, what, restore, do, link string) Finding {
	return Finding{Code: code,
		Message: fmt.Sprintf("%s can manage a team, so %s.", name, what),
		Fix:     fmt.Sprintf("%s %s on their own profile, after their direct reports have been moved to another team leader%s", restore, do, end(link))}
}

// end ends a sentence with a link, or a full stop: one after a link would be
// taken for a part of it.
func end(link string) string {
	if link == "" {
		return "."
	}
	return ": " + link
}

// KeepsReports: somebody would be deactivated who would still have active direct
// reports, in a file or on their own profile. reports are some of their names,
// total is how many there are.
func KeepsReports(name string, reports []string, total int) Finding {
	return Finding{Code: problem.ManagerDeactivationLocked,
		Message: fmt.Sprintf("%s cannot be deactivated while %s.", name, stillLed(reports, total)),
		Fix:     "Give them another team leader, or deactivate them too."}
}

// KeepsReportsDemoted: the same for losing Can Manage Team, on the own profile.
func KeepsReportsDemoted(name string, reports []string, total int) Finding {
	return Finding{Code: problem.ManagerDemotionLocked,
		Message: fmt.Sprintf(`The Can Manage Team of %s cannot be set to "n" while %s.`, name, stillLed(reports, total)),
		Fix:     "Give them another team leader first."}
}

// stillLed: "2 people are still in their team: Ana Silva and Rui Costa".
func stillLed(reports []string, total int) string {
	are, people := "are", "active people"
	if total == 1 {
		are = "is"
	}
	who := fmt.Sprintf("%s %s still led by them", count(total, "active person", people), are)
	if len(reports) == 0 {
		return who
	}
	named := reports[:min(len(reports), 3)]
	if hidden := total - len(named); hidden > 0 {
		named = append(named[:len(named):len(named)], count(hidden, "more", "more"))
	}
	return who + ": " + series(named, "and")
}

// ReactivatedUnderInactive: somebody becomes active while their team leader, who
// stays the same, is deactivated.
func ReactivatedUnderInactive(leader string) Finding {
	return reactivatedUnder(problem.LeaderInactive, fmt.Sprintf("while their team leader, %s, is deactivated", leader))
}

// ReactivatedUnderNotManager: the same with a leader who cannot manage a team.
func ReactivatedUnderNotManager(leader string) Finding {
	return reactivatedUnder(problem.LeaderNotManager, fmt.Sprintf(`while the Can Manage Team of their team leader, %s, is "n"`, leader))
}

// ReactivatedUnderSelf: the same with a person who is their own leader.
func ReactivatedUnderSelf() Finding {
	return reactivatedUnder(problem.LeaderSelf, "while they are their own team leader")
}

// ReactivatedInCycle: the same where the leaders go in a circle; people as for
// LeaderCycle.
func ReactivatedInCycle(people []string) Finding {
	return reactivatedUnder(problem.LeaderCycle, "while these people lead each other in a circle: "+circle(people))
}

func reactivatedUnder(code problem.Code, why string) Finding {
	return Finding{Code: code,
		Message: fmt.Sprintf("This person cannot be made active again %s.", why),
		Fix:     `Give them another Team Leader too, or leave Deactivated at "y".`}
}

// VersionUnknown: a version that the profile never had. today is the profile's; ""
// leaves it out.
func VersionUnknown(today string) Finding {
	finding := Finding{Code: problem.ValueNotAllowed,
		Message: "This is not a version of the profile: nobody edits Version.",
		Fix:     "Copy the Version of this row from the sheet as it was downloaded, or leave the cell empty."}
	if today != "" {
		finding.Message = fmt.Sprintf("This is not a version of the profile, which is at %s today: nobody edits Version.", today)
	}
	return finding
}

// StaleRow: the file and somebody else changed the same cell to different values.
// by may be "" and when zero where the history does not say.
func StaleRow(f Field, by string, when time.Time, theirs, yours string) Finding {
	theirs, yours = quoteBoth(theirs, yours)
	return Finding{Code: problem.StaleRow,
		Message: fmt.Sprintf("%s. The sheet %s.", changedSince(f, by, when, theirs), wouldHave(yours)),
		Fix:     "Decide which value is right and enter it in the fix-up file or in a fresh download."}
}

// changedSince says who changed a field to what while the sheet was elsewhere.
func changedSince(f Field, by string, when time.Time, quoted string) string {
	what := "changed to " + quoted
	if quoted == "" {
		what = "cleared"
	}
	on := ""
	if !when.IsZero() {
		on = " on " + moment(when)
	}
	return fmt.Sprintf("%s was %s by %s%s, after the sheet was downloaded", ColumnOf(f).Header, what, cmp.Or(by, "somebody"), on)
}

func wouldHave(quoted string) string {
	if quoted == "" {
		return "would clear it"
	}
	return "has " + quoted
}

// Trimmed: outer space was taken off.
func Trimmed(f Field) Finding {
	return Finding{Code: problem.Trimmed,
		Message: fmt.Sprintf("The spaces before or after this %s are left out.", ColumnOf(f).Header),
		Fix:     "Nothing needs to be done."}
}

// Cleared: an empty cell empties a field that has a value.
func Cleared(f Field, old string) Finding {
	return Finding{Code: problem.Cleared,
		Message: fmt.Sprintf("This cell is empty, so %s, which is %s today, is cleared.", ColumnOf(f).Header, quote(old)),
		Fix:     "If it is to stay, put the value back into the cell."}
}

// KeptNewer: somebody changed a cell that the file's editor did not touch.
func KeptNewer(f Field, by string, when time.Time, newer string) Finding {
	return Finding{Code: problem.KeptNewer,
		Message: changedSince(f, by, when, quoteFilled(newer)) + ". That stays, because this cell of the sheet was not edited.",
		Fix:     "Nothing needs to be done. If the older value is right, enter it in a fresh download."}
}

// ColumnMostlyChanged: so many cells of a column change that it may have been
// sorted on its own.
func ColumnMostlyChanged(f Field, changed, rows int) Finding {
	return Finding{Code: problem.ColumnMostlyChanged,
		Message: fmt.Sprintf("%s changes in %s of %s.", ColumnOf(f).Header, inDigits(changed), count(rows, "row", "rows")),
		Fix:     "Look at a few of these rows before you confirm: this is what happens when a column is sorted or pasted without the others."}
}
