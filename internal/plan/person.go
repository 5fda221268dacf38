package plan

import "teamsheet/internal/profile"

// person is what the checker keeps of somebody who matters beyond a row that
// changes nothing: whose row changes something, who leads somebody or could, or
// whose keys another row mentions. Persons have numbers, one more than their
// place in the list; 0 is nobody.
type person struct {
	id     profile.ID
	leader uint32 // today's
	row    uint32 // their row in the file, one more than its place; 0: none
	at     int64  // where the caller finds the profile again (Suspect.ProfileAt)
	// reports are the active people led by them: today's and, after Resolve, those
	// of today's who stay.
	reports uint32
	flags   personFlags
}

type personFlags uint32

const (
	told    personFlags = 1 << iota // the facts below are known
	active                          // not deactivated today
	manager                         // Can Manage Team is y today
)

func (p *person) is(f personFlags) bool { return p.flags&f != 0 }

func (p *person) set(f personFlags, value bool) {
	p.flags &^= f
	if value {
		p.flags |= f
	}
}

// personNumber is the number of the person with the id, new if need be.
func (c *Checker) personNumber(id profile.ID) uint32 {
	if i, known := c.peopleByID.find(id); known {
		return i + 1
	}
	p, i := c.people.add()
	p.id = id
	c.peopleByID.add(id, i)
	return i + 1
}

func (c *Checker) person(number uint32) *person { return c.people.at(number - 1) }

// rowOf is the row of a person; nil: they are not in the file.
func (c *Checker) rowOf(number uint32) *row {
	if i := c.person(number).row; i != 0 {
		return c.rows.at(i - 1)
	}
	return nil
}

// rowNumber is the number of the row of a person who has one.
func (c *Checker) rowNumber(number uint32) int { return c.places.number(c.person(number).row - 1) }
