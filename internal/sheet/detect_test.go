package sheet

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/problem"
)

// zipOf is a zip with entries of these names; a name with "=" has content.
func zipOf(entries ...string) []byte {
	var out bytes.Buffer
	writer := zip.NewWriter(&out)
	for _, entry := range entries {
		name, content, _ := strings.Cut(entry, "=")
		method := zip.Deflate
		if name == "mimetype" {
			method = zip.Store
		}
		part, err := writer.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = part.Write([]byte(content))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func gzipOf(content string) []byte {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, _ = writer.Write([]byte(content))
	_ = writer.Close()
	return out.Bytes()
}

const compoundMark = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

type sample struct {
	head    []byte
	kind    Kind
	name    string
	message string
	fix     string // its beginning
}

// The steps of the likely program, as they end a Fix.
const (
	inExcel   = `In Excel for Windows: Choose File > Save As (or Save a Copy). Under "Save as type", choose "Unicode Text (*.txt)", then Save. If Excel says that only the active sheet is saved, choose OK; if it says that features may be lost, choose Yes. Close the file in Excel, then upload it.`
	inSheets  = `In Google Sheets: Unicode Text is not offered there. Choose File > Download > Microsoft Excel (.xlsx). Open that file in Excel and save it as "Unicode Text (*.txt)", or in LibreOffice as Text CSV in "Unicode (UTF-16)" with {Tab} between fields. Upload the file that you saved there.`
	inLibre   = `In LibreOffice: Choose File > Save As and the file type "Text CSV (.csv)", tick "Edit filter settings", then Save. If it asks about the format, keep Text CSV. Set Character set to "Unicode (UTF-16)", Field delimiter to "{Tab}" and String delimiter to a double quote ("), then OK. Upload that file.`
	inNumbers = `In Apple Numbers: Unicode Text is not offered there. Choose File > Export To > Excel. Open that file in Excel and save it as "UTF-16 Unicode Text (.txt)", or in LibreOffice as Text CSV in "Unicode (UTF-16)" with {Tab} between fields. Upload the file that you saved there.`
)

func formats() map[string]sample {
	const (
		rows  = "Email,First Name,Bio\r\nana@x,Ana,\"a, b\"\r\n"
		tabs  = "Email\tFirst Name\r\nana@x\tAna\r\n"
		lossy = " Letters that this old encoding lacks are already lost in it."
		back  = "Go back to the workbook from which you saved it. "
	)
	semicolons := strings.ReplaceAll(rows, ",", ";")
	return map[string]sample{
		"CSV UTF-8 of Excel":     {[]byte("\uFEFF" + rows), UTF8MarkCSV, "CSV UTF-8 (comma separated)", "This file is CSV UTF-8 (comma separated), not Unicode Text.", inExcel},
		"its semicolons":         {[]byte("\uFEFF" + semicolons), UTF8MarkCSV, "CSV UTF-8 (semicolon separated)", "This file is CSV UTF-8 (semicolon separated), not Unicode Text.", inExcel},
		"CSV UTF-8 without mark": {[]byte(rows + "zoë@x,Zoë\r\n"), UTF8CSV, "CSV in UTF-8 (comma separated)", "This file is CSV in UTF-8 (comma separated), not Unicode Text.", inSheets},
		"CSV in ASCII":           {[]byte(rows), UTF8CSV, "CSV in UTF-8 (comma separated)", "This file is CSV in UTF-8 (comma separated), not Unicode Text.", inExcel},
		"CSV of semicolons":      {[]byte(semicolons + "zoë@x;Zoë\r\n"), UTF8CSV, "CSV in UTF-8 (semicolon separated)", "This file is CSV in UTF-8 (semicolon separated), not Unicode Text.", inSheets},
		"tab text in UTF-8":      {[]byte(tabs + "li@x\t李\n"), UTF8Tab, "tab-separated text in UTF-8", "This file is tab-separated text in UTF-8, not Unicode Text.", inSheets},
		"tab text in ASCII":      {[]byte(tabs), UTF8Tab, "tab-separated text in UTF-8", "This file is tab-separated text in UTF-8, not Unicode Text.", inExcel},
		"tab text with mark":     {[]byte("\uFEFF" + tabs), UTF8MarkTab, "tab-separated text in UTF-8 with a byte order mark", "This file is tab-separated text in UTF-8 with a byte order mark, not Unicode Text.", inExcel},
		"text without columns":   {[]byte("Dear all\n"), UTF8Text, "plain text in UTF-8 without columns", "This file is plain text in UTF-8 without columns, not Unicode Text.", inExcel},
		"ANSI tab text":          {[]byte(tabs + "zo\xEB@x\tZo\xEB\r\n"), ANSIText, "Text (Tab delimited) in an 8-bit encoding (ANSI)", "This file is Text (Tab delimited) in an 8-bit encoding (ANSI), not Unicode Text." + lossy, back + inExcel},
		"ANSI CSV":               {[]byte(semicolons + "zo\xEB@x;Zo\xEB\r\n"), ANSICSV, "CSV (semicolon separated) in an 8-bit encoding (ANSI)", "This file is CSV (semicolon separated) in an 8-bit encoding (ANSI), not Unicode Text." + lossy, back + inExcel},
		"xlsx of Excel":          {zipOf("[Content_Types].xml=<Types/>", "_rels/.rels=", "xl/workbook.xml=<w/>", "xl/sharedStrings.xml=s"), XLSX, "Excel workbook (.xlsx)", "This file is an Excel workbook (.xlsx), not Unicode Text.", inExcel},
		"xlsx, names far away":   {zipOf("[Content_Types].xml=" + strings.Repeat("x", 99))[:60], XLSX, "Excel workbook (.xlsx)", "This file is an Excel workbook (.xlsx), not Unicode Text.", inExcel},
		"xlsb":                   {zipOf("[Content_Types].xml=", "_rels/.rels=", "xl/workbook.bin=b"), XLSB, "Excel binary workbook (.xlsb)", "This file is an Excel binary workbook (.xlsb), not Unicode Text.", inExcel},
		"ods":                    {zipOf("mimetype=application/vnd.oasis.opendocument.spreadsheet", "content.xml=c"), ODS, "OpenDocument spreadsheet (.ods)", "This file is an OpenDocument spreadsheet (.ods), not Unicode Text.", inLibre},
		"fods":                   {[]byte(`<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">`), FODS, "OpenDocument spreadsheet in XML (.fods)", "This file is an OpenDocument spreadsheet in XML (.fods), not Unicode Text.", inLibre},
		"numbers":                {zipOf("Index/Document.iwa=x", "preview.jpg=x"), Numbers, "Apple Numbers document", "This file is an Apple Numbers document, not Unicode Text.", inNumbers},
		"numbers, preview first": {zipOf("preview.jpg=x", "Index/Document.iwa=x"), Numbers, "Apple Numbers document", "This file is an Apple Numbers document, not Unicode Text.", inNumbers},
		"other zip":              {zipOf("team.txt=x"), Zip, "zip archive", "This file is a zip archive, not Unicode Text.", "Unpack it first, and open the sheet that is in it. " + inExcel},
		"xls":                    {append([]byte(compoundMark), wide("Workbook")...), XLS, "Excel 97-2003 workbook (.xls), or a workbook with a password", "This file is an Excel 97-2003 workbook (.xls) or a workbook with a password, not Unicode Text.", inExcel},
		"with a password":        {append([]byte(compoundMark+strings.Repeat("\x00", 600)), wide("EncryptedPackage")...), Locked, "workbook with a password", "This file is a workbook with a password, not Unicode Text.", "Open it with its password. " + inExcel},
		"web page":               {[]byte("\r\n<!DOCTYPE html><html><body>"), HTML, "web page (HTML)", "This file is a web page (HTML), not Unicode Text.", "Open it in your spreadsheet program and check that it is the right sheet. " + inExcel},
		"web page of Excel":      {[]byte("<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"\r\n"), HTML, "web page (HTML)", "This file is a web page (HTML), not Unicode Text.", "Open it in your spreadsheet program and check that it is the right sheet. " + inExcel},
		"XML spreadsheet":        {[]byte("\uFEFF<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>"), XMLSpreadsheet, "XML spreadsheet", "This file is an XML spreadsheet, not Unicode Text.", inExcel},
		"XML":                    {[]byte("<?xml version=\"1.0\"?><team/>"), XML, "XML file", "This file is an XML file, not Unicode Text.", "Open it in your spreadsheet program and check that it is the right sheet. " + inExcel},
		"XHTML":                  {[]byte("<?xml version=\"1.0\"?><html>"), HTML, "web page (HTML)", "This file is a web page (HTML), not Unicode Text.", "Open it in your spreadsheet program and check that it is the right sheet. " + inExcel},
		"PDF":                    {[]byte("%PDF-1.7\n\x00"), PDF, "PDF document", "This file is a PDF document, not Unicode Text.", "A PDF cannot be turned back into the sheet: go to the workbook itself. " + inExcel},
		"RTF":                    {[]byte("{\\rtf1\\ansi"), RTF, "rich text document (.rtf)", "This file is a rich text document (.rtf), not Unicode Text.", "Go back to the sheet in your spreadsheet program. " + inExcel},
		"JSON":                   {[]byte(`[{"email":"ana@x"}]`), JSON, "JSON file", "This file is a JSON file, not Unicode Text.", "Put its values into the downloaded sheet. " + inExcel},
		"gzip":                   {gzipOf("x"), Compressed, "compressed archive", "This file is a compressed archive, not Unicode Text.", "Unpack it first, and open the sheet that is in it. " + inExcel},
		"picture":                {[]byte("\x89PNG\r\n\x1A\n"), Binary, "file of another program", "This file is not a text file: it comes from another program or is damaged.", "Open it in your spreadsheet program and check that it is the right sheet. " + inExcel},
		"other bytes":            {bytes.Repeat([]byte{1, 0, 0, 7, 0xFE, 3}, 300), Binary, "file of another program", "This file is not a text file: it comes from another program or is damaged.", "Open it in your spreadsheet program and check that it is the right sheet. " + inExcel},
		"other bytes without 0":  {bytes.Repeat([]byte{1, 2, 0xFE, 3}, 300), Binary, "file of another program", "This file is not a text file: it comes from another program or is damaged.", "Open it in your spreadsheet program and check that it is the right sheet. " + inExcel},
		"UTF-32LE":               {[]byte("\xFF\xFE\x00\x00E\x00\x00\x00"), UTF32, "text in UTF-32", "This file is text in UTF-32, which is not the UTF-16 of Unicode Text.", inExcel},
		"UTF-32BE":               {[]byte("\x00\x00\xFE\xFF\x00\x00\x00E"), UTF32, "text in UTF-32", "This file is text in UTF-32, which is not the UTF-16 of Unicode Text.", inExcel},
		"UTF-32LE without mark":  {[]byte(strings.Repeat("E\x00\x00\x00", 20)), UTF32, "text in UTF-32", "This file is text in UTF-32, which is not the UTF-16 of Unicode Text.", inExcel},
		"UTF-32BE without mark":  {[]byte(strings.Repeat("\x00\x00\x00E", 20)), UTF32, "text in UTF-32", "This file is text in UTF-32, which is not the UTF-16 of Unicode Text.", inExcel},
		"UTF-16LE without mark":  {le(tabs)[2:], UTF16Unmarked, "UTF-16 text without a byte order mark", "This file is UTF-16 text without a byte order mark, and its first row has no header that we know.", inExcel},
		"UTF-16BE without mark":  {be(tabs)[2:], UTF16Unmarked, "UTF-16 text without a byte order mark", "This file is UTF-16 text without a byte order mark, and its first row has no header that we know.", inExcel},
		"UTF-16 with commas":     {le(rows), UTF16Delimited, "UTF-16 text (comma separated)", "The columns of this file are separated by commas, not by tabs.", "Leave the tabs as your spreadsheet program writes them. " + inLibre},
		"UTF-16 with semicolons": {be(semicolons), UTF16Delimited, "UTF-16 text (semicolon separated)", "The columns of this file are separated by semicolons, not by tabs.", "Leave the tabs as your spreadsheet program writes them. " + inLibre},
		"unmarked with commas":   {le(rows)[2:], UTF16Delimited, "UTF-16 text (comma separated)", "The columns of this file are separated by commas, not by tabs.", "Leave the tabs as your spreadsheet program writes them. " + inLibre},
		"no bytes":               {nil, Empty, "empty file", "This file is empty.", "Download the current team, edit it, and upload the file that you save."},
		"a mark alone":           {le(""), Empty, "empty file", "This file is empty.", "Download the current team, edit it, and upload the file that you save."},
	}
}

func TestDetectRefuses(t *testing.T) {
	t.Parallel()
	for name, file := range formats() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			format := Detect(file.head)
			if format.OK() || format.Kind != file.kind || format.Name != file.name {
				t.Errorf("format %q, %q, OK %v; want %q, %q", format.Kind, format.Name, format.OK(), file.kind, file.name)
			}
			code := problem.FileEncoding
			switch file.kind {
			case Empty:
				code = problem.FileEmpty
			case UTF16Delimited:
				code = problem.FileDelimiter
			}
			want := problem.Problem{Code: code, Message: file.message, Fix: file.fix}
			if diff := cmp.Diff(want, format.Problem()); diff != "" {
				t.Errorf("problem (-want +got):\n%s", diff)
			}
			if _, err := NewReader(bytes.NewReader(file.head), Limits{}); !cmp.Equal(want, fileProblem(t, err)) {
				t.Errorf("NewReader gives %v, want the same problem", err)
			}
		})
	}
}

func TestDetectAccepts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		head []byte
		kind Kind
	}{
		"LE":                       {le("Email\tBio\r\n"), UTF16LE},
		"BE":                       {be("Email\tBio\r\n"), UTF16BE},
		"one column":               {le("Email\r\na@x\r\n"), UTF16LE},
		"commas in a cell":         {le("Email\tBio\r\na@x\ta, b"), UTF16LE},
		"a title above the header": {le("Team, November\r\nEmail\tBio\r\n"), UTF16LE},
		"cut in a character":       {be("Email\tBio\r\nx")[:21], UTF16BE},
	} {
		format := Detect(test.head)
		if !format.OK() || format.Kind != test.kind || format.Name != "Unicode Text" {
			t.Errorf("%s: format %+v, want %s", name, format, test.kind)
		}
		if diff := cmp.Diff(problem.Problem{}, format.Problem()); diff != "" {
			t.Errorf("%s: problem (-want +got):\n%s", name, diff)
		}
	}
}

