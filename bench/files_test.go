package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
)

// writtenSheet is a sheet of so many people.
func writtenSheet(t *testing.T, people int) string {
	t.Helper()
	rows := [][]string{{}}
	for _, column := range profile.Columns() {
		rows[0] = append(rows[0], column.Header)
	}
	for i := range people {
		row := make([]string, profile.FieldCount)
		row[profile.UserID], row[profile.Hometown] = fmt.Sprintf("id-%d", i), "Porto"
		row[profile.Bio], row[profile.Version] = "one\ntwo\t=three", "4"
		rows = append(rows, row)
	}
	var text bytes.Buffer
	writer := sheet.NewWriter(&text)
	for _, row := range rows {
		must(t, writer.Write(row))
	}
	must(t, writer.Flush())
	path := filepath.Join(t.TempDir(), "team.txt")
	must(t, os.WriteFile(path, text.Bytes(), 0o600))
	return path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cellsOf are the rows of a sheet without its header.
func cellsOf(t *testing.T, path string) (rows [][]string) {
	t.Helper()
	must(t, eachRow(path, func(i int, row *sheet.Row) error {
		if i >= 0 {
			var cells []string
			for _, cell := range row.Cells {
				cells = append(cells, string(cell))
			}
			rows = append(rows, cells)
		}
		return nil
	}))
	return rows
}

func idsOf(rows [][]string) (ids []string) {
	for _, row := range rows {
		ids = append(ids, row[profile.UserID])
	}
	return ids
}

func TestEditShareMovesThatManyEvenly(t *testing.T) {
	t.Parallel()
	from := writtenSheet(t, 250)
	for percent, want := range map[int]int{0: 0, 1: 2, 10: 25, 100: 250} {
		made, err := editShare(from, filepath.Join(t.TempDir(), "edited.txt"), percent, "Braga")
		must(t, err)
		rows, moved, err := censusOf(made.path, "Braga")
		must(t, err)
		if rows != 250 || moved != want || made.rows != rows || made.changed != moved || made.invalid != 0 {
			t.Errorf("%d %%: %d of %d rows moved, %+v, want %d", percent, moved, rows, made, want)
		}
		if first := slices.IndexFunc(cellsOf(t, made.path), func(row []string) bool { return row[profile.Hometown] == "Braga" }); percent == 10 && first != 9 {
			t.Errorf("the first row that moved is %d, want 9", first)
		}
	}
}

func TestEditedSheetTellsItsSizeAndChanges(t *testing.T) {
	t.Parallel()
	made, err := editShare(writtenSheet(t, 20), filepath.Join(t.TempDir(), "edited.txt"), 10, "Braga")
	must(t, err)
	file, err := os.Stat(made.path)
	must(t, err)
	changes, err := os.Open(made.changes)
	must(t, err)
	defer changes.Close()
	text, err := io.ReadAll(withOrg(changes, "org"))
	must(t, err)
	if file.Size() != made.bytes || string(text) != "org\tid-9\tBraga\norg\tid-19\tBraga\n" {
		t.Errorf("%d bytes, want %d; changes %q", made.bytes, file.Size(), text)
	}
	must(t, made.remove())
	if _, err := os.Stat(made.changes); err == nil {
		t.Error("the changes stay when the file goes")
	}
}

func TestEditSomeTakesAsManyAsItIsTold(t *testing.T) {
	t.Parallel()
	from := writtenSheet(t, 70)
	made, err := editSome(from, filepath.Join(t.TempDir(), "some.txt"), selection{all: 70, some: 20, percent: 10, town: "Braga", again: 2})
	must(t, err)
	rows := cellsOf(t, made.path)
	if len(rows) != 20 || made.rows != 20 || made.changed != 2 || rows[9][profile.Version] != "6" || rows[8][profile.Version] != "4" {
		t.Errorf("%d rows, %+v, versions %q and %q", len(rows), made, rows[9][profile.Version], rows[8][profile.Version])
	}
	all, err := editSome(from, filepath.Join(t.TempDir(), "all.txt"), selection{all: 70, some: 1000, percent: 10, town: "Braga"})
	if err != nil || all.rows != 70 || all.changed != 7 {
		t.Errorf("of fewer rows than wanted %d were taken and %d changed, %v, want all 70, and 7", all.rows, all.changed, err)
	}
}

func TestEditWrongMakesOneInAHundredWrong(t *testing.T) {
	t.Parallel()
	made, err := editWrong(writtenSheet(t, 350), filepath.Join(t.TempDir(), "wrong.txt"))
	must(t, err)
	rows := cellsOf(t, made.path)
	if made.invalid != 3 || made.changed != 0 || rows[99][profile.TeamLeader] == "" || rows[199][profile.StartDate] == "" || rows[299][profile.RoleName] == "" {
		t.Errorf("%+v", made)
	}
}

func TestShuffleKeepsEveryRowAsItIs(t *testing.T) {
	t.Parallel()
	ordered, err := editShare(writtenSheet(t, 200), filepath.Join(t.TempDir(), "ordered.txt"), 10, "Braga")
	must(t, err)
	shuffled, err := shuffle(ordered, filepath.Join(t.TempDir(), "shuffled.txt"))
	must(t, err)
	before, after := cellsOf(t, ordered.path), cellsOf(t, shuffled.path)
	if slices.Equal(idsOf(before), idsOf(after)) {
		t.Error("the rows are in the order in which they were")
	}
	byID := func(a, b []string) int { return strings.Compare(a[profile.UserID], b[profile.UserID]) }
	slices.SortFunc(before, byID)
	slices.SortFunc(after, byID)
	if !slices.EqualFunc(before, after, slices.Equal) || shuffled.changed != ordered.changed || shuffled.rows != ordered.rows {
		t.Errorf("%+v has not the rows of %+v", shuffled, ordered)
	}
}
