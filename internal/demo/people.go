// Package demo makes up believable organizations: the same seed always gives the
// same people. No real person is in it; every address is in example domains
// (RFC 2606).
package demo

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"teamsheet/internal/profile"
)

// Roles of a made-up organization. The last one is no longer given.
func Roles() []profile.Role {
	names := []string{"Agent", "Senior Agent", "Team Leader", "Operations Manager", "Quality Analyst", "Trainer", "Workforce Planner", "Administrator"}
	roles := make([]profile.Role, 0, len(names)+1)
	for i, n := range names {
		roles = append(roles, profile.Role{ID: int32(i + 1), Name: n, Active: true})
	}
	return append(roles, profile.Role{ID: int32(len(names) + 1), Name: "Seasonal Agent 2024", Active: false})
}

const (
	roleAgent  = 1
	roleLeader = 3
	roleHead   = 4
	roleOld    = 9
)

// Groups of a made-up organization.
func Groups() []profile.Group {
	names := []string{
		"Billing", "Retention", "Technical Support", "VIP", "Onboarding", "Night Shift", "Weekend", "Escalations",
		"Português", "Deutsch", "Français", "العربية", "中文", "日本語", "Quality Circle", "First Aid", "Works Council", "Home Office",
	}
	groups := make([]profile.Group, len(names))
	for i, n := range names {
		groups[i] = profile.Group{ID: int32(i + 1), Name: n}
	}
	return groups
}

// teamSize is how many people report to a team leader, and how many leaders to
// the one above.
const teamSize = 15

// People makes up n people. Everyone but the first has a leader among the people
// before them, who is active and can manage a team. Each value is only valid
// until the next one.
func People(seed uint64, n int) iter.Seq[*profile.Profile] {
	return func(yield func(*profile.Profile) bool) {
		maker := newMaker(seed, n)
		for i := range n {
			p := maker.person(i)
			if !yield(&p) {
				return
			}
		}
	}
}

type maker struct {
	random  *rand.Rand
	locales []locale
	shares  []int // of the locales, summed up
	emails  map[string]int
	leaders int          // the first people are the leaders
	ids     []profile.ID // of the leaders
	groups  int
}

func newMaker(seed uint64, n int) *maker {
	m := &maker{
		random:  rand.New(rand.NewPCG(seed, 0x7465616d)),
		locales: locales(),
		emails:  make(map[string]int, n),
		leaders: max(1, (n+teamSize-1)/teamSize),
		groups:  len(Groups()),
	}
	sum := 0
	for _, l := range m.locales {
		sum += l.weight
		m.shares = append(m.shares, sum)
	}
	return m
}

func (m *maker) chance(percent int) bool { return m.random.IntN(100) < percent }

func pick[T any](m *maker, from []T) T { return from[m.random.IntN(len(from))] }

func (m *maker) locale() *locale {
	at := m.random.IntN(m.shares[len(m.shares)-1])
	i, found := slices.BinarySearch(m.shares, at)
	if found {
		i++
	}
	return &m.locales[i]
}

func (m *maker) person(i int) profile.Profile {
	l := m.locale()
	first, last := pick(m, l.first), pick(m, l.last)
	p := profile.Profile{
		ID: m.id(), Version: 1,
		FirstName: norm.NFC.String(first.written), LastName: norm.NFC.String(last.written),
		RoleID: m.role(i), LicenseType: profile.LicenseStandard,
		CanManageTeam: i < m.leaders,
		PhoneChannel:  m.chance(80), ChatChannel: m.chance(60), EmailChannel: m.chance(45),
	}
	m.keys(&p, i, first, last)
	m.facts(&p, l)
	if i >= m.leaders && m.chance(4) {
		m.deactivate(&p)
	}
	m.lead(&p, i)
	return p
}

