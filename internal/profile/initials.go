package profile

import (
	"strings"
	"unicode"
)

// Initials stand for somebody without a photo: the first letters of first and last
// name, else the first of the email or employee ID; "" where there is none.
func Initials(p *Profile) string {
	names := firstLetter(p.FirstName) + firstLetter(p.LastName)
	if names != "" {
		return names
	}
	if p.Email != "" {
		return firstLetter(p.Email)
	}
	return firstLetter(p.EmployeeID)
}

// firstLetter is the first letter or digit with the marks that belong to it, as a
// capital.
func firstLetter(text string) string {
	var letter strings.Builder
	for _, r := range text {
		switch {
		case letter.Len() > 0 && unicode.IsMark(r):
			letter.WriteRune(r)
		case letter.Len() > 0:
			return letter.String()
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			letter.WriteRune(unicode.ToTitle(r))
		}
	}
	return letter.String()
}
