package plan

import "teamsheet/internal/profile"

// judgeMatch says when it is not clear whose row it is.
func (d *draft) judgeMatch() {
	switch r := d.row; {
	case r.is(ambiguous):
		two := d.c.ambiguous[d.i]
		d.rowProblem(d.text(profile.Email), profile.KeyAmbiguous(d.c.label(two[0]), d.c.label(two[1])))
	case r.is(notFound):
		d.judgeNotFound()
	case r.is(duplicate):
		_, text := d.matchedBy()
		d.rowProblem(text, profile.UserDuplicate([]int{d.c.rowNumber(r.person)}))
	}
}

// judgeNotFound: nobody has the row's key. A key that cannot be read is the
// tokenizer's problem alone.
func (d *draft) judgeNotFound() {
	by, text := d.matchedBy()
	switch {
	case d.stored != "":
		d.problem(profile.EmployeeID, profile.EmployeeIDZerosLost(d.stored))
	case text != "":
		d.rowProblem(text, profile.UserNotFound(by, nil))
	case !d.row.is(keyDamaged):
		d.rowProblem("", profile.UserNotNamed())
	}
}

// matchedBy is the strongest cell that tells whose row it is; "" if none does.
func (d *draft) matchedBy() (profile.Field, string) {
	for _, f := range keyFields {
		if clean, _ := profile.CleanText(d.text(f)); clean != "" && !d.damaged.Has(f) {
			return f, d.text(f)
		}
	}
	return profile.UserID, ""
}

// judgeKeysFilled: a row of the file must leave its person an email or an
// employee ID. A cell that is refused or cannot be read is not empty.
func (d *draft) judgeKeysFilled() {
	if !d.empties(profile.Email) || !d.empties(profile.EmployeeID) {
		return
	}
	if _, text := d.matchedBy(); text == "" && !d.matched {
		return // judgeNotFound has said it
	}
	switch {
	case d.c.columns.has(profile.Email):
		d.refuseKeysEmpty(profile.Email)
	case d.c.columns.has(profile.EmployeeID):
		d.refuseKeysEmpty(profile.EmployeeID)
	}
}

func (d *draft) refuseKeysEmpty(f profile.Field) {
	d.problem(f, profile.EmailOrEmployeeIDEmpty(d.staysDeactivated()))
	d.refuse(profile.Email)
	d.refuse(profile.EmployeeID)
}

// empties reports whether a person would be without the key: the cell is empty
// and does not keep a newer value, or there is no column and nothing today.
func (d *draft) empties(f profile.Field) bool {
	if !d.c.columns.has(f) {
		return profile.Text(d.before, f, d.c.config.Directory) == ""
	}
	if d.damaged.Has(f) {
		return false
	}
	clean, _ := profile.CleanText(d.text(f))
	return clean == "" && profile.Text(&d.after, f, d.c.config.Directory) == ""
}

// judgeReactivation: who is made active again needs every required field, also
// those that the file does not have.
func (d *draft) judgeReactivation() {
	if !d.asked.Has(profile.Deactivated) || d.after.Deactivated {
		return
	}
	for f := range profile.Incomplete(&d.after).All() {
		absent := !d.c.columns.has(f)
		if f == profile.Email {
			absent = absent && !d.c.columns.has(profile.EmployeeID)
		}
		if absent {
			d.problem(f, profile.ReactivatedIncomplete(f, d.c.config.OwnPage))
		}
	}
}

// judgeLocks: who can manage a team today is neither deactivated nor demoted in a
// file. (The leader's lock is judged when it is known who is meant.)
func (d *draft) judgeLocks() {
	if !d.locked() {
		return
	}
	if d.asked.Has(profile.Deactivated) && d.after.Deactivated {
		d.problem(profile.Deactivated, profile.ManagerDeactivationLocked(d.report.Name, d.link()))
		d.refuse(profile.Deactivated)
	}
	if d.asked.Has(profile.CanManageTeam) && !d.after.CanManageTeam {
		d.problem(profile.CanManageTeam, profile.ManagerDemotionLocked(d.report.Name, d.link()))
		d.refuse(profile.CanManageTeam)
	}
}

func (d *draft) locked() bool { return d.before.CanManageTeam && !d.c.config.OwnPage }

// link leads to the person's own profile.
func (d *draft) link() string {
	if d.c.config.ProfileURL == nil {
		return ""
	}
	return d.c.config.ProfileURL(d.before.ID)
}
