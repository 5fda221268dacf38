package plan

import (
	"strings"

	"teamsheet/internal/profile"
)

// model judges a file by the same rules as the checker, as slowly and plainly as
// can be: every question is asked of every row and every person. It knows the
// columns that concern several rows, and a few values of some others.
type model struct {
	team *team
	rows []*modelRow
}

type modelRow struct {
	number   int
	cell     map[profile.Field]string
	person   *profile.Profile // nil: nobody
	first    bool             // the person's first row
	asks     map[profile.Field]bool
	refused  map[profile.Field]bool
	problems map[string]bool // code and column
	judged   bool            // as to the leader
	named    bool            // asks for nothing, but names a leader who is looked up
}

func (r *modelRow) say(code, column string) { r.problems[code+"@"+column] = true }

// made reports whether the row's change of the field is made.
func (r *modelRow) made(f profile.Field) bool { return r != nil && r.asks[f] && !r.refused[f] }

func newModel(t *team, s sheet) *model {
	m := &model{team: t}
	for i, cells := range s.rows {
		if cells == nil {
			continue
		}
		r := &modelRow{number: i + 2, cell: map[profile.Field]string{}, asks: map[profile.Field]bool{},
			refused: map[profile.Field]bool{}, problems: map[string]bool{}}
		for at, header := range s.header {
			f, _ := profile.FieldByHeader(header)
			if at < len(cells) {
				r.cell[f] = cells[at]
			}
		}
		m.rows = append(m.rows, r)
	}
	m.match()
	for _, r := range m.rows {
		m.judgeCells(r)
	}
	m.judgeKeys(profile.Email, "email")
	m.judgeKeys(profile.EmployeeID, "employee-id")
	for _, r := range m.rows {
		m.lookUp(r)
	}
	m.judgeLeaving()
	m.judgeLeaders()
	m.sayLeaders()
	m.judgeLeaving()
	return m
}

func (m *model) match() {
	taken := map[profile.ID]bool{}
	for _, r := range m.rows {
		if r.cell[profile.UserID] != "" {
			r.person = m.findPerson(func(p *profile.Profile) bool { return p.ID.String() == r.cell[profile.UserID] })
		} else {
			byEmail := m.findPerson(func(p *profile.Profile) bool { return sameKey(profile.Email, p.Email, r.cell[profile.Email]) })
			byID := m.findPerson(func(p *profile.Profile) bool {
				return sameKey(profile.EmployeeID, p.EmployeeID, r.cell[profile.EmployeeID])
			})
			if byEmail != nil && byID != nil && byEmail != byID {
				r.say("key-ambiguous", "User ID")
				continue
			}
			if r.person = byEmail; byEmail == nil {
				r.person = byID
			}
		}
		switch {
		case r.person == nil:
			r.say("user-not-found", "User ID")
		case taken[r.person.ID]:
			r.say("user-duplicate", "User ID")
		default:
			taken[r.person.ID] = true
			r.first = true
		}
	}
}

func (m *model) findPerson(is func(*profile.Profile) bool) *profile.Profile {
	for _, p := range m.team.people {
		if is(p) {
			return p
		}
	}
	return nil
}

func sameKey(f profile.Field, a, b string) bool {
	if f == profile.Email {
		a, b = strings.ToLower(a), strings.ToLower(b)
	}
	return a != "" && a == b
}

func (m *model) rowOf(p *profile.Profile) *modelRow {
	for _, r := range m.rows {
		if r.first && r.person == p {
			return r
		}
	}
	return nil
}

func keyOf(p *profile.Profile, f profile.Field) string {
	if f == profile.Email {
		return p.Email
	}
	return p.EmployeeID
}

func (m *model) judgeCells(r *modelRow) {
	p := r.person
	for f, text := range r.cell {
		m.judgeCell(r, f, text)
	}
	if r.cell[profile.Email] == "" && r.cell[profile.EmployeeID] == "" && (p != nil || r.cell[profile.UserID] != "") {
		r.say("required-empty", "Email")
		r.asks[profile.Email], r.asks[profile.EmployeeID] = false, false
	}
	if p == nil {
		r.named, r.judged = r.asks[profile.TeamLeader] && r.cell[profile.TeamLeader] != "", !isYes(r.cell[profile.Deactivated])
		clear(r.asks)
		return
	}
	if r.asks[profile.Deactivated] && p.CanManageTeam && isYes(r.cell[profile.Deactivated]) {
		r.say("manager-deactivation-locked", "Deactivated")
		r.asks[profile.Deactivated] = false
	}
	if r.asks[profile.CanManageTeam] && p.CanManageTeam {
		r.say("manager-demotion-locked", "Can Manage Team")
		r.asks[profile.CanManageTeam] = false
	}
	if !r.first {
		deactivated := p.Deactivated
		if r.asks[profile.Deactivated] {
			deactivated = isYes(r.cell[profile.Deactivated])
		}
		r.named, r.judged = r.asks[profile.TeamLeader], !deactivated
		clear(r.asks)
	}
}

