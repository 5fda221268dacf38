package batch

import "testing"

func TestDrastic(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		deactivated, cleared, rows, elsewhere, want int
	}{
		"nothing":                          {0, 0, 100, 0, 0},
		"5 %":                              {3, 2, 60, 40, 0},
		"more than 5 %":                    {3, 3, 60, 40, 6},
		"of the team, and not of the file": {3, 3, 6, 994, 0},
		"cleared alone":                    {0, 6, 100, 0, 6},
	} {
		b := Batch{Counts: Counts{Rows: test.rows}, NotInFile: test.elsewhere, Highlights: Highlights{Deactivated: test.deactivated},
			ChangesByColumn: []ColumnChanges{{Column: "Bio", Changed: test.cleared, Cleared: test.cleared}}}
		if got := b.Drastic(); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

func TestOffersHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range []Mend{{Kind: MendEmployeeIDs, Column: "Employee ID"}, {Kind: MendDates, Column: "Start Date"},
		{Kind: MendColumn, Column: "Start Date"}, {Kind: MendColumn, Column: "Bio"}, {Kind: MendIncomplete}} {
		if seen[m.Name()] {
			t.Errorf("%q is the name of two offers", m.Name())
		}
		seen[m.Name()] = true
	}
}
