package profile

// Incomplete returns the required fields that p lacks (email and employee ID both
// missing: Email). Empty for a complete profile.
func Incomplete(p *Profile) Fields {
	var missing Fields
	if p.Email == "" && p.EmployeeID == "" {
		missing = missing.With(Email)
	}
	if p.RoleID == 0 {
		missing = missing.With(RoleName)
	}
	for _, f := range []Field{FirstName, LastName, LicenseType} {
		if *textField(p, f) == "" {
			missing = missing.With(f)
		}
	}
	return missing
}

// FieldFinding is a finding about one field of a profile as a whole.
type FieldFinding struct {
	Field Field
	Finding
}

// CheckWhole judges what no single cell shows, on the profile before and as the
// row would leave it: a person needs an email or an employee ID, and somebody who
// is made active again needs every required field. present are the columns that
// the file, form or call has: a file without Email and Employee ID says nothing
// about either, but reactivating asks for all. Fields in present whose cells were
// empty and required have had their own finding from Set; they are not repeated.
func CheckWhole(before, after *Profile, present Fields) []FieldFinding {
	var findings []FieldFinding
	reactivated := before.Deactivated && !after.Deactivated
	for f := range Incomplete(after).All() {
		switch {
		case f == Email && (present.Has(Email) || present.Has(EmployeeID)):
			findings = append(findings, FieldFinding{f, EmailOrEmployeeIDEmpty(after.Deactivated)})
		case reactivated && !present.Has(f):
			findings = append(findings, FieldFinding{f, ReactivatedIncomplete(f, false)})
		}
	}
	return findings
}