func isYes(text string) bool { return strings.EqualFold(text, "y") }

func (m *model) judgeCell(r *modelRow, f profile.Field, text string) {
	column, p := profile.ColumnOf(f), r.person
	same := p != nil && profile.Text(p, f, m.team.directory) == text
	switch f {
	case profile.UserID, profile.Version:
		return
	case profile.Deactivated, profile.CanManageTeam:
		if text != "" && !strings.EqualFold(text, "y") && !strings.EqualFold(text, "n") {
			r.say("value-not-allowed", column.Header)
			return
		}
		same = same || p != nil && profile.Text(p, f, nil) == strings.ToLower(text)
	case profile.Email:
		if text != "" && !strings.Contains(text, "@") && !same {
			r.say("email-invalid", column.Header)
			return
		}
	case profile.RoleName:
		if text == "Nope" {
			r.say("role-unknown", column.Header)
			return
		}
	case profile.TeamLeader:
		same = same || p != nil && sameKey(profile.Email, p.LeaderKey, text) && strings.Contains(text, "@")
	}
	if text == "" && column.Required {
		r.say("required-empty", column.Header)
		return
	}
	r.asks[f] = !same
}

// judgeKeys: nobody may bring what another brings or keeps.
func (m *model) judgeKeys(f profile.Field, code string) {
	header := profile.ColumnOf(f).Header
	brings := func(r *modelRow) bool {
		return r.asks[f] && r.cell[f] != "" && !sameKey(f, r.cell[f], keyOf(r.person, f))
	}
	givesUp := func(r *modelRow) bool {
		return r != nil && r.asks[f] && !sameKey(f, r.cell[f], keyOf(r.person, f)) && !r.refused[f]
	}
	for again := true; again; {
		again = false
		for _, r := range m.rows {
			if !brings(r) {
				continue
			}
			bad := false
			for _, other := range m.rows {
				bad = bad || other != r && brings(other) && sameKey(f, other.cell[f], r.cell[f])
			}
			for _, p := range m.team.people {
				bad = bad || p != r.person && sameKey(f, keyOf(p, f), r.cell[f]) && !givesUp(m.rowOf(p))
			}
			if bad && !r.refused[f] {
				r.refused[f], again = true, true
			}
		}
	}
	for _, r := range m.rows {
		if !r.refused[f] {
			continue
		}
		for _, other := range m.rows {
			if other != r && brings(other) && sameKey(f, other.cell[f], r.cell[f]) {
				r.say(code+"-duplicate", header)
			}
		}
		for _, p := range m.team.people {
			if p == r.person || !sameKey(f, keyOf(p, f), r.cell[f]) {
				continue
			}
			if m.rowOf(p) == nil {
				r.say(code+"-taken", header)
			} else if !givesUp(m.rowOf(p)) {
				r.say(code+"-duplicate", header)
			}
		}
	}
}

// finalKey is the person's key after the file.
func (m *model) finalKey(p *profile.Profile, f profile.Field) string {
	if r := m.rowOf(p); r.made(f) {
		return r.cell[f]
	}
	return keyOf(p, f)
}

// meant are the people whom a leader's text can mean.
func (m *model) meant(text string) (people []*profile.Profile) {
	for _, p := range m.team.people {
		for _, f := range []profile.Field{profile.Email, profile.EmployeeID} {
			if sameKey(f, text, keyOf(p, f)) || sameKey(f, text, m.finalKey(p, f)) {
				people = append(people, p)
				break
			}
		}
	}
	return people
}

func (m *model) lookUp(r *modelRow) {
	if !r.asks[profile.TeamLeader] && !r.named {
		return
	}
	people := m.meant(r.cell[profile.TeamLeader])
	refuse := func(code string) {
		r.say(code, "Team Leader")
		r.refused[profile.TeamLeader] = true
	}
	switch {
	case len(people) == 1 && r.person != nil && people[0].ID == r.person.LeaderID:
		r.asks[profile.TeamLeader], r.named = false, false
	case r.person != nil && r.person.CanManageTeam:
		refuse("manager-leader-locked")
	case r.cell[profile.TeamLeader] == "":
	case len(people) == 0:
		refuse("leader-not-found")
	case len(people) > 1:
		refuse("leader-ambiguous")
	}
}

