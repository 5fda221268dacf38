package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"teamsheet/internal/testkit"
)

func TestDownloadUploadedUnchangedChangesNothing(t *testing.T) {
	processTest(t)
	_, admin := demo(t)

	complete := admin.preview("complete.txt", admin.download("?complete=1").bytes())
	if complete.State != "ready" || complete.Counts.Changed != 0 || complete.Counts.Invalid != 0 {
		t.Errorf("the complete people: %s, %+v; want ready, nothing changed: %s", complete.State, complete.Counts, admin.explain(complete.ID))
	}

	everybody := admin.preview("team.txt", admin.download("").bytes())
	if everybody.Counts.Changed != 0 {
		t.Errorf("%d rows changed by an unchanged file", everybody.Counts.Changed)
	}
	for _, row := range admin.rows(everybody.ID, "problems") {
		for _, problem := range row.Problems {
			if problem.Code != "required-empty" {
				t.Errorf("row %d: %s: %s", row.Row, problem.Code, problem.Message)
			}
		}
	}
}

// edited changes a sheet in all the ways that have to be judged together: a swap,
// a chain, a promotion with somebody to lead, and hundreds of plain cells.
func edited(t *testing.T, team table) table {
	t.Helper()
	sheet := team.clone()
	agents := sheet.agents(t)
	if len(agents) < 520 {
		t.Fatalf("only %d people to change", len(agents))
	}
	swap(t, sheet, "Email", agents[0], agents[1])
	rotate(t, sheet, "Employee ID", agents[2:5])
	sheet.set(t, agents[5], "Can Manage Team", "y")
	sheet.set(t, agents[6], "Team Leader", sheet.get(t, agents[5], "Email"))
	for i, row := range agents[10:510] {
		sheet.set(t, row, "Hometown", fmt.Sprintf("Évora %d", i))
	}
	return sheet
}

func swap(t *testing.T, sheet table, header string, a, b int) {
	t.Helper()
	rotate(t, sheet, header, []int{a, b})
}

// rotate gives each row the value of the next, and the last that of the first.
func rotate(t *testing.T, sheet table, header string, rows []int) {
	t.Helper()
	first := sheet.get(t, rows[0], header)
	for i, row := range rows[:len(rows)-1] {
		sheet.set(t, row, header, sheet.get(t, rows[i+1], header))
	}
	sheet.set(t, rows[len(rows)-1], header, first)
}

func TestEditedSheetIsAppliedWhole(t *testing.T) {
	processTest(t)
	_, admin := demo(t)
	before := admin.download("?complete=1")
	sheet := edited(t, before)

	preview := admin.preview("team.txt", sheet.bytes())
	if preview.State != "ready" {
		t.Fatalf("batch is %s: %s", preview.State, admin.explain(preview.ID))
	}
	if now := admin.download("?complete=1"); !bytes.Equal(now.bytes(), before.bytes()) {
		t.Error("a preview has changed the team")
	}
	admin.apply(preview)
	after := admin.download("?complete=1")
	for _, difference := range differences(after.without(t, "Version"), sheet.without(t, "Version")) {
		t.Error(difference)
	}
}

func TestOneWrongCellSavesNothingAndTheMailNamesIt(t *testing.T) {
	processTest(t)
	dir := t.TempDir()
	_, admin := demoIn(t, dir)
	before := admin.download("?complete=1")
	sheet := edited(t, before)
	wrong := sheet.agents(t)[600]
	sheet.set(t, wrong, "License Type", "gold")
	cell := fmt.Sprintf("%c%d", 'A'+sheet.column(t, "License Type"), wrong+1)

	preview := admin.preview("team.txt", sheet.bytes())
	if preview.State != "rejected" || preview.Counts.Invalid != 1 {
		t.Errorf("batch is %s, %+v; want rejected for one row", preview.State, preview.Counts)
	}
	rows := admin.rows(preview.ID, "problems")
	if len(rows) != 1 || rows[0].Row != wrong+1 || len(rows[0].Problems) != 1 || rows[0].Problems[0].Cell != cell {
		t.Errorf("problems %+v, want one in %s", rows, cell)
	}
	testkit.Wait(t, "the mail that names "+cell, func() bool {
		found := mails(t, dir)
		return len(found) > 0 && strings.Contains(found[0], cell)
	})
	if now := admin.download("?complete=1"); !bytes.Equal(now.bytes(), before.bytes()) {
		t.Error("a rejected file has changed the team")
	}
	admin.want(http.StatusConflict, http.MethodPost, "/api/v1/batches/"+preview.ID+"/confirm", nil, "If-Match", `"any"`)
}

func TestSecondStartKeepsTheTeamAndPrintsTheSame(t *testing.T) {
	processTest(t)
	dir := t.TempDir()
	first, admin := demoIn(t, dir)
	email, password, token := first.value("email"), first.value("password"), first.value("token")
	sheet := admin.download("?complete=1")
	sheet.set(t, sheet.agents(t)[0], "Hometown", "Évora")
	admin.apply(admin.preview("team.txt", sheet.bytes()))
	kept := admin.download("")
	first.stop()

	second, again := demoIn(t, dir)
	if second.value("email") != email || second.value("password") != password || second.value("token") != token {
		t.Error("the second start prints other credentials")
	}
	if now := again.download(""); !bytes.Equal(now.bytes(), kept.bytes()) {
		t.Error("the second start has another team")
	}
}

func TestWrongFilesAreRefusedAtOnce(t *testing.T) {
	processTest(t)
	_, admin := demo(t)
	tests := []struct{ name, file string }{
		{"csv-utf8.csv", "User ID,Email\r\n1,ana@demo.example\r\n"},
		{"csv-utf8-mark.csv", "\ufeffUser ID,Email\r\n1,ana@demo.example\r\n"},
		{"tabs-utf8.txt", "User ID\tEmail\r\n1\tana@demo.example\r\n"},
		{"tabs-ansi.txt", "User ID\tHometown\r\n1\t\xc9vora\r\n"},
		{"workbook.xlsx", "PK\x03\x04\x14\x00\x06\x00\x08\x00[Content_Types].xml"},
		{"workbook.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)},
		{"utf32.txt", "\xff\xfe\x00\x00U\x00\x00\x00"},
		{"page.html", "<!DOCTYPE html><html><body>Sign in</body></html>"},
	}
	for _, test := range tests {
		got := admin.call(http.MethodPost, "/api/v1/batches?name="+test.name, []byte(test.file))
		if got.status != http.StatusUnsupportedMediaType || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, want 415 application/problem+json", test.name, got.status, got.header.Get("Content-Type"))
		}
		problem := decode[struct {
			Code string `json:"code"`
		}](t, got)
		if problem.Code != "file-encoding" {
			t.Errorf("%s: code %q, want file-encoding: %s", test.name, problem.Code, got.body)
		}
	}
	listed := decode[struct {
		Batches []batchJSON `json:"batches"`
	}](t, admin.want(http.StatusOK, http.MethodGet, "/api/v1/batches", nil))
	if len(listed.Batches) != 0 {
		t.Errorf("refused files have left %d batches", len(listed.Batches))
	}
}
