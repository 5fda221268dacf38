package plan

import "teamsheet/internal/profile"

// teller is one person as they are told.
type teller struct {
	*profile.Profile
	email    hash128
	employee hash128
	own      *row // the row that has their User ID
}

// AddPerson tells about one person as they are today; p is only valid during
// the call. The same person may be told twice, but not before TeamComplete.
// wanted: the profile is likely to be asked for again, with a suspect; FindAgain
// then tells where it is.
func (c *Checker) AddPerson(p *profile.Profile) (wanted bool) {
	c.indexRows()
	var own *row
	if i, ok := c.byID.find(p.ID); ok {
		own = c.rows.at(i)
	}
	return c.addPerson(p, own)
}

// AddPeople is AddPerson for many, in half the time for each. wanted are the
// places of those who are.
func (c *Checker) AddPeople(people []profile.Profile) (wanted []int) {
	c.indexRows()
	var ids [manyAtOnce]profile.ID
	var found [manyAtOnce]uint32
	for start := 0; start < len(people); start += manyAtOnce {
		some := people[start:min(start+manyAtOnce, len(people))]
		for i := range some {
			ids[i] = some[i].LeaderID
		}
		c.peopleByID.findMany(ids[:len(some)], found[:]) // addPerson looks there again
		for i := range some {
			ids[i] = some[i].ID
		}
		c.byID.findMany(ids[:len(some)], found[:])
		for i := range some {
			var own *row
			if found[i] != 0 {
				own = c.rows.at(found[i] - 1)
			}
			if c.addPerson(&some[i], own) {
				wanted = append(wanted, start+i)
			}
		}
	}
	return wanted
}

// addPerson is AddPerson once it is known which row has the person's User ID.
func (c *Checker) addPerson(p *profile.Profile, own *row) (wanted bool) {
	c.settled = false
	t := teller{Profile: p, email: c.hash.emailString(p.Email), employee: c.hash.string(p.EmployeeID), own: own}
	wanted = c.compareRows(&t)
	c.noteZerosLost(p)
	if c.matters(&t) {
		c.keepPerson(&t)
	}
	if c.streams() {
		c.countReport(p)
	}
	c.suggestions.add(p)
	return wanted
}

// FindAgain notes where the caller keeps the profile of a person who was told;
// place is opaque to the checker, and not zero.
func (c *Checker) FindAgain(id profile.ID, place int64) {
	if i, known := c.peopleByID.find(id); known {
		c.people.at(i).at = place
	}
}

// streams reports whether everybody is being told once.
func (c *Checker) streams() bool { return c.WholeTeam() && !c.complete }

// TeamComplete says that everybody of the organization was told.
func (c *Checker) TeamComplete() { c.complete = true }

// compareRows notes how the rows that may be the person's differ from them, and
// reports whether any does.
func (c *Checker) compareRows(t *teller) (differ bool) {
	rows := c.candidates[:0]
	if t.own != nil {
		rows = append(rows, t.own)
	}
	if c.keyed {
		rows = c.email.appendMatches(rows, t.email)
		rows = c.employee.appendMatches(rows, t.employee)
	}
	c.candidates = rows
	if len(rows) == 0 {
		return false
	}
	text := c.textOf(t.Profile)
	for _, r := range rows {
		c.compare(r, t, text)
		differ = differ || r.suspect()
	}
	return differ
}

// noteZerosLost finds the rows that have the person's employee ID without its
// leading zeros, and no other key.
func (c *Checker) noteZerosLost(p *profile.Profile) {
	if !c.numbered {
		return
	}
	bare, ok := profile.BareEmployeeID(p.EmployeeID)
	if !ok {
		return
	}
	c.candidates = c.employee.appendMatches(c.candidates[:0], c.hash.string(bare))
	for _, r := range c.candidates {
		switch {
		case !r.byEmployeeAlone():
		case !r.is(zerosLost):
			r.id = p.ID
			r.set(zerosLost)
		case r.id != p.ID:
			r.set(zerosLostTwice)
		}
	}
}

// textOf is the hash of what a download writes into the columns of the file.
func (c *Checker) textOf(p *profile.Profile) uint64 {
	c.scratch = c.scratch[:0]
	for _, column := range c.columns.known {
		if !profile.ColumnOf(column.field).ReadOnly {
			c.scratch = append(profile.AppendText(c.scratch, p, column.field, c.config.Directory), cellEnd)
		}
	}
	return c.hash.row(c.scratch)
}

// compare notes how a row differs from a person whose it may be. It may note too
// much: by these notes nothing is judged, only asked for.
func (c *Checker) compare(r *row, t *teller, text uint64) {
	r.set(found)
	r.setIf(equal, r.text == text)
	r.setIf(newerVersion, int64(r.version) > t.Version)
	if r.is(equal) {
		return
	}
	r.setIf(older, r.version > 0 && int64(r.version) < t.Version)
	r.setIf(emailDiffers, c.columns.has(profile.Email) && r.email != t.email)
	r.setIf(employeeDiffers, c.columns.has(profile.EmployeeID) && r.employee != t.employee)
	r.setIf(leaderDiffers, c.columns.has(profile.TeamLeader) && c.leaderDiffers(r, t.Profile))
	r.setIf(turnsActive, r.is(saysActive) && t.Deactivated)
	r.setIf(turnsInactive, r.is(saysInactive) && !t.Deactivated)
	r.setIf(turnsNotManager, r.is(saysNotManager) && t.CanManageTeam)
}

func (c *Checker) leaderDiffers(r *row, p *profile.Profile) bool {
	if r.leader == 0 {
		return p.LeaderKey != ""
	}
	return c.leaders.at(r.leader).text != c.hash.string(p.LeaderKey)
}

// matters reports whether the person has to be kept.
func (c *Checker) matters(t *teller) bool {
	if !c.WholeTeam() || t.CanManageTeam {
		return true
	}
	if t.own != nil && (t.own.is(sharedID) || t.own.suspect()) {
		return true
	}
	if c.email.wanted(t.email, t.own) || c.employee.wanted(t.employee, t.own) {
		return true
	}
	_, known := c.peopleByID.find(t.ID)
	return known
}

func (c *Checker) keepPerson(t *teller) {
	number := c.personNumber(t.ID)
	p := c.person(number)
	if !t.LeaderID.IsZero() {
		p.leader = c.personNumber(t.LeaderID)
	}
	if !c.WholeTeam() && !p.is(told) {
		c.countReport(t.Profile)
	}
	p.set(told, true)
	p.set(active, !t.Deactivated)
	p.set(manager, t.CanManageTeam)
	if t.own != nil {
		t.own.person = number
	}
	c.email.hold(t.email, number, t.own)
	c.employee.hold(t.employee, number, t.own)
}

// countReport counts an active person for their leader. It must be called once a
// person.
func (c *Checker) countReport(p *profile.Profile) {
	if !p.Deactivated && !p.LeaderID.IsZero() {
		c.person(c.personNumber(p.LeaderID)).reports++
	}
}
