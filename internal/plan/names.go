package plan

import "teamsheet/internal/profile"

// name is how a person is called, and their keys today.
type name struct{ label, email, employee string }

// keyPair are the keys that the file gives to somebody who is named as a leader,
// if they are not refused.
type keyPair struct{ email, employee string }

// circle is a circle of leaders, each person led by the next.
type circle struct {
	people []uint32
	names  []string
}

// circleNamesMost is how many people of a circle are called by name.
const circleNamesMost = 8

// NamesWanted are people whom messages and changes of open rows have to name, after
// Resolve; answer with Name for everyone found.
func (c *Checker) NamesWanted() []profile.ID {
	wanted := question[profile.ID]{}
	want := func(number uint32) {
		if number != 0 {
			wanted.ask(c.person(number).id)
		}
	}
	for i := range c.rows.count() {
		if r := c.rows.at(i); r.is(open) {
			c.wantNames(i, r, want)
		}
	}
	return wanted.take()
}

func (c *Checker) wantNames(i uint32, r *row, want func(uint32)) {
	if r.is(ambiguous) {
		two := c.ambiguous[i]
		want(two[0])
		want(two[1])
	}
	for _, k := range []*keys{&c.email, &c.employee} {
		if r.is(k.refused) {
			want(k.holder(k.of(r)))
		}
	}
	if r.is(changesLeader|namesLeader) && r.leader != 0 && !r.is(leaderLocked) {
		want(c.leaders.at(r.leader).person)
		want(c.leaders.at(r.leader).other)
	}
	if r.all(reactivates | refusedActivity) {
		want(c.person(r.person).leader)
	}
	if at, ok := c.circles[i]; ok {
		for _, number := range at.people[:min(len(at.people), circleNamesMost)] {
			want(number)
		}
	}
}

// Name tells how a wanted person is called and which keys they have today; p is
// only valid during the call.
func (c *Checker) Name(p *profile.Profile) {
	if i, known := c.peopleByID.find(p.ID); known {
		c.names[i+1] = name{profile.Label(p), p.Email, p.EmployeeID}
	}
}

// somebody stands for a person whose name was not told.
const somebody = "another person"

func (c *Checker) label(number uint32) string {
	if named, ok := c.names[number]; ok {
		return named.label
	}
	return somebody
}

// circleNames are the names of the people of the circle that a row is on. All but
// the first few may be left empty: they are only counted.
func (c *Checker) circleNames(i uint32) []string {
	at := c.circles[i]
	if at.names == nil {
		at.names = make([]string, len(at.people))
		for n, number := range at.people[:min(len(at.people), circleNamesMost+1)] {
			at.names[n] = somebody
			if named, ok := c.names[number]; ok {
				at.names[n] = named.label
			}
		}
	}
	return at.names
}

// leaderKey is what a download writes for a leader in the end.
func (c *Checker) leaderKey(number uint32) string {
	named := c.names[number]
	p := profile.Profile{Email: named.email, EmployeeID: named.employee}
	if next, ok := c.newKeys[number]; ok {
		r := c.rowOf(number)
		if !r.is(refusedEmail) {
			p.Email = next.email
		}
		if !r.is(refusedEmployee) {
			p.EmployeeID = next.employee
		}
	}
	return profile.LeaderKeyOf(&p)
}

// noteNewKeys keeps the keys of a row whose person a Team Leader cell may name.
func (d *draft) noteNewKeys() {
	if !d.asked.Has(profile.Email) && !d.asked.Has(profile.EmployeeID) {
		return
	}
	named := func(p *profile.Profile) bool {
		return d.c.email.named.has(d.c.hash.emailString(p.Email)) || d.c.employee.named.has(d.c.hash.string(p.EmployeeID))
	}
	if named(d.before) || named(&d.after) {
		d.c.newKeys[d.row.person] = keyPair{d.after.Email, d.after.EmployeeID}
	}
}
