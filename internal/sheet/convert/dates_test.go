package convert

import "testing"

func TestFormatsOfDates(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]dateForm{
		"yyyy-mm-dd": wholeDay, "DD/MM/YYYY": wholeDay, `[$-409]d\ mmm\ yyyy;@`: wholeDay, "mmm": wholeDay, `"h"mmmm`: wholeDay,
		"d.m.yyyy hh:mm": wholeDay, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy": wholeDay,
		"h:mm AM/PM": timeOnly, "mm:ss.0": timeOnly, "[h]:mm": timeOnly, "[mm]:ss": timeOnly,
		"General": noDate, "0.00": noDate, "#,##0": noDate, "@": noDate, `0" days"`: noDate, "[Red]0": noDate, `0_m`: noDate, "": noDate,
		`0 "y;d"`: noDate, `"open`: noDate, "[open": noDate, `0\`: noDate,
	} {
		if got := formOf(code); got != want {
			t.Errorf("%q is %d, want %d", code, got, want)
		}
	}
}

func TestDatesThatAreCertain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		number  string
		since04 bool
		want    string
	}{
		{"46115", false, "2026-04-03"}, {"44653", true, "2026-04-03"}, {"61", false, "1900-03-01"}, {"2958465", false, "9999-12-31"},
		{"60", false, ""}, {"0", false, ""}, {"-1", false, ""}, {"46115.5", false, ""}, {"2958466", false, ""}, {"1e300", false, ""}, {"x", false, ""},
	} {
		if got, _ := dateOf(test.number, test.since04); got != test.want {
			t.Errorf("%s is %q, want %q", test.number, got, test.want)
		}
	}
}
