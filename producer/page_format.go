package producer

import (
	"html/template"
	"strconv"
	"strings"
	"time"
)

// templateFuncs are the few functions that templates may call; everything else
// is worked out before, in the typed view of the page.
func templateFuncs(a *assets) template.FuncMap {
	return template.FuncMap{
		"asset":   a.url,
		"num":     number,
		"count":   count,
		"size":    fileSize,
		"iso":     isoTime,
		"stamp":   stamp,
		"day":     day,
		"visible": visible,
		"excerpt": excerpt,
	}
}

// number writes n with a comma between thousands.
func number(n int) string {
	digits := strconv.Itoa(n)
	var out strings.Builder
	for i, d := range digits {
		if left := len(digits) - i; i > 0 && left%3 == 0 && digits[i-1] != '-' {
			out.WriteByte(',')
		}
		out.WriteRune(d)
	}
	return out.String()
}

// count writes a number with its noun: "1 row", "3,410 rows".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// fileSize writes bytes for people, in units of 1,000 as file dialogs show them.
func fileSize(bytes int64) string {
	size, unit := float64(bytes), 0
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	for size >= 999.5 && unit < len(units)-1 {
		size /= 1000
		unit++
	}
	if unit == 0 || size >= 99.95 {
		return strconv.FormatFloat(size, 'f', 0, 64) + " " + units[unit]
	}
	return strconv.FormatFloat(size, 'f', 1, 64) + " " + units[unit]
}

func isoTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// stamp is a moment as a page without scripts shows it.
func stamp(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }
