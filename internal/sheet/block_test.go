package sheet

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A block gives back the rows as the reader gave them, also when it is used again.
func TestBlockKeepsRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		cell := rapid.SampledFrom([]string{"", "a", "Zoë", "two\nlines", "=1", "'t", " ", "\"", "x\ty"})
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 1, 5), 1, 12).Draw(rt, "rows")
		file := write(t, rows)
		if rapid.Bool().Draw(rt, "damaged") {
			file = append(file, le("\"open\tcell")...)
		}
		var want []Row
		block := &Block{}
		for range 2 {
			block.Reset()
			reader, err := NewReader(bytes.NewReader(file), Limits{})
			want = nil
			for err == nil {
				var row *Row
				if row, err = reader.Read(); err == nil {
					block.Add(row)
					want = append(want, cloned(row))
				}
			}
			if !errors.Is(err, io.EOF) {
				rt.Fatal(err)
			}
		}
		var got []Row
		for i := range block.Rows() {
			got = append(got, cloned(block.Row(i)))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("(-read +kept):\n%s", diff)
		}
	})
}

func cloned(row *Row) Row {
	kept := *row
	kept.Cells = nil
	for _, cell := range row.Cells {
		kept.Cells = append(kept.Cells, append([]byte{}, cell...))
	}
	return kept
}
