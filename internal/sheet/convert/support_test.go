package convert

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
)

func known(header string) bool { _, ok := profile.FieldByHeader(header); return ok }

func limits() sheet.Limits { return sheet.Limits{KnownHeader: known} }

// converted converts a file and reads the result back.
func converted(file []byte, l sheet.Limits) ([][]string, Report, error) {
	var out bytes.Buffer
	report, err := Convert(&out, Source{bytes.NewReader(file), int64(len(file))}, sheet.Detect(file[:min(len(file), sheet.SniffLength)]), Options{Limits: l, Look: 3})
	if err != nil {
		return nil, report, err
	}
	rows, err := rowsOf(out.Bytes())
	return rows, report, err
}

// rowsOf reads Unicode Text with the program's own reader, strictly.
func rowsOf(file []byte) ([][]string, error) {
	reader, err := sheet.NewReader(bytes.NewReader(file), sheet.Limits{CellChars: 1 << 20})
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for {
		row, err := reader.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err == nil && len(row.Damage) > 0 {
			err = errors.New(row.Damage[0].Message)
		}
		if err != nil {
			return nil, err
		}
		var cells []string
		for _, cell := range row.Cells {
			cells = append(cells, string(cell))
		}
		rows = append(rows, cells)
	}
}

// refused checks that a file is refused for a reason, at a cell.
func refused(t *testing.T, err error, code problem.Code, cell string) {
	t.Helper()
	var file *sheet.FileError
	if !errors.As(err, &file) {
		t.Fatalf("%v; want %s", err, code)
	}
	p := file.Problem
	if p.Code != code || p.Cell != cell || p.Message == "" || p.Fix == "" || cell != "" && !strings.HasPrefix(p.Message, cell+": ") {
		t.Fatalf("%+v; want %s at %q", p, code, cell)
	}
}

// zipped makes a zip of named parts.
func zipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(part, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	topParts = `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	mainPart = `<workbook><workbookPr/><sheets><sheet name="Team" sheetId="1" r:id="a"/></sheets></workbook>`
	mainRels = `<Relationships><Relationship Id="a" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="b" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>` +
		`<Relationship Id="c" Type="http://x/styles" Target="styles.xml"/></Relationships>`
	someStyles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-409]d\ mmm &quot;h&quot;\ yyyy;@"/><numFmt numFmtId="165" formatCode="h:mm AM/PM"/>` +
		`<numFmt numFmtId="166" formatCode="000000"/><numFmt numFmtId="167" formatCode="[h]:mm"/><numFmt numFmtId="168" formatCode="[Red]General"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/></cellXfs></styleSheet>`
	someTexts = `<sst><si><t>Email</t></si><si><r><t>Start </t></r><r><t>Date</t></r><rPh><t>x</t></rPh></si><si><t xml:space="preserve"> a_x000D_b_x005F_x000D__xD83D__xDE42_ </t></si></sst>`
)

// workbookOf is a workbook of which the rows are given.
func workbookOf(t testing.TB, rows string) []byte {
	t.Helper()
	return zipped(t, "[Content_Types].xml", "<Types/>", "_rels/.rels", topParts, "xl/workbook.xml", mainPart, "xl/_rels/workbook.xml.rels", mainRels,
		"xl/styles.xml", someStyles, "xl/sharedStrings.xml", someTexts, "xl/worksheets/sheet1.xml", `<worksheet><sheetData>`+rows+`</sheetData></worksheet>`)
}
