// Package zone knows the time zones in which people read moments. The rules of the
// zones are part of the program, so that they do not hang on the machine.
package zone

import (
	_ "embed"
	"strings"
	"time"
	_ "time/tzdata" // a machine may have no rules of its own
)

// names are the zones of the IANA time zone database that countries use (its
// zone.tab, which is in the public domain), one a line.
//
//go:embed zones.txt
var names string

// Names are the zones to choose from, in alphabetical order, UTC not among them.
func Names() []string { return strings.Fields(names) }

// longestName in bytes of a zone.
const longestName = 64

// Load finds a zone by its IANA name, older names too; false: there is none.
func Load(name string) (*time.Location, bool) {
	if name == "" || name == "Local" || len(name) > longestName {
		return nil, false
	}
	location, err := time.LoadLocation(name)
	return location, err == nil
}

// Abbreviation names the zone of t, and summer time, as people do: WET, CEST; where
// there is no such word, by the distance: UTC-03.
func Abbreviation(t time.Time) string {
	name := t.Format("MST")
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}
