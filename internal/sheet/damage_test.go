package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/problem"
)

const (
	messageNotClosed = "This cell begins with a quotation mark that is not closed at the end of the cell."
	fixNotClosed     = "Open the file in your spreadsheet program, mend this cell and the cells after it, and save the sheet again as Unicode Text."
	fixRetype        = "Type the text of this cell again, and save the sheet again as Unicode Text."
)

func notClosed(row int, column, cell, value string) problem.Problem {
	return problem.Problem{Code: "file-damaged", Row: row, Column: column, Cell: cell, Value: value, Message: messageNotClosed, Fix: fixNotClosed}
}

func TestUnclosedQuote(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("x\ty\tz\r\n", 20_000)
	text := strings.Repeat("word ", 2000)
	for name, test := range map[string]struct {
		file, want string
		damage     []problem.Problem
	}{
		"to the end of the file": {
			"A\tB\tC\r\na\t\"b\tc\r\nd\te\tf\r\n", "A|B|C\na|\"b|c\nd|e|f",
			[]problem.Problem{notClosed(2, "B", "B2", `"b`)},
		},
		"up to the next quoted cell": {
			"A\tB\r\n\"a\tb\r\n\"c, d\"\te\r\n", "A|B\n\"a|b\nc, d|e",
			[]problem.Problem{notClosed(2, "A", "A2", `"a`)},
		},
		"text after the closing quote": {
			"A\tB\r\n\"Bob\" Smith\tb\r\nc\td", "A|B\n\"Bob\" Smith|b\nc|d",
			[]problem.Problem{notClosed(2, "A", "A2", `"Bob" Smith`)},
		},
		"two in a row": {
			"A\tB\r\n\"a\t\"b\r\nc\td", "A|B\n\"a|\"b\nc|d",
			[]problem.Problem{notClosed(2, "A", "A2", `"a`), notClosed(2, "B", "B2", `"b`)},
		},
		"in the last cell of the file": {
			"A\tB\r\na\t\"", "A|B\na|\"",
			[]problem.Problem{notClosed(2, "B", "B2", `"`)},
		},
		"in the header": {
			"A\t\"B\r\na\tb\r\n", "A|\"B\na|b",
			[]problem.Problem{notClosed(1, "", "B1", `"B`)},
		},
		"more rows than are looked ahead": {
			"A\tB\tC\r\n\"a\tb\tc\r\n" + many + "d\t\"e\"\tf", "A|B|C\n\"a|b|c\n" + strings.Repeat("x|y|z\n", 20_000) + "d|e|f",
			[]problem.Problem{notClosed(2, "A", "A2", `"a`)},
		},
		"more text than is looked ahead, closed": {
			"A\tB\r\n\"" + text + "\n" + text + "\tz\"\tb\r\nc\td", "A|B\n" + text + "\n" + text + "\tz|b\nc|d", nil,
		},
		"counted again after going back": {
			"A\tB\r\n\"" + text + "\tb\r\n" + "c\td", "A|B\n\"" + text + "|b\nc|d",
			[]problem.Problem{notClosed(2, "A", "A2", `"`+text[:99]+"…")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := mustRead(t, le(test.file))
			if diff := cmp.Diff(test.want, cellsOf(rows)); diff != "" {
				t.Errorf("rows (-want +got):\n%.3000s", diff)
			}
			var damage []problem.Problem
			for _, row := range rows {
				damage = append(damage, row.Damage...)
			}
			if diff := cmp.Diff(test.damage, damage); diff != "" {
				t.Errorf("damage (-want +got):\n%.3000s", diff)
			}
		})
	}
}

// A first line longer than the look-ahead: the row ends at its first line break
// where the quote turns out not to be closed.
func TestUnclosedQuoteAfterALongLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40_000)
	rows := mustRead(t, le("A\tB\r\n\""+long+"\tb\r\nc\td\r\n\"e, f\"\tg\r\n"))
	want := "A|B\n" + long[:32_767] + "\nc|d\ne, f|g"
	if diff := cmp.Diff(want, cellsOf(rows)); diff != "" {
		t.Errorf("rows (-want +got):\n%.2000s", diff)
	}
	wantDamage := []problem.Problem{
		notClosed(2, "A", "A2", long[:100]+"…"),
		{
			Code: "too-long", Row: 2, Column: "A", Cell: "A2", Value: long[:100] + "…",
			Message: "This cell has 40,002 characters. No cell can have more than 32,767.", Fix: "Shorten it.",
		},
	}
	if diff := cmp.Diff(wantDamage, rows[1].Damage); diff != "" {
		t.Errorf("damage (-want +got):\n%s", diff)
	}
}

