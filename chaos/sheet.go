package main

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode/utf16"
)

// asSheet writes cells that need no quotes as Excel saves Unicode Text.
func asSheet(rows [][]string) []byte {
	file := []byte{0xFF, 0xFE}
	for _, row := range rows {
		for _, unit := range utf16.Encode([]rune(strings.Join(row, "\t") + "\r\n")) {
			file = binary.LittleEndian.AppendUint16(file, unit)
		}
	}
	return file
}

var errNoSheet = errors.New("the download is no Unicode Text with a User ID")

// fromSheet reads some columns of a download: for each row the cells under the
// headers. Made-up people have no line breaks.
func fromSheet(file []byte, headers ...string) ([][]string, error) {
	if len(file) < 2 || file[0] != 0xFF || file[1] != 0xFE || len(file)%2 != 0 {
		return nil, errNoSheet
	}
	units := make([]uint16, 0, len(file)/2)
	for i := 2; i < len(file); i += 2 {
		units = append(units, binary.LittleEndian.Uint16(file[i:]))
	}
	lines := strings.Split(strings.TrimSuffix(string(utf16.Decode(units)), "\r\n"), "\r\n")
	header := strings.Split(lines[0], "\t")
	places := make([]int, len(headers))
	for i, name := range headers {
		if places[i] = slices.Index(header, name); places[i] < 0 {
			return nil, errNoSheet
		}
	}
	var rows [][]string
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		row := make([]string, len(places))
		for i, place := range places {
			if place < len(cells) {
				row[i] = strings.Trim(cells[place], `"`)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}
