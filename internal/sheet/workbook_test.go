package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"teamsheet/internal/fault"
)

func someColumns() []WorkbookColumn {
	return []WorkbookColumn{
		{Header: "User ID", Width: 38, Locked: true},
		{Header: "Employee ID", Width: 14, Help: "Exactly as it is: leading zeros matter."},
		{Header: "Role", Choices: []string{"Agent", "Team Leader", "=Boss"}},
		{Header: "Can Manage Team", Choices: []string{"y", "n"}},
		{Header: "Bio", Width: 60},
	}
}

// saved is the workbook with these rows, as a file and opened again.
func saved(t *testing.T, columns []WorkbookColumn, rows ...[]string) ([]byte, *excelize.File) {
	t.Helper()
	workbook, err := NewWorkbook(columns, []string{"Save as Unicode Text.", "=Do not edit the grey columns."})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := workbook.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	n, err := workbook.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("WriteTo: %d of %d bytes, %v", n, out.Len(), err)
	}
	if err := workbook.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return out.Bytes(), file
}

func part(t *testing.T, file []byte, name string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	content, err := io.ReadAll(opened)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestWorkbookCells(t *testing.T) {
	t.Parallel()
	rows := [][]string{
		{"0b9c", "00123", "Agent", "y", "Line one\nLine two\n\ttabbed "},
		{"1E5", "3/4", "=Boss", "n", "=1+1"},
		{"", "'=x", "'t Hooft", "", "<b>&amp; _x0041_ \"q\" ناصر 👩‍🚀 \uFFFD"},
		{"only the first"},
	}
	_, file := saved(t, someColumns(), rows...)
	got, err := file.GetRows("Team")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"User ID", "Employee ID", "Role", "Can Manage Team", "Bio"},
		{"0b9c", "00123", "Agent", "y", "Line one\nLine two\n\ttabbed "},
		{"1E5", "3/4", "'=Boss", "n", "'=1+1"},
		{"", "''=x", "'t Hooft", "", "<b>&amp; _x0041_ \"q\" ناصر 👩‍🚀 \uFFFD"},
		{"only the first"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
}

func TestWorkbookIsTextThroughout(t *testing.T) {
	t.Parallel()
	raw, file := saved(t, someColumns(), []string{"a", "00123", "Agent", "y", "=1+1"}, []string{"b"})
	xml := part(t, raw, "xl/worksheets/sheet1.xml")
	if cells, texts := strings.Count(xml, "<c "), strings.Count(xml, `t="inlineStr"`); cells == 0 || cells != texts {
		t.Errorf("%d cells, %d of them text", cells, texts)
	}
	if strings.Contains(xml, "<f>") {
		t.Error("the sheet has a formula cell")
	}
	for _, cell := range []string{"A1", "A2", "B2", "E2", "A3"} {
		id, err := file.GetCellStyle("Team", cell)
		checkIsText(t, file, cell, id, err)
	}
	id, err := file.GetColStyle("Team", "C") // for cells that are empty, and rows to come
	checkIsText(t, file, "column C", id, err)
}

func checkIsText(t *testing.T, file *excelize.File, what string, id int, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if style, err := file.GetStyle(id); err != nil || style.NumFmt != 49 {
		t.Errorf("%s has the format %+v, %v; want 49, @", what, style, err)
	}
}

func TestWorkbookLook(t *testing.T) {
	t.Parallel()
	raw, file := saved(t, someColumns(), []string{"a", "b", "Agent", "y", "e"}, []string{"c"})
	if diff := cmp.Diff([]string{"Team", "Read me"}, file.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	if got := file.GetActiveSheetIndex(); got != 0 {
		t.Errorf("active sheet %d, want the first", got)
	}
	panes, err := file.GetPanes("Team")
	if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.XSplit != 0 {
		t.Errorf("panes %+v, %v; want the header frozen", panes, err)
	}
	if width, err := file.GetColWidth("Team", "A"); err != nil || width != 38 {
		t.Errorf("width of A is %v, %v; want 38", width, err)
	}
	xml := part(t, raw, "xl/worksheets/sheet1.xml")
	for _, want := range []string{`<autoFilter ref="$A$1:$E$3"`, `numberStoredAsText="true"`, `sqref="A1:E3"`,
		`<cols><col min="1" max="1" width="38" customWidth="1" style="2"/><col min="2" max="2" width="14"`} {
		if !strings.Contains(xml, want) {
			t.Errorf("the sheet lacks %s", want)
		}
	}
	grey := func(cell string) bool {
		id, err := file.GetCellStyle("Team", cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := file.GetStyle(id)
		return err == nil && len(style.Fill.Color) == 1 && style.Fill.Color[0] == "EDEDED"
	}
	if !grey("A2") || !grey("A3") || grey("B2") {
		t.Errorf("grey: A2 %v, A3 %v, B2 %v; want the locked column alone", grey("A2"), grey("A3"), grey("B2"))
	}
}

func TestWorkbookReadMe(t *testing.T) {
	t.Parallel()
	_, file := saved(t, someColumns())
	got, err := file.GetRows("Read me")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"", "Save as Unicode Text."},
		{"", "'=Do not edit the grey columns."},
		{"Column", "What to enter"},
		{"User ID"},
		{"Employee ID", "Exactly as it is: leading zeros matter."},
		{"Role"},
		{"Can Manage Team"},
		{"Bio"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read me (-want +got):\n%s", diff)
	}
}

func TestWorkbookDropDowns(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 60 {
		many = append(many, fmt.Sprintf("Role number %d", i))
	}
	fits := []string{strings.Repeat("a", 127), strings.Repeat("王", 127)} // 255 with the comma
	columns := []WorkbookColumn{
		{Header: "A", Choices: []string{"y", "n"}},
		{Header: "B", Choices: many},
		{Header: "C", Choices: []string{"Porto, PT", "Lisbon"}},
		{Header: "D", Choices: fits},
		{Header: "E", Choices: append(fits[:1:1], fits[1]+"b")},
		{Header: "F", Choices: []string{"+1", "b"}, Help: strings.Repeat("👩", 200)},
	}
	_, file := saved(t, columns, []string{"y"})
	validations, err := file.GetDataValidations("Team")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, validation := range validations {
		got[validation.Sqref] = validation.Formula1
	}
	want := map[string]string{
		"A2:A1048576": `"y,n"`,
		"B2:B1048576": "Choices!$B$1:$B$60",
		"C2:C1048576": "Choices!$C$1:$C$2",
		"D2:D1048576": `"` + strings.Join(fits, ",") + `"`,
		"E2:E1048576": "Choices!$E$1:$E$2",
		"F2:F1048576": `"'+1,b"`,
		"F1":          "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("drop-downs (-want +got):\n%s", diff)
	}
	if visible, err := file.GetSheetVisible("Choices"); err != nil || visible {
		t.Errorf("the sheet of choices is visible %v, %v", visible, err)
	}
	if diff := cmp.Diff([]string{"Team", "Read me", "Choices"}, file.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	if last, err := file.GetCellValue("Choices", "B60"); err != nil || last != "Role number 59" {
		t.Errorf("the last choice is %q, %v", last, err)
	}
	for _, validation := range validations {
		if validation.Prompt != nil && unitCount(*validation.Prompt) > promptChars {
			t.Errorf("the prompt of %s has %d units", validation.Sqref, unitCount(*validation.Prompt))
		}
	}
}

func TestWorkbookRefusesWhatItCannotHold(t *testing.T) {
	t.Parallel()
	workbook, err := NewWorkbook(someColumns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer workbook.Close()
	for name, value := range map[string]string{
		"too long": strings.Repeat("x", 32_768), "too long in pairs": strings.Repeat("👩", 16_384), "escape included": "=" + strings.Repeat("x", 32_766) + "x",
		"control": "a\x0Bb", "noncharacter": "a\uFFFF", "not UTF-8": "a\xFF",
	} {
		err := workbook.Write([]string{"a", value})
		if !errors.Is(err, ErrUnwritable) || err.Error() != "write workbook: row 2, column 2: value cannot be written as text" {
			t.Errorf("%s: %v, want ErrUnwritable for row 2, column 2", name, err)
		}
	}
	if err := workbook.Write([]string{strings.Repeat("x", 32_767), strings.Repeat("👩", 16_383)}); err != nil {
		t.Errorf("the longest cells: %v", err)
	}
	if err := workbook.Write(make([]string, 6)); err == nil {
		t.Error("a row with more cells than columns is written")
	}
	workbook.row = workbookRows
	err = workbook.Write([]string{"a"})
	if want := "An Excel workbook holds 1,048,575 people at most. Download the team as Unicode Text."; !fault.Is(err, fault.TooLarge) || !strings.Contains(err.Error(), want) {
		t.Errorf("one row too many: %v, want %q", err, want)
	}
}

// The rows of a workbook wait on disk and go out as they are read.
func TestWorkbookMemoryIsBounded(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	workbook, err := NewWorkbook(someColumns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	row := []string{"0b9c0000-5cf1-4d3e-9a1b-000000000000", "000123", "Agent", "y", strings.Repeat("Some words of a bio. ", 200)}
	for i := range 13_000 {
		row[0] = fmt.Sprintf("%036d", i)
		if err := workbook.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	held := heapInUse()
	n, err := workbook.WriteTo(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if held > 44<<20 {
		t.Errorf("%d MiB are held before a workbook of %d MiB is sent", held>>20, n>>20)
	}
	if err := workbook.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d temporary files are left, %v", len(left), err)
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapInuse
}
