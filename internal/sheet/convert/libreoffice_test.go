package convert

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/demo"
	"teamsheet/internal/profile"
	"teamsheet/internal/testkit"
)

// A workbook that another program has opened and saved comes out as the Unicode
// Text too: shared texts, styles and parts are that program's own.
func TestWorkbookThatLibreOfficeSaved(t *testing.T) {
	if testing.Short() {
		t.Skip("starts LibreOffice")
	}
	t.Parallel()
	program, dir := testkit.Calc(t), t.TempDir()
	rows := [][]string{{"a", "00123", "1E5", "3/4", "=1+1", "'x", "''=", "_x000D_", "two\nlines\tand a tab", "<b>&amp;", "漢字 🙂", "TRUE"}}
	for len(rows[0]) < profile.FieldCount {
		rows[0] = append(rows[0], "")
	}
	directory := profile.NewDirectory(demo.Roles(), demo.Groups())
	for p := range demo.People(3, 200) {
		var cells []string
		for _, column := range profile.Columns() {
			cells = append(cells, profile.Text(p, column.Field, directory))
		}
		rows = append(rows, cells)
	}
	book, text := written(t, rows)
	opened, saved := filepath.Join(dir, "team.xlsx"), filepath.Join(dir, "saved")
	if err := os.WriteFile(opened, book, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
		"--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", saved, opened)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, said)
	}
	again, err := os.ReadFile(filepath.Join(saved, "team.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	got, report, err := converted(again, limits())
	if err != nil {
		t.Fatal(err)
	}
	want, err := rowsOf(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-Unicode Text +LibreOffice's workbook):\n%s", diff)
	}
	if len(report.Notes) > 0 {
		t.Errorf("%q", report.Notes)
	}
	if made := Application(Source{bytes.NewReader(again), int64(len(again))}); !strings.HasPrefix(made, "LibreOffice") {
		t.Errorf("made by %q", made)
	}
}
