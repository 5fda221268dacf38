package profile

import "testing"

func TestSame(t *testing.T) {
	t.Parallel()
	d := testDirectory()
	tests := []struct {
		field Field
		cell  string
		want  bool
	}{
		{CanManageTeam, "n", true}, {CanManageTeam, "No", true}, {CanManageTeam, "FALSE", true}, {CanManageTeam, "y", false}, {CanManageTeam, "", false}, {CanManageTeam, "nope", false},
		{RoleName, "Agent", true}, {RoleName, "AGENT", true}, {RoleName, "Supervisor", false}, {RoleName, "", false}, {RoleName, "Nobody", false},
		{LicenseType, "Standard", true}, {LicenseType, "flexible", false}, {EmploymentStatus, "FULL-TIME", true}, {EmploymentStatus, "", false},
		{Groups, "Billing;Night Shift", true}, {Groups, "night shift; BILLING ;;billing", true}, {Groups, "Billing", false}, {Groups, "Billing;Night Shift;Gold", false}, {Groups, "", false},
		{TeamLeader, "rui@example.com", true}, {TeamLeader, "RUI@Example.COM", true}, {TeamLeader, "", false}, {TeamLeader, "00123", false},
		{Email, "ana.silva@example.com", true}, {Email, "Ana.Silva@example.com", false}, // a change of spelling is a change
		{EmployeeID, "00123", true}, {EmployeeID, "123", false}, {FirstName, "Ana", true}, {FirstName, "ana", false}, {StartDate, "2026-04-03", true}, {StartDate, "2026-4-3", false},
		{UserID, "018f0000-0000-0000-0000-000000000042", true}, {UserID, "", false}, {Version, "7", true}, {Version, "07", false},
	}
	for _, test := range tests {
		if got := Same(testProfile(), test.field, test.cell, d); got != test.want {
			t.Errorf("Same(%s, %q) = %v", ColumnOf(test.field).Header, test.cell, got)
		}
	}
}

func TestSameLeaderByEmployeeID(t *testing.T) {
	t.Parallel()
	p := &Profile{LeaderKey: "Abc1"}
	for cell, want := range map[string]bool{"Abc1": true, "abc1": false, "": false} {
		if got := Same(p, TeamLeader, cell, testDirectory()); got != want {
			t.Errorf("%q: %v", cell, got)
		}
	}
	if !Same(&Profile{}, TeamLeader, "", testDirectory()) {
		t.Error("no leader and an empty cell differ")
	}
}

func TestSameWithoutRole(t *testing.T) {
	t.Parallel()
	p, d := &Profile{}, NewDirectory(nil, nil)
	if Same(p, RoleName, "Agent", d) || !Same(p, RoleName, "", d) {
		t.Error("a person without a role has the empty cell alone")
	}
}
