package profile

import "teamsheet/internal/problem"

// Field is a column of the sheet and the fact of a profile behind it.
type Field uint8

// The fields in the order of the sheet (CONTRACT §2).
const (
	UserID Field = iota
	Email
	EmployeeID
	FirstName
	LastName
	RoleName
	CanManageTeam
	LicenseType
	TeamLeader
	PhoneChannel
	ChatChannel
	EmailChannel
	EmploymentStatus
	StartDate
	Hometown
	StateOrCountry
	Bio
	Groups
	Deactivated
	Version
	FieldCount = iota
)

// Fields is a set of fields.
type Fields uint32

func (s Fields) Has(f Field) bool    { return s&(1<<f) != 0 }
func (s Fields) With(f Field) Fields { return s | 1<<f }

// Column describes one column of the sheet; the table of all of them is the one
// source for parsing, rules, download, help text and documentation.
type Column struct {
	Field     Field
	Header    string // as written in a sheet
	JSON      string // key in the API: the header in snake_case
	Required  bool   // must be filled in every row (email / employee ID: one of the two; see rules)
	Key       bool   // identifies the row and is never edited: User ID and Version have ReadOnly
	ReadOnly  bool
	MaxLen    int      // in characters (code points); 0: bounded by Choices or format
	Choices   []string // the allowed values as written: y/n, license types, employment status; nil otherwise
	Multiline bool     // TAB and line breaks are allowed: Bio alone
	Help      string   // one sentence or two for people: what to enter
}

// Columns is the table, in the order of the sheet. Read-only.
func Columns() []Column { panic("todo") }

// ColumnOf returns the row of the table.
func ColumnOf(f Field) *Column { panic("todo") }

// FieldByHeader finds a column by its header: case and outer spaces do not matter.
func FieldByHeader(header string) (Field, bool) { panic("todo") }

// Directory knows the roles and groups of an organization by id and by name (any case).
type Directory struct{}

func NewDirectory(roles []Role, groups []Group) *Directory { panic("todo") }
func (d *Directory) Role(id int32) (Role, bool)            { panic("todo") }
func (d *Directory) RoleByName(name string) (Role, bool)   { panic("todo") }
func (d *Directory) Group(id int32) (Group, bool)          { panic("todo") }
func (d *Directory) GroupByName(name string) (Group, bool) { panic("todo") }
func (d *Directory) Roles() []Role                         { panic("todo") } // by name
func (d *Directory) Groups() []Group                       { panic("todo") } // by name

// Text returns what a download writes for the field today (before the formula
// escape, which is the sheet's business): "y"/"n", the role's name, the leader's
// key, group names joined by ";" in the order of their names, the version in
// decimal.
func Text(p *Profile, f Field, d *Directory) string { panic("todo") }

// AppendText is Text into a buffer, without allocation.
func AppendText(dst []byte, p *Profile, f Field, d *Directory) []byte { panic("todo") }

// Clean brings a cell as read from a sheet, a form or JSON into stored form:
// NFC, line breaks as LF, outer Unicode space trimmed. trimmed tells whether
// space was taken off. A clean ASCII cell is returned as it is, without allocation.
func Clean(cell []byte) (clean []byte, trimmed bool) { panic("todo") }

// EmailKey is the key by which emails are the same: domain lower-cased (IDNA),
// local part NFC and ASCII-lower-cased, nothing more. "" for "".
func EmailKey(email string) string { panic("todo") }

// Finding is what a rule says about a value, before anybody knows where it stands.
type Finding struct {
	Code        problem.Code
	Message     string
	Fix         string
	Suggestions []string
}

// At places the finding.
func (f Finding) At(row, column int, field Field, value string) problem.Problem { panic("todo") }

// Set parses the clean text of one cell by the rules that need only the cell and
// the directory and sets the field of p. Every violated rule is in findings
// (nil: fine); with findings, p is untouched. Setting "" clears an optional
// field; for a required one it is required-empty. It does not look at other
// fields (email or employee ID: see CheckWhole), UserID and Version are ignored,
// and TeamLeader is not set here: it needs the team (package plan).
func Set(p *Profile, f Field, clean string, d *Directory) (findings []Finding) { panic("todo") }

// Incomplete returns the required fields that p lacks (email and employee ID both
// missing: Email). Empty for a complete profile.
func Incomplete(p *Profile) Fields { panic("todo") }

// Same reports whether a clean cell text means what p has today in that field:
// exactly what the download writes, or the same by the field's own comparison
// (y/yes/true, case of role, group, license and employment names, order of
// groups). TeamLeader: exact or same email key.
func Same(p *Profile, f Field, clean string, d *Directory) bool { panic("todo") }

// DisplayName is "First Last", else email, else employee ID, else the id.
func DisplayName(p *Profile) string { panic("todo") }

// SortKey orders people by last then first name for lists, in any script, with
// nothing but byte order: lower-cased, NFKD without marks, at most 120 bytes of
// whole characters.
func SortKey(p *Profile) string { panic("todo") }

// Nearest returns up to max of the candidates that are so near to value that a
// person would say "did you mean", nearest first.
func Nearest(value string, candidates []string, max int) []string { panic("todo") }
