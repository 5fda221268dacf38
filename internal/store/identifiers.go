package store

import (
	"context"

	"teamsheet/internal/profile"
)

// Identifiers are what people tell somebody from a namesake by. Either may be empty.
type Identifiers struct{ Email, EmployeeID string }

// Identifiers reads those that people have today. Who is nobody of the organization is
// left out.
func (s *Store) Identifiers(ctx context.Context, orgID string, ids []profile.ID) (map[profile.ID]Identifiers, error) {
	found := make(map[profile.ID]Identifiers, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []struct {
		ID                profile.ID
		Email, EmployeeID string
	}
	h := s.reads(ctx)
	if err := h.all(&rows, "SELECT p.id, coalesce(p.email, '') AS email, coalesce(p.employee_id, '') AS employee_id FROM profiles p WHERE p.org_id = ? AND "+
		h.dialect.inList("p.id", uuidList), uid(orgID), h.dialect.list(idTexts(ids))); err != nil {
		return nil, wrap(err, "read identifiers")
	}
	for _, row := range rows {
		found[row.ID] = Identifiers{Email: row.Email, EmployeeID: row.EmployeeID}
	}
	return found, nil
}