func TestUndecodableCells(t *testing.T) {
	t.Parallel()
	half := func(cell, column, value, at string, row int) problem.Problem {
		return problem.Problem{
			Code: "file-damaged", Row: row, Column: column, Cell: cell, Value: value, Fix: fixRetype,
			Message: "This cell holds half of a character (at byte " + at + " of the file). Nobody can tell what it was.",
		}
	}
	head := le("A\tB\r\nx\t")
	for name, test := range map[string]struct {
		file   []byte
		want   string
		damage []problem.Problem
	}{
		"lone high surrogate": {
			units(head, 'o', 0xD83D, 'k', '\r', '\n', 'n'), "A|B\nx|ok\nn",
			[]problem.Problem{half("B2", "B", "ok", "18", 2)},
		},
		"lone low surrogate, twice in the cell": {
			units(head, 0xDC00, 'k', 0xDC00, '\n', 'n'), "A|B\nx|k\nn",
			[]problem.Problem{half("B2", "B", "k", "16", 2)},
		},
		"halves in the wrong order": {
			units(head, 0xDE80, 0xD83D, '\t', 'n'), "A|B\nx||n",
			[]problem.Problem{half("B2", "B", "", "16", 2)},
		},
		"in a quoted cell": {
			units(head, '"', 0xD83D, '\t', '"', '\n', 'n'), "A|B\nx|\t\nn",
			[]problem.Problem{half("B2", "B", "\t", "18", 2)},
		},
		"in an unclosed quoted cell": {
			units(head, '"', 0xD83D, 'q', '\n', 'n'), "A|B\nx|\"q\nn",
			[]problem.Problem{notClosed(2, "B", "B2", `"q`), half("B2", "B", `"q`, "18", 2)},
		},
		"NUL": {
			units(head, 'n', 0, 'o', 0, '\n', 'n'), "A|B\nx|no\nn",
			[]problem.Problem{{
				Code: "file-damaged", Row: 2, Column: "B", Cell: "B2", Value: "no", Fix: fixRetype,
				Message: "This cell holds a NUL character (at byte 18 of the file), which text does not have.",
			}},
		},
		"a second file behind the first": {
			units(append(le("A\tB\r\nx\ty\r\n"), le("z")...)), "A|B\nx|y\nz",
			[]problem.Problem{{
				Code: "file-damaged", Row: 3, Column: "A", Cell: "A3", Value: "z",
				Message: "A second byte order mark stands before this row (at byte 22 of the file): two files were put together into one.",
				Fix:     "Put all rows into one sheet in your spreadsheet program, and save the sheet again as Unicode Text.",
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := mustRead(t, test.file)
			if diff := cmp.Diff(test.want, cellsOf(rows)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			var damage []problem.Problem
			for _, row := range rows {
				damage = append(damage, row.Damage...)
			}
			if diff := cmp.Diff(test.damage, damage); diff != "" {
				t.Errorf("damage (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTruncatedFile(t *testing.T) {
	t.Parallel()
	whole := le("A\tB\r\nx\ty\r\nz\t")
	for name, test := range map[string]struct {
		file   []byte
		row    int
		column string
		cell   string
	}{
		"odd byte":                      {append(units(whole, 'n'), 'o'), 3, "B", "B3"},
		"odd byte after a line break":   {append(units(whole, '\n'), 'o'), 4, "A", "A4"},
		"odd byte inside quotes":        {append(units(whole, '"', 'o'), 'o'), 3, "B", "B3"},
		"odd byte after closing quote":  {append(units(whole, '"', 'o', '"'), 'o'), 3, "B", "B3"},
		"odd byte after Ctrl-Z":         {append(units(whole, 'n', 0x1A), 'o'), 3, "B", "B3"},
		"first half of a character":     {units(whole, 'n', 0xD83D), 3, "B", "B3"},
		"half a character and odd byte": {append(units(whole, 'n', 0xD83D), 0x80), 3, "B", "B3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := readAll(bytes.NewReader(test.file), Limits{})
			if len(rows) != test.row-1 {
				t.Errorf("%d rows before the problem, want %d", len(rows), test.row-1)
			}
			want := problem.Problem{
				Code: "file-truncated", Row: test.row, Column: test.column, Cell: test.cell,
				Message: "The file ends in the middle of a character: a part of it is missing.",
				Fix:     "Close the sheet in your spreadsheet program, save the sheet again as Unicode Text, and upload the whole file.",
			}
			if diff := cmp.Diff(want, fileProblem(t, err)); diff != "" {
				t.Errorf("problem (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	rest := "Take out the rows of people whom you do not change, or split the sheet into several files and upload them one after the other."
	for name, test := range map[string]struct {
		file   string
		limits Limits
		rows   int
		want   problem.Problem
	}{
		"bytes": {
			"A\r\nb\r\n", Limits{Bytes: 10}, 0,
			problem.Problem{Code: "file-too-large", Message: "This file is larger than 10 bytes.", Fix: rest},
		},
		"bytes, later": {
			"A\r\n" + strings.Repeat("b\r\n", 100_000), Limits{Bytes: 512 << 10}, 87381,
			problem.Problem{Code: "file-too-large", Message: "This file is larger than 512 KiB.", Fix: rest},
		},
		"rows": {
			"A\r\nb\r\n\r\nc\r\nd\r\n", Limits{Rows: 2}, 4,
			problem.Problem{Code: "too-many-rows", Message: "This file has more than 2 rows.", Fix: rest},
		},
		"columns": {
			"A\tB\r\nc\td\t\t\r\ne\t\t\t f\r\n", Limits{Columns: 2}, 2,
			problem.Problem{
				Code: "file-damaged", Row: 3, Cell: "C3", Message: "This row has more than 2 columns.",
				Fix: "Keep the columns of the downloaded sheet alone, and save the sheet again as Unicode Text.",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := readAll(bytes.NewReader(le(test.file)), test.limits)
			if diff := cmp.Diff(test.want, fileProblem(t, err)); diff != "" {
				t.Errorf("problem (-want +got):\n%s", diff)
			}
			if len(rows) != test.rows {
				t.Errorf("%d rows before the problem, want %d", len(rows), test.rows)
			}
		})
	}
}

func TestFileAtItsLimits(t *testing.T) {
	t.Parallel()
	file := le("A\tB\r\nc\td\t\t\r\n\r\nwho\tf\r\n")
	rows, err := readAll(bytes.NewReader(file), Limits{Bytes: int64(len(file)), Rows: 2, Columns: 2, CellChars: 3})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("A|B\nc|d\n-\nwho|f", cellsOf(rows)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	for _, row := range rows {
		if row.Damage != nil {
			t.Errorf("damage in row %d: %+v", row.Number, row.Damage)
		}
	}
}

func TestTooLongCell(t *testing.T) {
	t.Parallel()
	long := func(cell, value, chars, limit string) []problem.Problem {
		return []problem.Problem{{
			Code: "too-long", Row: 2, Column: "B", Cell: cell, Value: value, Fix: "Shorten it.",
			Message: "This cell has " + chars + " characters. No cell can have more than " + limit + ".",
		}}
	}
	huge := strings.Repeat("x", 10<<20)
	mixed := strings.Repeat("é王x", 50_000)
	lines := strings.Repeat("a line of text\n", 10_000)
	for name, test := range map[string]struct {
		cell   string
		limit  int
		want   string
		damage []problem.Problem
	}{
		"short enough":            {"é王👩", 3, "é王👩", nil},
		"one too many":            {"é王👩x", 3, "é王👩", long("B2", "é王👩", "4", "3")},
		"quoted":                  {"\"a\"\"\tb\"", 3, "a\"\t", long("B2", "a\"\t", "4", "3")},
		"10 MB":                   {huge, 0, huge[:32_767], long("B2", huge[:100]+"…", "10,485,760", "32,767")},
		"1 MB quoted":             {`"` + huge[:1<<20] + `"`, 0, huge[:32_767], long("B2", huge[:100]+"…", "1,048,576", "32,767")},
		"mixed":                   {mixed, 0, string([]rune(mixed)[:32_767]), long("B2", string([]rune(mixed)[:100])+"…", "150,000", "32,767")},
		"a tab in its first line": {`"1	` + lines + `"`, 0, ("1\t" + lines)[:32_767], long("B2", ("1\t" + lines)[:100]+"…", "150,002", "32,767")},
		"quoted lines":            {`"` + lines + `"`, 0, lines[:32_767], long("B2", lines[:100]+"…", "150,000", "32,767")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := readAll(bytes.NewReader(le("A\tB\tC\r\na\t"+test.cell+"\tc\r\nd\te\tf\r\n")), Limits{CellChars: test.limit})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := cellsOf(rows), "A|B|C\na|"+test.want+"|c\nd|e|f"; got != want {
				t.Errorf("rows differ: got %d bytes, want %d: %.200q", len(got), len(want), got)
			}
			if diff := cmp.Diff(test.damage, rows[1].Damage); diff != "" {
				t.Errorf("damage (-want +got):\n%s", diff)
			}
		})
	}
}

// endless gives a header and then one cell that never ends.
type endless struct {
	head io.Reader
	left int
	fill byte
}

func (e *endless) Read(p []byte) (int, error) {
	if n, _ := e.head.Read(p); n > 0 {
		return n, nil
	}
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p)&^1, e.left)
	for i := range n / 2 {
		p[2*i], p[2*i+1] = e.fill, 0
	}
	e.left -= n
	return n, nil
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]string{"literal": "A\r\nb", "quoted": "A\r\n\"b", "after a break": "A\r\n\"b\nc", "blank": "A\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := &endless{head: bytes.NewReader(le(start)), left: 16 << 20, fill: 'x'}
			reader, err := NewReader(in, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, err = reader.Read()
			}
			if err != io.EOF {
				t.Fatal(err)
			}
			if held := cap(reader.tokens.text) + cap(reader.tokens.src.buf); held > 2<<20 {
				t.Errorf("%d bytes are held after a cell of 8 million characters", held)
			}
		})
	}
}

func TestReaderTrouble(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk is gone")
	for name, file := range map[string][]byte{
		"at once":             nil,
		"in a cell":           le("A\r\nb"),
		"after a row":         le("A\r\nb\r\n"),
		"after CR":            le("A\r\nb\r"),
		"after a quote":       le("A\r\n\"b\""),
		"inside quotes":       le("A\r\n\"b"),
		"after half a pair":   units(le("A\r\nb"), 0xD83D),
		"after an odd byte":   append(le("A\r\nb"), 'c'),
		"after what is 0x1A":  le("A\r\nb\x1A"),
		"after quote and ^Z":  le("A\r\n\"b\"\x1A"),
		"after an opened one": le("A\r\n\""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readAll(io.MultiReader(bytes.NewReader(file), iotest.ErrReader(broken)), Limits{})
			if !errors.Is(err, broken) {
				t.Errorf("error is %v, want the reader's", err)
			}
		})
	}
}

func TestReaderThatGivesNothing(t *testing.T) {
	t.Parallel()
	if _, err := NewReader(iotest.ErrReader(nil), Limits{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("error is %v, want io.ErrNoProgress", err)
	}
}

func TestErrorsStay(t *testing.T) {
	t.Parallel()
	reader, err := NewReader(bytes.NewReader(append(le("A\r\nb"), 'x')), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = reader.Read()
	_, first := reader.Read()
	_, second := reader.Read()
	if first == nil || !errors.Is(second, first) {
		t.Errorf("errors are %v and %v, want the same twice", first, second)
	}
	if got, want := first.Error(), "sheet: file-truncated at A2"; got != want {
		t.Errorf("error text %q, want %q", got, want)
	}
}
