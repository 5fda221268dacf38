package profile

import "iter"

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

// FieldsOf returns the set of the given fields.
func FieldsOf(fields ...Field) Fields {
	var set Fields
	for _, f := range fields {
		set = set.With(f)
	}
	return set
}

// Has reports whether f is in the set.
func (s Fields) Has(f Field) bool { return s&(1<<f) != 0 }

// With returns the set with f in it.
func (s Fields) With(f Field) Fields { return s | 1<<f }

// All yields the fields of the set in the order of the sheet.
func (s Fields) All() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for f := range Field(FieldCount) {
			if s.Has(f) && !yield(f) {
				return
			}
		}
	}
}

// textField returns where p keeps the text of f; nil for a field that is not
// plain text.
func textField(p *Profile, f Field) *string {
	switch f {
	case Email:
		return &p.Email
	case EmployeeID:
		return &p.EmployeeID
	case FirstName:
		return &p.FirstName
	case LastName:
		return &p.LastName
	case LicenseType:
		return &p.LicenseType
	case EmploymentStatus:
		return &p.EmploymentStatus
	case StartDate:
		return &p.StartDate
	case Hometown:
		return &p.Hometown
	case StateOrCountry:
		return &p.StateOrCountry
	case Bio:
		return &p.Bio
	}
	return nil
}

// flagField returns where p keeps the y/n of f; nil for a field that is not one.
func flagField(p *Profile, f Field) *bool {
	switch f {
	case CanManageTeam:
		return &p.CanManageTeam
	case PhoneChannel:
		return &p.PhoneChannel
	case ChatChannel:
		return &p.ChatChannel
	case EmailChannel:
		return &p.EmailChannel
	case Deactivated:
		return &p.Deactivated
	}
	return nil
}
