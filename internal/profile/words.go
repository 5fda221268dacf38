package profile

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// quotedLength is how many characters of somebody's own text a message repeats.
const quotedLength = 60

// quote puts text in quotation marks for a message: on one line, shortened, and
// without characters that would change how the rest of the message is shown.
func quote(text string) string { return `"` + shorten(text) + `"` }

// quoteWhole is quote for a value that has to be entered exactly as it is.
func quoteWhole(text string) string { return `"` + strings.Map(visible, text) + `"` }

// quoteBoth quotes two different values so that the difference is seen: a long
// beginning that they share is left out. "" stays "".
func quoteBoth(one, other string) (quotedOne, quotedOther string) {
	if shared := sharedLength(one, other); shared > quotedLength/2 {
		from := cutBytes(one, shared-quotedLength/4)
		one, other = "…"+one[len(from):], "…"+other[len(from):]
	}
	return quoteFilled(one), quoteFilled(other)
}

func quoteFilled(text string) string {
	if text == "" {
		return ""
	}
	return quote(text)
}

// sharedLength is the number of leading bytes that two texts share.
func sharedLength(one, other string) int {
	n := 0
	for n < min(len(one), len(other)) && one[n] == other[n] {
		n++
	}
	return n
}

func shorten(text string) string {
	letters := []rune(strings.Map(visible, text))
	if len(letters) > quotedLength {
		letters = append(letters[:quotedLength-1], '…')
	}
	return string(letters)
}

func visible(r rune) rune {
	switch {
	case isLineBreakOrTab(r):
		return ' '
	case isReordering(r):
		return -1
	case unicode.IsControl(r), isNoncharacter(r):
		return unicode.ReplacementChar
	}
	return r
}

// inDigits writes a number with a comma after every three digits: 1,234,567.
func inDigits(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// count writes a number with its noun: "1 row", "2,040 rows".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return inDigits(n) + " " + many
}

// mostNamed is how many things a sentence lists before it counts the rest.
const mostNamed = 5

// series joins words for a sentence, "a, b and c", and says how many are left
// out after the first few.
func series(words []string, conjunction string) string {
	if extra := len(words) - mostNamed; extra > 1 {
		words = append(words[:mostNamed:mostNamed], count(extra, "more", "more"))
	}
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

// quotedSeries is series of quoted words.
func quotedSeries(words []string, conjunction string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
	}
	return series(quoted, conjunction)
}

// rowsNamed names rows of the file: "row 12", "rows 12, 17 and 2,040".
func rowsNamed(rows []int) string {
	words := make([]string, len(rows))
	for i, row := range rows[:min(len(rows), mostNamed+1)] { // series counts the rest
		words[i] = inDigits(row)
	}
	if len(rows) == 1 {
		return "row " + words[0]
	}
	return "rows " + series(words, "and")
}

// moment writes a time for people everywhere: 3 April 2026, 14:02 UTC.
func moment(at time.Time) string { return at.UTC().Format("2 January 2006, 15:04 UTC") }

// capital makes the first letter of an ASCII sentence a capital.
func capital(sentence string) string { return strings.ToUpper(sentence[:1]) + sentence[1:] }
