package sheet

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, want string }{
		"one row":                              {"Email", "Email"},
		"final line break":                     {"Email\r\nana@x\r\n", "Email\nana@x"},
		"no final line break":                  {"Email\r\nana@x", "Email\nana@x"},
		"LF":                                   {"A\tB\nc\td\n", "A|B\nc|d"},
		"CR":                                   {"A\tB\rc\td\r", "A|B\nc|d"},
		"mixed line breaks":                    {"A\r\nb\nc\rd", "A\nb\nc\nd"},
		"CR CRLF is a blank row":               {"A\r\r\nb", "A\n-\nb"},
		"blank rows count":                     {"A\r\n\r\n\r\nb\r\n\r\n", "A\n-\n-\nb\n-"},
		"blank: tabs, space, quotes":           {"A\tB\r\n \t\u00A0\r\n\t\r\n\"\"\t\" \"\r\nb", "A|B\n-\n-\n-\nb"},
		"ragged":                               {"A\tB\tC\r\na\r\na\tb\tc\td\r\n", "A|B|C\na\na|b|c|d"},
		"trailing tab":                         {"A\tB\r\na\t\r\n", "A|B\na|"},
		"tab at the end of the file":           {"A\tB\r\na\t", "A|B\na|"},
		"quoted":                               {"A\r\n\"a, b\"\t\"c\"", "A\na, b|c"},
		"quoted tab and line breaks":           {"A\r\n\"a\tb\nc\r\nd\re\"\tf\r\ng", "A\na\tb\nc\r\nd\re|f\ng"},
		"doubled quotes":                       {"A\r\n\"say \"\"hi\"\"\"\t\"\"\"\"\t\"\"", "A\nsay \"hi\"|\"|"},
		"quote inside is literal":              {"A\r\n5\"10\tx\"\t\"\"\"\"y", "A\n5\"10|x\"|\"\"\"\"y"},
		"Ctrl-Z at the end":                    {"A\r\nb\r\n\x1A", "A\nb"},
		"Ctrl-Z after the last cell":           {"A\r\nb\x1A", "A\nb"},
		"Ctrl-Z after a closing quote":         {"A\r\n\"b\"\x1A", "A\nb"},
		"Ctrl-Z inside is a character":         {"A\r\nb\x1Ac", "A\nb\x1Ac"},
		"other line separators are characters": {"A\r\nb\u2028c\u0085d\ve\ff", "A\nb\u2028c\u0085d\ve\ff"},
		"formula escape is undone":             {"A\r\n'=1+1\t\"'+358 40\"\t'-\t'@x\t''=1\t't Hooft\t'", "A\n=1+1|+358 40|-|@x|'=1|'t Hooft|'"},
		"scripts":                              {"Имя\t名前\r\nЖ\t王\U00020000\t👩‍🚀\tناصر", "Имя|名前\nЖ|王\U00020000|👩‍🚀|ناصر"},
		"edges of the encodings":               {"A\r\n\x1F \x7E\x7F\t\u0080\u07FF\t\u0800\uD7FF\uE000\uFFFF\t\U00010000\U0010FFFF", "A\n\x1F \x7E\x7F|\u0080\u07FF|\u0800\uD7FF\uE000\uFFFF|\U00010000\U0010FFFF"},
		"mark inside a cell":                   {"A\tB\r\nx\t\uFEFFy\uFEFF\r\n\"\uFEFFz\"", "A|B\nx|\uFEFFy\uFEFF\n\uFEFFz"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for order, file := range map[string][]byte{"LE": le(test.file), "BE": be(test.file)} {
				rows := mustRead(t, file)
				got := cellsOf(rows)
				if name == "quote inside is literal" { // its last cell opens a quote; see TestUnclosedQuote
					rows[1].Damage = nil
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s: rows (-want +got):\n%s", order, diff)
				}
				for i, row := range rows {
					if row.Number != i+1 {
						t.Errorf("%s: row %d has number %d", order, i+1, row.Number)
					}
					if row.Damage != nil {
						t.Errorf("%s: row %d: damage %+v", order, i+1, row.Damage)
					}
				}
			}
		})
	}
}

