package producer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
)

// utf16Of writes UTF-16LE by hand, so that a test can break it.
func utf16Of(text string) []byte {
	file := []byte{0xff, 0xfe}
	for _, r := range text {
		file = append(file, byte(r), byte(r>>8))
	}
	return file
}

func TestFixUpNeverTakesDamageForAValue(t *testing.T) {
	t.Parallel()
	loneSurrogate := bytes.Replace(utf16Of("Email\tHometown\r\na@b.example\tLis#bon\r\n"), []byte{'#', 0}, []byte{0x00, 0xd8}, 1)
	nul := bytes.Replace(utf16Of("Email\tHometown\r\na@b.example\tLis#bon\r\n"), []byte{'#', 0}, []byte{0, 0}, 1)
	tests := map[string][]byte{
		"lone surrogate": loneSurrogate,
		"NUL":            nul,
		"unclosed quote": utf16Of("Email\tHometown\r\na@b.example\t\"Lisbon\r\n"),
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := store.RowProblems{Row: 2, Problems: []problem.Problem{{Code: problem.FileDamaged, Row: 2, Cell: "B2", Message: "m"}}}
			got, err := mend(t, file, row)
			if err != nil {
				t.Fatal(err)
			}
			value := got[1][1]
			var p profile.Profile
			if findings := profile.Set(&p, profile.Hometown, value, profile.NewDirectory(nil, nil)); len(findings) != 1 || findings[0].Code != problem.BadCharacter {
				t.Errorf("the cell came back as %q, which is judged %+v", value, findings)
			}
		})
	}
}

func TestFixUpKeepsACellThatIsTooLongWhole(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40_000)
	var out bytes.Buffer
	f, err := newFixUp(bytes.NewReader(textOf([]string{"Email", "Bio"}, []string{"a@b.example", long})), &out,
		sheet.Limits{KnownHeader: isHeader, CellChars: copiedCell})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.end(); err != nil {
		t.Fatal(err)
	}
	again, err := sheet.NewReader(&out, sheet.Limits{CellChars: copiedCell})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		row, err := again.Read()
		if err != nil {
			t.Fatal(err)
		}
		if row.Number == 2 && string(row.Cells[1]) != long {
			t.Errorf("%d characters came back", len(row.Cells[1]))
		}
	}
}

func TestFixUpTellsOfTheHeaderBesideTheFirstRow(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	f, err := newFixUp(bytes.NewReader(textOf([]string{"Email", "Bioo"}, []string{"", ""}, []string{"a", "b", "", "far out"}, []string{"c", "d"})), &out,
		sheet.Limits{KnownHeader: isHeader},
		problem.Problem{Code: problem.HeaderUnknown, Row: 1, Column: "Bioo", Cell: "B1", Message: "No column is called that.", Fix: "Rename it."},
		problem.Problem{Code: problem.HeaderUnknown, Row: 1, Cell: "D1", Message: "Column D has no header.", Fix: "Name it."})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.end(); err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Email", "Bioo", "", "", "Result", "Problem", "How to fix"},
		{"", "", "", "", "", "", ""},
		{"a", "b", "", "far out", "problem", "1. Bioo (B1): No column is called that. 2. Column D has no header.", "1. Rename it. 2. Name it."},
		{"c", "d", "", "", "ok", "", ""},
	}
	if got := rowsOf(t, out.Bytes()); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestFixUpOfAStaleRowKeepsWhatIsNewer(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	f, err := newFixUp(bytes.NewReader(textOf([]string{"Version", "Hometown", "Bio"}, []string{"1", "Porto", "old"}, []string{"1", "Faro", "old"},
		[]string{"1", "Braga", "old"})), &out, sheet.Limits{KnownHeader: isHeader})
	if err != nil {
		t.Fatal(err)
	}
	someone, another := profile.ID{15: 1}, profile.ID{15: 2}
	f.today = func(ids []profile.ID) (map[profile.ID]textsByColumn, error) {
		if !slices.Equal(ids, []profile.ID{someone, another}) {
			t.Errorf("asked for %s", ids)
		}
		return map[profile.ID]textsByColumn{someone: {"Hometown": "Lisbon", "Bio": "newer"}, another: {"Bio": "another's"}}, nil
	}
	kept := []problem.Problem{{Code: problem.KeptNewer, Column: "Bio", Cell: "C2"}}
	stale := []problem.Problem{{Code: problem.StaleRow, Column: "Hometown", Cell: "B2", Message: "m", Fix: "f"}}
	other := []problem.Problem{{Code: problem.TooLong, Column: "Hometown", Cell: "B3", Message: "m", Fix: "f"}}
	if err := f.add([]store.RowProblems{
		{Row: 2, ProfileID: someone, Version: 3, Problems: stale, Warnings: kept},
		{Row: 3, ProfileID: someone, Version: 3, Problems: other, Warnings: kept},
		{Row: 4, ProfileID: another, Version: 5, Problems: stale, Warnings: kept},
	}); err != nil {
		t.Fatal(err)
	}
	if err := f.end(); err != nil {
		t.Fatal(err)
	}
	got := rowsOf(t, out.Bytes())
	if !slices.Equal(got[1][:3], []string{"3", "Porto", "newer"}) {
		t.Errorf("the stale row came back as %q", got[1])
	}
	if !slices.Equal(got[2][:3], []string{"1", "Faro", "old"}) {
		t.Errorf("a row that is not stale came back as %q", got[2])
	}
	if !slices.Equal(got[3][:3], []string{"5", "Braga", "another's"}) {
		t.Errorf("another's stale row came back as %q", got[3])
	}
	f.today = func([]profile.ID) (map[profile.ID]textsByColumn, error) { return nil, nil }
	if err := f.add([]store.RowProblems{{Row: 5, ProfileID: another, Version: 5, Problems: stale, Warnings: kept}}); err == nil {
		t.Error("the newer values of nobody were written")
	}
}

func TestNoFixUpOfWhatWasNotChecked(t *testing.T) {
	t.Parallel()
	at := time.Unix(0, 0)
	for code, want := range map[problem.Code]bool{
		problem.FileTruncated: false, problem.FileDamaged: false, problem.HeaderMissing: false, problem.TooManyRows: false,
		problem.HeaderUnknown: true, problem.HeaderDuplicate: true,
	} {
		b := batch.Batch{PreviewedAt: &at, FileProblems: []problem.Problem{{Code: code, Row: 7, Cell: "C7"}}}
		if got := checkFixUp(b) == nil; got != want {
			t.Errorf("%s: fix-up %v, want %v", code, got, want)
		}
	}
}
