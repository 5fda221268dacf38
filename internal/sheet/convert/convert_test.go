package convert

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/demo"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
)

func TestTextIsConverted(t *testing.T) {
	t.Parallel()
	const mark = "\xef\xbb\xbf"
	for name, test := range map[string]struct {
		file string
		want [][]string
	}{
		"comma":      {"Email,Bio\r\na@x,\"one, two\"\r\n", [][]string{{"Email", "Bio"}, {"a@x", "one, two"}}},
		"mark":       {mark + "Email,Bio\na@x,é\n", [][]string{{"Email", "Bio"}, {"a@x", "é"}}},
		"semicolon":  {"Email;Bio;Role\na@x;a,b;c\n", [][]string{{"Email", "Bio", "Role"}, {"a@x", "a,b", "c"}}},
		"tab":        {"Email\tBio\r\na@x\t\"say \"\"hi\"\"\"\r\n", [][]string{{"Email", "Bio"}, {"a@x", `say "hi"`}}},
		"breaks":     {"Email,Bio\r\na@x,\"1\r\n2\n3\"\r\n", [][]string{{"Email", "Bio"}, {"a@x", "1\r\n2\n3"}}},
		"old breaks": {"Email,Bio\ra@x,b\r", [][]string{{"Email", "Bio"}, {"a@x", "b"}}},
		"blank":      {"Email,Bio\r\n\r\n,\r\na@x,b\r\n\r\n", [][]string{{"Email", "Bio"}, {""}, {""}, {"a@x", "b"}}},
		"ragged":     {"Email,Bio,Role\na@x\na@y,b,c,\n", [][]string{{"Email", "Bio", "Role"}, {"a@x", "", ""}, {"a@y", "b", "c"}}},
		"no end":     {"Email,Bio\na@x,\"b\"", [][]string{{"Email", "Bio"}, {"a@x", "b"}}},
		"formula":    {"Email,Bio\n=1+1,'=1\n''x,\"\tb\"\n", [][]string{{"Email", "Bio"}, {"=1+1", "=1"}, {"''x", "\tb"}}},
		"quote":      {"Email,Bio\na@x,5\" disk\n", [][]string{{"Email", "Bio"}, {"a@x", `5" disk`}}},
		"tab in bio": {"Email,Bio\na@x,\"1\t2\"\n", [][]string{{"Email", "Bio"}, {"a@x", "1\t2"}}},
		"numbers":    {"Employee ID,Bio\n00123,1E5\n", [][]string{{"Employee ID", "Bio"}, {"00123", "1E5"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, report, err := converted([]byte(test.file), limits())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if len(report.Notes) > 0 || len(report.Look) != min(3, len(got)) {
				t.Errorf("%+v", report)
			}
		})
	}
}

func TestTextThatCannotBeConvertedIsRefused(t *testing.T) {
	t.Parallel()
	small := limits()
	small.Rows, small.Columns, small.CellChars, small.Bytes = 2, 3, 10, 200
	head := "Email,Bio\r\n"
	for name, test := range map[string]struct {
		file string
		code problem.Code
		cell string
	}{
		"not closed":    {head + "a@x,\"b\r\nc", problem.FileDamaged, "B2"},
		"text after it": {head + "a@x,\"b\"c\r\n", problem.FileDamaged, "B2"},
		"long":          {head + "a@x,b\r\n\"" + strings.Repeat("b,\n", 99), problem.TooLong, "A3"},
		"long letters":  {head + strings.Repeat("é", 11), problem.TooLong, "A2"},
		"wide":          {head + "a,b,c,d\r\n", problem.FileDamaged, "D2"},
		"many rows":     {head + "a,b\r\na,b\r\n\r\na,b\r\n", problem.TooManyRows, ""},
		"large":         {head + "123456789,123456789\r\n123456789,123456789\r\n" + strings.Repeat("\r\n", 99) + "a", problem.TooManyRows, ""},
		"blank rows":    {head + strings.Repeat("\r\n", 99) + "a", problem.FileTooLarge, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := converted([]byte(test.file), small)
			refused(t, err, test.code, test.cell)
		})
	}
	// The first look sees UTF-8 alone.
	_, _, err := converted([]byte(head+strings.Repeat("a@x,b\r\n", 20_000)+"a@x,caf\xe9\r\n"), limits())
	refused(t, err, problem.FileEncoding, "B20002")
	_, _, err = converted([]byte(head+strings.Repeat("a@x,b\r\n", 20_000)+"a@x,\x00\r\n"), limits())
	refused(t, err, problem.FileDamaged, "B20002")
}

