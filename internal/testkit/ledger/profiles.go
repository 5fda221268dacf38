package ledger

import (
	"encoding/json"
	"fmt"
)

// followed are the columns whose values the ledger follows, by the header under
// which an edit writes them down.
func followed() map[string]string {
	return map[string]string{"Hometown": "hometown", "State or Country": "state_or_country", "Bio": "bio"}
}

// loadEdits reads what was changed by hand: an edit whose answer was lost counts
// too if it was made.
func (c *checker) loadEdits() error {
	c.edits = map[string]map[int64]string{}
	var profile, changes string
	var version int64
	return c.each(`SELECT CAST(org_id AS text) || '/' || CAST(profile_id AS text), version, changes FROM profile_edits`, func() {
		if c.edits[profile] == nil {
			c.edits[profile] = map[int64]string{}
		}
		c.edits[profile][version] = changes
	}, &profile, &version, &changes)
}

// checkVersions: every version of a profile was made once, by a batch or an edit.
func (c *checker) checkVersions() error {
	var profile string
	var version, made, distinct, first, last int64
	return c.each(`SELECT CAST(p.org_id AS text) || '/' || CAST(p.id AS text), p.version, count(v.version), count(DISTINCT v.version),
			coalesce(min(v.version), 0), coalesce(max(v.version), 0)
		FROM profiles p LEFT JOIN (
			SELECT org_id, profile_id, version FROM profile_history
			UNION ALL SELECT org_id, profile_id, version FROM profile_edits
		) v ON v.org_id = p.org_id AND v.profile_id = p.id
		GROUP BY p.org_id, p.id, p.version`, func() {
		whole := made == distinct && made == version-1 && (made == 0 || first == 2 && last == version)
		if !whole {
			c.breaks(twice, "profile %s has version %d, and %d changes are written down (%d versions, %d to %d)",
				profile, version, made, distinct, first, last)
		}
	}, &profile, &version, &made, &distinct, &first, &last)
}

// person names somebody: two organizations may use the same id.
func person(org, profile string) string { return org + "/" + profile }

// place is a cell of a team.
type place struct{ person, column string }

// written is who wrote a cell last.
type written struct {
	version int64
	value   string
	by      string
}

// checkValues: every edit that was answered is there, and each cell that the
// client has written holds what was written last.
func (c *checker) checkValues() error {
	last := map[place]written{}
	put := func(at place, w written) {
		if w.version > last[at].version {
			last[at] = w
		}
	}
	for id, e := range c.uploaded {
		if c.batches[id] == nil {
			continue
		}
		for _, change := range e.Changes {
			if version, applied := c.history[id][change.Profile]; applied {
				put(place{person(c.batches[id].org, change.Profile), change.Column}, written{version, change.Value, "batch " + id})
			}
		}
	}
	for _, e := range c.edited {
		who := person(e.Org, e.Profile)
		if _, made := c.edits[who][e.Version]; !made {
			c.breaks(lost, "an edit of profile %s was answered with version %d and is not there", e.Profile, e.Version)
			continue
		}
		put(place{who, e.Column}, written{e.Version, e.Value, "an edit"})
	}
	if err := c.putEdits(put); err != nil {
		return err
	}
	return c.compareValues(last)
}

// putEdits takes what edits wrote down themselves, whether they were answered or not.
func (c *checker) putEdits(put func(place, written)) error {
	for who, versions := range c.edits {
		for version, text := range versions {
			var changes []struct{ Column, New string }
			if err := json.Unmarshal([]byte(text), &changes); err != nil {
				return fmt.Errorf("read an edit: %w", err)
			}
			for _, change := range changes {
				if column, ok := followed()[change.Column]; ok {
					put(place{who, column}, written{version, change.New, "an edit"})
				}
			}
		}
	}
	return nil
}

func (c *checker) compareValues(last map[place]written) error {
	values := map[place]string{}
	for _, column := range followed() {
		var profile, value string
		if err := c.each(`SELECT CAST(org_id AS text) || '/' || CAST(id AS text), `+column+` FROM profiles`,
			func() { values[place{profile, column}] = value }, &profile, &value); err != nil {
			return err
		}
	}
	for at, w := range last {
		if got := values[at]; got != w.value {
			c.breaks(twice, "%s of profile %s is %q, and %s wrote %q last", at.column, at.person, got, w.by, w.value)
		}
	}
	return nil
}
