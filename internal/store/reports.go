package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
)

// ReportsMost is how many active people one hand-over can give another leader: all
// of them are judged and saved under the organization's lock.
const ReportsMost = 5000

const activeReports = " WHERE p.org_id = ? AND p.leader_id = ? AND NOT p.deactivated"

// Reports are the active people whom somebody leads.
type Reports struct {
	Count  int
	People []Person // the first few by name
	// Seal stands for who they are and in which version: another one, another seal.
	Seal string
}

// Reports reads who reports to id, and names the first few. With more than
// ReportsMost of them: fault.Conflict "too-many-reports".
func (s *Store) Reports(ctx context.Context, orgID string, id profile.ID, first int) (Reports, error) {
	var r Reports
	err := s.consistent(ctx, func(h *handle) error {
		var rows []sealed
		if err := h.all(&rows, "SELECT p.id, p.version FROM profiles p"+activeReports+" LIMIT ?", uid(orgID), uid(id.String()), ReportsMost+1); err != nil {
			return wrap(err, "read reports")
		}
		if len(rows) > ReportsMost {
			return tooManyReports()
		}
		r.Count, r.Seal = len(rows), seal(rows)
		var err error
		r.People, err = h.people(activeReports+" ORDER BY p.sort_key, p.id LIMIT ?", uid(orgID), uid(id.String()), max(first, 0))
		return wrap(err, "list reports")
	})
	return r, err
}

func tooManyReports() error {
	return fault.Newf(fault.Conflict, "too-many-reports",
		"More than %d active people report to this person: too many to be moved on one page. Give most of them another Team Leader with Bulk Update Users, then come back.", ReportsMost)
}

// ActiveReports counts active people led by id, and names the first few.
func (s *Store) ActiveReports(ctx context.Context, orgID string, id profile.ID, first int) (count int, people []Person, err error) {
	h := s.reads(ctx)
	if _, err := h.one(&count, "SELECT count(*) FROM profiles p"+activeReports, uid(orgID), uid(id.String())); err != nil {
		return 0, nil, wrap(err, "count reports")
	}
	people, err = h.people(activeReports+" ORDER BY p.sort_key, p.id LIMIT ?", uid(orgID), uid(id.String()), max(first, 0))
	return count, people, wrap(err, "list reports")
}

// lockReports locks everybody who reports to id, in the order of their ids, and
// reads them.
func (h *handle) lockReports(orgID string, id profile.ID) ([]profile.Profile, error) {
	people, err := h.people(activeReports+" ORDER BY p.id LIMIT ?"+h.dialect.forUpdate("p"), uid(orgID), uid(id.String()), ReportsMost+1)
	if err != nil {
		return nil, wrap(err, "lock reports")
	}
	if len(people) > ReportsMost {
		return nil, tooManyReports()
	}
	reports := make([]profile.Profile, len(people))
	for i := range people {
		reports[i] = people[i].Profile
	}
	return reports, nil
}

// sealed is as much of a person as a seal tells.
type sealed struct {
	ID      profile.ID
	Version int64
}

func sealOf(people []profile.Profile) string {
	rows := make([]sealed, len(people))
	for i := range people {
		rows[i] = sealed{people[i].ID, people[i].Version}
	}
	return seal(rows)
}

// seal is a digest of who and in which version, in whatever order.
func seal(rows []sealed) string {
	slices.SortFunc(rows, func(a, b sealed) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	sum := sha256.New()
	for _, row := range rows {
		sum.Write(append(row.ID[:], strconv.FormatInt(row.Version, 10)+"\n"...))
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