// What Excel for Windows saves: mark, CRLF, quotes around cells with commas,
// quotes or line breaks (LF inside cells), rows cut short where they end empty.
func TestExcelFixture(t *testing.T) {
	t.Parallel()
	file := []byte("\xFF\xFE" +
		"E\x00m\x00a\x00i\x00l\x00\t\x00F\x00i\x00r\x00s\x00t\x00 \x00N\x00a\x00m\x00e\x00\t\x00H\x00o\x00m\x00e\x00t\x00o\x00w\x00n\x00\t\x00B\x00i\x00o\x00\r\x00\n\x00" +
		"a\x00n\x00a\x00@\x00x\x00\t\x00A\x00n\x00a\x00\t\x00\"\x00P\x00o\x00r\x00t\x00o\x00,\x00 \x00P\x00T\x00\"\x00\t\x00\"\x001\x00\n\x002\x00 \x00\"\x00\"\x00q\x00\"\x00\"\x00\"\x00\r\x00\n\x00" +
		"z\x00o\x00\xEB\x00@\x00x\x00\t\x00Z\x00o\x00\xEB\x00\r\x00\n\x00" +
		"\t\x00\t\x00\t\x00\r\x00\n\x00" +
		"l\x00i\x00@\x00x\x00\t\x00\x4E\x67\r\x00\n\x00")
	want := "Email|First Name|Hometown|Bio\nana@x|Ana|Porto, PT|1\n2 \"q\"\nzoë@x|Zoë\n-\nli@x|李"
	rows := mustRead(t, file)
	if diff := cmp.Diff(want, cellsOf(rows)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if got := rows[4].Number; got != 5 {
		t.Errorf("the row after the blank one has number %d, want 5", got)
	}
}

// What LibreOffice saves on Linux: mark, LF, quotes only where they must be.
func TestLibreOfficeFixture(t *testing.T) {
	t.Parallel()
	file := []byte("\xFF\xFE" +
		"E\x00m\x00a\x00i\x00l\x00\t\x00H\x00o\x00m\x00e\x00t\x00o\x00w\x00n\x00\t\x00B\x00i\x00o\x00\n\x00" +
		"a\x00@\x00x\x00\t\x00P\x00o\x00r\x00t\x00o\x00,\x00 \x00P\x00T\x00\t\x00\"\x00a\x00\t\x00b\x00\n\x00\"\x00\"\x00c\x00\"\x00\n\x00" +
		"b\x00@\x00x\x00\t\x000\x007\x00\t\x00'\x00=\x001\x00\n\x00")
	want := "Email|Hometown|Bio\na@x|Porto, PT|a\tb\n\"c\nb@x|07|=1"
	if diff := cmp.Diff(want, cellsOf(mustRead(t, file))); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestLongRunsCrossWindows(t *testing.T) {
	t.Parallel()
	var file, want strings.Builder
	file.WriteString("A\tB")
	want.WriteString("A|B")
	for i := range 3000 {
		name := strings.Repeat("é王a👩", i%40) + "\"x"
		file.WriteString("\r\n" + name[1:] + "x\t\"" + strings.ReplaceAll(name, `"`, `""`) + "\"")
		want.WriteString("\n" + name[1:] + "x|" + name)
	}
	text := strings.ToValidUTF8(file.String(), "é")
	rows := mustRead(t, le(text))
	if diff := cmp.Diff(strings.ToValidUTF8(want.String(), "é"), cellsOf(rows)); diff != "" {
		t.Errorf("rows differ:\n%.2000s", diff)
	}
}

func TestRowIsValidUntilNextRead(t *testing.T) {
	t.Parallel()
	reader, err := NewReader(bytes.NewReader(le("A\tB\r\nc\td\r\n")), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	first, _ := reader.Read()
	row, err := reader.Read()
	if err != nil || first != row {
		t.Fatalf("second row %p of %p, %v: want the same Row again", row, first, err)
	}
}