func TestUnmarkedWithKnownHeader(t *testing.T) {
	t.Parallel()
	known := func(cell string) bool { return strings.EqualFold(cell, "email") }
	const text = "Nom\t\" EMAIL \"\r\nZoë\tzoe@x\r\n"
	for order, kind := range map[binary.AppendByteOrder]Kind{binary.LittleEndian: UTF16LE, binary.BigEndian: UTF16BE} {
		file := encode(order, text)
		if format := DetectSheet(file, known); format.Kind != kind {
			t.Errorf("%s is taken for %s", kind, format.Kind)
		}
		rows, err := readAll(bytes.NewReader(file), Limits{KnownHeader: known})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("Nom| EMAIL \nZoë|zoe@x", cellsOf(rows)); diff != "" || rows[0].offset != 0 {
			t.Errorf("first row at %d, rows (-want +got):\n%s", rows[0].offset, diff)
		}
	}
	for name, file := range map[string][]byte{
		"unknown header":    encode(binary.LittleEndian, "Nom\tPrénom\r\nemail\tx"),
		"a damaged first":   units(encode(binary.LittleEndian, "Email\tPr"), 0xD800, 'n'),
		"UTF-8 of the same": []byte("Email\tBio\r\n"),
	} {
		if format := DetectSheet(file, known); format.OK() {
			t.Errorf("%s is taken for %s", name, format.Kind)
		}
	}
}

