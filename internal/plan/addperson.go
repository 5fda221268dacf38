package plan

import "teamsheet/internal/profile"

// teller is one person as they are told.
type teller struct {
	*profile.Profile
	email    hash128
	employee hash128
	own      *row // the row that has their User ID
	ownPlace uint32
}

// AddPerson tells about one person as they are today; p is only valid during
// the call. The same person may be told twice, but not before TeamComplete.
// wanted: the profile is likely to be asked for again, with the suspect at that
// place of the file (Suspect.Place); FindAgain then tells where it is.
func (c *Checker) AddPerson(p *profile.Profile) (place int, wanted bool) {
	c.indexRows()
	own := uint32(0)
	if i, ok := c.byID.find(p.ID); ok {
		own = i + 1
	}
	return c.addPerson(p, own)
}

// Wanted is somebody of AddPeople who is likely to be asked for again.
type Wanted struct {
	Person int // place among the people
	Row    int // with which suspect (Suspect.Place)
}

// AddPeople is AddPerson for many, in half the time for each.
func (c *Checker) AddPeople(people []profile.Profile) (wanted []Wanted) {
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
			if row, again := c.addPerson(&some[i], found[i]); again {
				wanted = append(wanted, Wanted{start + i, row})
			}
		}
	}
	return wanted
}

// addPerson is AddPerson once it is known which row has the person's User ID: one
// more than its place, 0 for none.
func (c *Checker) addPerson(p *profile.Profile, own uint32) (place int, wanted bool) {
	c.settled = false
	t := teller{Profile: p, email: c.hash.emailString(p.Email), employee: c.hash.string(p.EmployeeID)}
	if own != 0 {
		t.own, t.ownPlace = c.rows.at(own-1), own-1
	}
	place, wanted = c.compareRows(&t)
	c.noteZerosLost(p)
	if c.matters(&t) {
		c.keepPerson(&t)
	}
	if c.streams() {
		c.countReport(p)
	}
	c.suggestions.add(p)
	return place, wanted
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
// reports the first that does.
func (c *Checker) compareRows(t *teller) (place int, differ bool) {
	rows := c.candidates[:0]
	if t.own != nil {
		rows = append(rows, t.ownPlace)
	}
	if c.keyed {
		rows = c.email.appendMatches(rows, t.email)
		rows = c.employee.appendMatches(rows, t.employee)
	}
	c.candidates = rows
	if len(rows) == 0 {
		return 0, false
	}
	text := c.textOf(t.Profile)
	for _, i := range rows {
		r := c.rows.at(i)
		c.compare(r, t, text)
		if r.suspect() && !differ {
			place, differ = int(i), true
		}
	}
	return place, differ
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
	for _, i := range c.candidates {
		switch r := c.rows.at(i); {
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
