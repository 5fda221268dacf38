package store

import (
	"context"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
)

// Org is an organization: whose people a sheet is about.
type Org struct {
	ID       string
	Name     string
	Revision int64 // raised by every saved change of any profile
	People   int   // profiles, deactivated ones too
}

// CreateOrg makes an organization. A name that is taken: fault.Conflict.
func (s *Store) CreateOrg(ctx context.Context, name string) (Org, error) {
	org := Org{ID: NewID(), Name: storable(name)}
	err := s.repeatable(ctx, func(h *handle) error {
		created, err := h.exec("INSERT INTO orgs (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			org.ID, org.Name, h.now)
		if err != nil || created > 0 {
			return wrap(err, "create organization")
		}
		return org.mine(h)
	})
	return org, err
}

// mine finds out whether a name is taken by this very organization, made by a
// try whose reply was lost.
func (o Org) mine(h *handle) error {
	var id string
	if _, err := h.one(&id, "SELECT id FROM orgs WHERE name = ?", o.Name); err != nil {
		return wrap(err, "create organization")
	}
	if id != o.ID {
		return fault.New(fault.Conflict, "org-name-taken", "An organization with this name exists already. Choose another name.")
	}
	return nil
}

const orgColumns = "SELECT id, name, revision, people FROM orgs"

// Org reads an organization.
func (s *Store) Org(ctx context.Context, id string) (Org, error) {
	return s.findOrg(ctx, orgColumns+" WHERE id = ?", uid(id))
}

// OrgByName reads an organization by its exact name.
func (s *Store) OrgByName(ctx context.Context, name string) (Org, error) {
	return s.findOrg(ctx, orgColumns+" WHERE name = ?", storable(name))
}

func (s *Store) findOrg(ctx context.Context, sql, key string) (Org, error) {
	var org Org
	found, err := s.reads(ctx).one(&org, sql, key)
	if err != nil {
		return Org{}, wrap(err, "load organization")
	}
	if !found {
		return Org{}, notFound("organization")
	}
	return org, nil
}

// SetRoles inserts or updates roles by id; others stay.
func (s *Store) SetRoles(ctx context.Context, orgID string, roles []profile.Role) error {
	return s.setDirectory(ctx, orgID, func(h *handle) (changed int64, err error) {
		for _, role := range roles {
			n, err := h.exec("UPDATE roles SET name = ?, active = ? WHERE org_id = ? AND id = ? AND (name <> ? OR active <> ?)",
				role.Name, role.Active, uid(orgID), role.ID, role.Name, role.Active)
			if err == nil {
				err = h.do("INSERT INTO roles (org_id, id, name, active) VALUES (?, ?, ?, ?) ON CONFLICT (org_id, id) DO NOTHING",
					uid(orgID), role.ID, role.Name, role.Active)
			}
			if err != nil {
				return 0, wrap(err, "set role")
			}
			changed += n
		}
		return changed, nil
	})
}

// SetGroups inserts or updates groups by id; others stay.
func (s *Store) SetGroups(ctx context.Context, orgID string, groups []profile.Group) error {
	return s.setDirectory(ctx, orgID, func(h *handle) (changed int64, err error) {
		for _, group := range groups {
			n, err := h.exec("UPDATE team_groups SET name = ? WHERE org_id = ? AND id = ? AND name <> ?",
				group.Name, uid(orgID), group.ID, group.Name)
			if err == nil {
				err = h.do("INSERT INTO team_groups (org_id, id, name) VALUES (?, ?, ?) ON CONFLICT (org_id, id) DO NOTHING",
					uid(orgID), group.ID, group.Name)
			}
			if err != nil {
				return 0, wrap(err, "set group")
			}
			changed += n
		}
		return changed, nil
	})
}

// setDirectory sets roles or groups. When one that was there is another now, the
// revision rises: a plan that was made before is looked at again when it is saved,
// since its roles may be inactive by now. A new one takes nothing from any plan.
func (s *Store) setDirectory(ctx context.Context, orgID string, set func(*handle) (changed int64, err error)) error {
	return s.repeatable(ctx, func(h *handle) error {
		if _, err := h.lockOrg(orgID); err != nil {
			return err
		}
		changed, err := set(h)
		if err != nil || changed == 0 {
			return err
		}
		return h.raiseRevision(orgID)
	})
}

// needOrg is fault.NotFound when there is no such organization.
func (h *handle) needOrg(orgID string) error {
	var id string
	found, err := h.one(&id, "SELECT id FROM orgs WHERE id = ?", uid(orgID))
	if err != nil {
		return wrap(err, "load organization")
	}
	if !found {
		return notFound("organization")
	}
	return nil
}

// Directory reads the roles and groups of an organization.
func (s *Store) Directory(ctx context.Context, orgID string) (*profile.Directory, error) {
	h := s.reads(ctx)
	if err := h.needOrg(orgID); err != nil {
		return nil, err
	}
	return h.directory(orgID)
}

func (h *handle) directory(orgID string) (*profile.Directory, error) {
	var roles []profile.Role
	if err := h.all(&roles, "SELECT id, name, active FROM roles WHERE org_id = ? ORDER BY id", uid(orgID)); err != nil {
		return nil, wrap(err, "load roles")
	}
	var groups []profile.Group
	if err := h.all(&groups, "SELECT id, name FROM team_groups WHERE org_id = ? ORDER BY id", uid(orgID)); err != nil {
		return nil, wrap(err, "load groups")
	}
	return profile.NewDirectory(roles, groups), nil
}
