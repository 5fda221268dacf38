// Package plan is the checker: it compares the rows of a file with the current
// team and says what would change and what is wrong, judged on the state that
// the organization would be in after the whole file.
//
// It is pure: rows and people are told to it, reports come out; it reads no file,
// no database and no clock. A row costs it about a hundred bytes, however long it
// is. Rows that change nothing are never looked at twice; the others are handed
// back (Suspects) to be read again at their place in the file.
//
// # How it is driven
//
//	c := NewChecker(config)
//	for every row:                 c.AddRow (c.AddBlank)
//	if c.WholeTeam():              c.AddPeople for everybody, c.TeamComplete
//	while n := c.Needs(), not empty:  c.AddPerson for those asked for, c.Answered(n)
//	for every one of c.Suspects(): c.Judge
//	c.Resolve
//	for every one of c.NamesWanted():  c.Name
//	for every one of c.Open():     c.Report
//	c.Totals
//
// # Refused changes
//
// A change that is refused counts as not made when other rows are judged. What
// that means, in order:
//
//  1. A cell that breaks a rule of its own asks for nothing. Neither does a change
//     that is locked for managers, a cell that keeps a newer value, and any cell in
//     the row of somebody who has an earlier row.
//  2. Keys: rows that bring the same new email (employee ID) are all refused. A
//     row that brings one which somebody else has today and does not give up is
//     refused. Whoever is refused keeps their own; so on, until nobody more is
//     refused.
//  3. Leaders are looked up among the keys that are then the final ones, and
//     today's.
//  4. Who would be deactivated (or, on the own page, demoted) and keeps active
//     people is refused; so on, until nobody more is.
//  5. Active people whose leader or activity changes need a leader who is active
//     and can manage a team, and no circle. Who is refused keeps the old leader or
//     stays deactivated; so on, until nobody more is refused.
//  6. Step 4 again, for the people who stay because of step 5.
//
// A row that asks for nothing, because it is nobody's or its person has an earlier
// one, is told all the same what is wrong with its cells: the leader whom it names
// is looked up as in step 3 and judged as things stand after step 5.
//
// A row is judged by what it asks for itself, refused or not: nobody is told that
// their new leader is fine because their deactivation was refused. And nothing is
// taken back that a later step would make right: the file has a problem in any
// case.
package plan

import (
	"teamsheet/internal/profile"
)

// Config of a Checker.
type Config struct {
	Layout    *Layout
	Directory *profile.Directory
	// TeamSize is the number of people in the organization.
	TeamSize int
	// OwnPage: the one row is an edit on the person's own profile page or by the
	// API, where a manager may be given another leader, and be demoted or
	// deactivated once no active person reports to them.
	OwnPage bool
	// ProfileURL makes the link to a person's own page for the manager-locked
	// messages; nil: no link.
	ProfileURL func(profile.ID) string
}

// wholeTeamFrom is the part of the team, one in so many, from which on it is
// cheaper to stream everybody than to ask by key.
const wholeTeamFrom = 10

// Checker compares the rows of a file with the team. It is for one goroutine.
type Checker struct {
	config  Config
	columns columns
	hash    hasher
	scratch []byte

	rows     list[row]
	places   rowPlaces
	texts    []keyTexts // of the rows, as long as people are asked for by key
	byID     *index[profile.ID]
	email    keys
	employee keys
	indexed  uint32 // rows that the indexes have
	keyed    bool   // a row has no User ID
	numbered bool   // a row has no key but its employee ID
	leaders  *leaderTexts
	stray    map[int]stray // columns without a header that have something in them

	people      list[person]
	peopleByID  *index[profile.ID]
	draft       draft                // of the row that is being judged
	candidates  []uint32             // places of rows
	ambiguous   map[uint32][2]uint32 // row → the persons of its email and its employee ID
	settled     bool
	matched     int  // people who have a row
	complete    bool // everybody was told
	asked       questions
	suggestions suggestions

	keepers []uint32           // rows that may keep somebody from leaving
	circles map[uint32]*circle // of the rows that are refused for one
	names   map[uint32]name    // of persons
	newKeys map[uint32]keyPair // of persons whom a Team Leader cell may name
	numbers []int              // room for rivalRows
	tally   tally
}

// NewChecker makes a checker for one file.
func NewChecker(config Config) *Checker {
	c := &Checker{
		config:    config,
		columns:   newColumns(config.Layout),
		hash:      newHasher(),
		leaders:   newLeaderTexts(),
		stray:     map[int]stray{},
		ambiguous: map[uint32][2]uint32{},
		circles:   map[uint32]*circle{},
		names:     map[uint32]name{},
		newKeys:   map[uint32]keyPair{},
		tally:     newTally(),
	}
	c.byID = newIndex(c.hash.id, func(i uint32) profile.ID { return c.rows.at(i).id })
	c.peopleByID = newIndex(c.hash.id, func(i uint32) profile.ID { return c.people.at(i).id })
	c.email = newKeys(c.rows.at, func(r *row) hash128 { return r.email }, c.leaders.byEmail,
		func(i uint32) *uint32 { return &c.leaders.list.at(i).hasEmail },
		sharedEmail, changesEmail, refusedEmail, newerEmail)
	c.employee = newKeys(c.rows.at, func(r *row) hash128 { return r.employee }, c.leaders.byText,
		func(i uint32) *uint32 { return &c.leaders.list.at(i).hasText },
		sharedEmployee, changesEmployee, refusedEmployee, newerEmployee)
	c.email.given, c.employee.given = c.columns.has(profile.Email), c.columns.has(profile.EmployeeID)
	return c
}

// RowRef says where a row stands.
type RowRef struct {
	Row    int   // as the spreadsheet numbers it
	Offset int64 // opaque to the checker: where the reader finds the row again
}

// Rows is the number of rows added.
func (c *Checker) Rows() int { return c.rows.size }

// WholeTeam reports, after the last AddRow, whether the file is so large against
// the team that everybody has to be told: then call AddPerson once for every
// person of the organization and TeamComplete, before the first Needs. Otherwise
// Needs alone asks for the people who matter.
func (c *Checker) WholeTeam() bool { return !c.asksByKey() }

// asksByKey reports whether the file is small against the team so far.
func (c *Checker) asksByKey() bool {
	return c.config.OwnPage || c.rows.size*wholeTeamFrom <= c.config.TeamSize
}
