package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

func TestHighlightsCountWhoLeavesAndComesBack(t *testing.T) {
	t.Parallel()
	org := theTeam()
	got := org.check(t, sheetOf(`User ID | Deactivated | Hometown
		@2 | y |
		@3 | y | Porto
		@9 | n | Porto
		@4 | n | Braga`), whole).Totals.Highlights
	want := batch.Highlights{Deactivated: 2, Reactivated: 1, Examples: map[string][]batch.Example{
		"Deactivated": {{Old: "n", New: "y"}, {Old: "y", New: "n"}},
		"Hometown":    {{New: "Braga"}, {New: "Porto"}}, // those that need the rest of the file come last
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestExamplesAreFewAndShort(t *testing.T) {
	t.Parallel()
	org := manyAgents(10)
	s := org.download()
	for i, row := range s.rows {
		row[profile.Bio] = strings.Repeat("é", batch.ExampleLength+i)
		row[profile.Hometown] = []string{"A", "B", "C", "D"}[i%4]
	}
	got := org.check(t, s, whole).Totals.Highlights.Examples
	whole, cut := strings.Repeat("é", batch.ExampleLength), strings.Repeat("é", batch.ExampleLength-1)+"…"
	want := map[string][]batch.Example{"Bio": {{New: whole}, {New: cut}}, "Hometown": {{New: "A"}, {New: "B"}, {New: "C"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMendsAreOffered(t *testing.T) {
	t.Parallel()
	org := theTeam()
	org.byID(idOf(2)).StartDate = "2026-04-03"
	org.byID(idOf(3)).StartDate = "2026-04-03"
	org.byID(idOf(4)).StartDate = "2026-04-03"
	org.byID(idOf(5)).StartDate = "2026-04-03"
	got := org.check(t, sheetOf(`User ID | Employee ID | Start Date | Last Name
		@1 | 123 | | Silva
		@2 | 2 | 3/4/2026 | Silva
		@3 | 3 | 4/3/2026 | Silva
		@4 | 4 | 46115 | Silva
		@5 | 5 | 5/4/2026 | Silva
		@7 | OLD | |
		@6 | 6 | | _`), whole).Totals.Highlights.Mends
	want := []batch.Mend{
		{Kind: batch.MendEmployeeIDs, Column: "Employee ID", Count: 1},
		{Kind: batch.MendDates, Column: "Start Date", Count: 3}, // the fifth of April is somebody's edit
		{Kind: batch.MendIncomplete, Count: 1},                  // who is active cannot be left out
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAMovedColumnCanBeTakenOutUnlessItTellsWhoseTheRowsAre(t *testing.T) {
	t.Parallel()
	org := manyAgents(30)
	s := org.download()
	for i, row := range s.rows {
		row[profile.Email] = "new." + row[profile.Email]
		row[profile.Hometown] = []string{"A", "B", "C", "D"}[i%4]
	}
	want := []batch.Mend{{Kind: batch.MendColumn, Column: "Email", Count: 30}, {Kind: batch.MendColumn, Column: "Hometown", Count: 30}}
	if diff := cmp.Diff(want, org.check(t, s, whole).Totals.Highlights.Mends); diff != "" {
		t.Error(diff)
	}
	s.header[profile.UserID], s.header[profile.Version] = "", ""
	for _, row := range s.rows {
		row[profile.UserID], row[profile.Version] = "", ""
	}
	if diff := cmp.Diff(want[1:], org.check(t, s, whole).Totals.Highlights.Mends); diff != "" {
		t.Error(diff)
	}
}

func TestMendedIsTheStoredValueAlone(t *testing.T) {
	t.Parallel()
	date := problem.Problem{Code: problem.DateFormat, Cell: "C2", Suggestions: []string{"2026-04-03"}}
	zeros := problem.Problem{Code: problem.EmployeeIDDamaged, Cell: "B2", Suggestions: []string{"007"}}
	role := problem.Problem{Code: problem.RoleUnknown, Cell: "D2", Suggestions: []string{"Agent"}}
	nowhere := zeros
	nowhere.Cell = ""
	for name, test := range map[string]struct {
		p      problem.Problem
		stored string
		kind   batch.MendKind
		value  string
	}{
		"a date that is stored":      {date, "2026-04-03", batch.MendDates, "2026-04-03"},
		"a date that somebody set":   {date, "2026-04-04", "", ""},
		"an employee ID":             {zeros, "007", batch.MendEmployeeIDs, "007"},
		"a cell that the file lacks": {nowhere, "007", "", ""},
		"any other suggestion":       {role, "Agent", "", ""},
	} {
		if kind, value, ok := Mended(test.p, test.stored); kind != test.kind || value != test.value || ok != (test.kind != "") {
			t.Errorf("%s: %q %q %v", name, kind, value, ok)
		}
	}
}

func TestAColumnThatMovedByARowIsNoticed(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]int{"down": -1, "up": 1} {
		org := manyAgents(100)
		for i, p := range org.people {
			p.Hometown = []string{"Porto", "Braga", "Faro", "", "Faro", "Faro", "Lagos"}[i*i%7]
		}
		s := org.download()
		stored := org.download()
		for i := range s.rows[30:] {
			if from := 30 + i + by; from < len(stored.rows) {
				s.rows[30+i][profile.Hometown] = stored.rows[from][profile.Hometown]
			}
		}
		got := org.check(t, s, whole).Totals
		if len(got.Highlights.Mends) != 1 || got.Highlights.Mends[0].Kind != batch.MendColumn || got.Highlights.Mends[0].Column != "Hometown" || len(got.FileWarnings) > 0 {
			t.Errorf("%s: %+v, warnings %v", name, got.Highlights.Mends, got.FileWarnings)
		}
	}
	org := manyAgents(100)
	s := org.download()
	for i, row := range s.rows[:60] {
		row[profile.Hometown] = []string{"Porto", "Braga", "Faro"}[i%3] // an edit
	}
	if got := org.check(t, s, whole).Totals.Highlights.Mends; len(got) != 0 {
		t.Errorf("an edit is taken for a move: %+v", got)
	}
}
