package convert

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"teamsheet/internal/problem"
	"teamsheet/internal/sheet"
)

// lastRow of a sheet in Excel.
const lastRow = 1_048_576

// cellReader reads the cells of a sheet as text.
type cellReader struct {
	*book
	limits sheet.Limits
	part   *part
	number int // of the row
	cells  []string
	buffer []byte

	formulas, numbers, dates, times, merged tally
}

// cell is a cell of which the end was not read yet.
type cell struct {
	column      int
	kind, style string
	formula     bool
	value       string
	valued      bool
}

// rows calls each for every row that holds anything.
func (r *cellReader) rows(name string, each func(number int, cells []string) error) error {
	var err error
	if r.part, err = r.archive.part(name); err != nil {
		return err
	}
	if r.part == nil {
		return fileError(brokenWorkbook())
	}
	defer r.part.close()
	if err := r.find("sheetData"); err != nil {
		return err
	}
	for {
		token, err := r.part.must()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local != "row" {
				err = r.part.skip()
			} else if err = r.row(token); err == nil && len(r.cells) > 0 {
				err = each(r.number, r.cells)
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			return r.rest()
		}
	}
}

// find reads on to the start of an element.
func (r *cellReader) find(name string) error {
	for {
		token, err := r.part.must()
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			return nil
		}
	}
}

// rest reads what follows the rows: the file's checksum is looked at at its end.
func (r *cellReader) rest() error {
	for {
		token, err := r.part.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "mergeCell" {
			first, _, _ := strings.Cut(attribute(start, "ref"), ":")
			if r.merged.count++; r.merged.count == 1 {
				r.merged.cell = first
			}
		}
	}
}

// row reads the cells of a row whose start was read.
func (r *cellReader) row(start xml.StartElement) error {
	number := r.number + 1
	if text := attribute(start, "r"); text != "" {
		var err error
		if number, err = strconv.Atoi(text); err != nil || number <= r.number || number > lastRow {
			return fileError(brokenWorkbook())
		}
	}
	r.number, r.cells = number, r.cells[:0]
	next := 0
	for {
		token, err := r.part.must()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local != "c" {
				err = r.part.skip()
			} else {
				next, err = r.cell(token, next)
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// cell reads a cell; next is the column after the one before it, and so is what
// it returns.
func (r *cellReader) cell(start xml.StartElement, next int) (int, error) {
	c := cell{column: next, kind: attribute(start, "t"), style: attribute(start, "s")}
	if address := attribute(start, "r"); address != "" {
		if c.column = problem.ColumnIndex(address); c.column < next {
			return 0, fileError(brokenWorkbook())
		}
	}
	if err := r.content(&c); err != nil {
		return 0, r.placed(err, c.column)
	}
	text, err := r.shown(&c)
	if err != nil {
		return 0, r.placed(err, c.column)
	}
	if text == "" {
		return c.column + 1, nil
	}
	if c.column >= r.limits.Columns {
		return 0, r.placed(fileError(sheet.TooManyColumns(r.limits.Columns)), c.column)
	}
	for len(r.cells) < c.column {
		r.cells = append(r.cells, "")
	}
	r.cells = append(r.cells, text)
	return c.column + 1, nil
}

// placed puts the cell's address to a problem that has none.
func (r *cellReader) placed(err error, column int) error {
	var file *sheet.FileError
	if errors.As(err, &file) && file.Problem.Cell == "" && file.Problem.Message != brokenWorkbook().Message &&
		file.Problem.Message != tooMuchInside().Message {
		return fileError(place(file.Problem, column, r.number))
	}
	return err
}

// content reads up to the cell's end.
func (r *cellReader) content(c *cell) error {
	for {
		token, err := r.part.must()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "f":
				c.formula = true
				err = r.part.skip()
			case "v":
				r.buffer, err = r.part.text(r.buffer[:0])
				c.value, c.valued = string(r.buffer), true
			case "is":
				r.buffer, err = r.part.item(r.buffer[:0], r.limits.CellChars)
				c.value, c.valued = string(r.buffer), true
			default:
				err = r.part.skip()
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// shown is the text that a cell comes to.
func (r *cellReader) shown(c *cell) (string, error) {
	if c.formula {
		if !c.valued {
			return "", fileError(noResult())
		}
		r.formulas.add(c.column, r.number, c.value)
	}
	switch c.kind {
	case "s":
		number, err := strconv.Atoi(strings.TrimSpace(c.value))
		if err != nil {
			return "", fileError(brokenWorkbook())
		}
		text, ok, err := r.strings.at(number)
		if err == nil && !ok {
			err = fileError(brokenWorkbook())
		}
		if err != nil {
			return "", err
		}
		return decoded(text)
	case "str", "inlineStr":
		return decoded(c.value)
	case "b":
		if strings.TrimSpace(c.value) == "1" {
			return "TRUE", nil
		}
		return "FALSE", nil
	case "e":
		return c.value, nil
	case "d":
		return r.isoDate(c), nil
	case "", "n":
		return r.numeral(c)
	}
	return "", fileError(brokenWorkbook())
}

func decoded(text string) (string, error) {
	text, sound := unescaped(text)
	if !sound {
		return "", fileError(halfInCell())
	}
	return text, nil
}

// isoDate is the text of a cell that stores its date as one (ISO 8601).
func (r *cellReader) isoDate(c *cell) string {
	day, clock, _ := strings.Cut(strings.TrimSpace(c.value), "T")
	if strings.Trim(clock, "0:.Z") != "" {
		r.times.add(c.column, r.number, c.value)
		return c.value
	}
	r.dates.add(c.column, r.number, day)
	return day
}

// numeral is the text of a cell that stores a number.
func (r *cellReader) numeral(c *cell) (string, error) {
	stored := strings.TrimSpace(c.value)
	if stored == "" {
		return "", nil
	}
	digits, ok := digitsOf(stored)
	if !ok {
		return "", fileError(brokenWorkbook())
	}
	style, _ := strconv.Atoi(c.style) // absent: 0
	form := noDate
	if style >= 0 && style < len(r.styles) {
		form = r.styles[style]
	}
	if day, certain := dateOf(stored, r.since04); form == wholeDay && certain {
		r.dates.add(c.column, r.number, day)
		return day, nil
	}
	if form != noDate {
		r.times.add(c.column, r.number, digits)
		return digits, nil
	}
	r.numbers.add(c.column, r.number, digits)
	return digits, nil
}

// notes says what was not carried over as the program shows it.
func (r *cellReader) notes() []string {
	var notes []string
	for _, n := range [][]string{
		r.formulas.note("The cell {first} holds a formula: its result was taken, as the workbook stores it.",
			"{cells} cells hold formulas: their results were taken, as the workbook stores them. The first is {first}."),
		r.numbers.note("The cell {first} holds a number, not text: its digits were taken as they are stored ({example}), without zeros in front.",
			"{cells} cells hold numbers, not text: their digits were taken as they are stored, without zeros in front. The first is {first}: {example}."),
		r.dates.note("The cell {first} holds a date: it was written as year-month-day, {example}.",
			"{cells} cells hold dates: they were written as year-month-day. The first is {first}: {example}."),
		r.times.note("The cell {first} holds a time, or a date that programs count in different ways: the stored number was taken, {example}.",
			"{cells} cells hold times, or dates that programs count in different ways: the stored numbers were taken. The first is {first}: {example}."),
		r.merged.note("Some cells are merged, from {first} on: the value is in the first of them, the others are empty.",
			"{cells} groups of cells are merged: the value is in the first cell of each, the others are empty. The first group begins at {first}."),
	} {
		notes = append(notes, n...)
	}
	return notes
}
