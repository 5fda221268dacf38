package profile

import (
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	tests := []struct{ got, want string }{
		{inDigits(0), "0"}, {inDigits(999), "999"}, {inDigits(1000), "1,000"}, {inDigits(1234567), "1,234,567"}, {inDigits(-123456), "-123,456"},
		{count(1, "row", "rows"), "1 row"}, {count(0, "row", "rows"), "0 rows"},
		{series(nil, "and"), ""}, {series([]string{"a"}, "and"), "a"}, {series([]string{"a", "b", "c"}, "or"), "a, b or c"},
		{series(strings.Split("abcdef", ""), "and"), "a, b, c, d, e and f"}, {series(strings.Split("abcdefg", ""), "and"), "a, b, c, d, e and 2 more"},
		{quote("a\nb\u202ec\x07"), "\"a bc\ufffd\""}, {quote(strings.Repeat("é", 60)), `"` + strings.Repeat("é", 60) + `"`}, {quote(strings.Repeat("é", 61)), `"` + strings.Repeat("é", 59) + `…"`},
		{inBytes(1 << 30), "1 GiB"}, {inBytes(1), "1 byte"}, {inBytes(1536 << 10), "1.5 MiB"}, {inBytes(512), "512 bytes"}, {inBytes(1 << 50), "1024 TiB"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestQuoteBothShowsTheDifference(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("夜", 40)
	one, other := quoteBoth(long+"朝", long+"昼")
	if one == other || !strings.HasSuffix(one, `朝"`) || !strings.HasSuffix(other, `昼"`) {
		t.Errorf("%s and %s", one, other)
	}
	one, other = quoteBoth("Porto", "")
	diff(t, "short", one+other, `"Porto"`)
	one, other = quoteBoth(long+"朝", long)
	if one == other {
		t.Errorf("%s and %s", one, other)
	}
}
