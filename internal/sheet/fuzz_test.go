package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// FuzzDecode compares the decoder with the standard library's UTF-16 wherever
// that is not lossy, and sees that every undecodable unit is reported.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{"A\tB\r\nc\td", "Имя\t名前\n👩‍🚀\x1A", "\uFEFFa", "a\x00b"} {
		f.Add(le(text))
		f.Add(be(text))
	}
	f.Add(units(le("A\n"), 0xD800, 'x', 0xDC00))
	f.Add(append(units(le("A\n"), 0xD83D), 0x80))
	f.Fuzz(func(t *testing.T, file []byte) {
		// Without quotes a row is a line, and a cell what lies between two tabs.
		order := UTF16LE
		if len(file) > 0 && file[0]&1 == 1 {
			order = UTF16BE
		}
		tokens := tokenizer{limits: Limits{Columns: 1 << 20, CellChars: 1 << 20}.withDefaults()}
		tokens.src = newSource(bytes.NewReader(file), order, readerChunk, DefaultBytes)
		want, sound := decodeSlowly(file, order)
		if strings.ContainsAny(want, "\"\x1A") {
			return
		}
		got, damaged, err := readPlainly(&tokens)
		if sound && (damaged || err != nil) {
			t.Fatalf("sound text is refused: damaged %v, %v", damaged, err)
		}
		if !sound && !damaged && err == nil {
			t.Fatal("text that cannot be decoded is not reported")
		}
		if sound {
			if diff := cmp.Diff(rowsSlowly(want), got); diff != "" {
				t.Fatalf("rows (-want +got):\n%s", diff)
			}
		}
	})
}

// decodeSlowly decodes with the standard library; sound is false for what cannot
// be decoded exactly.
func decodeSlowly(file []byte, order Kind) (text string, sound bool) {
	sound = len(file)%2 == 0
	var all []uint16
	for i := 0; i+1 < len(file); i += 2 {
		unit := uint16(file[i]) | uint16(file[i+1])<<8
		if order == UTF16BE {
			unit = unit<<8 | unit>>8
		}
		all = append(all, unit)
	}
	runes := utf16.Decode(all)
	at := 0
	for _, r := range runes {
		if r == 0xFFFD && all[at] != 0xFFFD || r == 0 {
			sound = false
		}
		at += utf16.RuneLen(r)
	}
	return string(runes), sound && !marksARow(string(runes))
}

// marksARow reports whether a byte order mark stands at the start of a row,
// where it is a second file's; the first character of the input is the mark's place.
func marksARow(text string) bool {
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.Contains(text, "\n\uFEFF")
}

// rowsSlowly splits text without quotes into rows and cells.
func rowsSlowly(text string) [][]string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if text == "" {
		return nil
	}
	var rows [][]string
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		var cells []string
		for _, cell := range strings.Split(line, "\t") {
			cells = append(cells, Unescape(cell))
		}
		rows = append(rows, cells)
	}
	return rows
}

func readPlainly(tokens *tokenizer) (rows [][]string, damaged bool, err error) {
	for number := 1; ; number++ {
		row, err := tokens.next(number)
		if err == io.EOF {
			return rows, damaged, nil
		}
		if err != nil {
			return rows, damaged, err
		}
		damaged = damaged || row.Damage != nil
		rows = append(rows, keep(row).Cells)
	}
}

// FuzzTokenize sees that rows come out the same however the file is read: whole,
// byte by byte, or one row at a time by its offset.
func FuzzTokenize(f *testing.F) {
	for _, text := range []string{
		"A\tB\r\n\"a\tb\r\n\"c, d\"\te\r\n", "A\r\n\"Bob\" Smith\r\n'=1\t\"'+2\"", "\"\"\t\"\"\"\"\r\r\n \t\n\x1A", "\"a\n\"\"\n\"\"\"b\n\"c\"\td",
	} {
		f.Add(le(text))
		f.Add(be(text))
	}
	f.Add(awkward(le)[:600])
	f.Add(units(le("A\n\""), 0xD800, '"', '"', 0, '\n', 'x'))
	f.Fuzz(func(t *testing.T, file []byte) {
		limits := Limits{Bytes: 1 << 20, Rows: 1000, Columns: 5, CellChars: 7, KnownHeader: func(string) bool { return true }}
		rows, err := readAll(bytes.NewReader(file), limits)
		piecewise, pieceErr := readAll(iotest.OneByteReader(bytes.NewReader(file)), limits)
		if diff := cmp.Diff(rows, piecewise, sameRow); diff != "" || problemOf(err) != problemOf(pieceErr) {
			t.Fatalf("byte by byte: %v and %v, rows (-whole +pieces):\n%s", err, pieceErr, diff)
		}
		checkRows(t, rows)
		checkReadAgain(t, file, limits, rows)
	})
}

