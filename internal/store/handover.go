package store

import (
	"context"
	"errors"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
)

// HandOver is an edit of somebody together with other leaders for the active
// people whom they lead.
type HandOver struct {
	Edit
	Seal string // of the Reports that the person saw
}

// Lead sees the state under the lock and says which leaders the reports would
// get: a report for each of them, in their order.
type Lead func(v *View, current *profile.Profile, reports []profile.Profile) ([]*plan.RowReport, error)

// HandedOver is what became of a hand-over: with a problem in any report, nothing.
type HandedOver struct {
	Person  profile.Profile
	Report  *plan.RowReport   // of the person; nil when it was not asked for, or all was saved before
	Reports []*plan.RowReport // of those who were led
}

// Refused reports whether problems kept everything from being saved.
func (o *HandedOver) Refused() bool {
	return len(Wrong(o.Reports)) > 0 || o.Report != nil && len(o.Report.Problems) > 0
}

// Wrong are the reports that have problems.
func Wrong(reports []*plan.RowReport) []*plan.RowReport {
	var wrong []*plan.RowReport
	for _, r := range reports {
		if len(r.Problems) > 0 {
			wrong = append(wrong, r)
		}
	}
	return wrong
}

// HandOver gives the active people whom somebody leads other leaders, and then
// changes that person: both in one short transaction under the organization's
// lock, or nothing. lead is asked first; judge then sees the state in which the
// people have moved.
//
// Faults: those of EditProfile; fault.Stale "reports-changed" when other people
// report to the person now, or one of them was changed; those of Reports. Done
// twice by the same account, the second time finds everything saved.
func (s *Store) HandOver(ctx context.Context, o HandOver, lead Lead, judge Judge) (HandedOver, error) {
	run := &handing{editing: editing{Edit: o.Edit, store: s, judge: judge}, seal: o.Seal, lead: lead}
	limits := shortWrite
	limits.lock, limits.turn = editWait, editWait
	err := s.inTx(ctx, limits, run.run)
	if err != nil && !errors.Is(err, errRefused) {
		return HandedOver{}, run.explain(ctx, err)
	}
	return HandedOver{Person: run.saved, Report: run.report, Reports: run.led}, nil
}

// errRefused takes back what was written before a problem was found.
var errRefused = errors.New("the rules refuse it")

// handing is one run of HandOver.
type handing struct {
	editing
	seal string
	lead Lead
	led  []*plan.RowReport
}

func (e *handing) run(h *handle) error {
	if _, err := h.lockOrg(e.OrgID); err != nil {
		return err
	}
	e.entered = true
	current, err := h.lockPerson(e.OrgID, e.ProfileID)
	if err != nil {
		return err
	}
	reports, err := h.lockReports(e.OrgID, e.ProfileID)
	if err != nil {
		return err
	}
	view, err := e.store.newView(h, e.OrgID)
	if err != nil {
		return err
	}
	e.saved = current.Profile
	switch done, err := e.alreadySaved(h, view, len(reports)); {
	case err != nil || done:
		return err
	case current.Version != e.IfVersion:
		return versionChanged()
	case sealOf(reports) != e.seal:
		return fault.New(fault.Stale, "reports-changed",
			"Meanwhile somebody else has changed who reports to this person, or the profile of somebody who does. Look at the list and decide again.")
	}
	if e.led, err = e.lead(view, &current.Profile, reports); err != nil {
		return err
	}
	if len(Wrong(e.led)) > 0 {
		return errRefused
	}
	if err := e.saveReports(h, reports); err != nil {
		return err
	}
	return e.savePerson(h, view)
}

