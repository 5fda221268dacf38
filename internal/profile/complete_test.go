package profile

import (
	"testing"

	"teamsheet/internal/problem"
)

func TestIncomplete(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*Profile)
		want   Fields
	}{
		{"complete", func(*Profile) {}, 0},
		{"employee ID alone", func(p *Profile) { p.Email = "" }, 0},
		{"email alone", func(p *Profile) { p.EmployeeID = "" }, 0},
		{"neither", func(p *Profile) { p.Email, p.EmployeeID = "", "" }, FieldsOf(Email)},
		{"no optional field", func(p *Profile) {
			*p = Profile{Email: "a@b.cc", FirstName: "A", LastName: "B", RoleID: 1, LicenseType: "standard"}
		}, 0},
		{"nothing", func(p *Profile) { *p = Profile{} }, FieldsOf(Email, FirstName, LastName, RoleName, LicenseType)},
	}
	for _, test := range tests {
		p := testProfile()
		test.change(p)
		diff(t, test.name, Incomplete(p), test.want)
	}
}

func TestCheckWhole(t *testing.T) {
	t.Parallel()
	const empty = "Email and Employee ID are both empty"
	all := FieldsOf(Email, EmployeeID, FirstName, LastName, RoleName, LicenseType, Deactivated)
	bare := Profile{Email: "a@b.cc", LastName: "B", LicenseType: "standard", Deactivated: true}
	with := func(p Profile, change func(*Profile)) *Profile { change(&p); return &p }
	finding := func(f Field, message, fix string) []FieldFinding {
		return []FieldFinding{{f, Finding{Code: problem.RequiredEmpty, Message: message, Fix: fix}}}
	}
	noKeys := func(p *Profile) { p.Email, p.EmployeeID = "", "" }
	activate := func(p *Profile) { p.Deactivated = false }
	tests := []struct {
		name          string
		before, after *Profile
		present       Fields
		want          []FieldFinding
	}{
		{"nothing to say", testProfile(), testProfile(), all, nil},
		{"no email left, employee ID stays", testProfile(), with(*testProfile(), func(p *Profile) { p.Email = "" }), all, nil},
		{"neither left", testProfile(), with(*testProfile(), noKeys), FieldsOf(Email), finding(Email, empty+".", "Enter one of the two.")},
		{"neither, and the file has neither column", with(*testProfile(), noKeys), with(*testProfile(), noKeys), FieldsOf(Hometown), nil},
		{"neither, deactivated", with(bare, noKeys), with(bare, noKeys), all, finding(Email, empty+". Every row of the file needs it, a deactivated person's too.",
			"Enter one of the two, or take the row out of the file: a person without a row stays as they are.")},
		{"deactivated stays incomplete", &bare, &bare, FieldsOf(Deactivated), nil},
		{"reactivated, columns missing", &bare, with(bare, func(p *Profile) { activate(p); p.RoleID = 1 }), FieldsOf(Deactivated),
			finding(FirstName, "This person cannot be made active again while their First Name is empty.",
				`Enter the person's first name, in a column of this file or on their own profile first, or leave Deactivated at "y".`)},
		{"reactivated, cells judged by Set", &bare, with(bare, activate), all, nil},
		{"reactivated without a key", with(*testProfile(), func(p *Profile) { noKeys(p); p.Deactivated = true }), with(*testProfile(), noKeys), FieldsOf(Deactivated),
			finding(Email, "This person cannot be made active again while their Email and Employee ID are both empty.",
				`Enter one of the two, in a column of this file or on their own profile first, or leave Deactivated at "y".`)},
		{"reactivated, filled in the same file", &bare, with(bare, func(p *Profile) { activate(p); p.RoleID, p.FirstName = 1, "A" }), all, nil},
	}
	for _, test := range tests {
		diff(t, test.name, CheckWhole(test.before, test.after, test.present), test.want)
	}
}