func (m *maker) id() (id profile.ID) {
	for i := range id {
		id[i] = byte(m.random.Uint32())
	}
	id[6] = id[6]&0x0f | 0x40 // RFC 9562 §5.4: version 4
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (m *maker) role(i int) int32 {
	switch {
	case i < m.leaders/teamSize+1:
		return roleHead
	case i < m.leaders:
		return roleLeader
	case m.chance(70):
		return roleAgent
	}
	return pick(m, []int32{2, 2, 2, 5, 6, 7})
}

// lead gives the person a leader: the first people lead, in a tree of teams.
func (m *maker) lead(p *profile.Profile, i int) {
	if i < m.leaders {
		m.ids = append(m.ids, p.ID)
	}
	switch {
	case i == 0 || (i >= m.leaders && m.chance(1)): // the head of all, and a few unassigned
	case i < m.leaders:
		p.LeaderID = m.ids[(i-1)/teamSize]
	default:
		p.LeaderID = m.ids[m.random.IntN(len(m.ids))]
	}
}

// keys gives most people an email and an employee ID, some only one of them.
// Employee IDs have leading zeros, letters, or look like numbers that a
// spreadsheet would shorten.
func (m *maker) keys(p *profile.Profile, i int, first, last name) {
	if i < m.leaders || !m.chance(4) {
		p.Email = m.email(first.ascii + "." + last.ascii)
	}
	if p.Email != "" && m.chance(12) {
		return
	}
	switch i % 10 {
	case 7:
		p.EmployeeID = fmt.Sprintf("EMP-%06d", i)
	case 8:
		p.EmployeeID = fmt.Sprintf("%05dE%d", i, i%9)
	case 9:
		p.EmployeeID = fmt.Sprintf("4000000000%08d", i)
	default:
		p.EmployeeID = fmt.Sprintf("%08d", i+1001)
	}
}

func (m *maker) email(local string) string {
	m.emails[local]++
	if again := m.emails[local]; again > 1 {
		local = fmt.Sprintf("%s%d", local, again)
	}
	return local + "@demo.example"
}

func (m *maker) facts(p *profile.Profile, l *locale) {
	if m.chance(25) {
		p.LicenseType = profile.LicenseFlexible
	}
	if m.chance(85) {
		p.EmploymentStatus = pick(m, []string{"full-time", "full-time", "full-time", "part-time", "temp"})
	}
	if m.chance(80) {
		p.StartDate = fmt.Sprintf("%04d-%02d-%02d", 2008+m.random.IntN(18), 1+m.random.IntN(12), 1+m.random.IntN(28))
	}
	if m.chance(75) {
		town := pick(m, l.towns)
		p.Hometown, p.StateOrCountry = norm.NFC.String(town[0]), norm.NFC.String(town[1])
	}
	if m.chance(40) {
		p.Bio = norm.NFC.String(pick(m, l.bios))
	}
	for range m.random.IntN(4) {
		p.GroupIDs = append(p.GroupIDs, int32(1+m.random.IntN(m.groups)))
	}
	slices.Sort(p.GroupIDs)
	p.GroupIDs = slices.Compact(p.GroupIDs)
}

// deactivate makes somebody who has left; a third of them never had everything
// filled in.
func (m *maker) deactivate(p *profile.Profile) {
	p.Deactivated = true
	if m.chance(20) {
		p.RoleID = roleOld
	}
	if !m.chance(33) {
		return
	}
	switch m.random.IntN(4) {
	case 0:
		p.LastName = ""
	case 1:
		p.FirstName = ""
	case 2:
		p.RoleID = 0
	default:
		p.LicenseType = ""
	}
}

// asciiOf keeps the letters that an email address would keep: marks are taken
// off, and the few letters that do not decompose are spelled out.
func asciiOf(word string) string {
	spelled := strings.NewReplacer("ß", "ss", "ø", "o", "Ø", "o", "ł", "l", "Ł", "l", "đ", "d", "Đ", "d", "ı", "i").Replace(word)
	var b strings.Builder
	for _, r := range norm.NFD.String(spelled) {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || r == '-') {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Trim(b.String(), "-")
}
