package convert

import (
	"fmt"
	"strconv"
	"strings"

	"teamsheet/internal/problem"
	"teamsheet/internal/sheet"
)

// Report says what a conversion found.
type Report struct {
	Rows    int        // below the header, not blank
	Columns int        // of the widest row
	Look    [][]string // the first rows; long cells are cut
	Notes   []string   // what was not carried over as the file shows it: whole sentences
}

// tally counts cells of one sort and remembers the first.
type tally struct {
	count   int
	cell    string
	example string
}

func (t *tally) add(column, row int, example string) {
	if t.count == 0 {
		t.cell, t.example = problem.CellAddress(column, row), example
	}
	t.count++
}

// note writes what is said of the cells, {cells} and {first} filled in.
func (t *tally) note(one, many string) []string {
	if t.count == 0 {
		return nil
	}
	text := many
	if t.count == 1 {
		text = one
	}
	return []string{strings.NewReplacer("{cells}", strconv.Itoa(t.count), "{first}", t.cell, "{example}", t.example).Replace(text)}
}

func fileError(p problem.Problem) error { return &sheet.FileError{Problem: p} }

// place says where a problem is: column counted from zero, row as shown.
func place(p problem.Problem, column, row int) problem.Problem {
	p.Row, p.Cell = row, problem.CellAddress(column, row)
	p.Message = p.Cell + ": " + p.Message
	return p
}

func damaged(message, fix string) problem.Problem {
	return problem.Problem{Code: problem.FileDamaged, Message: message, Fix: fix}
}

const inYourProgram = "Open the file in your spreadsheet program, "

func nulInCell() problem.Problem {
	return damaged("This cell holds a NUL character, which text does not have.", inYourProgram+"type the text of this cell again, and save it.")
}

func halfInCell() problem.Problem {
	return damaged("This cell holds half of a character. Nobody can tell what it was.", inYourProgram+"type the text of this cell again, and save it.")
}

func cellTooLong(limit int) problem.Problem {
	return problem.Problem{Code: problem.TooLong,
		Message: fmt.Sprintf("This cell has more than %d characters, or begins with a quotation mark that is not closed.", limit),
		Fix:     inYourProgram + "shorten this cell, and save it."}
}

func notUTF8() problem.Problem {
	return problem.Problem{Code: problem.FileEncoding,
		Message: "The letters of this cell are not in UTF-8, and nobody can tell which ones its bytes stand for.",
		Fix:     "Go back to the sheet in your spreadsheet program and save it as Unicode Text."}
}

func quoteNotClosed() problem.Problem {
	return damaged("This cell begins with a quotation mark that is not closed at the end of the cell.",
		inYourProgram+"mend this cell and the cells after it, and save it.")
}

func noResult() problem.Problem {
	return damaged("This cell holds a formula, and the file does not say what it comes to.",
		inYourProgram+"wait until it has worked out its formulas, and save it.")
}

func brokenWorkbook() problem.Problem {
	return damaged("This workbook is damaged or incomplete, or it was written in a way that we do not know.",
		inYourProgram+"see that it is all there, and save it as Unicode Text.")
}

func tooMuchInside() problem.Problem {
	return problem.Problem{Code: problem.FileTooLarge,
		Message: "This workbook holds more than can be converted.",
		Fix:     "Save it as Unicode Text in your spreadsheet program, or take out the sheets and rows that are not needed."}
}