// A head that ends in the middle of a character is still UTF-8.
func TestUTF8CutByTheSniffing(t *testing.T) {
	t.Parallel()
	for _, r := range []string{"é", "王", "👩"} {
		for cut := 1; cut < len(r); cut++ {
			head := []byte("A\tB\n" + strings.Repeat("x", SniffLength-4-cut) + r[:cut])
			if len(head) != SniffLength {
				t.Fatalf("the head has %d bytes", len(head))
			}
			if got := Detect(head).Kind; got != UTF8Tab {
				t.Errorf("%q cut after %d bytes: %s, want %s", r, cut, got, UTF8Tab)
			}
			if got := Detect(head[1:]).Kind; got != ANSIText {
				t.Errorf("%q cut after %d bytes in a whole file: %s, want %s", r, cut, got, ANSIText)
			}
		}
	}
	if got := Detect([]byte("A\tB\n" + strings.Repeat("x", SniffLength-5) + "\xFF")).Kind; got != ANSIText {
		t.Errorf("a byte that begins no character: %s, want %s", got, ANSIText)
	}
}

func TestStepsOfEveryProgram(t *testing.T) {
	t.Parallel()
	likely := map[Kind]string{
		UTF8MarkCSV: "Excel for Windows", XLSX: "Excel for Windows", ANSIText: "Excel for Windows",
		ODS: "LibreOffice", UTF16Delimited: "LibreOffice", Numbers: "Apple Numbers", UTF8Tab: "Google Sheets",
		UTF16LE: "", Empty: "",
	}
	for kind, want := range likely {
		var programs []string
		got := ""
		for _, program := range (Format{Kind: kind}).Steps() {
			programs = append(programs, program.Program)
			if len(program.Steps) == 0 {
				t.Errorf("%s has no steps", program.Program)
			}
			if program.Likely {
				got += program.Program
			}
		}
		if got != want {
			t.Errorf("%s: likely %q, want %q", kind, got, want)
		}
		all := []string{"Excel for Windows", "Excel for Mac", "Excel on the web", "LibreOffice", "Google Sheets", "Apple Numbers"}
		if diff := cmp.Diff(all, programs); diff != "" {
			t.Errorf("%s: programs (-want +got):\n%s", kind, diff)
		}
	}
}

