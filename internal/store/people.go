package store

import (
	"context"
	"iter"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
)

// Person is a profile and when it was last saved.
type Person struct {
	profile.Profile
	UpdatedAt  time.Time
	LeaderName string // in pages of People alone: the leader's profile.DisplayName
}

// InsertPeople bulk-inserts new profiles in one transaction (ids, versions and
// leaders as given; leaders may come later in the sequence). For seeding. Returns
// how many.
func (s *Store) InsertPeople(ctx context.Context, orgID string, people iter.Seq[*profile.Profile]) (int, error) {
	count := 0
	err := s.inTx(ctx, longWrite, func(h *handle) error {
		if _, err := h.lockOrg(orgID); err != nil {
			return err
		}
		w := h.bulkPeople(orgID)
		for p := range people {
			if err := w.add(p); err != nil {
				return insertError(err)
			}
			count++
		}
		if err := w.flush(); err != nil {
			return insertError(err)
		}
		return wrap(h.do("UPDATE orgs SET revision = revision + 1, people = people + ? WHERE id = ?", count, uid(orgID)), "insert people")
	})
	if err != nil {
		return 0, err
	}
	return count, nil
}

// peopleBulk writes new profiles and what they are found by.
type peopleBulk struct {
	orgID    string
	profiles bulk
	terms    *termBulk
	now      time.Time
}

func (h *handle) bulkPeople(orgID string) *peopleBulk {
	return &peopleBulk{orgID: uid(orgID), profiles: h.bulk("profiles", profileColumns()), terms: h.bulkTerms(orgID), now: h.now}
}

func (w *peopleBulk) add(p *profile.Profile) error {
	writeProfile(w.profiles, w.orgID, p, w.now)
	if err := w.profiles.end(); err != nil {
		return err
	}
	return w.terms.insert(p)
}

func (w *peopleBulk) flush() error {
	if err := w.profiles.flush(); err != nil {
		return err
	}
	return w.terms.flush()
}

func insertError(err error) error {
	if sqlState(err) == uniqueViolation || sqliteCode(err) == sqliteConstraint {
		return fault.Wrap(err, fault.Conflict, "people-exist", "Some of these people exist already.")
	}
	return wrap(err, "insert people")
}

// lockOrg takes the lock under which profiles of an organization change, and
// reads it.
func (h *handle) lockOrg(orgID string) (org Org, err error) {
	found, err := h.one(&org, "SELECT o.id, o.name, o.revision, o.people FROM orgs o WHERE o.id = ?"+h.dialect.forUpdate("o"), uid(orgID))
	if err != nil {
		return Org{}, wrap(err, "lock organization")
	}
	if !found {
		return Org{}, notFound("organization")
	}
	h.mark.orgLocked = true
	return org, nil
}

// Profile reads one profile.
func (s *Store) Profile(ctx context.Context, orgID string, id profile.ID) (profile.Profile, error) {
	person, err := s.reads(ctx).person(orgID, id)
	return person.Profile, err
}

func (h *handle) person(orgID string, id profile.ID) (Person, error) {
	found, err := h.people(" WHERE p.org_id = ? AND p.id = ?", uid(orgID), uid(id.String()))
	if err != nil {
		return Person{}, wrap(err, "load profile")
	}
	if len(found) == 0 {
		return Person{}, notFound("person")
	}
	return found[0], nil
}

// Pages of lists.
const (
	pageDefault = 100
	pageMost    = 1000
)

func pageLimit(limit int) int {
	if limit <= 0 {
		return pageDefault
	}
	return min(limit, pageMost)
}
