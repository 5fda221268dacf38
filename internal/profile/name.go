package profile

import "strings"

// DisplayName is "First Last", else email, else employee ID, else the id.
func DisplayName(p *Profile) string {
	if name := fullName(p); name != "" {
		return name
	}
	if key := personKey(p); key != "" {
		return key
	}
	return p.ID.String()
}

// Label names a person so that they can be told from a namesake:
// "Ana Silva (ana@example.com)".
func Label(p *Profile) string {
	name, key := fullName(p), personKey(p)
	if name == "" || key == "" {
		return DisplayName(p)
	}
	return name + " (" + key + ")"
}

// LeaderKeyOf is what a download writes in the Team Leader cells of p's direct
// reports: p's email, else employee ID.
func LeaderKeyOf(p *Profile) string { return personKey(p) }

func fullName(p *Profile) string { return strings.TrimSpace(p.FirstName + " " + p.LastName) }

func personKey(p *Profile) string {
	if p.Email != "" {
		return p.Email
	}
	return p.EmployeeID
}
