package convert

import (
	"bytes"
	"io"
	"strconv"
	"testing"

	"teamsheet/internal/sheet"
)

// BenchmarkWorkbook converts 5,000 people in a workbook of our own.
func BenchmarkWorkbook(b *testing.B) {
	var rows bytes.Buffer
	rows.WriteString(`<row r="1"><c t="s"><v>0</v></c></row>`)
	for row := 2; row <= 5001; row++ {
		rows.WriteString(`<row r="` + strconv.Itoa(row) + `">`)
		for column := range 20 {
			address := string(rune('A'+column)) + strconv.Itoa(row)
			rows.WriteString(`<c r="` + address + `" s="2" t="inlineStr"><is><t>value ` + address + `</t></is></c>`)
		}
		rows.WriteString(`</row>`)
	}
	file := workbookOf(b, rows.String())
	format := sheet.Detect(file[:sheet.SniffLength])
	b.SetBytes(int64(rows.Len()))
	for b.Loop() {
		if _, err := Convert(io.Discard, Source{bytes.NewReader(file), int64(len(file))}, format, Options{Limits: limits()}); err != nil {
			b.Fatal(err)
		}
	}
}
