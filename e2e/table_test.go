package e2e

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// table is a sheet as a person sees it: rows of cells, the header first.
type table [][]string

// readTable reads Unicode Text as a spreadsheet does.
func readTable(t *testing.T, file []byte) table {
	t.Helper()
	if len(file) < 2 || file[0] != 0xFF || file[1] != 0xFE || len(file)%2 != 0 {
		t.Fatalf("no UTF-16LE with a byte order mark: %d bytes beginning % x", len(file), file[:min(4, len(file))])
	}
	units := make([]uint16, 0, len(file)/2)
	for i := 2; i < len(file); i += 2 {
		units = append(units, binary.LittleEndian.Uint16(file[i:]))
	}
	return splitCells(string(utf16.Decode(units)))
}

func splitCells(text string) table {
	var read table
	var row []string
	var cell strings.Builder
	quoted := false
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case quoted && r == '"' && i+1 < len(runes) && runes[i+1] == '"':
			cell.WriteRune('"')
			i++
		case r == '"' && (quoted || cell.Len() == 0):
			quoted = !quoted
		case quoted:
			cell.WriteRune(r)
		case r == '\t' || r == '\n':
			row = append(row, cell.String())
			cell.Reset()
			if r == '\n' {
				read, row = append(read, row), nil
			}
		case r != '\r':
			cell.WriteRune(r)
		}
	}
	return read
}

// bytes writes the table as Excel saves Unicode Text.
func (s table) bytes() []byte {
	var text strings.Builder
	for _, row := range s {
		for i, cell := range row {
			if i > 0 {
				text.WriteByte('\t')
			}
			text.WriteString(asCell(cell))
		}
		text.WriteString("\r\n")
	}
	file := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text.String())) {
		file = binary.LittleEndian.AppendUint16(file, unit)
	}
	return file
}

func asCell(value string) string {
	if !strings.ContainsAny(value, "\t\r\n\"") {
		return value
	}
	return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
}

// column is the place of a header.
func (s table) column(t *testing.T, header string) int {
	t.Helper()
	i := slices.Index(s[0], header)
	if i < 0 {
		t.Fatalf("no column %q in %q", header, s[0])
	}
	return i
}

func (s table) get(t *testing.T, row int, header string) string {
	t.Helper()
	return s[row][s.column(t, header)]
}

func (s table) set(t *testing.T, row int, header, value string) {
	t.Helper()
	s[row][s.column(t, header)] = value
}

func (s table) clone() table {
	copied := make(table, len(s))
	for i, row := range s {
		copied[i] = slices.Clone(row)
	}
	return copied
}

// without is the table without some columns.
func (s table) without(t *testing.T, headers ...string) table {
	t.Helper()
	left := s.clone()
	for _, header := range headers {
		i := left.column(t, header)
		for r := range left {
			left[r] = slices.Delete(left[r], i, i+1)
		}
	}
	return left
}

// agents are rows of active people who lead nobody and cannot manage a team: they
// can be changed without touching anybody else.
func (s table) agents(t *testing.T) []int {
	t.Helper()
	leads := map[string]bool{}
	for row := range s {
		leads[s.get(t, row, "Team Leader")] = true
	}
	var rows []int
	for row := 1; row < len(s); row++ {
		free := s.get(t, row, "Deactivated") == "n" && s.get(t, row, "Can Manage Team") == "n" &&
			!leads[s.get(t, row, "Email")] && !leads[s.get(t, row, "Employee ID")]
		if free {
			rows = append(rows, row)
		}
	}
	return rows
}

// differences are the cells in which two tables of the same people differ, as
// texts for a message; at most ten.
func differences(got, want table) []string {
	var found []string
	if len(got) != len(want) {
		found = append(found, "a different number of rows")
	}
	for r := 0; r < min(len(got), len(want)) && len(found) < 10; r++ {
		for c := range min(len(got[r]), len(want[r])) {
			if got[r][c] != want[r][c] {
				found = append(found, want[0][c]+": "+got[r][c]+", want "+want[r][c])
			}
		}
	}
	return found
}
