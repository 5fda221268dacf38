package sheet

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"teamsheet/internal/problem"
)

// excerptChars is how much of a cell a problem of this package repeats.
const excerptChars = 100

const saveAgain = "save the sheet again as Unicode Text"

// TooLarge is the problem of a file that is larger than limit, in bytes.
func TooLarge(limit int64) problem.Problem {
	return problem.Problem{
		Code:    problem.FileTooLarge,
		Message: fmt.Sprintf("This file is larger than %s.", byteSize(limit)),
		Fix:     "Take out the rows of people whom you do not change, or split the sheet into several files and upload them one after the other.",
	}
}

// TooManyRows is the problem of a file that has more than limit rows.
func TooManyRows(limit int) problem.Problem {
	return problem.Problem{
		Code:    problem.TooManyRows,
		Message: fmt.Sprintf("This file has more than %s rows.", grouped(limit)),
		Fix:     "Take out the rows of people whom you do not change, or split the sheet into several files and upload them one after the other.",
	}
}

// TooManyColumns is the problem of a row that has more than limit columns.
func TooManyColumns(limit int) problem.Problem {
	return problem.Problem{
		Code:    problem.FileDamaged,
		Message: fmt.Sprintf("This row has more than %s columns.", grouped(limit)),
		Fix:     "Keep the columns of the downloaded sheet alone, and " + saveAgain + ".",
	}
}

func fileTruncated() problem.Problem {
	return problem.Problem{
		Code:    problem.FileTruncated,
		Message: "The file ends in the middle of a character: a part of it is missing.",
		Fix:     "Close the sheet in your spreadsheet program, " + saveAgain + ", and upload the whole file.",
	}
}

func halfInside(offset int64) problem.Problem {
	return problem.Problem{
		Code:    problem.FileDamaged,
		Message: fmt.Sprintf("This cell holds half of a character (at byte %s of the file). Nobody can tell what it was.", grouped(offset)),
		Fix:     "Type the text of this cell again, and " + saveAgain + ".",
	}
}

func nulInside(offset int64) problem.Problem {
	return problem.Problem{
		Code:    problem.FileDamaged,
		Message: fmt.Sprintf("This cell holds a NUL character (at byte %s of the file), which text does not have.", grouped(offset)),
		Fix:     "Type the text of this cell again, and " + saveAgain + ".",
	}
}

func secondMark(offset int64) problem.Problem {
	return problem.Problem{
		Code:    problem.FileDamaged,
		Message: fmt.Sprintf("A second byte order mark stands before this row (at byte %s of the file): two files were put together into one.", grouped(offset)),
		Fix:     "Put all rows into one sheet in your spreadsheet program, and " + saveAgain + ".",
	}
}

func quoteNotClosed() problem.Problem {
	return problem.Problem{
		Code:    problem.FileDamaged,
		Message: "This cell begins with a quotation mark that is not closed at the end of the cell.",
		Fix:     "Open the file in your spreadsheet program, mend this cell and the cells after it, and " + saveAgain + ".",
	}
}

func cellTooLong(chars, limit int) problem.Problem {
	return problem.Problem{
		Code:    problem.TooLong,
		Message: fmt.Sprintf("This cell has %s characters. No cell can have more than %s.", grouped(chars), grouped(limit)),
		Fix:     "Shorten it.",
	}
}

// excerpt is the beginning of a cell's text, for the Value of a problem.
func excerpt(text []byte) string {
	at := 0
	for range excerptChars {
		if at == len(text) {
			return string(text)
		}
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	if at == len(text) {
		return string(text)
	}
	return string(text[:at]) + "…"
}

// grouped writes a number as people do: 32,767.
func grouped[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// byteSize writes a size in the largest unit that divides it.
func byteSize(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	unit := 0
	for n >= 1024 && n%1024 == 0 && unit < len(units)-1 {
		n /= 1024
		unit++
	}
	return grouped(n) + " " + units[unit]
}