// alreadySaved reports whether this very hand-over was made before, by a click
// that was made twice: the next version is the account's own, has what is asked
// for, and nobody is left to be led.
func (e *handing) alreadySaved(h *handle, v *View, reports int) (bool, error) {
	if e.saved.Version != e.IfVersion+1 || reports > 0 {
		return false, nil
	}
	var mine int
	if _, err := h.one(&mine, "SELECT count(*) FROM profile_edits e WHERE e.org_id = ? AND e.profile_id = ? AND e.version = ? AND e.account_id = ?",
		uid(e.OrgID), e.saved.ID.String(), e.saved.Version, uid(e.ActorID)); err != nil || mine == 0 {
		return false, wrap(err, "look for the same edit")
	}
	report, err := e.judge(v, &e.saved)
	if err != nil {
		return false, err
	}
	return len(report.Problems) == 0 && report.Mask == 0, nil
}

// savePerson changes the person, who may have led themself, in the state in which
// the others have moved.
func (e *handing) savePerson(h *handle, v *View) error {
	current, err := h.lockPerson(e.OrgID, e.ProfileID)
	if err != nil {
		return err
	}
	e.saved = current.Profile
	if e.report, err = e.judge(v, &current.Profile); err != nil {
		return err
	}
	switch {
	case len(e.report.Problems) > 0:
		return errRefused
	case e.report.Mask != 0:
		return e.save(h, current.Profile)
	}
	return h.raiseRevision(e.OrgID)
}

// saveReports writes the new leaders, the history and the audit entries.
func (e *handing) saveReports(h *handle, reports []profile.Profile) error {
	var leaders []profile.ID // in the order in which they come up
	byLeader := map[profile.ID][]profile.ID{}
	edits := h.bulk("profile_edits", []string{"org_id", "profile_id", "version", "edited_at", "account_id", "account_email", "source", "changes"})
	entries := h.bulk("audit", []string{"org_id", "id", "at", "actor_id", "action", "subject", "request_id"})
	for i, r := range e.led {
		if !r.Mask.Has(profile.TeamLeader) {
			continue
		}
		id, leader := reports[i].ID, r.After.LeaderID
		if byLeader[leader] == nil {
			leaders = append(leaders, leader)
		}
		byLeader[leader] = append(byLeader[leader], id)
		if err := e.noteEdit(edits, h, id, reports[i].Version+1, r.Changes); err != nil {
			return wrap(err, "write history")
		}
		if err := e.noteAudit(entries, h, id); err != nil {
			return wrap(err, "write audit entries")
		}
	}
	for _, leader := range leaders {
		if err := h.giveLeader(e.OrgID, leader, byLeader[leader]); err != nil {
			return err
		}
	}
	if err := errors.Join(edits.flush(), entries.flush()); err != nil {
		return wrap(err, "write history")
	}
	if len(leaders) == 0 {
		return nil
	}
	return h.audit(AuditEntry{OrgID: e.OrgID, ActorID: e.ActorID, Action: "reports.moved", Subject: e.ProfileID.String(), RequestID: e.RequestID})
}

func (e *handing) noteEdit(w bulk, h *handle, id profile.ID, version int64, changes []plan.Change) error {
	w.text(uid(e.OrgID))
	w.text(id.String())
	w.integer(version)
	w.time(h.now)
	w.text(uid(e.ActorID))
	w.text(e.ActorEmail)
	w.text(e.Source)
	w.text(changesText(changes))
	return w.end()
}

func (e *handing) noteAudit(w bulk, h *handle, id profile.ID) error {
	w.text(uid(e.OrgID))
	w.text(NewID())
	w.time(h.now)
	w.text(uid(e.ActorID))
	w.text("profile.edited")
	w.text(id.String())
	w.text(storable(e.RequestID))
	return w.end()
}

// giveLeader gives many people, whose rows are locked, one leader; zero: none. It
// changes nothing that people are found or sorted by.
func (h *handle) giveLeader(orgID string, leader profile.ID, people []profile.ID) error {
	changed, err := h.exec("UPDATE profiles SET leader_id = ?, version = version + 1, updated_at = ? WHERE org_id = ? AND "+h.dialect.inList("id", uuidList),
		orNull(leader.String()), h.now, uid(orgID), h.dialect.list(idTexts(people)))
	if err != nil {
		return wrap(err, "give people a leader")
	}
	if changed != int64(len(people)) {
		return versionChanged()
	}
	return nil
}
