package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"teamsheet/internal/testkit"
)

// How LibreOffice is told to read and to write Unicode Text, in the tokens of its
// filter for text: tab, double quote, UTF-16, from line 1, no column formats, the
// program's own language. Then, reading: quoted fields are text, and special
// numbers are not looked for. Writing: text is quoted only where it has to be, and
// cells are saved as shown. See "Filter Options for CSV Filter" in its help.
const (
	readsUnicodeText  = "Text - txt - csv (StarCalc):9,34,65535,1,,0,true,false"
	writesUnicodeText = "txt:Text - txt - csv (StarCalc):9,34,65535,1,,0,false,true,false"
)

// libreOffice opens a file and saves it as Unicode Text.
func libreOffice(t *testing.T, name string, file []byte) []byte {
	t.Helper()
	program, dir := testkit.Calc(t), t.TempDir()
	opened, saved := filepath.Join(dir, name), filepath.Join(dir, "saved")
	if err := os.WriteFile(opened, file, 0o600); err != nil {
		t.Fatal(err)
	}
	arguments := []string{"--headless", "-env:UserInstallation=file://" + filepath.Join(dir, "profile"),
		"--convert-to", writesUnicodeText, "--outdir", saved}
	if filepath.Ext(name) == ".txt" {
		arguments = append(arguments, "--infilter="+readsUnicodeText)
	}
	cmd := exec.CommandContext(t.Context(), program, append(arguments, opened)...)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, said)
	}
	content, err := os.ReadFile(filepath.Join(saved, "team.txt"))
	if err != nil {
		t.Fatalf("LibreOffice saved nothing: %v\n%s", err, said)
	}
	return content
}

// The demo's people have what real ones have: leading zeros, "02128E4", names of
// every script, biographies of many lines.
func TestLibreOfficeChangesNothingOfTheDemo(t *testing.T) {
	processTest(t)
	testkit.Calc(t)
	d := startDemo(t)
	opensAndSaves(t, d.admin(t), 10_000)
}

// What a spreadsheet takes for a number, a date, a formula or something else than
// the text that it is.
var mistakable = []string{
	"00123", "1E5", "3/4", "2026-01-02", "12:30", "1,000.50", "50%", "TRUE", "#N/A!", "$5", "1/2",
	"=1+1", "+351 21", "-5", "@home", "'quoted", "'=x", "''", `"both"`, `half"way`, "ＡＢ＝", "\uff1d1", "a;b", "é̂ñ 漢字 🙂",
}

func TestLibreOfficeChangesNothingMistakable(t *testing.T) {
	processTest(t)
	testkit.Calc(t)
	i := install(t, 1000)
	i.worker()
	sheet := i.admin.download("?complete=1")
	agents := sheet.agents(t)
	for n, value := range mistakable {
		sheet.set(t, agents[n], "Hometown", value)
		sheet.set(t, agents[n], "State or Country", value)
		sheet.set(t, agents[n], "Bio", value+"\n\tand \"more\"\n\n"+value)
	}
	i.admin.apply(i.admin.preview("team.txt", sheet.bytes()))
	after := i.admin.download("?complete=1")
	for n, value := range mistakable {
		if stored := after.get(t, agents[n], "Hometown"); stored != value && stored != "'"+value {
			t.Errorf("%q is stored as %q", value, stored)
		}
	}
	opensAndSaves(t, i.admin, 1000)
}

// opensAndSaves uploads what LibreOffice makes of both downloads.
func opensAndSaves(t *testing.T, admin *client, people int) {
	t.Helper()
	for _, name := range []string{"team.txt", "team.xlsx"} {
		everybody := admin.want(http.StatusOK, http.MethodGet, "/api/v1/"+name, nil).body
		saved := libreOffice(t, name, everybody)
		b := admin.preview(name+" saved.txt", saved)
		if b.Counts.Rows != people || b.Counts.Changed != 0 || b.Counts.Warnings != 0 {
			t.Errorf("%s: %+v, want %d rows without a change: %+v", name, b.Counts, people, firstOf(admin.rows(b.ID, "changes")))
		}
		onlyMissesFields(t, name, readTable(t, saved), admin.rows(b.ID, "problems"))
	}
}

func firstOf(rows []rowJSON) []rowJSON { return rows[:min(3, len(rows))] }

// onlyMissesFields checks that no row has another problem than that somebody who
// is deactivated lacks required fields.
func onlyMissesFields(t *testing.T, name string, saved table, rows []rowJSON) {
	t.Helper()
	for _, row := range rows {
		for _, problem := range row.Problems {
			if problem.Code != "required-empty" || saved.get(t, row.Row-1, "Deactivated") != "y" {
				t.Errorf("%s: row %d: %s: %s", name, row.Row, problem.Code, problem.Message)
				return // what damages one cell damages many
			}
		}
	}
}