func problemOf(err error) string {
	var file *FileError
	if errors.As(err, &file) {
		return file.Problem.Message + file.Problem.Cell
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// checkRows is what holds for the rows of any file.
func checkRows(t *testing.T, rows []read) {
	t.Helper()
	for i, row := range rows {
		if row.Number != i+1 {
			t.Fatalf("row %d has number %d", i+1, row.Number)
		}
		if len(row.Cells) == 0 || len(row.Cells) > 5 {
			t.Fatalf("row %d has %d cells", row.Number, len(row.Cells))
		}
		for _, cell := range row.Cells {
			if strings.ToValidUTF8(cell, "") != cell || len([]rune(cell)) > 7 {
				t.Fatalf("row %d has the cell %q", row.Number, cell)
			}
		}
		for _, p := range row.Damage {
			if p.Row != row.Number || p.Cell == "" || p.Code == "" || p.Message == "" || p.Fix == "" {
				t.Fatalf("row %d has the damage %+v", row.Number, p)
			}
		}
	}
}

func checkReadAgain(t *testing.T, file []byte, limits Limits, rows []read) {
	t.Helper()
	if len(rows) == 0 {
		return
	}
	reader, err := NewReader(bytes.NewReader(file), limits)
	if err != nil {
		t.Fatal(err)
	}
	again := NewRowReader(bytes.NewReader(file), reader.Order(), limits)
	for i := len(rows) - 1; i >= 0; i-- {
		row, err := again.ReadAt(rows[i].offset, rows[i].Number)
		if err != nil {
			t.Fatalf("row %d again: %v", rows[i].Number, err)
		}
		if diff := cmp.Diff(rows[i], keep(row), sameRow); diff != "" {
			t.Fatalf("row %d (-first +again):\n%s", rows[i].Number, diff)
		}
	}
}

// FuzzRoundTrip writes a value and its parts and reads them again.
func FuzzRoundTrip(f *testing.F) {
	for _, value := range []string{"", "'=1", "a\tb\nc\"d", " \uFEFF", "\x1A", "00123", "👩‍🚀ناصر王", "TRUE", "\r\n\r", "\"", "\uFFFD"} {
		f.Add(value, 1)
	}
	f.Fuzz(func(t *testing.T, value string, split int) {
		value = legalText(value)
		at := min(max(split, 0), len(value))
		left, right := legalText(value[:at]), legalText(value[at:])
		checkRoundTrip(t, [][]string{{value}, {left, right}, {right, "", left, ""}, {"", value}})
	})
}

// FuzzEscape is the promise of the formula escape for any bytes.
func FuzzEscape(f *testing.F) {
	for _, value := range []string{"", "'", "=1", "'=1", "''+", "'t Hooft", "＝", "'＠", "\xEF\xBC", "'\x00", "\n"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) { checkEscape(t, value) })
}

// FuzzDetect sees that any bytes have a kind, a name and, unless they are fine,
// a whole problem.
func FuzzDetect(f *testing.F) {
	for _, file := range formats() {
		f.Add(file.head)
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		format := DetectSheet(head, func(string) bool { return len(head)%2 == 0 })
		if format.Kind == "" || format.Name == "" {
			t.Fatalf("format %+v", format)
		}
		if p := format.Problem(); !format.OK() && (p.Code == "" || p.Message == "" || p.Fix == "" || strings.ContainsAny(p.Message, "{}")) {
			t.Fatalf("problem %+v", p)
		}
	})
}