func TestTheProgramThatMadeAFileIsTold(t *testing.T) {
	t.Parallel()
	const windows, mac, linux = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "Mozilla/5.0 (X11; Linux x86_64)"
	for _, test := range []struct {
		kind                   Kind
		application, userAgent string
		program                string
		known                  bool
	}{
		{XLSX, "Microsoft Excel", mac, excelWindows, true},
		{XLSX, "Microsoft Macintosh Excel", windows, excelMac, true},
		{XLSX, "Microsoft Excel Online", windows, excelWeb, true},
		{XLSX, "LibreOffice/24.8.2.1$Linux_X86_64 LibreOffice_project/x", windows, libreOffice, true},
		{XLSX, "Go Excelize", mac, excelMac, false},
		{XLSX, "", linux, libreOffice, false},
		{XLSX, "", "curl/8", excelWindows, false},
		{UTF8CSV, "", mac, googleSheets, false}, // letters beyond ASCII without a mark
		{UTF8MarkCSV, "", mac, excelMac, false},
		{ODS, "", windows, libreOffice, true},
		{Numbers, "", windows, appleNumbers, true},
	} {
		f := Format{Kind: test.kind}.MadeBy(test.application).LikelyOn(test.userAgent)
		if got := f.likelyProgram(); got != test.program || f.MakerKnown() != test.known {
			t.Errorf("%s by %q on %q: %q, known %v", test.kind, test.application, test.userAgent, got, f.MakerKnown())
		}
	}
}
