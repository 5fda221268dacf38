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
	formats := map[string]dateForm{}
	inside := ""
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
			switch token.Name.Local {
			case "numFmts", "cellXfs":
				inside = token.Name.Local
			case "numFmt":
				if inside == "numFmts" && len(formats) < maxStyles {
					formats[attribute(token, "numFmtId")] = formOf(attribute(token, "formatCode"))
				}
			case "xf":
				if inside == "cellXfs" && len(b.styles) < maxStyles {
					b.styles = append(b.styles, formOfStyle(attribute(token, "numFmtId"), formats))
				}
			}
		case xml.EndElement:
			if token.Name.Local == inside {
				inside = ""
			}
		}
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

// formOf reads a format code: its first part, without what it shows as it stands.
func formOf(code string) dateForm {
	form := noDate
	code = strings.ToLower(code)
	for at := 0; at < len(code); at++ {
		switch c := code[at]; c {
		case ';':
			return form
		case '"':
			at = after(code, at+1, '"')
		case '[':
			end := after(code, at+1, ']')
			if inside := code[at+1 : min(end, len(code))]; inside != "" && strings.Trim(inside, "hms") == "" {
				return timeOnly // time that has passed
			}
			at = end
		case '\\', '_', '*':
			at++
		case 'y', 'd':
			form = wholeDay
		case 'h', 's':
			if form == noDate {
				form = timeOnly
			}
		case 'm':
			// Minutes stand beside hours or seconds; alone it is the month.
			if form == noDate && !strings.ContainsAny(code, "hs") {
				form = wholeDay
			}
		case 'g', '0', '#', '?', '@':
			if form == noDate {
				return noDate // General, or a number
			}
		}
	}
	return form
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
