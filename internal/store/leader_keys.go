package store

import (
	"database/sql"
	"fmt"
	"strings"

	"teamsheet/internal/profile"
)

// leaderKeys are the keys of people who lead others. All texts are one, so that
// there is little to collect.
type leaderKeys struct {
	places map[profile.ID]textPlace
	texts  string
}

// textPlace is a part of leaderKeys.texts.
type textPlace struct{ start, end uint32 }

// Who leads. Active managers are quick to find and lead nearly everybody, but only
// the other query finds each leader: one who is deactivated may still lead others
// who are.
const (
	activeManagers = "SELECT l.id, " + leaderKey + " FROM profiles l WHERE l.org_id = ? AND l.can_manage_team AND NOT l.deactivated"
	// It steps from leader to leader in the index of those who are led: DISTINCT
	// would walk through all of them.
	allLeaders = "WITH RECURSIVE led (leader_id) AS (" +
		"SELECT * FROM (SELECT p.leader_id FROM profiles p WHERE p.org_id = ? AND p.leader_id IS NOT NULL ORDER BY p.leader_id LIMIT 1) first UNION ALL" +
		" SELECT (SELECT p.leader_id FROM profiles p WHERE p.org_id = ? AND p.leader_id > led.leader_id ORDER BY p.leader_id LIMIT 1)" +
		" FROM led WHERE led.leader_id IS NOT NULL)" +
		" SELECT l.id, " + leaderKey + " FROM led JOIN profiles l ON l.org_id = ? AND l.id = led.leader_id"
)

// leaderKeys reads the keys of all leaders, or of nearly all.
func (v *View) leaderKeys(all bool) (*leaderKeys, error) {
	keys := &leaderKeys{places: map[profile.ID]textPlace{}}
	var texts strings.Builder
	read := func(rows *sql.Rows) error {
		var id profile.ID
		var key string
		if err := rows.Scan(&id, &key); err != nil {
			return fmt.Errorf("read leader: %w", err)
		}
		start := uint32(texts.Len())
		texts.WriteString(key)
		keys.places[id] = textPlace{start, uint32(texts.Len())}
		return nil
	}
	var err error
	if all {
		err = v.h.each(read, allLeaders, v.orgID, v.orgID, v.orgID)
	} else {
		err = v.h.each(read, activeManagers, v.orgID)
	}
	keys.texts = texts.String()
	return keys, err
}

// of is the key of a leader, "" for nobody's; known is false for a leader whose
// key was not read.
func (k *leaderKeys) of(id profile.ID) (key string, known bool) {
	if id.IsZero() {
		return "", true
	}
	place, known := k.places[id]
	return k.texts[place.start:place.end], known
}
