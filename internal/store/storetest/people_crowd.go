package storetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// crowd is a team whose people have much in common, and what is known of it
// without the lists.
type crowd struct {
	*world
	random *rand.Rand
	people []*profile.Profile
	saved  map[profile.ID]time.Time
	// stores list with different bounds: in the first ones a small team is sorted
	// whole.
	stores []boundedStore
}

type boundedStore struct {
	*store.Store
	store.PeopleBounds
}

const crowdSize = 70

func newCrowd(w *world) *crowd {
	c := &crowd{world: w, random: rand.New(rand.NewPCG(1, 2)), saved: map[profile.ID]time.Time{}}
	for n := range crowdSize {
		p := &profile.Profile{ID: personID(1000 + n), Version: 1, RoleID: 1, LicenseType: profile.LicenseStandard}
		for _, field := range crowdFields() {
			c.change(p, field)
		}
		p.Deactivated = c.random.IntN(5) == 0
		c.people = append(c.people, p)
	}
	w.clock.Add(time.Hour)
	w.insert(w.org, c.people)
	c.people = append(c.people, w.people...)
	for i, p := range c.people {
		c.saved[p.ID] = w.account.CreatedAt
		if i < crowdSize {
			c.saved[p.ID] = w.stamp()
		}
	}
	stranger := *c.people[0]
	stranger.LeaderID = profile.ID{}
	w.insert(w.newOrg("other"), []*profile.Profile{&stranger})
	for _, bounds := range []store.PeopleBounds{
		{Few: store.PeopleSorted, Compared: 1000, Walked: 1000}, {Few: 3, Compared: 20, Walked: 1000},
		{Few: 1, Compared: 2, Walked: 7}, {Few: 12, Compared: 200, Walked: 15}, {Few: 1, Compared: 2, Walked: 1000, Time: 1},
	} {
		c.stores = append(c.stores, boundedStore{w.open(store.Options{PeopleBounds: bounds}), bounds})
	}
	return c
}

// crowdFields are those that lists go by.
func crowdFields() []profile.Field {
	return []profile.Field{profile.Email, profile.EmployeeID, profile.FirstName, profile.LastName, profile.RoleName, profile.LicenseType,
		profile.TeamLeader, profile.CanManageTeam, profile.Groups, profile.Deactivated}
}

func (c *crowd) pick(texts ...string) string { return texts[c.random.IntN(len(texts))] }

// change gives one field another value. Keys never repeat.
func (c *crowd) change(p *profile.Profile, field profile.Field) {
	names := []string{"Ana", "An", "Silva", "Sil Va", "O'Ana", "de Li", "Łi", "Éva", "王", "李", ""}
	switch field {
	case profile.Email:
		p.Email = fmt.Sprintf("%s.%s%d@demo.example", c.pick("ana", "A", "s", "li"), c.pick("silva", "o", "éva"), c.random.Uint32())
		if c.random.IntN(4) == 0 {
			p.Email = ""
		}
	case profile.EmployeeID:
		p.EmployeeID = fmt.Sprintf("%s%d", c.pick("", "0", "E-0", "ana "), c.random.Uint32())
		if c.random.IntN(4) == 0 {
			p.EmployeeID = ""
		}
	case profile.FirstName:
		p.FirstName = c.pick(names...)
	case profile.LastName:
		p.LastName = c.pick(names...)
	case profile.RoleName:
		p.RoleID = int32(c.random.IntN(3))
	case profile.LicenseType:
		p.LicenseType = c.pick(profile.LicenseStandard, profile.LicenseStandard, "")
	case profile.TeamLeader:
		p.LeaderID = personID(1 + c.random.IntN(3))
	case profile.CanManageTeam:
		p.CanManageTeam = c.random.IntN(3) == 0
	case profile.Groups:
		p.GroupIDs = [][]int32{nil, {7}, {30}, {7, 30}}[c.random.IntN(4)]
	case profile.Deactivated:
		p.Deactivated = !p.Deactivated
	}
}

// some is somebody, and fields to change: for small n one alone, or several.
func (c *crowd) some(n int) (*profile.Profile, []profile.Field) {
	fields := crowdFields()
	if n /= 2; n < len(fields) {
		return c.people[c.random.IntN(crowdSize)], fields[n : n+1]
	}
	c.random.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return c.people[c.random.IntN(crowdSize)], fields[:2+c.random.IntN(3)]
}

func (c *crowd) keep(p *profile.Profile) {
	p.Version++
	c.saved[p.ID] = c.stamp()
}

func (c *crowd) editSome() {
	for n := range 25 {
		c.clock.Add(time.Minute)
		p, fields := c.some(n)
		_, _, err := c.store.EditProfile(c.ctx, store.Edit{OrgID: c.org.ID, ProfileID: p.ID, ActorID: c.account.ID, Source: "page", IfVersion: p.Version},
			func(v *store.View, current *profile.Profile) (*plan.RowReport, error) {
				return changing(v.Directory(), 1, *current, func(after *profile.Profile) { c.changeAll(after, fields); c.changeTo(p, after) }, fields...), nil
			})
		c.must(err)
		c.keep(p)
	}
}

func (c *crowd) changeAll(p *profile.Profile, fields []profile.Field) {
	for _, field := range fields {
		c.change(p, field)
	}
}

// changeTo notes what a person will be.
func (c *crowd) changeTo(p, after *profile.Profile) {
	version := p.Version
	*p = *after
	p.Version, p.LeaderKey = version, ""
}

func (c *crowd) applySome() {
	c.clock.Add(time.Hour)
	rows := map[profile.ID]*plan.RowReport{}
	for len(rows) < 30 {
		p, fields := c.some(len(rows))
		if rows[p.ID] == nil {
			rows[p.ID] = c.changing(2+len(rows), *p, func(after *profile.Profile) { c.changeAll(after, fields); c.changeTo(p, after) }, fields...)
		}
	}
	list := make([]*plan.RowReport, 0, len(rows))
	for _, p := range c.people {
		if row := rows[p.ID]; row != nil {
			list = append(list, row)
		}
	}
	if outcome := c.apply(c.confirmed(list...)); outcome != store.ApplyApplied {
		c.t.Fatalf("outcome %d", outcome)
	}
	for _, p := range c.people {
		if rows[p.ID] != nil {
			c.keep(p)
		}
	}
}
