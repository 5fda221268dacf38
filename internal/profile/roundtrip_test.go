package profile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// cellOf draws cells that people and machines put into a column: fine ones, ones
// of other columns, and any text at all.
func cellOf(f Field) *rapid.Generator[string] {
	anything := rapid.OneOf(rapid.String(), rapid.StringMatching(`[\t\n 'a-zA-Z0-9=@.;:#é夜ſİ\x{200b}\x{202e}-]{0,12}`))
	known := map[Field][]string{
		Email: {"ana@example.com", "用户@例子.公司", "O'Neil@Example.com", "e\u0301va@bu\u0308cher.de"}, EmployeeID: {"00123", "1.23E+17", "=1+1", "ﬁ"},
		RoleName: {"agent", "Supervisor", "Temp", "équipe réseau"}, LicenseType: {"Standard", "flexible"}, EmploymentStatus: {"temp", "FULL-TIME"},
		StartDate: {"2024-02-29", "3/4/2026"}, Groups: {"vip;VIP;billing", "Night Shift", ";", "Ärzte; 夜勤"}, Bio: {"a\r\nb\tc", "'=x", "  x  "},
	}[f]
	if flagField(&Profile{}, f) != nil {
		known = []string{"y", "NO", "true", "x"}
	}
	if known == nil {
		return anything
	}
	return rapid.OneOf(rapid.SampledFrom(known), anything)
}

// profileThatSetMakes draws a profile by setting cells, as a file would.
func profileThatSetMakes(t *rapid.T, d *Directory) *Profile {
	p := &Profile{ID: ID{1}, Version: 3, LeaderKey: "Rui@example.com"}
	for f := range Field(FieldCount) {
		cell := cleanText(cellOf(f).Draw(t, ColumnOf(f).JSON))
		Set(p, f, cell, d)
	}
	return p
}

// What a download writes is read as the same profile, field by field: it is clean
// already, it is the same, and setting it changes nothing.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	d := testDirectory()
	rapid.Check(t, func(t *rapid.T) {
		p := profileThatSetMakes(t, d)
		for f := range Field(FieldCount) {
			checkRoundTrip(t, p, f, d)
		}
	})
}

func checkRoundTrip(t rapid.TB, p *Profile, f Field, d *Directory) {
	text, header := Text(p, f, d), ColumnOf(f).Header
	if clean, trimmed := CleanText(text); clean != text || trimmed {
		t.Fatalf("%s: stored text is not clean: %q", header, text)
	}
	if !Same(p, f, text, d) {
		t.Fatalf("%s: %q is not the same", header, text)
	}
	read := *p
	findings := Set(&read, f, text, d)
	if required := text == "" && ColumnOf(f).Required; required != (findings != nil) {
		t.Fatalf("%s: %q: %v", header, text, findings)
	}
	if diff := cmp.Diff(p, &read); diff != "" {
		t.Fatalf("%s: %q changed the profile:\n%s", header, text, diff)
	}
}

// A fresh profile takes the text too, so that Text loses nothing that Set knows.
func TestRoundTripIntoAFreshProfile(t *testing.T) {
	t.Parallel()
	d := testDirectory()
	rapid.Check(t, func(t *rapid.T) {
		p := profileThatSetMakes(t, d)
		fresh := &Profile{ID: p.ID, Version: p.Version, LeaderKey: p.LeaderKey}
		for f := range Field(FieldCount) {
			Set(fresh, f, Text(p, f, d), d)
		}
		if diff := cmp.Diff(p, fresh); diff != "" {
			t.Fatalf("lost on the way:\n%s", diff)
		}
	})
}

func FuzzSet(f *testing.F) {
	for field := range Field(FieldCount) {
		f.Add(uint8(field), "y;#N/A \u202eana@example.com 2026-02-30 1.2E+17")
	}
	for _, cell := range []string{"3/4/2026", "ana@@b", "<a@b.cc>", "a\xff@b.c", "Billing,VIP", "00123", "####"} {
		f.Add(uint8(Email), cell)
		f.Add(uint8(StartDate), cell)
		f.Add(uint8(Groups), cell)
	}
	d := testDirectory()
	f.Fuzz(func(t *testing.T, number uint8, cell string) {
		field := Field(number % FieldCount)
		p, clean := testProfile(), cleanText(cell)
		findings := Set(p, field, clean, d)
		if findings != nil {
			checkRefusal(t, p, field, findings)
			return
		}
		checkRoundTrip(t, p, field, d)
		if bad := badCharacters(Text(p, field, d), field); bad != nil {
			t.Errorf("%s took %q", ColumnOf(field).Header, bad)
		}
	})
}

// checkRefusal: a refused cell changes nothing, says something, and what it
// suggests is a cell that would have been taken.
func checkRefusal(t *testing.T, p *Profile, field Field, findings []Finding) {
	diff(t, "profile touched in spite of a finding", p, testProfile())
	for _, finding := range findings {
		if finding.Message == "" || finding.Fix == "" || finding.Code == "" {
			t.Errorf("an empty finding: %+v", finding)
		}
		if len(findings) > 1 {
			continue // a suggestion mends its own rule alone
		}
		for _, suggestion := range finding.Suggestions {
			if more := Set(testProfile(), field, suggestion, testDirectory()); more != nil {
				t.Errorf("suggestion %q: %v", suggestion, more)
			}
		}
	}
}
