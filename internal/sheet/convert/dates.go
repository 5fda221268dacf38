package convert

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"
)

// dateForm says what a number format shows of a number.
type dateForm uint8

const (
	noDate   dateForm = iota
	wholeDay          // a day, perhaps a part of it
	timeOnly          // hours and minutes: not a day
)

// readStyles reads which styles show dates. A format that is not known shows none.
func (b *book) readStyles(name string) error {
	p, err := b.part(name)
	if p == nil || err != nil {
		return err
	}
	defer p.close()
	own, inside := map[string]dateForm{}, ""
	for {
		token, err := p.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if name := token.Name.Local; name == "numFmts" || name == "cellXfs" {
				inside = name
			} else {
				b.readStyle(token, inside, own)
			}
		case xml.EndElement:
			if token.Name.Local == inside {
				inside = ""
			}
		}
	}
}

// readStyle notes a format of the file's own or the style of a cell.
func (b *book) readStyle(start xml.StartElement, inside string, own map[string]dateForm) {
	id := attribute(start, "numFmtId")
	switch {
	case inside == "numFmts" && start.Name.Local == "numFmt" && len(own) < maxStyles:
		own[id] = formOf(attribute(start, "formatCode"))
	case inside == "cellXfs" && start.Name.Local == "xf" && len(b.styles) < maxStyles:
		b.styles = append(b.styles, formOfStyle(id, own))
	}
}

// maxStyles is more than Excel's 65,490.
const maxStyles = 1 << 17

// formOfStyle goes by the file's own formats, then by the built-in ones
// (ISO/IEC 29500-1, 18.8.30).
func formOfStyle(id string, own map[string]dateForm) dateForm {
	if form, ok := own[id]; ok {
		return form
	}
	switch n, err := strconv.Atoi(id); {
	case err != nil:
		return noDate
	case n >= 14 && n <= 17, n == 22:
		return wholeDay
	case n >= 18 && n <= 21, n >= 45 && n <= 47:
		return timeOnly
	}
	return noDate // 27–36 and 50–58 are dates or times by the language of Excel
}

// formOf reads a format code (ISO/IEC 29500-1, 18.8.31): its first part, without
// what it shows as it stands. Minutes stand beside hours or seconds; an m alone is
// the month.
func formOf(code string) dateForm {
	letters, passed := lettersOf(strings.ToLower(code))
	switch {
	case passed:
		return timeOnly
	case strings.ContainsAny(letters, "yd"):
		return wholeDay
	case strings.ContainsAny(letters, "hs"):
		return timeOnly
	case strings.Contains(letters, "m") && !strings.ContainsAny(letters, "0#?@"):
		return wholeDay
	}
	return noDate
}

// lettersOf is the first part of a format code without texts, colours and the like;
// passed: it counts time that has passed, as [h]:mm does.
func lettersOf(code string) (letters string, passed bool) {
	var out strings.Builder
	for at := 0; at < len(code) && code[at] != ';'; at++ {
		switch c := code[at]; c {
		case '"':
			at = after(code, at+1, '"')
		case '[':
			end := after(code, at+1, ']')
			inside := code[at+1 : end]
			passed = passed || inside != "" && strings.Trim(inside, "hms") == ""
			at = end
		case '\\', '_', '*':
			at++
		default:
			out.WriteByte(c)
		}
	}
	return out.String(), passed
}

func after(code string, from int, c byte) int {
	if end := strings.IndexByte(code[from:], c); end >= 0 {
		return from + end
	}
	return len(code)
}

// The first day that every program counts alike: Excel has a 29 February 1900,
// which there was not.
const firstCertain = 61

// lastDay is 31 December 9999.
const lastDay = 2_958_465

// dateOf returns the day that a whole number stands for, as YYYY-MM-DD; false:
// that is not certain.
func dateOf(number string, since1904 bool) (string, bool) {
	value, err := strconv.ParseFloat(number, 64)
	days := int(value)
	if err != nil || float64(days) != value {
		return "", false
	}
	if since1904 {
		days += 1462
	}
	if days < firstCertain || days > lastDay {
		return "", false
	}
	day := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
	return day.Format(time.DateOnly), true
}

// digitsOf is a number as the workbook stores it. Where it stores seventeen digits
// of a fraction, the shortest that are the same number are taken: 1.1, not
// 1.1000000000000001.
func digitsOf(stored string) (string, bool) {
	value, err := strconv.ParseFloat(stored, 64)
	if err != nil || strings.ContainsAny(stored, "xXpPnN_") {
		return "", false
	}
	if strings.ContainsRune(stored, '.') && !strings.ContainsAny(stored, "eE") {
		if shortest := strconv.FormatFloat(value, 'f', -1, 64); len(shortest) < len(stored) {
			return shortest, true
		}
	}
	return stored, true
}
