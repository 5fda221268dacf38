package profile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testDirectory is an organization's vocabulary: names in several scripts and
// cases, an inactive role, two groups that differ in case alone.
func testDirectory() *Directory {
	return NewDirectory(
		[]Role{{3, "Supervisor", true}, {1, "Agent", true}, {2, "Temp", false}, {4, "Équipe Réseau", true}},
		[]Group{{10, "Night Shift"}, {11, "Billing"}, {12, "VIP"}, {13, "vip"}, {14, "Ärzte"}, {15, "夜勤"}},
	)
}

// testProfile is complete, active and has every field filled.
func testProfile() *Profile {
	return &Profile{
		ID: ID{0x01, 0x8f, 15: 0x42}, Version: 7,
		Email: "ana.silva@example.com", EmployeeID: "00123", FirstName: "Ana", LastName: "Silva", RoleID: 1,
		LeaderID: ID{15: 1}, LeaderKey: "rui@example.com",
		LicenseType: LicenseStandard, EmploymentStatus: "full-time", StartDate: "2026-04-03",
		Hometown: "Porto", StateOrCountry: "Portugal", Bio: "First line\nsecond\tline", GroupIDs: []int32{10, 11},
		PhoneChannel: true, EmailChannel: true,
	}
}

func diff(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}
