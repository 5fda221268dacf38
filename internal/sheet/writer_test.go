package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// written is what a Writer makes of rows, as text.
func written(t *testing.T, rows ...[]string) string {
	t.Helper()
	file := write(t, rows)
	if !bytes.HasPrefix(file, []byte{0xFF, 0xFE}) {
		t.Fatalf("the file begins with % x, want the mark FF FE", file[:min(2, len(file))])
	}
	var units []uint16
	for i := 2; i+1 < len(file); i += 2 {
		units = append(units, uint16(file[i])|uint16(file[i+1])<<8)
	}
	return string(utf16.Decode(units))
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

func write(t fataler, rows [][]string) []byte {
	t.Helper()
	var file bytes.Buffer
	writer := NewWriter(&file)
	for _, row := range rows {
		if err := writer.Write(row); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	if err := writer.Flush(); err != nil {
		t.Fatalf("flush: %v", err)
	}
	return file.Bytes()
}

func TestWriter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		row  []string
		want string
	}{
		"plain":         {[]string{"Ana", "O'Neill", "Zoë", "李\U00020000", "ana.silva@x.example"}, "Ana\tO'Neill\tZoë\t李\U00020000\tana.silva@x.example"},
		"empty":         {[]string{"", "", "a", ""}, "\t\ta\t"},
		"format":        {[]string{"a\tb", "a\nb", "a\r\nb", `5"`, `"`}, "\"a\tb\"\t\"a\nb\"\t\"a\r\nb\"\t\"5\"\"\"\t\"\"\"\""},
		"commas":        {[]string{"Porto, PT", "a;b"}, "Porto, PT\ta;b"},
		"edge space":    {[]string{" a", "a ", "\u00A0a", "\uFEFFa", "a\u3000"}, "\" a\"\t\"a \"\t\"\u00A0a\"\t\"\uFEFFa\"\t\"a\u3000\""},
		"numbers":       {[]string{"00123", "1E5", "12", "1,5", "50%", "$", "€", "٣", "½", "Ⅳ"}, `"00123"	"1E5"	"12"	"1,5"	"50%"	"$"	"€"	"٣"	"½"	"Ⅳ"`},
		"dates":         {[]string{"3/4", "1-2", "12:30", "2024-01-31", "5 May", "3月4日"}, `"3/4"	"1-2"	"12:30"	"2024-01-31"	"5 May"	"3月4日"`},
		"truth":         {[]string{"TRUE", "false", "Wahr", "ИСТИНА", "Trueman", "y", "n"}, `"TRUE"	"false"	"Wahr"	"ИСТИНА"	Trueman	y	n`},
		"error values":  {[]string{"#N/A", "#REF!", "C#"}, `"#N/A"	"#REF!"	C#`},
		"formulas":      {[]string{"=1+1", "+358 40", "-", "@x", "'=x", "＝x"}, `"'=1+1"	"'+358 40"	"'-"	"'@x"	"''=x"	"'＝x"`},
		"no formula":    {[]string{"'t Hooft", "a=b"}, "'t Hooft\ta=b"},
		"full stop":     {[]string{"Dr. Ana", "..."}, "Dr. Ana\t..."},
		"NEL and LS":    {[]string{"a\u0085b\u2028c"}, "a\u0085b\u2028c"},
		"control":       {[]string{"a\vb"}, "\"a\vb\""},
		"one empty":     {[]string{""}, ""},
		"no cell":       {nil, ""},
		"leading break": {[]string{"\na"}, "\"'\na\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want+"\r\n", written(t, test.row)); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteBytesIsWrite(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	writer := NewWriter(&file)
	if err := errors.Join(writer.WriteBytes([][]byte{[]byte("a"), nil, []byte("=1\n")}), writer.Flush()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(write(t, [][]string{{"a", "", "=1\n"}}), file.Bytes()); diff != "" {
		t.Errorf("bytes (-Write +WriteBytes):\n%s", diff)
	}
}

func TestEmptySheetIsTheMark(t *testing.T) {
	t.Parallel()
	if got := write(t, nil); !bytes.Equal(got, []byte{0xFF, 0xFE}) {
		t.Errorf("a sheet without rows is % x, want FF FE", got)
	}
}

func TestWriterRefusesWhatIsNoText(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"not UTF-8": "a\xFFb", "surrogate": "\xED\xA0\x80", "NUL": "a\x00"} {
		writer := NewWriter(io.Discard)
		_ = writer.Write([]string{"Email", "Bio"})
		err := writer.Write([]string{"fine", value})
		if !errors.Is(err, ErrUnwritable) {
			t.Errorf("%s: error is %v, want ErrUnwritable", name, err)
			continue
		}
		if want := "write sheet: row 2, column 2: value cannot be written as text"; err.Error() != want {
			t.Errorf("%s: error %q, want %q", name, err, want)
		}
		if again := writer.Flush(); !errors.Is(again, err) {
			t.Errorf("%s: flush gives %v, want the same error", name, again)
		}
	}
	if got := written(t, []string{"\uFFFD"}); got != "\uFFFD\r\n" {
		t.Errorf("U+FFFD itself is written as %q", got)
	}
}

// full is a disk with no space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no space")

func TestWriterTrouble(t *testing.T) {
	t.Parallel()
	writer := NewWriter(full{})
	var err error
	for range 100_000 {
		if err = writer.Write([]string{"some text"}); err != nil {
			break
		}
	}
	if !errors.Is(err, errFull) {
		t.Errorf("error is %v, want the writer's", err)
	}
}

// legal draws values as they can be stored, and worse: any text without NUL.
func legal() *rapid.Generator[string] {
	nasty := rapid.SampledFrom([]string{
		"", "'", "=", "'=1", "\"", "\"\"", "\t", "\n", "\r\n", "\r", " ", "\u00A0", "\uFEFF", "\x1A", "00123", "1E5", "TRUE", "#N/A",
		"'t Hooft", "👩‍🚀", "\U00020000", "\uFFFD", "\uFFFF", "é", "e\u0301", "ناصر", "\u2028", "a\tb\nc\"d",
	})
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(nasty, 0, 4).Draw(t, "parts"), "")
	})
	anything := rapid.Map(rapid.String(), legalText)
	return rapid.OneOf(nasty, text, anything)
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(legal(), 1, 6), 1, 8).Draw(t, "rows")
		checkRoundTrip(t, rows)
	})
}

