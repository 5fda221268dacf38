package plan

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/profile"
)

func TestReadHeader(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header []string
		want   []string
	}{
		"any order, any case, outer space": {[]string{" hometown ", "USER ID", "", "Result", "problem", "How To Fix"}, nil},
		"an employee ID is enough":         {[]string{"Employee ID"}, nil},
		"twice": {
			[]string{"User ID", "Bio", "bio", "Bio"},
			[]string{
				`C1 · Bio · "bio" header-duplicate: Column B has the header "Bio" already.`,
				`D1 · Bio · "Bio" header-duplicate: Column B has the header "Bio" already.`,
			},
		},
		"unknown, a photo, nothing that identifies": {
			[]string{"Emial", "Photo", "Hometown", "Shoe Size"},
			[]string{
				` ·  · "" header-missing: No column says whose rows these are: the file has no User ID, Email or Employee ID.`,
				`A1 ·  · "Emial" header-unknown: No column of the sheet is named "Emial". Did you mean Email?`,
				`B1 ·  · "Photo" header-unknown: Photos cannot be changed in bulk.`,
				`D1 ·  · "Shoe Size" header-unknown: No column of the sheet is named "Shoe Size".`,
			},
		},
		"a person where the header was": {
			[]string{"36726e48-b2a6-4a90-a29e-35e362c1d066", "ana@example.com", "", "Ana", "Porto"},
			[]string{` ·  · "" header-missing: Row 1 has none of the sheet's headers.`},
		},
		"one mistyped header": {
			[]string{"Emial"},
			[]string{
				` ·  · "" header-missing: No column says whose rows these are: the file has no User ID, Email or Employee ID.`,
				`A1 ·  · "Emial" header-unknown: No column of the sheet is named "Emial". Did you mean Email?`,
			},
		},
		"nothing": {nil, []string{` ·  · "" header-missing: No column says whose rows these are: the file has no User ID, Email or Employee ID.`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout, problems := ReadHeader(test.header)
			var got []string
			for _, p := range problems {
				if p.Row != 1 {
					t.Errorf("row %d", p.Row)
				}
				got = append(got, sayProblem(p))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if len(layout.Columns) != len(test.header) {
				t.Errorf("%d columns", len(layout.Columns))
			}
		})
	}
}

func TestHeaderBelow(t *testing.T) {
	t.Parallel()
	below, ok := HeaderBelow([]string{"Hometown", "e-mail", " EMAIL "}, 3)
	want := ` ·  · "" header-missing: The header has to be in row 1, but it is in row 3.`
	if !ok || below.Row != 1 || sayProblem(below) != want {
		t.Errorf("%v, row %d: %s", ok, below.Row, sayProblem(below))
	}
	for _, cells := range [][]string{{""}, {"Hometown", "Bio"}, {"ana@example.com", "00123"}} {
		if _, ok := HeaderBelow(cells, 3); ok {
			t.Errorf("%q: a header", cells)
		}
	}
}

func TestLayoutOfADownload(t *testing.T) {
	t.Parallel()
	header := append((&team{directory: testDirectory()}).download().header, "Result", "")
	slices.Reverse(header)
	layout, problems := ReadHeader(header)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, column := range profile.Columns() {
		at, ok := layout.Index(column.Field)
		if !ok || header[at] != column.Header {
			t.Errorf("%s: at %d, %v", column.Header, at, ok)
		}
	}
	if layout.Columns[0].Kind != Blank || layout.Columns[1].Kind != FixUp {
		t.Errorf("%+v", layout.Columns[:2])
	}
}
