package store

import (
	"context"
	"errors"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
)

// Edit is one change of one profile by hand or by the API.
type Edit struct {
	OrgID      string
	ProfileID  profile.ID
	ActorID    string // account
	ActorEmail string
	Source     string // "page" or "api"
	IfVersion  int64  // the version the person saw; another one now: fault.Stale "version-changed"
	RequestID  string
}

// Judge sees the state under the lock and says what the edit would do.
type Judge func(v *View, current *profile.Profile) (*plan.RowReport, error)

// editWait is how long an edit waits for a running apply.
const editWait = 4 * time.Second

// EditProfile saves one edit in one short transaction under the organization's
// lock: judge sees the state inside it and returns the report. With problems
// nothing is written and the report is returned; without changes nothing is
// written either. It waits a few seconds for a running apply, then
// fault.Unavailable "bulk-update-running".
func (s *Store) EditProfile(ctx context.Context, e Edit, judge func(v *View, current *profile.Profile) (*plan.RowReport, error)) (profile.Profile, *plan.RowReport, error) {
	edit := &editing{Edit: e, store: s, judge: judge}
	limits := shortWrite
	limits.lock, limits.turn = editWait, editWait
	err := s.inTx(ctx, limits, edit.run)
	if err != nil {
		return profile.Profile{}, nil, edit.explain(ctx, err)
	}
	return edit.saved, edit.report, nil
}

// editing is one run of EditProfile.
type editing struct {
	Edit
	store   *Store
	judge   Judge
	entered bool // the lock was had
	report  *plan.RowReport
	saved   profile.Profile
}

func (e *editing) run(h *handle) error {
	if _, err := h.lockOrg(e.OrgID); err != nil {
		return err
	}
	e.entered = true
	current, err := h.lockPerson(e.OrgID, e.ProfileID)
	if err != nil {
		return err
	}
	e.saved = current.Profile
	if current.Version != e.IfVersion {
		return versionChanged()
	}
	view, err := e.store.newView(h, e.OrgID)
	if err != nil {
		return err
	}
	if e.report, err = e.judge(view, &current.Profile); err != nil {
		return err
	}
	if len(e.report.Problems) > 0 || e.report.Mask == 0 {
		return nil
	}
	return e.save(h, current.Profile)
}

// explain says of a lock that was not to be had what it means to the person.
func (e *editing) explain(ctx context.Context, err error) error {
	timedOut := e.store.Embedded() && errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil
	if !e.entered && (timedOut || sqlState(err) == lockNotAvailable) {
		return fault.Wrap(err, fault.Unavailable, "bulk-update-running",
			"A bulk update of the team is being saved. Save again in a few seconds.")
	}
	return err
}

func versionChanged() error {
	return fault.New(fault.Stale, "version-changed",
		"Somebody else has changed this person meanwhile. Look at the new values and make your change again.")
}

func (h *handle) lockPerson(orgID string, id profile.ID) (Person, error) {
	found, err := h.people(" WHERE p.org_id = ? AND p.id = ?"+h.dialect.forUpdate("p"), uid(orgID), uid(id.String()))
	if err != nil {
		return Person{}, wrap(err, "lock profile")
	}
	if len(found) == 0 {
		return Person{}, notFound("person")
	}
	return found[0], nil
}

// save writes the new values, the history, the revision and the audit entry.
func (e *editing) save(h *handle, current profile.Profile) error {
	after := merged(current, &e.report.After, e.report.Mask)
	after.Version++
	if err := h.updateProfile(e.OrgID, &after); err != nil {
		return err
	}
	if err := h.changeTerms(e.OrgID, &current, &after); err != nil {
		return err
	}
	if err := e.addEdit(h, after.Version, e.report.Changes); err != nil {
		return err
	}
	if err := h.raiseRevision(e.OrgID); err != nil {
		return err
	}
	if err := h.audit(AuditEntry{OrgID: e.OrgID, ActorID: e.ActorID, Action: "profile.edited",
		Subject: after.ID.String(), RequestID: e.RequestID}); err != nil {
		return err
	}
	saved, err := h.person(e.OrgID, after.ID)
	e.saved = saved.Profile
	return err
}

// addEdit writes which changes made a version.
func (e *editing) addEdit(h *handle, version int64, changes []plan.Change) error {
	return wrap(h.do("INSERT INTO profile_edits (org_id, profile_id, version, edited_at, account_id, account_email, source, changes)"+
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?)", uid(e.OrgID), e.ProfileID.String(), version, h.now, uid(e.ActorID), e.ActorEmail,
		e.Source, changesText(changes)), "write history")
}

func (h *handle) raiseRevision(orgID string) error {
	return wrap(h.do("UPDATE orgs SET revision = revision + 1 WHERE id = ?", uid(orgID)), "raise revision")
}

// merged is a profile with the fields of the mask taken from another.
func merged(p profile.Profile, after *profile.Profile, mask profile.Fields) profile.Profile {
	take := map[profile.Field]func(){
		profile.Email:            func() { p.Email = after.Email },
		profile.EmployeeID:       func() { p.EmployeeID = after.EmployeeID },
		profile.FirstName:        func() { p.FirstName = after.FirstName },
		profile.LastName:         func() { p.LastName = after.LastName },
		profile.RoleName:         func() { p.RoleID = after.RoleID },
		profile.CanManageTeam:    func() { p.CanManageTeam = after.CanManageTeam },
		profile.LicenseType:      func() { p.LicenseType = after.LicenseType },
		profile.TeamLeader:       func() { p.LeaderID = after.LeaderID },
		profile.PhoneChannel:     func() { p.PhoneChannel = after.PhoneChannel },
		profile.ChatChannel:      func() { p.ChatChannel = after.ChatChannel },
		profile.EmailChannel:     func() { p.EmailChannel = after.EmailChannel },
		profile.EmploymentStatus: func() { p.EmploymentStatus = after.EmploymentStatus },
		profile.StartDate:        func() { p.StartDate = after.StartDate },
		profile.Hometown:         func() { p.Hometown = after.Hometown },
		profile.StateOrCountry:   func() { p.StateOrCountry = after.StateOrCountry },
		profile.Bio:              func() { p.Bio = after.Bio },
		profile.Groups:           func() { p.GroupIDs = after.GroupIDs },
		profile.Deactivated:      func() { p.Deactivated = after.Deactivated },
	}
	for field, set := range take {
		if mask.Has(field) {
			set()
		}
	}
	return p
}

// updateProfile writes every column of a profile.
func (h *handle) updateProfile(orgID string, p *profile.Profile) error {
	columns := profileColumns()
	values := &valueList{}
	writeProfile(values, uid(orgID), p, h.now)
	sql := "UPDATE profiles SET "
	for i, column := range columns {
		if i > 0 {
			sql += ", "
		}
		sql += column + " = ?"
	}
	changed, err := h.exec(sql+" WHERE org_id = ? AND id = ? AND version = ?",
		append(values.values, uid(orgID), p.ID.String(), p.Version-1)...)
	if err != nil {
		return wrap(err, "save profile")
	}
	if changed != 1 {
		return versionChanged()
	}
	return nil
}

// valueList is a bulk of one row that only keeps the values.
type valueList struct{ insertBulk }

func (*valueList) end() error   { return nil }
func (*valueList) flush() error { return nil }