// What a team is written as in a workbook comes out as what it is written as in
// Unicode Text, whatever is in it.
func TestWorkbookComesOutAsTheUnicodeText(t *testing.T) {
	t.Parallel()
	var rows [][]string
	directory := profile.NewDirectory(demo.Roles(), demo.Groups())
	for p := range demo.People(7, 300) {
		var cells []string
		for _, column := range profile.Columns() {
			cells = append(cells, profile.Text(p, column.Field, directory))
		}
		rows = append(rows, cells)
	}
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"=", "'", "+1", "\t", "\n", "\"", "_x000D_", "_x", "_x005F_", "é", "漢", "🙂", " ", "<b>", "&amp;", "00123", "1E5", "a", ",", ";", "\uFEFF", "\u202e", "@", "\uff1d"}
	for range 300 {
		cells := make([]string, profile.FieldCount)
		for i := range cells {
			for range random.IntN(5) {
				cells[i] += pieces[random.IntN(len(pieces))]
			}
		}
		rows = append(rows, cells)
	}
	book, text := written(t, rows)
	got, report, err := converted(book, limits())
	if err != nil {
		t.Fatal(err)
	}
	want, err := rowsOf(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-Unicode Text +workbook):\n%s", diff)
	}
	if len(report.Notes) > 0 || report.Rows != len(rows) {
		t.Errorf("%d rows, %q", report.Rows, report.Notes)
	}
}

// written is a team as both downloads.
func written(t *testing.T, rows [][]string) (book, text []byte) {
	t.Helper()
	var columns []sheet.WorkbookColumn
	var headers []string
	for _, column := range profile.Columns() {
		columns, headers = append(columns, sheet.WorkbookColumn{Header: column.Header, Choices: column.Choices}), append(headers, column.Header)
	}
	w, err := sheet.NewWorkbook(columns, []string{"Read me."})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	var out, plain bytes.Buffer
	p := sheet.NewWriter(&plain)
	err = p.Write(headers)
	for _, row := range rows {
		err = errors.Join(err, w.Write(row), p.Write(row))
	}
	_, sendErr := w.WriteTo(&out)
	if err = errors.Join(err, sendErr, p.Flush()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), plain.Bytes()
}

