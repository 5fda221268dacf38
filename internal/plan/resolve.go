package plan

// Resolve judges what depends on several rows: keys, leaders, circles. The order
// is told in the package comment.
func (c *Checker) Resolve() {
	c.email.resolve(c)
	c.employee.resolve(c)
	c.lookUpLeaders()
	c.countLeaving()
	c.refuseKeepers()
	c.judgeLeaders()
	c.judgeNamedLeaders()
	c.refuseKeepers()
}

// refuse takes a change of a row back for good. Whoever thereby stays with a
// leader may keep that leader from being deactivated.
func (c *Checker) refuse(r *row, what rowFlags) {
	left := c.leaves(r)
	r.set(what)
	if left && !c.leaves(r) {
		leader := c.person(c.person(r.person).leader)
		leader.reports++
		if leader.row != 0 {
			c.keepers = append(c.keepers, leader.row-1)
		}
	}
}

// leaves reports whether an active person no longer is one of today's leader's
// active people.
func (c *Checker) leaves(r *row) bool {
	p := c.person(r.person)
	return p.leader != 0 && p.is(active) &&
		(r.asks(changesLeader, refusedLeader) || r.asks(deactivates, refusedActivity))
}

// countLeaving takes those who leave off their leaders' reports.
func (c *Checker) countLeaving() {
	for i := range c.rows.count() {
		r := c.rows.at(i)
		if !r.is(open) || r.person == 0 {
			continue
		}
		if c.leaves(r) {
			c.person(c.person(r.person).leader).reports--
		}
		if r.is(deactivates | demotes) {
			c.keepers = append(c.keepers, i)
		}
	}
}

// refuseKeepers refuses that people are deactivated or demoted who keep active
// reports, and whoever keeps people because of that.
func (c *Checker) refuseKeepers() {
	for len(c.keepers) > 0 {
		r := c.rows.at(c.keepers[len(c.keepers)-1])
		c.keepers = c.keepers[:len(c.keepers)-1]
		if c.person(r.person).reports == 0 {
			continue
		}
		if r.asks(deactivates, refusedActivity) {
			c.refuse(r, refusedActivity)
		}
		if r.asks(demotes, refusedManager) {
			c.refuse(r, refusedManager)
		}
	}
}

// isActive reports whether a person is active in the end.
func (c *Checker) isActive(number uint32) bool {
	if r := c.rowOf(number); r != nil {
		switch {
		case r.asks(deactivates, refusedActivity):
			return false
		case r.asks(reactivates, refusedActivity):
			return true
		}
	}
	return c.person(number).is(active)
}

// isManager reports whether a person can manage a team in the end.
func (c *Checker) isManager(number uint32) bool {
	if r := c.rowOf(number); r != nil {
		switch {
		case r.is(promotes):
			return true
		case r.asks(demotes, refusedManager):
			return false
		}
	}
	return c.person(number).is(manager)
}

// leaderOf is a person's leader in the end; 0: none.
func (c *Checker) leaderOf(number uint32) uint32 {
	if r := c.rowOf(number); r != nil && r.asks(changesLeader, refusedLeader) {
		return c.meant(r)
	}
	return c.person(number).leader
}

// meant is the leader whom the row's Team Leader cell names; 0: none.
func (c *Checker) meant(r *row) uint32 {
	if r.leader == 0 {
		return 0
	}
	return c.leaders.at(r.leader).person
}
