package store

import (
	"bytes"
	"database/sql"
	"slices"
	"strings"

	"teamsheet/internal/profile"
)

// leaderKeys are the keys of everybody who leads somebody, active or not, in a
// third of the memory of a map.
type leaderKeys struct {
	leaders []leaderPlace // by id
	texts   string
}

// leaderPlace says where the key of a leader stands in leaderKeys.texts.
type leaderPlace struct {
	id         profile.ID
	start, end uint32
}

// leaderKeys reads the keys. The leaders are found in an index, each once.
func (v *View) leaderKeys() (*leaderKeys, error) {
	keys := &leaderKeys{}
	var texts strings.Builder
	err := v.h.each(func(rows *sql.Rows) error {
		var id profile.ID
		var key string
		if err := rows.Scan(&id, &key); err != nil {
			return err
		}
		start := uint32(texts.Len())
		texts.WriteString(key)
		keys.leaders = append(keys.leaders, leaderPlace{id, start, uint32(texts.Len())})
		return nil
	}, "SELECT l.id, "+leaderKey+" FROM (SELECT DISTINCT p.leader_id FROM profiles p WHERE p.org_id = ? AND p.leader_id IS NOT NULL) d"+
		" JOIN profiles l ON l.org_id = ? AND l.id = d.leader_id", v.orgID, v.orgID)
	keys.texts = texts.String()
	slices.SortFunc(keys.leaders, func(a, b leaderPlace) int { return bytes.Compare(a.id[:], b.id[:]) })
	return keys, err
}

// of is the key of a leader; "" for nobody.
func (k *leaderKeys) of(id profile.ID) string {
	if id.IsZero() {
		return ""
	}
	at, found := slices.BinarySearchFunc(k.leaders, id, func(l leaderPlace, id profile.ID) int { return bytes.Compare(l.id[:], id[:]) })
	if !found {
		return ""
	}
	return k.texts[k.leaders[at].start:k.leaders[at].end]
}
