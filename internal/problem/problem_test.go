package problem_test

import (
	"encoding/json"
	"testing"

	"teamsheet/internal/problem"
)

func TestCellAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		column, row int
		want        string
	}{
		{0, 1, "A1"}, {3, 17, "D17"}, {25, 2, "Z2"}, {26, 2, "AA2"}, {51, 9, "AZ9"}, {52, 9, "BA9"},
		{701, 1, "ZZ1"}, {702, 1, "AAA1"}, {16383, 1048576, "XFD1048576"}, // the last cell of an Excel sheet
	}
	for _, test := range tests {
		if got := problem.CellAddress(test.column, test.row); got != test.want {
			t.Errorf("CellAddress(%d, %d) = %q, want %q", test.column, test.row, got, test.want)
		}
	}
}

func TestCodesAreAllDifferent(t *testing.T) {
	t.Parallel()
	seen := map[problem.Code]bool{}
	for _, code := range problem.Codes() {
		if seen[code] || code == "" {
			t.Errorf("code %q twice or empty", code)
		}
		seen[code] = true
	}
	if len(seen) != 41 { // CONTRACT §3: 10 of the file, 27 of a row, 4 warnings
		t.Errorf("%d codes, want 41", len(seen))
	}
}

func TestTheLastCodesWarn(t *testing.T) {
	t.Parallel()
	for i, code := range problem.Codes() {
		if want := i >= 41-4; code.Warns() != want {
			t.Errorf("%s warns: %v", code, !want)
		}
	}
}

func TestProblemJSONIsTheContracts(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(problem.Problem{
		Code: problem.LeaderNotFound, Row: 17, Column: "Team Leader", Cell: "D17", Value: "v",
		Message: "m", Fix: "f", Suggestions: []string{},
	})
	const want = `{"code":"leader-not-found","row":17,"column":"Team Leader","cell":"D17","value":"v","message":"m","fix":"f","suggestions":[]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func TestColumnIndex(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]int{"A1": 0, "D17": 3, "Z9": 25, "AA10": 26, "IV5": 255, "": -1, "17": -1, "d4": -1, "AB": -1} {
		if got := problem.ColumnIndex(cell); got != want {
			t.Errorf("ColumnIndex(%q) = %d, want %d", cell, got, want)
		}
	}
}
