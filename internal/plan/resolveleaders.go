package plan

import (
	"cmp"
	"slices"
	"sort"
)

// lookUpLeaders finds out who is meant by the Team Leader cells that change
// something, among the final keys and today's.
func (c *Checker) lookUpLeaders() {
	for i := range c.rows.count() {
		if r := c.rows.at(i); r.is(changesLeader | namesLeader) {
			c.lookUp(r)
		}
	}
}

func (c *Checker) lookUp(r *row) {
	p := &person{}
	if r.person != 0 {
		p = c.person(r.person)
	}
	text := &leaderText{}
	if r.leader != 0 {
		text = c.leaders.at(r.leader)
		c.find(text)
	}
	switch {
	case text.other == 0 && text.person != 0 && text.person == p.leader:
		r.unset(changesLeader | namesLeader) // the same leader in other words
	case p.is(manager) && !c.config.OwnPage:
		r.set(leaderLocked | refusedLeader)
	case r.leader == 0:
	case text.other != 0:
		r.set(leaderAmbiguous | refusedLeader)
	case text.person == 0:
		r.set(leaderNotFound | refusedLeader)
	}
}

// find looks a text up: everybody who has it as email or employee ID, in the end
// or today.
func (c *Checker) find(text *leaderText) {
	if text.person != 0 {
		return
	}
	for _, number := range [...]uint32{
		c.email.bringer(text.email), c.employee.bringer(text.text),
		c.email.holder(text.email), c.employee.holder(text.text),
	} {
		switch {
		case number == 0 || number == text.person:
		case text.person == 0:
			text.person = number
		case text.other == 0:
			text.other = number
		}
	}
}

// judgeNamedLeaders judges the leaders whom rows name that ask for nothing, as
// things stand for all the others.
func (c *Checker) judgeNamedLeaders() {
	for i := range c.rows.count() {
		r := c.rows.at(i)
		if r.all(namesLeader|judged) && !r.is(refusedLeader) {
			c.judgeLeader(r, c.meant(r))
		}
	}
}

// judgeLeader notes why a leader cannot be a row's.
func (c *Checker) judgeLeader(r *row, leader uint32) {
	switch leader {
	case 0:
	case r.person:
		r.set(leaderSelf)
	default:
		r.setIf(leaderInactive, !c.isActive(leader))
		r.setIf(leaderNotManager, !c.isManager(leader))
	}
}

// judging is the judgement of the rows whose leader or activity changes.
type judging struct {
	c       *Checker
	rows    []uint32 // by the leader whom they would have, and place
	changed []uint32 // persons whose leader is not what it would have been
	again   []uint32 // rows to be judged again
	marks   []uint32 // person → the walk that came by
	walk    uint32
}

// judgeLeaders refuses leaders who cannot lead, and circles, until nothing more is
// to be refused.
func (c *Checker) judgeLeaders() {
	j := &judging{c: c, rows: c.rowsToLead(), marks: make([]uint32, c.people.size+1)}
	j.again = slices.Clone(j.rows)
	for _, i := range j.rows {
		c.rows.at(i).set(judged)
		j.changed = append(j.changed, c.rows.at(i).person)
	}
	for len(j.again)+len(j.changed) > 0 {
		for len(j.again) > 0 {
			last := len(j.again) - 1
			i := j.again[last]
			j.again = j.again[:last]
			j.judge(i)
		}
		j.refuseCircles()
	}
}

// rowsToLead are the rows whose person is active and gets another leader, or
// becomes active.
func (c *Checker) rowsToLead() []uint32 {
	var rows []uint32
	for i := range c.rows.count() {
		r := c.rows.at(i)
		if !r.is(changesLeader|reactivates) || r.is(refusedLeader|refusedActivity|deactivates) {
			continue
		}
		if r.is(reactivates) || c.person(r.person).is(active) {
			rows = append(rows, i)
		}
	}
	slices.SortFunc(rows, func(i, j uint32) int {
		return cmp.Or(cmp.Compare(c.wouldLead(i), c.wouldLead(j)), cmp.Compare(i, j))
	})
	return rows
}

// wouldLead is the leader by whom the row is judged: the one it asks for, else
// today's.
func (c *Checker) wouldLead(i uint32) uint32 {
	r := c.rows.at(i)
	if r.is(changesLeader) {
		return c.meant(r)
	}
	return c.person(r.person).leader
}

// judge judges one row's leader, as things stand.
func (j *judging) judge(i uint32) {
	r := j.c.rows.at(i)
	j.c.judgeLeader(r, j.c.wouldLead(i))
	if r.is(leaderSelf | leaderInactive | leaderNotManager) {
		j.refuse(i)
	}
}

// refuse lets the person keep the old leader or, where only the activity changes,
// stay deactivated, which concerns those whom they would lead.
func (j *judging) refuse(i uint32) {
	r := j.c.rows.at(i)
	if r.is(changesLeader) {
		if !r.is(refusedLeader) {
			j.c.refuse(r, refusedLeader)
			j.changed = append(j.changed, r.person)
		}
		return
	}
	if !r.is(refusedActivity) {
		j.c.refuse(r, refusedActivity)
		j.again = append(j.again, j.led(r.person)...)
	}
}

// led are the rows that are judged by a leader.
func (j *judging) led(leader uint32) []uint32 {
	first, _ := sort.Find(len(j.rows), func(i int) int { return cmp.Compare(leader, j.c.wouldLead(j.rows[i])) })
	end := first
	for end < len(j.rows) && j.c.wouldLead(j.rows[end]) == leader {
		end++
	}
	return j.rows[first:end]
}

// refuseCircles refuses every judged row on a circle of leaders that goes through
// a person whose leader is new.
func (j *judging) refuseCircles() {
	starts := j.changed
	j.changed = nil
	clear(j.marks)
	for _, start := range starts {
		j.walk++
		if circle := j.circle(start); circle != nil {
			j.refuseCircle(circle)
		}
	}
}

// circle walks up from a person and returns the circle that the walk ends in, if
// no earlier walk has been there.
func (j *judging) circle(start uint32) []uint32 {
	at := start
	for at != 0 && j.marks[at] == 0 {
		j.marks[at] = j.walk
		at = j.c.leaderOf(at)
	}
	if at == 0 || j.marks[at] != j.walk {
		return nil
	}
	people := []uint32{at}
	for next := j.c.leaderOf(at); next != at; next = j.c.leaderOf(next) {
		people = append(people, next)
	}
	return people
}

func (j *judging) refuseCircle(people []uint32) {
	c := &circle{people: j.fromFirstRow(people)}
	var rows []uint32
	for _, number := range people {
		if r := j.c.rowOf(number); r != nil && r.is(judged) && !r.is(refusedLeader|refusedActivity) {
			rows = append(rows, j.c.person(number).row-1)
		}
	}
	for _, i := range rows {
		j.c.rows.at(i).set(leaderCycle)
		j.c.circles[i] = c
		j.refuse(i)
	}
}

// fromFirstRow tells a circle from the person who comes first in the file.
func (j *judging) fromFirstRow(people []uint32) []uint32 {
	first := 0
	for at, number := range people {
		// A person without a row wraps round to the greatest number.
		if j.c.person(number).row-1 < j.c.person(people[first]).row-1 {
			first = at
		}
	}
	return slices.Concat(people[first:], people[:first])
}
