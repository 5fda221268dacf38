package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/problem"
)

// A cell that cannot be read is not judged any further; the others are.
func TestDamagedCells(t *testing.T) {
	t.Parallel()
	broken := func(cell, header string) problem.Problem {
		return problem.Problem{Code: problem.FileDamaged, Row: 2, Column: header, Cell: cell, Value: "?", Message: "Broken.", Fix: "Mend it."}
	}
	for name, test := range map[string]struct {
		table  string
		damage []problem.Problem
		want   string
	}{
		"a cell": {
			`User ID | Email | Employee ID | role | Hometown | Start Date
			@2 | rui@example.com | 2 | "Agen | Porto | never`,
			[]problem.Problem{broken("D2", "role")},
			`D2 · Role · "?" file-damaged: Broken.
			F2 · Start Date · "never" date-format: Start Date must be a date written as year-month-day.
			row 2 Hometown: "" → "Porto"`,
		},
		"required, and damaged: not empty": {
			`User ID | Email | Employee ID | First Name
			@2 | | |`,
			[]problem.Problem{broken("B2", "Email"), broken("D2", "First Name")},
			`B2 · Email · "?" file-damaged: Broken.
			D2 · First Name · "?" file-damaged: Broken.
			C2 cleared
			row 2 Employee ID: "2" → ""`,
		},
		"the key that they would be left with": {
			`User ID | Email | Employee ID
			@6 | |`,
			[]problem.Problem{broken("B2", "Email")},
			`B2 · Email · "?" file-damaged: Broken.
			C2 cleared
			row 2 Employee ID: "6" → ""`,
		},
		"the User ID: matched by the next key": {
			`User ID | Email | Hometown
			"@2 | rui@example.com | Porto`,
			[]problem.Problem{broken("A2", "User ID")},
			`A2 · User ID · "?" file-damaged: Broken.
			row 2 Hometown: "" → "Porto"`,
		},
		"the only key": {
			`Email | Start Date
			"rui | never`,
			[]problem.Problem{broken("A2", "Email")},
			`A2 · Email · "?" file-damaged: Broken.
			B2 · Start Date · "never" date-format: Start Date must be a date written as year-month-day.`,
		},
		"a column that is ignored": {
			`User ID | Hometown | Result
			@2 | | "ok`,
			[]problem.Problem{broken("C2", "Result")},
			`C2 · Result · "?" file-damaged: Broken.`,
		},
		"nothing else changes": {
			`User ID | Hometown
			@2 |`,
			[]problem.Problem{broken("B2", "Hometown")},
			`B2 · Hometown · "?" file-damaged: Broken.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sheetOf(test.table)
			s.damage = map[int][]problem.Problem{2: test.damage}
			for _, how := range []mode{byKey, whole} {
				if diff := cmp.Diff(lines(test.want), lines(shorten(theTeam().check(t, s, how).say()))); diff != "" {
					t.Errorf("%s (-want +got):\n%s", how, diff)
				}
			}
		})
	}
}

func TestColumnOfCell(t *testing.T) {
	t.Parallel()
	for _, column := range []int{0, 1, 25, 26, 27, 255, 700, 16383} {
		if got := columnOfCell(problem.CellAddress(column, 17)); got != column {
			t.Errorf("%d became %d", column, got)
		}
	}
	for _, cell := range []string{"", "17", "a1", "Ä1"} {
		if got := columnOfCell(cell); got != -1 {
			t.Errorf("%q: %d", cell, got)
		}
	}
}
