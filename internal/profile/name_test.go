package profile

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"teamsheet/internal/problem"
)

func TestNames(t *testing.T) {
	t.Parallel()
	id := ID{15: 7}
	tests := []struct {
		p              Profile
		display, label string
	}{
		{Profile{ID: id, FirstName: "Ana", LastName: "Silva", Email: "ana@example.com", EmployeeID: "00123"}, "Ana Silva", "Ana Silva (ana@example.com)"},
		{Profile{ID: id, FirstName: "Ana", LastName: "Silva", EmployeeID: "00123"}, "Ana Silva", "Ana Silva (00123)"},
		{Profile{ID: id, LastName: "Silva"}, "Silva", "Silva"},
		{Profile{ID: id, FirstName: "Ana", Email: "ana@example.com"}, "Ana", "Ana (ana@example.com)"},
		{Profile{ID: id, Email: "ana@example.com", EmployeeID: "00123"}, "ana@example.com", "ana@example.com"},
		{Profile{ID: id, EmployeeID: "00123"}, "00123", "00123"},
		{Profile{ID: id}, id.String(), id.String()},
	}
	for _, test := range tests {
		diff(t, "DisplayName", DisplayName(&test.p), test.display)
		diff(t, "Label", Label(&test.p), test.label)
	}
	diff(t, "LeaderKeyOf", LeaderKeyOf(&tests[0].p)+" "+LeaderKeyOf(&tests[1].p)+LeaderKeyOf(&tests[6].p), "ana@example.com 00123")
}

func TestSortKeyOrder(t *testing.T) {
	t.Parallel()
	people := []*Profile{ // as a list should show them
		{Email: "aaa@example.com"},
		{FirstName: "Zoé", LastName: "Ångström"},
		{FirstName: "Boris"}, // one name alone stands where a last name would
		{FirstName: "Ana", LastName: "de Souza"},
		{FirstName: "ana", LastName: "Évora"},
		{FirstName: "Zed", LastName: "Li"},
		{FirstName: "Bo", LastName: "LI AN"},
		{FirstName: "Ana", LastName: "Lin"},
		{FirstName: "Αλέξης", LastName: "Ζορμπάς"},
		{FirstName: "Лев", LastName: "Толстой"},
		{FirstName: "花子", LastName: "山田"},
	}
	var keys []string
	for _, p := range people {
		keys = append(keys, SortKey(p))
	}
	if !slices.IsSorted(keys) {
		t.Errorf("keys are not in order: %q", keys)
	}
	diff(t, "accents and case make no difference", SortKey(&Profile{FirstName: "ZOE", LastName: "Angstrom"}), keys[1])
}

func TestSortKeyIsShort(t *testing.T) {
	t.Parallel()
	for _, name := range []string{strings.Repeat("山", 200), strings.Repeat("x", 200), strings.Repeat("é", 120), "é" + strings.Repeat("夜", 100)} {
		key := SortKey(&Profile{LastName: name})
		if len(key) > sortKeyBytes || len(key) < sortKeyBytes-3 || !utf8.ValidString(key) {
			t.Errorf("key of %d bytes for %q", len(key), name)
		}
	}
}

func TestFindingAt(t *testing.T) {
	t.Parallel()
	finding := LeaderNotFound([]string{"ana@example.com"})
	diff(t, "in a cell", finding.At(17, 3, TeamLeader, "ana@exmaple.com"), problem.Problem{
		Code: problem.LeaderNotFound, Row: 17, Column: "Team Leader", Cell: "D17", Value: "ana@exmaple.com",
		Message: "No active team leader has this email or employee ID.", Fix: `Enter one whose Can Manage Team is "y".`,
		Suggestions: []string{"ana@example.com"},
	})
	diff(t, "no column", finding.At(17, -1, TeamLeader, "").Cell, "")
	diff(t, "no suggestions", LeaderSelf().At(2, 0, TeamLeader, "x").Suggestions, []string{})
	diff(t, "of the file", FileEmpty().Of("", ""), problem.Problem{Code: problem.FileEmpty, Message: FileEmpty().Message, Fix: FileEmpty().Fix, Suggestions: []string{}})
}
