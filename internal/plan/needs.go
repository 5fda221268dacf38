package plan

import "teamsheet/internal/profile"

// Needs are people that the checker has to be told about before it can judge.
// Answer with AddPerson for everyone found, then Answered(needs), and ask again
// until it is empty. Ask after TeamComplete too: it is nearly always empty then,
// but not when a leader was not found (Managers) or a leader is no manager (IDs).
type Needs struct {
	IDs         []profile.ID
	EmailKeys   []string     // profile.EmailKey form
	EmployeeIDs []string     // exact
	ReportsOf   []profile.ID // active people whose leader is one of these
	Managers    bool         // active people with Can Manage Team, for did-you-mean (a sample of at most 100,000 will do)
}

// Empty reports whether there is nothing to ask.
func (n Needs) Empty() bool {
	return len(n.IDs) == 0 && len(n.EmailKeys) == 0 && len(n.EmployeeIDs) == 0 && len(n.ReportsOf) == 0 && !n.Managers
}

// questions are what was asked already, and what is to be asked next.
type questions struct {
	ids       question[profile.ID]
	emails    question[string]
	employees question[string]
	reports   question[profile.ID]
	managers  bool
	padded    int // rows looked for with leading zeros
}

type question[K comparable] struct {
	answered map[K]bool
	open     []K
	queued   map[K]bool
}

// ask queues a key that was not answered yet. answered: it was.
func (q *question[K]) ask(key K) (answered bool) {
	if q.answered[key] {
		return true
	}
	if q.queued[key] {
		return false
	}
	if q.queued == nil {
		q.queued = map[K]bool{}
	}
	q.queued[key] = true
	q.open = append(q.open, key)
	return false
}

// take returns what is to be asked and begins anew.
func (q *question[K]) take() []K {
	open := q.open
	q.open, q.queued = nil, nil
	return open
}

func (q *question[K]) answer(keys []K) {
	if q.answered == nil {
		q.answered = map[K]bool{}
	}
	for _, key := range keys {
		q.answered[key] = true
	}
}

// Needs asks for people. When WholeTeam, it must wait for TeamComplete.
func (c *Checker) Needs() Needs {
	if c.streams() {
		panic("plan: Needs before TeamComplete")
	}
	c.settle()
	if !c.complete {
		c.askForRows()
	}
	c.askForLeaders()
	needs := Needs{
		IDs: c.asked.ids.take(), EmailKeys: c.asked.emails.take(),
		EmployeeIDs: c.asked.employees.take(), ReportsOf: c.asked.reports.take(),
	}
	needs.Managers = needs.Empty() && !c.asked.managers && c.missesLeader()
	c.suggestions.collecting = needs.Managers
	return needs
}

// Answered says that everybody of the needs who exists was told.
func (c *Checker) Answered(n Needs) {
	c.asked.ids.answer(n.IDs)
	c.asked.emails.answer(n.EmailKeys)
	c.asked.employees.answer(n.EmployeeIDs)
	c.asked.reports.answer(n.ReportsOf)
	if n.Managers {
		c.asked.managers = true
		c.suggestions.done()
	}
}

// askForRows asks for the people of the rows, and then for those whom their
// differences concern.
func (c *Checker) askForRows() {
	for i := range c.rows.count() {
		switch r := c.rows.at(i); {
		case r.is(duplicate | ambiguous | badID):
			c.askForNamedLeader(r, &c.texts[i])
		case !r.is(found):
			if c.askForPerson(r, &c.texts[i]) {
				c.askForPadded(r, &c.texts[i])
				c.askForNamedLeader(r, &c.texts[i])
			}
		default:
			c.askForOthers(r, &c.texts[i])
		}
	}
}

// askForPerson asks for a row's person. answered: there is nothing left to ask.
func (c *Checker) askForPerson(r *row, texts *keyTexts) (answered bool) {
	if r.is(hasID) {
		return c.asked.ids.ask(r.id)
	}
	return c.asked.askKeys(texts.email, texts.employee)
}

// paddedMost bounds how many rows of a file full of unknown employee IDs are
// looked for with leading zeros.
const paddedMost = 20_000

