package plan

import (
	"time"

	"teamsheet/internal/profile"
)

// Past is what of a profile has changed since a version, from its history.
type Past map[profile.Field]PastValue

// PastValue is what a download at that version would have written for a field,
// and who changed it last since then, and when.
type PastValue struct {
	Text string
	By   string
	At   time.Time
}

// changedSince returns what the field was when the row was downloaded, if it is
// something else today.
func (d *draft) changedSince(f profile.Field) (then PastValue, changed bool) {
	then, changed = d.past[f]
	return then, changed && then.Text != profile.Text(d.before, f, d.c.config.Directory)
}

// wasSame reports whether a cell still means what the field was at the row's
// version: what the download wrote then, or the same by the field's comparison.
func (d *draft) wasSame(f profile.Field, clean string, then PastValue) bool {
	if clean == then.Text {
		return true
	}
	past := *d.before
	if f == profile.TeamLeader {
		past.LeaderKey = then.Text
		return profile.Same(&past, f, clean, d.c.config.Directory)
	}
	findings := profile.Set(&past, f, then.Text, d.c.config.Directory)
	return len(findings) == 0 && profile.Same(&past, f, clean, d.c.config.Directory)
}
