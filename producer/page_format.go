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
		"asset":        a.url,
		"num":          number,
		"count":        count,
		"size":         fileSize,
		"iso":          isoTime,
		"stamp":        stamp,
		"visible":      visible,
		"excerpt":      excerpt,
		"linked":       linked,
		"addressParts": addressParts,
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

// fileSize writes bytes in the units of the messages about files: 1 GiB, 17.4 MiB.
func fileSize(bytes int64) string {
	size, unit := float64(bytes), 0
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	for size >= 1<<10 && unit < len(units)-1 {
		size /= 1 << 10
		unit++
	}
	return strings.TrimSuffix(strconv.FormatFloat(size, 'f', 1, 64), ".0") + " " + units[unit]
}

// addressParts cuts an email before its @, where a narrow column may break it.
func addressParts(email string) []string {
	if at := strings.LastIndexByte(email, '@'); at > 0 {
		return []string{email[:at], email[at:]}
	}
	return []string{email}
}

func isoTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// stamp is a moment as a page without scripts shows it.
func stamp(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }
