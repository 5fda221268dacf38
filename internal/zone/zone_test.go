package zone

import (
	"slices"
	"testing"
	"time"
)

func TestEveryNameIsAZone(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(Names()) || len(Names()) < 300 {
		t.Errorf("%d names, or not in order", len(Names()))
	}
	for _, name := range Names() {
		if _, ok := Load(name); !ok {
			t.Errorf("no zone is called %s", name)
		}
	}
	for _, name := range []string{"", "Local", "Europe/Atlantis", "../etc/passwd", "/etc/localtime", string(make([]byte, 100))} {
		if _, ok := Load(name); ok {
			t.Errorf("%q is a zone", name)
		}
	}
}

func TestAbbreviations(t *testing.T) {
	t.Parallel()
	summer := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for name, want := range map[string]string{"UTC": "UTC", "Europe/Lisbon": "WEST", "America/Sao_Paulo": "UTC-03", "Asia/Calcutta": "IST", "Asia/Kathmandu": "UTC+0545"} {
		location, ok := Load(name)
		if !ok {
			t.Fatalf("no zone %s", name)
		}
		if got := Abbreviation(summer.In(location)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