func TestCellsOfAWorkbook(t *testing.T) {
	t.Parallel()
	file := workbookOf(t, `<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c r="D1" t="inlineStr"><is><t>Bio</t></is></c></row>`+
		`<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" s="1"><v>46115</v></c><c r="D3"><f>A1&amp;"x"</f><v>12</v></c></row>`+
		`<row><c t="b"><v>1</v></c><c s="2"><v>46115</v></c><c/><c t="str"><f>A1</f><v></v></c></row>`+
		`<row r="6"><c t="e"><v>#N/A</v></c><c s="3"><v>0.5</v></c><c r="D6" s="4"><v>123</v></c></row>`+
		`<row r="7"><c><v>1.1000000000000001</v></c><c s="1"><v>46115.25</v></c><c r="D7"><v>1.2345678901234568E+18</v></c></row>`+
		`<row r="8"><c t="d"><v>2026-04-03T00:00:00</v></c><c s="5"><v>2</v></c><c r="D8" s="6"><v>-5</v></c></row>`+
		`<row r="9"><c t="inlineStr"><is><t>=1+1</t></is></c><c s="1"><v>60</v></c></row><row r="1048576"><c s="1"/></row>`)
	got, report, err := converted(file, limits())
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Email", "Start Date", "", "Bio"}, {""}, {" a\rb_x000D_🙂 ", "2026-04-03", "", "12"}, {"TRUE", "2026-04-03", "", ""}, {""},
		{"#N/A", "0.5", "", "123"}, {"1.1", "46115.25", "", "1.2345678901234568E+18"}, {"2026-04-03", "2", "", "-5"}, {"=1+1", "60", "", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	wantNotes := []string{
		"2 cells hold formulas: their results were taken, as the workbook stores them. The first is D3.",
		"5 cells hold numbers, not text: their digits were taken as they are stored, without zeros in front. The first is D3: 12.",
		"3 cells hold dates: they were written as year-month-day. The first is B3: 2026-04-03.",
		"4 cells hold times, or dates that programs count in different ways: the stored numbers were taken. The first is B6: 0.5.",
	}
	if diff := cmp.Diff(wantNotes, report.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

func TestWorkbookThatCannotBeConvertedIsRefused(t *testing.T) {
	t.Parallel()
	small := limits()
	small.Rows, small.Columns, small.CellChars, small.Bytes = 3, 3, 10, 2000
	header := `<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>`
	text := func(s string) string { return `<c t="inlineStr"><is><t>` + s + `</t></is></c>` }
	for name, test := range map[string]struct {
		rows string
		code problem.Code
		cell string
	}{
		"no result":     {`<row r="5"><c r="B5"><f>A1</f></c></row>`, problem.FileDamaged, "B5"},
		"half":          {`<row r="2">` + text("_xD83D_") + `</row>`, problem.FileDamaged, "A2"},
		"nul":           {`<row r="2">` + text("_x0000_") + `</row>`, problem.FileDamaged, "A2"},
		"long":          {`<row r="2">` + text(strings.Repeat("a", 11)) + `</row>`, problem.TooLong, "A2"},
		"very long":     {`<row r="2">` + text(strings.Repeat("a", 200)) + `</row>`, problem.TooLong, "A2"},
		"wide":          {`<row r="2"><c r="E2"><v>1</v></c></row>`, problem.FileDamaged, "E2"},
		"many rows":     {strings.Repeat(`<row>`+text("a")+`</row>`, 4), problem.TooManyRows, ""},
		"large":         {`<row r="1000000">` + text("a") + `</row>`, problem.FileTooLarge, ""},
		"rows mixed up": {`<row r="4"/><row r="3"/>`, problem.FileDamaged, ""},
		"cells mixed":   {`<row r="4"><c r="B4"/><c r="A4"/></row>`, problem.FileDamaged, ""},
		"no text":       {`<row r="4"><c t="s"><v>3</v></c></row>`, problem.FileDamaged, "A4"},
		"no number":     {`<row r="4"><c><v>abc</v></c></row>`, problem.FileDamaged, "A4"},
		"no XML":        {`<row r="4"><c`, problem.FileDamaged, ""},
		"entity":        {`<row r="2">` + text("&lol;") + `</row>`, problem.FileDamaged, ""},
		"bomb":          {`<row r="2">` + strings.Repeat("<c/>", 5000) + `</row>`, problem.FileTooLarge, ""},
		"one piece":     {`<!--` + strings.Repeat("-x", 3<<20) + `-->`, problem.FileTooLarge, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := converted(workbookOf(t, header+test.rows), small)
			var file *sheet.FileError
			if errors.As(err, &file) && test.cell == "A4" {
				test.cell = file.Problem.Cell // the workbook is damaged as a whole
			}
			refused(t, err, test.code, test.cell)
		})
	}
	_, _, err := converted(workbookOf(t, header+`<row r="2"><!--`+strings.Repeat("x", 2<<20)+`--></row>`), limits())
	refused(t, err, problem.FileDamaged, "")
	whole := workbookOf(t, header)
	for _, file := range [][]byte{whole[:len(whole)/2], zipped(t, "xl/workbook.xml", mainPart), zipped(t, "xl/workbook.xml", mainPart, "xl/_rels/workbook.xml.rels", mainRels)} {
		_, _, err := converted(file, limits())
		refused(t, err, problem.FileDamaged, "")
	}
}

// Trouble of reading the file is not the file's.
func TestTroubleOfReadingIsNoProblemOfTheFile(t *testing.T) {
	t.Parallel()
	trouble := errors.New("the disk is gone")
	file := workbookOf(t, strings.Repeat(`<row><c><v>1</v></c></row>`, 9))
	for left := range len(file) / 50 {
		src := Source{&failingReaderAt{bytes.NewReader(file), left, trouble}, int64(len(file))}
		_, err := Convert(io.Discard, src, sheet.Detect(file), Options{Limits: limits()})
		if err != nil && !errors.Is(err, trouble) {
			t.Fatalf("after %d reads: %v", left, err)
		}
	}
	_, err := Convert(failingWriter{trouble}, Source{bytes.NewReader(file), int64(len(file))}, sheet.Detect(file), Options{Limits: limits()})
	if !errors.Is(err, trouble) {
		t.Errorf("writing: %v", err)
	}
	_, err = Convert(io.Discard, Source{&failingReaderAt{nil, 0, trouble}, 100}, sheet.Detect([]byte("Email,Bio\n")), Options{Limits: limits()})
	if !errors.Is(err, trouble) {
		t.Errorf("text: %v", err)
	}
}

type failingReaderAt struct {
	in   io.ReaderAt
	left int
	err  error
}

func (f *failingReaderAt) ReadAt(p []byte, offset int64) (int, error) {
	if f.left--; f.left < 0 {
		return 0, f.err
	}
	return f.in.ReadAt(p, offset)
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

// Many shared texts wait in a file; each is found again.
func TestTextsAreFoundAgain(t *testing.T) {
	t.Parallel()
	shared := texts{folder: t.TempDir()}
	defer shared.close()
	text := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), 1000+i%7) }
	const many = textsInMemory/1000 + 500
	for i := range many {
		if err := shared.add([]byte(text(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := shared.flush(); err != nil || shared.spill == nil {
		t.Fatal(err, "nothing waits in a file")
	}
	for i := 0; i < many; i += 97 {
		if got, ok, err := shared.at(i); got != text(i) || !ok || err != nil {
			t.Fatalf("text %d: %q, %v, %v", i, got, ok, err)
		}
	}
	if _, ok, _ := shared.at(many); ok {
		t.Error("one too many")
	}
}

func TestApplicationIsTold(t *testing.T) {
	t.Parallel()
	for want, parts := range map[string][]string{
		"Microsoft Macintosh Excel": {"docProps/app.xml", `<Properties xmlns="x"><TotalTime>0</TotalTime><Application>Microsoft Macintosh Excel</Application></Properties>`},
		"":                          {"xl/workbook.xml", "x"},
	} {
		file := zipped(t, parts...)
		if got := Application(Source{bytes.NewReader(file), int64(len(file))}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// FuzzConvert: whatever the bytes, there is an answer, and what is converted reads
// back without damage.
func FuzzConvert(f *testing.F) {
	f.Add([]byte("Email,Bio\r\na@x,\"one, \"\"two\"\"\"\r\n"))
	f.Add([]byte("\xef\xbb\xbfEmail;Bio\n\n'=x;b\n"))
	f.Add([]byte("Email\tBio\r1\t2"))
	f.Add(workbookOf(f, `<row r="1"><c t="s"><v>0</v></c></row><row r="3"><c t="s"><v>2</v></c><c s="1"><v>46115</v></c></row>`))
	f.Fuzz(func(t *testing.T, file []byte) {
		format := sheet.Detect(file)
		if !Can(format) {
			return
		}
		l := limits()
		l.Bytes = 1 << 20
		_, _, err := converted(file, l)
		var refusal *sheet.FileError
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
	})
}
