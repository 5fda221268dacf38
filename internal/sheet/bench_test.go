package sheet

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

const benchColumns = 20

// benchRow is a row as a download has it.
func benchRow(n int) []string {
	return []string{
		fmt.Sprintf("0b9c0000-5cf1-4d3e-9a1b-%012d", n), fmt.Sprintf("ana.silva.%d@demo.example", n), fmt.Sprintf("%06d", n),
		"Zoë", "Ferreira da Silva", "Customer Care Agent", "n", "standard", "rui.costa@demo.example", "y", "y", "n",
		"full-time", "2024-01-31", "São Paulo", "Brazil", "Likes tea.\nSpeaks three languages.", "Night shift;Portuguese", "n", "17",
	}
}

func benchFile(tb testing.TB, rows int) []byte {
	all := make([][]string, rows)
	for i := range all {
		all[i] = benchRow(i)
	}
	return write(tb, all)
}

// BenchmarkDecode is the decoder alone: one long cell of ASCII a row.
func BenchmarkDecode(b *testing.B) {
	for name, cell := range map[string]string{"ascii": "The quick brown fox jumps over the lazy dog. ", "latin": "Çà et là où l'été s'achève à peine. ", "cjk": "敏捷的棕色狐狸跳过了懒狗身上。"} {
		b.Run(name, func(b *testing.B) {
			file := le(strings.Repeat(strings.Repeat(cell, 20)+"\r\n", 2000))
			benchRead(b, file, 2000)
		})
	}
}

// BenchmarkTokenize is a download of 20 columns.
func BenchmarkTokenize(b *testing.B) {
	const rows = 5000
	benchRead(b, benchFile(b, rows), rows*benchColumns)
}

func benchRead(b *testing.B, file []byte, cells int) {
	b.Helper()
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		reader, err := NewReader(bytes.NewReader(file), Limits{})
		for err == nil {
			_, err = reader.Read()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(cells), "ns/cell")
}

// BenchmarkReadAgain reads every tenth row by its offset.
func BenchmarkReadAgain(b *testing.B) {
	const rows = 5000
	file := benchFile(b, rows)
	all, err := readAll(bytes.NewReader(file), Limits{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		reader := NewRowReader(bytes.NewReader(file), UTF16LE, Limits{})
		for i := 0; i < rows; i += 10 {
			if _, err := reader.ReadAt(all[i].offset, all[i].Number); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	row := benchRow(1)
	size := len(write(b, [][]string{row})) - 2
	b.SetBytes(int64(size))
	b.ReportAllocs()
	writer := NewWriter(io.Discard)
	for b.Loop() {
		if err := writer.Write(row); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchColumns, "ns/cell")
}

func BenchmarkWorkbook(b *testing.B) {
	columns := make([]WorkbookColumn, benchColumns)
	for i := range columns {
		columns[i].Header = fmt.Sprint("Column ", i)
	}
	workbook, err := NewWorkbook(columns, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer workbook.Close()
	row := benchRow(1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i == workbookRows-2 {
			break
		}
		if err := workbook.Write(row); err != nil {
			b.Fatal(err)
		}
	}
}

// Reading and writing must not allocate for a cell or a row.
func TestNoAllocationPerRow(t *testing.T) {
	file := benchFile(t, 1000)
	perFile := testing.AllocsPerRun(5, func() {
		reader, err := NewReader(bytes.NewReader(file), Limits{})
		for err == nil {
			_, err = reader.Read()
		}
	})
	if perFile > 120 {
		t.Errorf("%v allocations for a file of 1,000 rows", perFile)
	}
	writer, row := NewWriter(io.Discard), benchRow(7)
	if perRow := testing.AllocsPerRun(1000, func() { _ = writer.Write(row) }); perRow > 0 {
		t.Errorf("%v allocations for a written row", perRow)
	}
}
