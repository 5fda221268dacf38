package sheet

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

var sameRow = cmp.AllowUnexported(read{})

// awkward is a file with something of everything in it.
func awkward(order func(string) []byte) []byte {
	text := "Email\tBio\tGroups\r\n" + "\r\n" + "a\t\"1\n2\"\tc\n" + "\"d\te\r\n" + "f\x00\t=\r" + strings.Repeat("g", 100) + "\t'=h"
	text += "\r\n\"q\tr\r\n" + strings.Repeat("s\t"+strings.Repeat("t", 100)+"\r\n", 400)                  // passes the window, as rows
	text += "\"" + strings.Repeat("x", 40_000) + "\tb\r\nc\td\r\n\"e, f\"\tg\r\n"                          // goes back to a line break
	text += "\"" + strings.Repeat("y\n", 20_000) + "\"\tz\r\n\"" + strings.Repeat("z\n", 20_000) + "\"z\n" // passes it, as text
	return order(text + strings.Repeat("x\t\"y\r\n", 300) + "z\t" + strings.Repeat("w", 40_000) + "\r\nlast")
}

func TestRowReaderReadsTheSame(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{"LE": awkward(le), "BE": awkward(be), "unmarked": awkward(le)[2:]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limits := Limits{KnownHeader: func(cell string) bool { return cell == "Email" }}
			reader, err := NewReader(bytes.NewReader(file), limits)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := readAll(bytes.NewReader(file), limits)
			if err != nil {
				t.Fatal(err)
			}
			again := NewRowReader(bytes.NewReader(file), reader.Order(), limits)
			for _, at := range append(rand.Perm(len(rows)), 0, 1, 2, 3, 4, 5) {
				row, err := again.ReadAt(rows[at].offset, rows[at].Number)
				if err != nil {
					t.Fatalf("row %d: %v", rows[at].Number, err)
				}
				if diff := cmp.Diff(rows[at], keep(row), sameRow); diff != "" {
					t.Fatalf("row %d (-first +again):\n%s", rows[at].Number, diff)
				}
			}
		})
	}
}

func TestReadingInSmallPieces(t *testing.T) {
	t.Parallel()
	file := awkward(be)
	want := mustRead(t, file)
	for name, pieces := range map[string]func() ([]read, error){
		"bytes":  func() ([]read, error) { return readAll(iotest.OneByteReader(bytes.NewReader(file)), Limits{}) },
		"halves": func() ([]read, error) { return readAll(iotest.HalfReader(bytes.NewReader(file)), Limits{}) },
		"error with the last byte": func() ([]read, error) {
			return readAll(iotest.DataErrReader(bytes.NewReader(file)), Limits{})
		},
	} {
		got, err := pieces()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got, sameRow); diff != "" {
			t.Errorf("%s (-whole +pieces):\n%s", name, diff)
		}
	}
}

func TestRowReaderBeyondTheEnd(t *testing.T) {
	t.Parallel()
	file := le("A\r\nb\r\n")
	if _, err := NewRowReader(bytes.NewReader(file), UTF16LE, Limits{}).ReadAt(int64(len(file)), 3); err == nil || err.Error() != "EOF" {
		t.Errorf("error is %v, want io.EOF", err)
	}
}
