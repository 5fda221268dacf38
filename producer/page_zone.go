package producer

import (
	"bytes"
	"html"
	"net/http"
	"strings"
	"time"

	"teamsheet/internal/zone"
)

// What every moment of a page begins and ends with: the template "time". Nobody's
// text can look so, because it is escaped.
const (
	momentBegins = `<time datetime="`
	momentEnds   = `</time>`
)

// inZone puts the moments of a page, which templates write in UTC, into somebody's
// time zone. UTC stays with each as its title, which also tells the script that it
// is in the reader's own time already.
func inZone(page []byte, in *time.Location) []byte {
	var out bytes.Buffer
	out.Grow(len(page) + 1<<10)
	for {
		at := bytes.Index(page, []byte(momentBegins))
		if at < 0 {
			break
		}
		out.Write(page[:at])
		page = page[at:]
		end := bytes.Index(page, []byte(momentEnds))
		if end < 0 {
			break
		}
		out.WriteString(momentIn(string(page[:end]), in))
		page = page[end:]
	}
	out.Write(page)
	return out.Bytes()
}

// momentIn is one moment in a zone: from <time … up to </time>.
func momentIn(moment string, in *time.Location) string {
	iso, rest, _ := strings.Cut(strings.TrimPrefix(moment, momentBegins), `"`)
	at, err := time.Parse(time.RFC3339, iso)
	if err != nil || !strings.HasPrefix(rest, ">") {
		return moment
	}
	return momentBegins + iso + `" title="` + rest[1:] + `">` + html.EscapeString(stampIn(at.In(in)))
}

func stampIn(t time.Time) string { return t.Format("2 Jan 2006, 15:04 ") + zone.Abbreviation(t) }

// zoneOf is the time zone that the caller has chosen; false: none.
func (s *Server) zoneOf(r *http.Request) (*time.Location, bool) {
	return zone.Load(s.account(r).TimeZone)
}

// zoneGroup is the zones of one part of the world.
type zoneGroup struct {
	Label string
	Zones []optionView
}

// zoneGroups are all zones to choose from, chosen among them whatever it is.
func zoneGroups(chosen string) []zoneGroup {
	groups := []zoneGroup{{Label: "Everywhere", Zones: []optionView{
		{Value: "", Label: "None chosen: UTC, or the browser's own where scripts run", Selected: chosen == ""},
		{Value: "UTC", Label: "UTC", Selected: chosen == "UTC"},
	}}}
	found := chosen == "" || chosen == "UTC"
	for _, name := range zone.Names() {
		area, place, _ := strings.Cut(name, "/")
		if groups[len(groups)-1].Label != area {
			groups = append(groups, zoneGroup{Label: area})
		}
		last := &groups[len(groups)-1]
		last.Zones = append(last.Zones, optionView{Value: name, Label: strings.ReplaceAll(place, "_", " "), Selected: name == chosen})
		found = found || name == chosen
	}
	if !found {
		groups[0].Zones = append(groups[0].Zones, optionView{Value: chosen, Label: chosen, Selected: true})
	}
	return groups
}
