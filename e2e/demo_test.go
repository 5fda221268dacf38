package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"teamsheet/internal/testkit"
	"teamsheet/internal/testkit/process"
)

// The demo is started once, because making its 10,000 people takes the longest:
// the steps share it, in this order.
func TestDemo(t *testing.T) {
	processTest(t)
	d := startDemo(t)
	for _, step := range []struct {
		name string
		do   func(*testing.T, *demonstration)
	}{
		{"wrong files are refused at once", wrongFilesAreRefusedAtOnce},
		{"an unchanged download changes nothing", unchangedDownloadChangesNothing},
		{"one wrong cell saves nothing and the mail names it", oneWrongCellSavesNothing},
		{"an edited sheet is applied whole", editedSheetIsAppliedWhole},
		{"a second start keeps the team and prints the same", secondStartKeepsAll},
	} {
		t.Run(step.name, func(t *testing.T) { step.do(t, d) })
	}
}

// demonstration is "teamsheet run --demo" and its data directory.
type demonstration struct {
	dir     string
	program *program
}

func startDemo(t *testing.T) *demonstration {
	t.Helper()
	d := &demonstration{dir: t.TempDir()}
	d.start(t)
	return d
}

func (d *demonstration) start(t *testing.T) {
	t.Helper()
	d.program = start(t, process.Settings{
		"TEAMSHEET_ADDR":     "127.0.0.1:0",
		"TEAMSHEET_DATA_DIR": d.dir,
	}, "run", "--demo")
	d.program.value("token") // the last line that it prints
}

func (d *demonstration) admin(t *testing.T) *client {
	t.Helper()
	return &client{t: t, url: d.program.value("url"), token: d.program.value("token")}
}

func unchangedDownloadChangesNothing(t *testing.T, d *demonstration) {
	admin := d.admin(t)
	people, everybody := admin.download("?complete=1"), admin.download("")
	if len(people) < 9000 || len(people) == len(everybody) {
		t.Errorf("%d of %d people are complete; the demo is to have some who are not", len(people)-1, len(everybody)-1)
	}
	complete := admin.preview("complete.txt", people.bytes())
	if complete.State != "ready" || complete.Counts.Rows != len(people)-1 || complete.Counts.Changed != 0 {
		t.Errorf("the complete people: %s, %+v; want ready, nothing changed: %s", complete.State, complete.Counts, admin.explain(complete.ID))
	}
	all := admin.preview("team.txt", everybody.bytes())
	if incomplete := len(everybody) - len(people); all.Counts.Changed != 0 || all.Counts.Invalid != incomplete {
		t.Errorf("everybody: %+v; want nothing changed, and problems of the %d incomplete people", all.Counts, incomplete)
	}
	for _, row := range admin.rows(all.ID, "problems") {
		for _, problem := range row.Problems {
			if problem.Code != "required-empty" || everybody.get(t, row.Row-1, "Deactivated") != "y" {
				t.Errorf("row %d: %s: %s", row.Row, problem.Code, problem.Message)
			}
		}
	}
}

// editedRows is how many rows edited changes.
const editedRows = 2 + 3 + 2 + 500

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

func editedSheetIsAppliedWhole(t *testing.T, d *demonstration) {
	admin := d.admin(t)
	before := admin.download("?complete=1")
	sheet := edited(t, before)

	preview := admin.preview("team.txt", sheet.bytes())
	if preview.State != "ready" || preview.Counts.Changed != editedRows {
		t.Fatalf("batch is %s, %+v; want ready, %d changed: %s", preview.State, preview.Counts, editedRows, admin.explain(preview.ID))
	}
	if now := admin.download("?complete=1"); !bytes.Equal(now.bytes(), before.bytes()) {
		t.Error("a preview has changed the team")
	}
	admin.apply(preview)
	checkApplied(t, before, sheet, admin.download("?complete=1"))
}

// checkApplied compares the team after an apply with the sheet, cell by cell, and
// sees that each person who changed did so once.
func checkApplied(t *testing.T, before, sheet, after table) {
	t.Helper()
	for _, difference := range differences(after.without(t, "Version"), sheet.without(t, "Version")) {
		t.Errorf("after the apply, %s", difference)
	}
	changed := 0
	for row := 1; row < min(len(before), len(after)); row++ {
		old, now := version(t, before, row), version(t, after, row)
		if now != old {
			changed++
		}
		if now != old && now != old+1 {
			t.Errorf("row %d: version %d became %d", row+1, old, now)
		}
	}
	if changed != editedRows {
		t.Errorf("%d people have a new version, want %d", changed, editedRows)
	}
}

func version(t *testing.T, sheet table, row int) int {
	t.Helper()
	number, err := strconv.Atoi(sheet.get(t, row, "Version"))
	if err != nil {
		t.Fatalf("row %d: %v", row+1, err)
	}
	return number
}

func oneWrongCellSavesNothing(t *testing.T, d *demonstration) {
	admin := d.admin(t)
	before := admin.download("?complete=1")
	sheet := edited(t, before)
	wrong := sheet.agents(t)[600]
	sheet.set(t, wrong, "License Type", "gold")
	cell := fmt.Sprintf("%c%d", 'A'+sheet.column(t, "License Type"), wrong+1)

	preview := admin.preview("one-wrong.txt", sheet.bytes())
	if preview.State != "rejected" || preview.Counts.Invalid != 1 {
		t.Errorf("batch is %s, %+v; want rejected for one row", preview.State, preview.Counts)
	}
	rows := admin.rows(preview.ID, "problems")
	if len(rows) != 1 || rows[0].Row != wrong+1 || len(rows[0].Problems) != 1 || rows[0].Problems[0].Cell != cell {
		t.Errorf("problems %+v, want one in %s", rows, cell)
	}
	testkit.Wait(t, "the mail about one-wrong.txt that names "+cell, func() bool {
		return slices.ContainsFunc(mails(t, d.dir), func(text string) bool {
			return strings.Contains(text, "one-wrong.txt") && strings.Contains(text, cell)
		})
	})
	if now := admin.download("?complete=1"); !bytes.Equal(now.bytes(), before.bytes()) {
		t.Error("a rejected file has changed the team")
	}
	admin.want(http.StatusConflict, http.MethodPost, "/api/v1/batches/"+preview.ID+"/confirm", nil, "If-Match", `"any"`)
}

func secondStartKeepsAll(t *testing.T, d *demonstration) {
	first := d.program
	kept := d.admin(t).download("")
	first.stop()
	d.start(t)
	for _, name := range []string{"email", "password", "token"} {
		if first.value(name) != d.program.value(name) {
			t.Errorf("the second start prints another %s", name)
		}
	}
	if now := d.admin(t).download(""); !bytes.Equal(now.bytes(), kept.bytes()) {
		t.Error("the second start has another team")
	}
}

func wrongFilesAreRefusedAtOnce(t *testing.T, d *demonstration) {
	admin := d.admin(t)
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
