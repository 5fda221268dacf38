// Package profile is the pure core: what a user profile is, the one table of its
// columns, how a cell is read and written, and the rules that need nothing but
// the cell, the profile and the organization's roles and groups.
//
// The same rules serve a file, a page and the API. Values in, values out: no
// clock, no I/O, no database.
package profile

import (
	"database/sql/driver"
	"fmt"
)

// ID identifies a profile for ever: a UUID. The zero ID is nobody.
type ID [16]byte

// ParseID reads the canonical 36-character form in any case. ok is false for
// anything else.
func ParseID[T string | []byte](text T) (id ID, ok bool) {
	if len(text) != idLength || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return ID{}, false
	}
	var wrong byte
	for i, at := range idDigits {
		high, low := hexDigits[text[at]], hexDigits[text[at+1]]
		wrong |= high | low
		id[i] = high<<4 | low&0x0F
	}
	if wrong&notHex != 0 {
		return ID{}, false
	}
	return id, true
}

// idLength is the length of the canonical form.
const idLength = 36

// idDigits is where the two digits of each byte stand in the canonical form.
var idDigits = [len(ID{})]uint8{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// hexDigits is what each byte of a text stands for as a digit, or notHex.
var hexDigits = func() (digits [256]byte) {
	for i := range digits {
		digits[i] = notHex
	}
	for i := range byte(16) {
		digits["0123456789abcdef"[i]], digits["0123456789ABCDEF"[i]] = i, i
	}
	return digits
}()

const notHex = 0x80

// String returns the canonical lower-case form; "" for the zero ID.
func (id ID) String() string {
	var room [idLength]byte
	return string(id.append(room[:0]))
}

// append writes the canonical form, nothing for the zero ID.
func (id ID) append(dst []byte) []byte {
	if id.IsZero() {
		return dst
	}
	const digits = "0123456789abcdef"
	text := [idLength]byte{8: '-', 13: '-', 18: '-', 23: '-'}
	for i, at := range idDigits {
		text[at], text[at+1] = digits[id[i]>>4], digits[id[i]&0x0F]
	}
	return append(dst, text[:]...)
}

// IsZero reports whether id is nobody's.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText writes the canonical form.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the canonical form; empty text is the zero ID.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID{}
		return nil
	}
	parsed, ok := ParseID(string(text))
	if !ok {
		return fmt.Errorf("not a profile id: %d bytes", len(text))
	}
	*id = parsed
	return nil
}

// Value stores the id as text, NULL for the zero ID.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.String(), nil
}

// Scan reads what Value stored.
func (id *ID) Scan(source any) error {
	switch value := source.(type) {
	case nil:
		*id = ID{}
		return nil
	case string:
		return id.UnmarshalText([]byte(value))
	case []byte:
		if len(value) == len(id) {
			copy(id[:], value)
			return nil
		}
		return id.UnmarshalText(value)
	}
	return fmt.Errorf("not a profile id: %T", source)
}

// License types.
const (
	LicenseStandard = "standard"
	LicenseFlexible = "flexible"
)

// Profile is one person of an organization, every value in its stored form
// (Unicode NFC, trimmed, line breaks as LF).
type Profile struct {
	ID      ID
	Version int64 // counts the saved changes of this profile, from 1

	Email      string // "" if the person has none
	EmployeeID string // exactly as typed; "" if the person has none
	FirstName  string
	LastName   string
	RoleID     int32 // 0: none yet
	// LeaderID is the team leader; zero: unassigned.
	LeaderID ID
	// LeaderKey is what a download writes for LeaderID: the leader's email, else
	// employee ID. It is not stored with the profile: the store joins it.
	LeaderKey string

	LicenseType      string // "", LicenseStandard or LicenseFlexible
	EmploymentStatus string // "", full-time, part-time or temp
	StartDate        string // "" or YYYY-MM-DD
	Hometown         string
	StateOrCountry   string
	Bio              string
	GroupIDs         []int32 // ascending, no duplicates

	CanManageTeam bool
	PhoneChannel  bool
	ChatChannel   bool
	EmailChannel  bool
	Deactivated   bool
}

// Role is a role of an organization. An inactive one cannot be given anew.
type Role struct {
	ID     int32
	Name   string
	Active bool
}

// Group is a group of an organization.
type Group struct {
	ID   int32
	Name string
}
