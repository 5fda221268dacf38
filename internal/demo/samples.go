package demo

import (
	"fmt"
	"strings"

	"teamsheet/internal/profile"
)

// Sheet is a made-up edited sheet: a header row and one row per person.
type Sheet struct {
	Rows   [][]string
	people []profile.Profile // of the rows below the header
}

func newSheet(team []profile.Profile, d *profile.Directory) *Sheet {
	header := make([]string, profile.FieldCount)
	for _, c := range profile.Columns() {
		header[c.Field] = c.Header
	}
	s := &Sheet{Rows: [][]string{header}}
	for i := range team {
		if team[i].Deactivated && profile.Incomplete(&team[i]) != 0 {
			continue // what a download without incomplete deactivated people leaves out
		}
		row := make([]string, profile.FieldCount)
		for f := range profile.Field(profile.FieldCount) {
			row[f] = profile.Text(&team[i], f, d)
		}
		s.Rows = append(s.Rows, row)
		s.people = append(s.people, team[i])
	}
	return s
}

func (s *Sheet) set(person int, f profile.Field, text string) { s.Rows[person+1][f] = text }
func (s *Sheet) get(person int, f profile.Field) string       { return s.Rows[person+1][f] }

// find returns the first count people from a place on who answer the question.
func (s *Sheet) find(from, count int, which func(*profile.Profile) bool) []int {
	var found []int
	for i := from; i < len(s.people) && len(found) < count; i++ {
		if which(&s.people[i]) {
			found = append(found, i)
		}
	}
	return found
}

func agent(p *profile.Profile) bool {
	return !p.CanManageTeam && !p.Deactivated && p.Email != "" && p.EmployeeID != ""
}

func leads(p *profile.Profile) bool { return p.CanManageTeam && !p.Deactivated && p.Email != "" }

// editedAgents is how many people an Edited sheet changes at most.
const editedAgents = 500

// Edited is a sheet with some 500 changes and no problem: two people swap emails,
// three pass their employee IDs round, an agent is promoted and gets a team.
// The team needs some dozens of people at least; ok is false below that.
func Edited(team []profile.Profile, d *profile.Directory) (s *Sheet, ok bool) {
	s = newSheet(team, d)
	agents := s.find(0, len(s.people), agent)
	if len(agents) < 40 {
		return s, false
	}
	s.swap(profile.Email, agents[0], agents[1])
	s.swap(profile.EmployeeID, agents[2], agents[3])
	s.swap(profile.EmployeeID, agents[3], agents[4])
	s.promote(agents[5], agents[6:12])
	for _, person := range agents[12:15] {
		s.set(person, profile.Deactivated, "y")
	}
	for _, person := range agents[15:20] {
		s.set(person, profile.Hometown, "")
	}
	for i, person := range agents[20:min(len(agents), editedAgents)] {
		s.smallEdit(i, person)
	}
	return s, true
}

func (s *Sheet) swap(f profile.Field, a, b int) {
	first, second := s.get(a, f), s.get(b, f)
	s.set(a, f, second)
	s.set(b, f, first)
}

func (s *Sheet) promote(person int, team []int) {
	s.set(person, profile.CanManageTeam, "y")
	s.set(person, profile.RoleName, "Team Leader")
	for _, member := range team {
		s.set(member, profile.TeamLeader, s.get(person, profile.Email))
	}
}

func (s *Sheet) smallEdit(i, person int) {
	switch i % 5 {
	case 0:
		s.set(person, profile.Hometown, "Lisboa")
		s.set(person, profile.StateOrCountry, "Portugal")
	case 1:
		s.set(person, profile.LicenseType, other(s.get(person, profile.LicenseType), "standard", "flexible"))
	case 2:
		s.set(person, profile.Groups, "Home Office;First Aid")
	case 3:
		s.set(person, profile.ChatChannel, other(s.get(person, profile.ChatChannel), "y", "n"))
	default:
		s.set(person, profile.Bio, fmt.Sprintf("Moved to the new floor.\nDesk %d, by the window.", i+100))
	}
}

func other(now, one, two string) string {
	if now == one {
		return two
	}
	return one
}

// Mistaken is a sheet with a dozen kinds of problems among good changes. It
// leaves alone whom a whole Edited sheet changes, so that either can be tried
// after the other. ok as for Edited.
func Mistaken(team []profile.Profile, d *profile.Directory) (s *Sheet, ok bool) {
	s = newSheet(team, d)
	agents, leaders := s.find(0, len(s.people), agent), s.find(0, 4, leads)
	if len(agents) > 2*editedAgents {
		agents = agents[editedAgents:]
	}
	var zeros []int
	for _, person := range agents {
		if len(zeros) < 6 && strings.HasPrefix(s.people[person].EmployeeID, "0") {
			zeros = append(zeros, person)
		}
	}
	if len(agents) < 60 || len(leaders) < 4 || len(zeros) < 6 {
		return s, false
	}
	rest := without(agents, zeros)
	for i, person := range rest[30:min(len(rest), 200)] {
		s.smallEdit(i, person)
	}
	for _, person := range zeros {
		s.set(person, profile.EmployeeID, strings.TrimLeft(s.get(person, profile.EmployeeID), "0"))
	}
	misspelled := misspell(s.get(leaders[3], profile.Email))
	for _, person := range rest[:8] {
		s.set(person, profile.TeamLeader, misspelled)
	}
	s.mistakes(rest[8:], leaders)
	return s, true
}

func (s *Sheet) mistakes(agents, leaders []int) {
	s.set(agents[0], profile.StartDate, "3/4/2026")
	s.set(agents[1], profile.StartDate, "2026-02-30")
	s.set(agents[2], profile.RoleName, "Agnet")
	s.set(agents[3], profile.LicenseType, "standrad")
	s.set(agents[4], profile.Groups, "Biling;VIP")
	s.set(agents[5], profile.FirstName, "")
	s.set(agents[6], profile.Email, "no.at.sign.example")
	s.set(agents[7], profile.Email, s.get(agents[8], profile.Email))
	s.set(agents[9], profile.TeamLeader, s.get(agents[9], profile.Email))
	s.set(agents[10], profile.TeamLeader, s.get(agents[11], profile.Email))
	s.set(agents[12], profile.Hometown, "#N/A")
	s.set(agents[13], profile.PhoneChannel, "maybe")
	s.set(agents[14], profile.Hometown, strings.Repeat("far away ", 30))
	s.set(agents[15], profile.EmployeeID, "4E+15")
	s.set(agents[16], profile.UserID, "00000000-0000-4000-8000-000000000000")
	s.set(leaders[1], profile.CanManageTeam, "n")
	s.set(leaders[2], profile.Deactivated, "y")
}

func without(all, some []int) []int {
	skip := map[int]bool{}
	for _, i := range some {
		skip[i] = true
	}
	var rest []int
	for _, i := range all {
		if !skip[i] {
			rest = append(rest, i)
		}
	}
	return rest
}

// misspell swaps the second and third letters of the domain, as hands do.
func misspell(email string) string {
	at := strings.IndexByte(email, '@') + 1
	if at == 0 || len(email) < at+3 {
		return email + "m"
	}
	return email[:at] + email[at:at+1] + email[at+2:at+3] + email[at+1:at+2] + email[at+3:]
}
