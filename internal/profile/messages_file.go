package profile

import (
	"fmt"
	"strings"

	"teamsheet/internal/problem"
)

// Messages about the file as a whole and its header row.

// HeaderMissing: no column tells whose row a row is.
func HeaderMissing() Finding {
	return Finding{Code: problem.HeaderMissing,
		Message: "No column says whose rows these are: the file has no User ID, Email or Employee ID.",
		Fix:     "Add one of these columns, with its header in row 1, or start again from a fresh download."}
}

// HeaderRowMissing: no cell of row 1 is a header.
func HeaderRowMissing() Finding {
	return Finding{Code: problem.HeaderMissing,
		Message: "Row 1 has none of the sheet's headers.",
		Fix:     "Put the header row back into row 1, above all people: copy it from a fresh download. If it has been sorted in between the rows, move it up again."}
}

// HeaderBelow: the header is not in the first row but in the given one.
func HeaderBelow(row int) Finding {
	return Finding{Code: problem.HeaderMissing,
		Message: fmt.Sprintf("The header has to be in row 1, but it is in row %s.", inDigits(row)),
		Fix:     "Delete what stands above the header, blank rows too."}
}

// HeaderDuplicate: two columns with the same header. first is the letters of the
// column that has it already.
func HeaderDuplicate(f Field, first string) Finding {
	header := ColumnOf(f).Header
	return Finding{Code: problem.HeaderDuplicate,
		Message: fmt.Sprintf("Column %s has the header %s already.", first, quote(header)),
		Fix:     fmt.Sprintf("Keep one %s column and delete the other.", header)}
}

// HeaderUnknown: a header that is none of the sheet's. Photos have a message of
// their own.
func HeaderUnknown(header string) Finding {
	if isPhoto(header) {
		return headerPhoto()
	}
	return Finding{problem.HeaderUnknown,
		fmt.Sprintf("No column of the sheet is named %s.", quote(header)),
		"Write the header as the download has it, or delete the column.", nearestHeaders(header)}
}

// HeaderBlank: a column without a header that has something in it.
func HeaderBlank() Finding {
	return Finding{Code: problem.HeaderUnknown,
		Message: "This column has values but no header in row 1.",
		Fix:     "Enter the column's header as the download has it, or delete the column."}
}

func headerPhoto() Finding {
	return Finding{Code: problem.HeaderUnknown,
		Message: "Photos cannot be changed in bulk.",
		Fix:     "Delete this column. A photo is changed on the person's own profile."}
}

// isPhoto: a header that speaks of pictures, such as Photo, Profile picture or
// Photo URL.
func isPhoto(header string) bool {
	for word := range strings.FieldsSeq(foldKey(header)) {
		switch word {
		case "photo", "photos", "picture", "pictures", "image", "avatar":
			return true
		}
	}
	return false
}

// nearestHeaders suggests headers that are spelt alike, else those that say a
// part of the same: "Team Leader" for "Team Leader Email" or "Leader".
func nearestHeaders(header string) []string {
	headers := make([]string, len(table))
	for i := range table {
		headers[i] = table[i].Header
	}
	if near := Nearest(cleanText(header), headers, maxSuggestions); near != nil {
		return near
	}
	return sharingWords(header, headers)
}

func sharingWords(header string, headers []string) (sharing []string) {
	words := " " + foldKey(cleanText(header)) + " "
	for _, known := range headers {
		knownWords := " " + foldKey(known) + " "
		if strings.Contains(words, knownWords) || strings.Contains(knownWords, words) {
			sharing = append(sharing, known)
		}
	}
	return sharing[:min(len(sharing), maxSuggestions)]
}

// FileEmpty: a header row and nothing below it.
func FileEmpty() Finding {
	return Finding{Code: problem.FileEmpty,
		Message: "The file has no row below the header.",
		Fix:     "Download the current team, edit it, save it as Unicode Text and upload that file."}
}

// FileBlank: rows with nothing in any of them, the header included.
func FileBlank() Finding {
	finding := FileEmpty()
	finding.Message = "The file has nothing but blank rows."
	return finding
}

// TooManyRows: more rows than are taken in one file.
func TooManyRows(limit int) Finding {
	return Finding{Code: problem.TooManyRows,
		Message: fmt.Sprintf("The file has more than %s, which is the most that one file can have.", count(limit, "row", "rows")),
		Fix:     "Split it into several files, each with the header row, and upload them one after the other."}
}

// FileTooLarge: more bytes than are taken in one file.
func FileTooLarge(limit int64) Finding {
	return Finding{Code: problem.FileTooLarge,
		Message: fmt.Sprintf("The file is larger than %s, which is the most that one file can be.", inBytes(limit)),
		Fix:     "Split it into several files, each with the header row, or leave out the columns and rows that do not change."}
}

// inBytes writes a size in the largest unit that it fills: 1 GiB, 1.5 MiB.
func inBytes(size int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	if size < 1<<10 {
		return count(int(size), "byte", "bytes")
	}
	value, unit := float64(size)/(1<<10), 0
	for value >= 1<<10 && unit < len(units)-1 {
		value, unit = value/(1<<10), unit+1
	}
	return fmt.Sprintf("%.4g %s", value, units[unit])
}

// ManyKinds: what is said of cells that are wrong in more ways than are told apart.
// column is a header, or "" for none; first is what is said of the first of them, since
// cells of one column can be wrong for several reasons.
func ManyKinds(column, first string) Finding {
	message := "There are more wrong values of " + column + " than are told apart here."
	if column == "" {
		message = "Rows are wrong in more ways than are told apart here."
	}
	return Finding{Message: message + " The first of them: " + first,
		Fix: "The rows and the fix-up file say of each what is wrong and how to mend it."}
}

// ManyDamaged: what is said of many cells of one column that a spreadsheet program has
// written in its own way, another in each. ok is false for any other problem.
func ManyDamaged(code problem.Code, column string) (finding Finding, ok bool) {
	const each = "The rows and the fix-up file say of each how to mend it. "
	switch code {
	case problem.EmployeeIDDamaged:
		return Finding{Code: code, Message: "A spreadsheet program took these Employee IDs for numbers: zeros at the front or digits are lost.",
			Fix: each + asText}, true
	case problem.DateFormat:
		return Finding{Code: code, Message: "These cells of " + column + " do not hold a date written as year-month-day.",
			Fix: each + writeDate}, true
	}
	return Finding{}, false
}