func (m *model) isActive(p *profile.Profile) bool {
	if r := m.rowOf(p); r.made(profile.Deactivated) {
		return !isYes(r.cell[profile.Deactivated])
	}
	return !p.Deactivated
}

func (m *model) isManager(p *profile.Profile) bool {
	if r := m.rowOf(p); r.made(profile.CanManageTeam) {
		return isYes(r.cell[profile.CanManageTeam])
	}
	return p.CanManageTeam
}

// asked is the leader whom a row asks for or, if for none, today's.
func (m *model) asked(r *modelRow) *profile.Profile {
	if !r.asks[profile.TeamLeader] && !r.named {
		return m.team.byID(r.person.LeaderID)
	}
	if people := m.meant(r.cell[profile.TeamLeader]); len(people) == 1 {
		return people[0]
	}
	return nil
}

func (m *model) leaderOf(p *profile.Profile) *profile.Profile {
	if r := m.rowOf(p); r.made(profile.TeamLeader) {
		return m.asked(r)
	}
	return m.team.byID(p.LeaderID)
}

// judgeLeaving: nobody is deactivated who keeps active people.
func (m *model) judgeLeaving() {
	for again := true; again; {
		again = false
		for _, r := range m.rows {
			if !r.made(profile.Deactivated) || r.person.Deactivated {
				continue
			}
			for _, p := range m.team.people {
				if p.LeaderID == r.person.ID && !p.Deactivated && m.isActive(p) && !m.rowOf(p).made(profile.TeamLeader) {
					r.say("manager-deactivation-locked", "Deactivated")
					if !r.refused[profile.Deactivated] {
						r.refused[profile.Deactivated], again = true, true
					}
				}
			}
		}
	}
}

func (m *model) judgeLeaders() {
	for _, r := range m.rows {
		if !r.first {
			continue
		}
		reactivated := r.made(profile.Deactivated) && r.person.Deactivated
		stays := !r.asks[profile.Deactivated] && !r.person.Deactivated
		r.judged = reactivated && !r.refused[profile.TeamLeader] || stays && r.made(profile.TeamLeader)
	}
	for again := true; again; {
		again = false
		for _, r := range m.rows {
			again = m.refuseLeader(r) || again
		}
		if !again {
			again = m.refuseCircles()
		}
	}
}

// subject is the field whose change is refused for a leader's sake.
func (r *modelRow) subject() profile.Field {
	if r.asks[profile.TeamLeader] || r.named {
		return profile.TeamLeader
	}
	return profile.Deactivated
}

func (m *model) refuseLeader(r *modelRow) bool {
	if !r.first || !r.judged || r.refused[r.subject()] {
		return false
	}
	leader := m.asked(r)
	if leader == nil || leader != r.person && m.isActive(leader) && m.isManager(leader) {
		return false
	}
	r.refused[r.subject()] = true
	return true
}

func (m *model) refuseCircles() (any bool) {
	var closed []*modelRow
	for _, r := range m.rows {
		if !r.first || !r.judged || r.refused[r.subject()] {
			continue
		}
		at := m.leaderOf(r.person)
		for range m.team.people {
			if at == nil || at == r.person {
				break
			}
			at = m.leaderOf(at)
		}
		if at == r.person {
			closed = append(closed, r)
		}
	}
	for _, r := range closed {
		r.refused[r.subject()] = true
		r.say("leader-cycle", profile.ColumnOf(r.subject()).Header)
	}
	return len(closed) > 0
}

// sayLeaders says what is wrong with the leaders, as things then stand.
func (m *model) sayLeaders() {
	for _, r := range m.rows {
		if !r.judged || !r.first && (!r.named || r.refused[profile.TeamLeader]) {
			continue
		}
		header := profile.ColumnOf(r.subject()).Header
		switch leader := m.asked(r); {
		case leader == nil:
		case leader == r.person:
			r.say("leader-self", header)
		default:
			if !m.isActive(leader) {
				r.say("leader-inactive", header)
			}
			if !m.isManager(leader) {
				r.say("leader-not-manager", header)
			}
		}
	}
}

// changed are the headers of the columns that change in a row.
func (m *model) changed(r *modelRow) []string {
	var headers []string
	for f := range profile.Field(profile.FieldCount) {
		if r.first && r.made(f) {
			headers = append(headers, profile.ColumnOf(f).Header)
		}
	}
	return headers
}
