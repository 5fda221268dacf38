package sheet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"teamsheet/internal/problem"
)

// le is text as Excel writes it: UTF-16LE with mark.
func le(text string) []byte { return encode(binary.LittleEndian, "\uFEFF"+text) }

// be is the same in the other order.
func be(text string) []byte { return encode(binary.BigEndian, "\uFEFF"+text) }

func encode(order binary.AppendByteOrder, text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// units is a file with raw code units after it.
func units(file []byte, more ...uint16) []byte {
	file = bytes.Clone(file)
	for _, unit := range more {
		file = binary.LittleEndian.AppendUint16(file, unit)
	}
	return file
}

// read is a Row that stays.
type read struct {
	Number int
	Cells  []string
	Blank  bool
	Damage []problem.Problem
	offset int64
}

func keep(row *Row) read {
	kept := read{Number: row.Number, Blank: row.Blank, Damage: row.Damage, offset: row.Offset}
	for _, cell := range row.Cells {
		kept.Cells = append(kept.Cells, string(cell))
	}
	return kept
}

// readAll reads to the end; err is nil at io.EOF.
func readAll(in io.Reader, limits Limits) (rows []read, err error) {
	reader, err := NewReader(in, limits)
	if err != nil {
		return nil, err
	}
	for {
		row, err := reader.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, keep(row))
	}
}

func mustRead(t *testing.T, file []byte) []read {
	t.Helper()
	rows, err := readAll(bytes.NewReader(file), Limits{})
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return rows
}

// cellsOf draws rows as text: cells joined by "|", blank rows as "-".
func cellsOf(rows []read) string {
	var lines []string
	for _, row := range rows {
		if row.Blank {
			lines = append(lines, "-")
			continue
		}
		lines = append(lines, strings.Join(row.Cells, "|"))
	}
	return strings.Join(lines, "\n")
}

// fileProblem is the problem of a *FileError.
func fileProblem(t *testing.T, err error) problem.Problem {
	t.Helper()
	var file *FileError
	if !errors.As(err, &file) {
		t.Fatalf("error is %v, want a *FileError", err)
	}
	return file.Problem
}
