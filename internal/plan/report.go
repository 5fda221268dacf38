package plan

import (
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// Result of a row.
type Result string

// The results.
const (
	Changed   Result = "changed"
	Unchanged Result = "unchanged"
	Invalid   Result = "invalid"
)

// Change is one cell that changes; texts as a download writes them.
type Change struct {
	Column string `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// RowReport is what is said of one row. The JSON form is public (CONTRACT §5).
// The changes of an invalid row are those of its cells that are fine: they are
// shown, and not saved.
type RowReport struct {
	Row       int               `json:"row"`
	ProfileID profile.ID        `json:"profile_id"`
	Name      string            `json:"name"`
	Result    Result            `json:"result"`
	Changes   []Change          `json:"changes"`
	Problems  []problem.Problem `json:"problems"`
	Warnings  []problem.Problem `json:"warnings"`

	// Version of the profile when it was compared.
	Version int64 `json:"-"`
	// Mask says which fields of After are to be saved; empty unless Changed.
	Mask  profile.Fields  `json:"-"`
	After profile.Profile `json:"-"`
}
