package profile

import (
	"slices"
	"strings"
)

// Column describes one column of the sheet; the table of all of them is the one
// source for parsing, rules, download, help text and documentation.
type Column struct {
	Field     Field
	Header    string   // as written in a sheet
	JSON      string   // key in the API: the header in snake_case
	Required  bool     // must be filled in every row (of Email and Employee ID one: CheckWhole)
	Key       bool     // identifies the row: User ID
	ReadOnly  bool     // never edited: User ID and Version
	MaxLen    int      // in characters (code points); 0: bounded by Choices or format
	Choices   []string // the allowed values as written: y/n, license types, employment status; nil otherwise
	Multiline bool     // TAB and line breaks are allowed: Bio alone
	Help      string   // one sentence or two for people: what to enter
}

// The columns that the fix-up file adds: known in an upload, and ignored.
const (
	ResultHeader   = "Result"
	ProblemHeader  = "Problem"
	HowToFixHeader = "How to fix"
)

// Longest texts, in characters (CONTRACT §2). An email's is RFC 5321 §4.5.3.1.3
// less the angle brackets.
const (
	longestEmail = 254
	longestText  = 200
	longestBio   = 10_000
)

// table is the column table, in the order of the sheet; table[f].Field == f.
// Nothing writes to it.
var table = [FieldCount]Column{
	{Field: UserID, Header: "User ID", JSON: "user_id", Key: true, ReadOnly: true,
		Help: "Says whose row this is. It never changes: leave it as it was downloaded."},
	{Field: Email, Header: "Email", JSON: "email", MaxLen: longestEmail,
		Help: "The person's email, such as name@example.com. Nobody else in the organization can have it; capital letters make no difference."},
	{Field: EmployeeID, Header: "Employee ID", JSON: "employee_id", MaxLen: longestText,
		Help: "The person's employee ID, exactly as it is written: leading zeros matter. Nobody else in the organization can have it."},
	{Field: FirstName, Header: "First Name", JSON: "first_name", Required: true, MaxLen: longestText,
		Help: "The person's first name."},
	{Field: LastName, Header: "Last Name", JSON: "last_name", Required: true, MaxLen: longestText,
		Help: "The person's last name."},
	{Field: RoleName, Header: "Role", JSON: "role", Required: true,
		Help: "The name of one of the organization's active roles."},
	{Field: CanManageTeam, Header: "Can Manage Team", JSON: "can_manage_team", Required: true, Choices: yesNo(),
		Help: "Enter y if the person can be a team leader, n if not. Going from y to n is done on the person's own profile."},
	{Field: LicenseType, Header: "License Type", JSON: "license_type", Required: true, Choices: []string{LicenseStandard, LicenseFlexible},
		Help: "The kind of license that the person uses."},
	{Field: TeamLeader, Header: "Team Leader", JSON: "team_leader",
		Help: "The email or employee ID of the person's team leader: somebody active whose Can Manage Team is y. Empty: unassigned."},
	{Field: PhoneChannel, Header: "Phone Channel", JSON: "phone_channel", Required: true, Choices: yesNo(),
		Help: "Enter y if the person answers phone calls, n if not."},
	{Field: ChatChannel, Header: "Chat Channel", JSON: "chat_channel", Required: true, Choices: yesNo(),
		Help: "Enter y if the person answers chats, n if not."},
	{Field: EmailChannel, Header: "Email Channel", JSON: "email_channel", Required: true, Choices: yesNo(),
		Help: "Enter y if the person answers emails, n if not."},
	{Field: EmploymentStatus, Header: "Employment Status", JSON: "employment_status", Choices: []string{"full-time", "part-time", "temp"},
		Help: "How the person is employed."},
	{Field: StartDate, Header: "Start Date", JSON: "start_date",
		Help: "The person's first day, as year-month-day: 2026-04-03 is 3 April 2026."},
	{Field: Hometown, Header: "Hometown", JSON: "hometown", MaxLen: longestText,
		Help: "Where the person comes from."},
	{Field: StateOrCountry, Header: "State or Country", JSON: "state_or_country", MaxLen: longestText,
		Help: "The state or country of the hometown."},
	{Field: Bio, Header: "Bio", JSON: "bio", MaxLen: longestBio, Multiline: true,
		Help: "A few words about the person. It may have tabs and line breaks."},
	{Field: Groups, Header: "Groups", JSON: "groups",
		Help: "The names of the person's groups, separated by \";\". Their order makes no difference."},
	{Field: Deactivated, Header: "Deactivated", JSON: "deactivated", Required: true, Choices: yesNo(),
		Help: "Enter y if the person is deactivated, n if active. Somebody who manages a team is deactivated on their own profile."},
	{Field: Version, Header: "Version", JSON: "version", ReadOnly: true,
		Help: "How often the profile had been changed when the sheet was downloaded. It shows who changed the same cell since: leave it as it was downloaded."},
}

func yesNo() []string { return []string{"y", "n"} }

// Columns is the table, in the order of the sheet. Read-only.
func Columns() []Column { return table[:] }

// ColumnOf returns the row of the table. Read-only.
func ColumnOf(f Field) *Column { return &table[f] }

// FieldByHeader finds a column by its header: case and outer spaces do not matter.
func FieldByHeader(header string) (Field, bool) {
	name := cleanText(header)
	at := slices.IndexFunc(table[:], func(c Column) bool { return strings.EqualFold(c.Header, name) })
	return Field(max(at, 0)), at >= 0
}

// FieldByJSON finds a column by its key in the API, exactly as written there.
func FieldByJSON(key string) (Field, bool) {
	at := slices.IndexFunc(table[:], func(c Column) bool { return c.JSON == key })
	return Field(max(at, 0)), at >= 0
}

// IsFixUpHeader reports whether a header is one of the three that the fix-up
// file adds: case and outer spaces do not matter.
func IsFixUpHeader(header string) bool {
	name := cleanText(header)
	return slices.ContainsFunc([]string{ResultHeader, ProblemHeader, HowToFixHeader}, func(known string) bool {
		return strings.EqualFold(name, known)
	})
}