// askForPadded asks for the people whose employee ID the row may have without its
// leading zeros.
func (c *Checker) askForPadded(r *row, texts *keyTexts) {
	if r.is(soughtPadded) || !r.byEmployeeAlone() || c.asked.padded >= paddedMost {
		return
	}
	r.set(soughtPadded)
	c.asked.padded++
	for _, id := range profile.PaddedEmployeeIDs(texts.employee) {
		c.asked.employees.ask(id)
	}
}

// askKeys asks for the people who have the email or the employee ID. answered:
// both were asked for.
func (q *questions) askKeys(email, employeeID string) (answered bool) {
	answered = true
	if email != "" {
		answered = q.emails.ask(profile.EmailKey(email))
	}
	if employeeID != "" {
		answered = q.employees.ask(employeeID) && answered
	}
	return answered
}

// askForNamedLeader asks for the leader whom a row names that asks for nothing.
func (c *Checker) askForNamedLeader(r *row, texts *keyTexts) {
	if r.namesAnother() {
		c.asked.askKeys(texts.leader, texts.leader)
	}
}

// namesAnother reports whether the row may name somebody who is not its person's
// leader today. (The later rows with one User ID are compared with nobody.)
func (r *row) namesAnother() bool {
	return r.leader != 0 && r.is(leaderDiffers|repeatsID|notFound|ambiguous)
}

func (c *Checker) askForOthers(r *row, texts *keyTexts) {
	if r.is(emailDiffers) {
		c.asked.askKeys(texts.email, "")
	}
	if r.is(employeeDiffers) {
		c.asked.askKeys("", texts.employee)
	}
	if r.is(leaderDiffers) {
		c.asked.askKeys(texts.leader, texts.leader)
	}
	locked := c.person(r.person).is(manager) && !c.config.OwnPage
	if r.is(turnsInactive|turnsNotManager) && !locked {
		c.asked.reports.ask(c.person(r.person).id)
	}
}

// askForLeaders asks for everybody on the chains of leaders above the rows whose
// leader or activity changes.
func (c *Checker) askForLeaders() {
	chains := newChains(c)
	for i := range c.rows.count() {
		r := c.rows.at(i)
		if r.person == 0 || r.is(equal) || !r.is(leaderDiffers|turnsActive|emailDiffers|employeeDiffers) {
			continue
		}
		c.startChains(r, chains)
	}
	chains.climb(func(id profile.ID) { c.asked.ids.ask(id) })
}

func (c *Checker) startChains(r *row, chains *chains) {
	if r.is(leaderDiffers | turnsActive) {
		chains.start(r.person)
	}
	if r.is(leaderDiffers) && r.leader != 0 {
		text := c.leaders.at(r.leader)
		chains.start(c.email.holder(text.email))
		chains.start(c.employee.holder(text.text))
	}
	if r.is(emailDiffers) && c.email.named.has(r.email) || r.is(employeeDiffers) && c.employee.named.has(r.employee) {
		chains.start(r.person)
	}
}

// chains follows today's leaders upwards, each person once.
type chains struct {
	c     *Checker
	seen  []bool
	stack []uint32
}

func newChains(c *Checker) *chains { return &chains{c: c, seen: make([]bool, c.people.size+1)} }

func (s *chains) start(person uint32) {
	if person != 0 && !s.seen[person] {
		s.seen[person] = true
		s.stack = append(s.stack, person)
	}
}

func (s *chains) climb(unknown func(profile.ID)) {
	for len(s.stack) > 0 {
		last := len(s.stack) - 1
		p := s.c.person(s.stack[last])
		s.stack = s.stack[:last]
		if !p.is(told) {
			unknown(p.id)
			continue
		}
		s.start(p.leader)
	}
}

// missesLeader reports whether a new leader is nobody's key today, so that there
// is something to suggest.
func (c *Checker) missesLeader() bool {
	for i := range c.rows.count() {
		r := c.rows.at(i)
		if !r.namesAnother() {
			continue
		}
		text := c.leaders.at(r.leader)
		if c.email.holder(text.email) == 0 && c.employee.holder(text.text) == 0 {
			return true
		}
	}
	return false
}
