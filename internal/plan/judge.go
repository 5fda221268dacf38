package plan

import (
	"iter"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// Suspect is a row that may change something or has something wrong: the worker
// reads it again and has it judged. It is to be handed back as it is.
type Suspect struct {
	RowRef
	Place     int        // among the rows of the file, counted from zero, blank ones left out
	ProfileID profile.ID // who is to be handed to Judge and Report; zero: nobody was found for the row
	// ProfileAt is where the caller finds the profile again, from FindAgain; 0: it
	// was not told, and has to be asked for by its ID.
	ProfileAt int64
	// PastVersion is the version the row was downloaded at when the person has
	// changed since; 0: no history is needed.
	PastVersion int64
}

// Suspects are the rows to judge, in file order.
func (c *Checker) Suspects() iter.Seq[Suspect] {
	c.settle()
	return c.rowsThat((*row).suspect)
}

// Open are the suspects that Judge left open, in file order.
func (c *Checker) Open() iter.Seq[Suspect] {
	return c.rowsThat(func(r *row) bool { return r.is(open) })
}

func (c *Checker) rowsThat(are func(*row) bool) iter.Seq[Suspect] {
	return func(yield func(Suspect) bool) {
		for i := range c.rows.count() {
			if r := c.rows.at(i); are(r) && !yield(c.suspect(i, r)) {
				return
			}
		}
	}
}

func (c *Checker) suspect(i uint32, r *row) Suspect {
	s := Suspect{RowRef: RowRef{Row: c.places.number(i), Offset: c.places.offset(i, r.offset)}, Place: int(i)}
	if r.is(notFound|ambiguous) && !r.lostZeros() {
		return s
	}
	s.ProfileID = r.id
	if r.person != 0 {
		p := c.person(r.person)
		s.ProfileID, s.ProfileAt = p.id, p.at
	}
	if r.is(older) && !r.is(duplicate) {
		s.PastVersion = int64(r.version)
	}
	return s
}

// Judge judges one suspect on its own. done: the report is final. Otherwise it
// depends on other rows and comes from Report after Resolve. current is the
// person of the row, nil if there is none; past is only looked at when the
// suspect has a PastVersion.
func (c *Checker) Judge(s Suspect, cells [][]byte, damage []problem.Problem, current *profile.Profile, past Past) (report *RowReport, done bool) {
	d := c.newDraft(s, cells, damage, current, past)
	d.judge()
	if d.record(); d.row.is(open) {
		return nil, false
	}
	return d.finish(), true
}

// Report is Judge's second part, for open rows after Resolve.
func (c *Checker) Report(s Suspect, cells [][]byte, damage []problem.Problem, current *profile.Profile, past Past) *RowReport {
	d := c.newDraft(s, cells, damage, current, past)
	d.judge()
	d.addVerdicts()
	return d.finish()
}

// judge applies every rule that needs the row alone.
func (d *draft) judge() {
	d.judgeMatch()
	d.judgeCells()
	d.judgeKeysFilled()
	d.judgeReactivation()
	d.judgeLocks()
}

// record notes what the row asks for, for Resolve. The row of somebody who has an
// earlier row, or is nobody, asks for nothing.
func (d *draft) record() {
	r := d.row
	if r.is(duplicate) || !d.matched {
		r.setIf(namesLeader, d.leader)
		r.setIf(judged, d.leader && !d.after.Deactivated)
		r.setIf(open, r.is(ambiguous|namesLeader))
		return
	}
	hash := &d.c.hash
	changed := func(f profile.Field, now bool) bool { return d.asked.Has(f) && now }
	r.setIf(changesEmail, hash.emailString(d.before.Email) != hash.emailString(d.after.Email))
	r.setIf(changesEmployee, d.before.EmployeeID != d.after.EmployeeID)
	r.setIf(changesLeader, d.leader)
	r.setIf(deactivates, changed(profile.Deactivated, d.after.Deactivated))
	r.setIf(reactivates, changed(profile.Deactivated, !d.after.Deactivated))
	r.setIf(promotes, changed(profile.CanManageTeam, d.after.CanManageTeam))
	r.setIf(demotes, changed(profile.CanManageTeam, !d.after.CanManageTeam))
	r.setIf(open, r.is(changesEmail|changesEmployee|changesLeader|deactivates|reactivates|demotes))
	d.noteNewKeys()
}
