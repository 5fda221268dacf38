package profile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"teamsheet/internal/problem"
)

// day is a date as somebody wrote it, perhaps one that no calendar has.
type day struct{ year, month, day int }

// checkDate judges a date: YYYY-MM-DD (ISO 8601 §5.2.2.1, extended format) of a
// day that the calendar has. It never guesses: another spelling is at most
// suggested, and only where it can be read in one way alone.
func checkDate(f Field, text string) []Finding {
	if written, ok := parseISODate(text); ok {
		if written.real() {
			return nil
		}
		return []Finding{DateNotReal(f, written)}
	}
	readings := readDate(text)
	switch {
	case len(readings) == 1:
		return []Finding{DateFormat(f, readings[0].String())}
	case len(readings) > 1:
		return []Finding{DateTwoWays(f, readings[0], readings[1])}
	case isDayNumber(text):
		return []Finding{DateNumber(f)}
	}
	return []Finding{DateFormat(f, "")}
}

// storedDate is the stored date if text can be what a spreadsheet program made of
// it: one of the days that it can mean, or its number. ok is false for any other.
func storedDate(text, stored string) (ok bool) {
	if isDayNumber(text) {
		return slices.Contains(numberedDays(number(text)), stored)
	}
	return slices.ContainsFunc(readDate(text), func(d day) bool { return d.String() == stored })
}

// numberedDays are the days that spreadsheet programs can mean by a number: counted
// from 1899-12-30 (for all days after February 1900), or from 1904-01-01 in
// workbooks that began on an old Mac.
func numberedDays(n int) []string {
	from1900 := time.Date(1899, time.December, 30+n, 0, 0, 0, 0, time.UTC)
	from1904 := time.Date(1904, time.January, 1+n, 0, 0, 0, 0, time.UTC)
	return []string{from1900.Format(time.DateOnly), from1904.Format(time.DateOnly)}
}

// SuggestStored gives what is wrong with a date the stored one as its suggestion,
// if a spreadsheet program can have made the text of it: that it was this day is
// then the only thing likely. Other findings stay as they are.
func SuggestStored(finding Finding, f Field, text string, stored *Profile, d *Directory) Finding {
	if finding.Code != problem.DateFormat {
		return finding
	}
	if date := Text(stored, f, d); date != "" && storedDate(text, date) {
		finding.Suggestions = []string{date}
	}
	return finding
}

// parseISODate reads four digits, hyphen, two digits, hyphen, two digits.
func parseISODate(text string) (d day, ok bool) {
	if len(text) != len("2006-01-02") || text[4] != '-' || text[7] != '-' {
		return day{}, false
	}
	if !isDigits(text[:4]) || !isDigits(text[5:7]) || !isDigits(text[8:]) {
		return day{}, false
	}
	return day{number(text[:4]), number(text[5:7]), number(text[8:])}, true
}

// real reports whether the calendar has the day.
func (d day) real() bool {
	if d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1 {
		return false
	}
	return d.day <= daysIn(d.year, d.month)
}

// daysIn is the length of a month: the day before the next one's first.
func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func (d day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day) }

// words is the date for a person: 3 April 2026.
func (d day) words() string { return fmt.Sprintf("%d %s %d", d.day, time.Month(d.month), d.year) }

// readDate returns the days that a date in another spelling can mean: none, one
// or two. A year of fewer than four digits can mean too many.
func readDate(text string) []day {
	if d, ok := readMonthName(text); ok {
		return realDays(d)
	}
	parts, ok := dateParts(text)
	switch {
	case !ok:
		return nil
	case len(parts[0]) == 4:
		return realDays(day{number(parts[0]), number(parts[1]), number(parts[2])})
	case len(parts[2]) == 4:
		year, a, b := number(parts[2]), number(parts[0]), number(parts[1])
		return realDays(day{year, b, a}, day{year, a, b})
	}
	return nil
}

// realDays keeps the days that the calendar has, each once.
func realDays(days ...day) (kept []day) {
	for _, d := range days {
		if d.real() && (len(kept) == 0 || kept[0] != d) {
			kept = append(kept, d)
		}
	}
	return kept
}

// dateParts takes three numbers apart: 3/4/2026, 2026.4.3, 2026年4月3日, 20260403,
// also before a time of midnight, as spreadsheets add it.
func dateParts(text string) (parts []string, ok bool) {
	text = withoutMidnight(text)
	if isCompactDate(text) {
		return []string{text[:4], text[4:6], text[6:]}, true
	}
	parts = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/.-年月日 ", r) })
	if len(parts) != 3 {
		return nil, false
	}
	for _, part := range parts {
		if !isDigits(part) || len(part) > 2 && len(part) != 4 {
			return nil, false
		}
	}
	return parts, true
}

// isCompactDate: eight digits that begin with a year of our time. Day and month
// first (25122026) cannot be mistaken for it: no month is 19 or 20.
func isCompactDate(text string) bool {
	return len(text) == len("20060102") && isDigits(text) && (text[:2] == "19" || text[:2] == "20")
}

func withoutMidnight(text string) string {
	for _, midnight := range []string{"T00:00:00Z", "T00:00:00", " 00:00:00", " 00:00", " 0:00:00", " 0:00"} {
		if date, found := strings.CutSuffix(text, midnight); found {
			return date
		}
	}
	return text
}

// readMonthName reads a date whose month is an English name or its first three
// letters, and whose year has four digits: 3 Apr 2026, April 3, 2026, 2026-Apr-03.
func readMonthName(text string) (d day, ok bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/.-, ", r) })
	if len(parts) != 3 {
		return day{}, false
	}
	for _, part := range parts {
		switch month := monthNamed(part); {
		case month > 0 && d.month == 0:
			d.month = month
		case len(part) == 4 && isDigits(part) && d.year == 0:
			d.year = number(part)
		case len(part) <= 2 && isDigits(part) && d.day == 0:
			d.day = number(part)
		default:
			return day{}, false
		}
	}
	return d, true
}

// monthNamed returns 1 to 12, or 0 for a word that is no month.
func monthNamed(word string) int {
	if len(word) < 3 || !unicode.IsLetter(rune(word[0])) {
		return 0
	}
	for month := time.January; month <= time.December; month++ {
		name := month.String()
		if strings.EqualFold(word, name) || strings.EqualFold(word, name[:3]) {
			return int(month)
		}
	}
	return 0
}

// isDayNumber: what a spreadsheet shows for a date in a column of numbers: the
// days since 1900, or since 1904 on an old Mac, so it can be read in two ways.
func isDayNumber(text string) bool { return len(text) == 5 && isDigits(text) }

// number reads a few digits, which is all that comes here.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
