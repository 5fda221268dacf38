package plan

// settle finds out whose row each row is, from the people told so far.
func (c *Checker) settle() {
	if c.settled {
		return
	}
	c.indexRows()
	c.settled = true
	c.matched = 0
	clear(c.ambiguous)
	for i := range c.people.count() {
		c.people.at(i).row = 0
	}
	for i := range c.rows.count() {
		r := c.rows.at(i)
		r.unset(settledFlags)
		c.match(i, r)
		c.claim(i, r)
	}
}

// match finds the person of a row: by User ID, else by email, else by employee
// ID.
func (c *Checker) match(i uint32, r *row) {
	switch {
	case r.is(repeatsID):
		c.matchAsFirst(r)
	case r.keyed():
		c.matchByKeys(i, r)
	}
	if !r.is(found | ambiguous) {
		r.set(notFound)
	}
}

// matchAsFirst: the row has the User ID of an earlier row.
func (c *Checker) matchAsFirst(r *row) {
	i, _ := c.byID.find(r.id)
	first := c.rows.at(i)
	r.person = first.person
	r.setIf(found, first.is(found))
}

func (c *Checker) matchByKeys(i uint32, r *row) {
	byEmail, byEmployee := c.email.holder(r.email), c.employee.holder(r.employee)
	r.unset(found)
	r.person = 0
	if byEmail != 0 && byEmployee != 0 && byEmail != byEmployee {
		c.ambiguous[i] = [2]uint32{byEmail, byEmployee}
		r.set(ambiguous)
		return
	}
	r.person = max(byEmail, byEmployee)
	r.setIf(found, r.person != 0)
}

// claim makes the row the person's row, unless they have one already.
func (c *Checker) claim(i uint32, r *row) {
	if r.is(notFound | ambiguous) {
		return
	}
	if r.person == 0 { // changes nothing, and no other row can be theirs
		c.matched++
		return
	}
	p := c.person(r.person)
	if p.row != 0 {
		r.set(duplicate)
		return
	}
	p.row = i + 1
	c.matched++
}
