package store

import (
	"context"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
)

// Meanwhile is what has become of a team since a moment, newest first.
type Meanwhile struct {
	Edits   []PersonEdit  // of single people
	Batches []batch.Batch // that were saved
	More    bool          // there are more of either
}

// PersonEdit is a change of one person, on their page or through the API.
type PersonEdit struct {
	ProfileID profile.ID
	Name      string // of today
	HistoryEntry
}

// Meanwhile reads the newest changes since a moment, at most limit edits and limit
// batches.
func (s *Store) Meanwhile(ctx context.Context, orgID string, since time.Time, limit int) (Meanwhile, error) {
	h := s.reads(ctx)
	var rows []struct {
		Edit                                   historyRow `gorm:"embedded"`
		FirstName, LastName, Email, EmployeeID string
	}
	if err := h.all(&rows, "SELECT "+editColumns+", p.first_name, p.last_name, coalesce(p.email, '') AS email, coalesce(p.employee_id, '') AS employee_id"+
		" FROM "+editTables+" JOIN profiles p ON p.org_id = e.org_id AND p.id = e.profile_id"+
		" WHERE e.org_id = ? AND e.edited_at > ? ORDER BY e.edited_at DESC, e.profile_id LIMIT ?", uid(orgID), since, limit+1); err != nil {
		return Meanwhile{}, wrap(err, "load edits since")
	}
	var m Meanwhile
	for _, row := range rows[:min(len(rows), limit)] {
		entry, err := row.Edit.entry()
		if err != nil {
			return Meanwhile{}, err
		}
		name := profile.DisplayName(&profile.Profile{FirstName: row.FirstName, LastName: row.LastName, Email: row.Email, EmployeeID: row.EmployeeID})
		m.Edits = append(m.Edits, PersonEdit{ProfileID: row.Edit.ProfileID, Name: name, HistoryEntry: entry})
	}
	var err error
	m.Batches, err = h.batches(" WHERE b.org_id = ? AND b.state = 'applied' AND b.finished_at > ? ORDER BY b.finished_at DESC LIMIT ?",
		uid(orgID), since, limit+1)
	m.More = len(rows) > limit || len(m.Batches) > limit
	m.Batches = m.Batches[:min(len(m.Batches), limit)]
	return m, err
}
