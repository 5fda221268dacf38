package profile

import (
	"strings"
	"testing"

	"teamsheet/internal/problem"
)

// Whatever may have been stored is found again, and nothing else.
func TestPaddedEmployeeIDs(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"0", "7", "3754", "12345678901234567890"} {
		padded := PaddedEmployeeIDs(typed)
		if len(padded) != mostZeros || padded[0] != "0"+typed {
			t.Errorf("%s: %q", typed, padded)
		}
		for _, stored := range padded {
			if bare, ok := BareEmployeeID(stored); !ok || bare != typed {
				t.Errorf("%s became %q, %v", stored, bare, ok)
			}
		}
	}
	for _, typed := range []string{"", "00", "012", "A12", "1.5", "-1"} {
		if padded := PaddedEmployeeIDs(typed); padded != nil {
			t.Errorf("%s: %q", typed, padded)
		}
	}
	for _, stored := range []string{"", "0", "12", "0A12", strings.Repeat("0", mostZeros+1) + "1"} {
		if bare, ok := BareEmployeeID(stored); ok {
			t.Errorf("%s became %q", stored, bare)
		}
	}
}

func TestEmployeeIDDamage(t *testing.T) {
	t.Parallel()
	const (
		zeros = "This Employee ID has lost its leading zeros: a spreadsheet program took it for a number."
		last  = "The last digits of this Employee ID have turned into zeros: a spreadsheet program took it for a number and kept only 15 digits."
		short = "This Employee ID was shortened by a spreadsheet program, which took it for a number: some of its digits are lost."
		text  = " Format the column as text first, or use the Excel download, whose cells are text already."
	)
	tests := []struct{ stored, typed, message string }{
		{"00123", "123", zeros}, {"000", "0", zeros}, {"00A1", "A1", zeros}, {"007-1", "7-1", zeros},
		{"12345678901234567", "12345678901234500", last}, {"0012345678901234567", "12345678901234500", last},
		{"123457123456789012", "1.23457E+17", short}, {"123456", "1,23E+05", short}, {"123456789012345678", "1.23456789012346E+017", short},
		{"A-17", "1E+05", short}, {"0.00001", "1E-05", short}, {"x", "-1.5e+10", short},
		{"00123", "00123", ""}, {"00123", "0123", ""}, {"00123", "124", ""}, {"123", "00123", ""}, {"00123", "", ""},
		{"x", "1E5", ""}, {"x", "12E+34", ""}, {"x", "1.E+05", ""}, {"x", "1.2.3E+05", ""}, {"x", "E+05", ""}, {"x", "1E+5", ""}, {"x", "1E+0005", ""}, {"x", "1.5E+1x", ""},
		{"1.23457E+17", "1.23457E+17", ""}, {"12345678901234567", "12345678901234000", ""}, {"1234567890", "1234500000", ""}, {"", "0", ""},
	}
	for _, test := range tests {
		finding, damaged := EmployeeIDDamage(test.stored, test.typed)
		want := Finding{}
		if test.message != "" {
			want = Finding{problem.EmployeeIDDamaged, test.message, `Enter "` + test.stored + `" again.` + text, []string{test.stored}}
		}
		diff(t, test.stored+" typed "+test.typed, finding, want)
		if damaged != (test.message != "") {
			t.Errorf("%q typed %q: damaged = %v", test.stored, test.typed, damaged)
		}
	}
}

func TestEmployeeIDDamageWithoutStoredValue(t *testing.T) {
	t.Parallel()
	finding, damaged := EmployeeIDDamage("", "1.23457E+17")
	diff(t, "finding", finding, Finding{problem.EmployeeIDDamaged,
		"This Employee ID was shortened by a spreadsheet program, which took it for a number: some of its digits are lost.",
		"Enter the whole Employee ID again. Format the column as text first, or use the Excel download, whose cells are text already.", nil})
	diff(t, "damaged", damaged, true)
}

func TestSetEmployeeID(t *testing.T) {
	t.Parallel()
	p, d := testProfile(), testDirectory()
	diff(t, "damage", len(Set(p, EmployeeID, "123", d)), 1)
	diff(t, "untouched", p.EmployeeID, "00123")
	diff(t, "findings", Set(p, EmployeeID, "0007-ß", d), []Finding(nil))
	diff(t, "as typed", p.EmployeeID, "0007-ß")
}