// legalText leaves out what a sheet cannot hold.
func legalText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "")
}

// checkRoundTrip writes rows and reads them again, in both byte orders.
func checkRoundTrip(t fataler, rows [][]string) {
	t.Helper()
	file := write(t, rows)
	swapped := bytes.Clone(file)
	for i := 0; i < len(swapped); i += 2 {
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
	}
	for _, file := range [][]byte{file, swapped} {
		reader, err := startReading(file)
		if err != nil {
			t.Fatalf("start: %v", err)
		}
		for number, want := range rows {
			row, err := reader.next(number + 1)
			if err != nil {
				t.Fatalf("row %d: %v", number+1, err)
			}
			if diff := cmp.Diff(want, keep(row).Cells); diff != "" || row.Damage != nil {
				t.Fatalf("row %d: damage %+v, cells (-written +read):\n%s", number+1, row.Damage, diff)
			}
		}
		if _, err := reader.next(len(rows) + 1); err != io.EOF {
			t.Fatalf("after the last row: %v, want io.EOF", err)
		}
	}
}

// startReading is NewReader without a look at what the file is: rows of any
// texts need not look like a sheet.
func startReading(file []byte) (*tokenizer, error) {
	tokens := &tokenizer{limits: Limits{}.withDefaults()}
	format, ok := detectMark(file)
	if !ok {
		return nil, errors.New("no mark")
	}
	order := format.Kind
	if order == UTF16Delimited || order == Empty {
		order = UTF16LE
		if file[0] == 0xFE {
			order = UTF16BE
		}
	}
	tokens.src = newSource(bytes.NewReader(file), order, readerChunk, DefaultBytes)
	tokens.src.ensure(2)
	tokens.src.pos = 2
	return tokens, nil
}
