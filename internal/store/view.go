package store

import (
	"context"
	"database/sql"
	"slices"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
)

// View is one consistent read of an organization: one REPEATABLE READ snapshot
// (SQLite: one read transaction), or the inside of a write under the
// organization's lock. Only valid inside the callback, and not for use by
// several goroutines at once.
type View struct {
	store     *Store
	h         *handle
	orgID     string
	revision  int64
	teamSize  int
	directory *profile.Directory
	applying  *Run // inside an apply: whose locks are held
}

// View calls read with one consistent state of the organization.
func (s *Store) View(ctx context.Context, orgID string, read func(*View) error) error {
	return s.consistent(ctx, func(h *handle) error {
		v, err := s.newView(h, orgID)
		if err != nil {
			return err
		}
		return read(v)
	})
}

// snapshot are the options of a consistent read. On SQLite any read transaction
// is one.
func (s *Store) snapshot() *sql.TxOptions {
	if s.Embedded() {
		return &sql.TxOptions{ReadOnly: true}
	}
	return &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
}

// newView makes a view in an open transaction.
func (s *Store) newView(h *handle, orgID string) (*View, error) {
	var org Org
	found, err := h.one(&org, orgColumns+" WHERE id = ?", uid(orgID))
	if err != nil {
		return nil, wrap(err, "load organization")
	}
	if !found {
		return nil, notFound("organization")
	}
	directory, err := h.directory(orgID)
	if err != nil {
		return nil, err
	}
	return &View{store: s, h: h, orgID: org.ID, revision: org.Revision, teamSize: org.People, directory: directory}, nil
}

// Revision of the organization in this view.
func (v *View) Revision() int64 { return v.revision }

// TeamSize is how many profiles the organization has, deactivated ones too.
func (v *View) TeamSize() int { return v.teamSize }

// Directory of the organization in this view.
func (v *View) Directory() *profile.Directory { return v.directory }

// keyChunk is how many keys one query asks for.
const keyChunk = 2000

// People fetches by id (any number; in chunks); absent ids are just not there.
// The profile is only valid during the call.
func (v *View) People(_ context.Context, ids []profile.ID, each func(*profile.Profile) error) error {
	return v.byKeys("p.id", uuidList, idTexts(ids), "", each)
}

// byKeys fetches people by the values of one column.
func (v *View) byKeys(column, kind string, keys []string, more string, each func(*profile.Profile) error) error {
	where := " WHERE p.org_id = ? AND " + v.h.dialect.inList(column, kind) + more
	for chunk := range slices.Chunk(keys, keyChunk) {
		if err := v.h.eachPerson(each, selectPeople+where, v.orgID, v.h.dialect.list(chunk)); err != nil {
			return wrap(err, "read people")
		}
	}
	return nil
}

// managersMost is how many managers a did-you-mean chooses from.
const managersMost = 100_000

// Asker asks for people before it can judge: a plan.Checker or a plan.Edit.
type Asker interface {
	Needs() plan.Needs
	Answered(plan.Needs)
}

// Supply answers asker.Needs until it is empty, by keyed fetches: it tells of
// everybody found. The profile is only valid during the call.
func (v *View) Supply(ctx context.Context, asker Asker, tell func(*profile.Profile) error) error {
	for {
		needs := asker.Needs()
		if needs.Empty() {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return wrap(err, "read people")
		}
		if err := v.supply(needs, tell); err != nil {
			return err
		}
		asker.Answered(needs)
	}
}

func (v *View) supply(needs plan.Needs, tell func(*profile.Profile) error) error {
	for _, fetch := range []struct {
		column, kind string
		keys         []string
		more         string
	}{
		{"p.id", uuidList, idTexts(needs.IDs), ""},
		{"p.email_key", textList, storableOnly(needs.EmailKeys), ""},
		{"p.employee_id", textList, storableOnly(needs.EmployeeIDs), ""},
		{"p.leader_id", uuidList, idTexts(needs.ReportsOf), " AND NOT p.deactivated"},
	} {
		if err := v.byKeys(fetch.column, fetch.kind, fetch.keys, fetch.more, tell); err != nil {
			return err
		}
	}
	if !needs.Managers {
		return nil
	}
	return wrap(v.h.eachPerson(tell, selectPeople+" WHERE p.org_id = ? AND p.can_manage_team AND NOT p.deactivated LIMIT ?",
		v.orgID, managersMost), "read managers")
}

func idTexts(ids []profile.ID) []string {
	texts := make([]string, 0, len(ids))
	for _, id := range ids {
		if !id.IsZero() {
			texts = append(texts, id.String())
		}
	}
	return texts
}

// storableOnly leaves out keys that nobody can have, because they cannot be
// stored.
func storableOnly(keys []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return key == "" || key != storable(key) })
}
