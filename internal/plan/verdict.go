package plan

import (
	"slices"

	"teamsheet/internal/profile"
)

// addVerdicts adds what Resolve found out about an open row.
func (d *draft) addVerdicts() {
	if d.row.is(duplicate | notFound | ambiguous) {
		d.leaderProblems()
		return
	}
	d.keyVerdict(profile.Email, &d.c.email, keyWords{profile.EmailTaken, profile.EmailDuplicate, profile.EmailKept})
	d.keyVerdict(profile.EmployeeID, &d.c.employee, keyWords{profile.EmployeeIDTaken, profile.EmployeeIDDuplicate, profile.EmployeeIDKept})
	d.leaderVerdict()
	d.activityVerdict()
}

// keyWords are what is said of a value that somebody else has.
type keyWords struct {
	taken     func(holder string) profile.Finding
	duplicate func(rows []int) profile.Finding
	kept      func(rows []int, keeper profile.Keeper) profile.Finding
}

// keyVerdict says who else has the value: a person outside the file, rows that
// have it too, the row of somebody who keeps it against what the cell says.
func (d *draft) keyVerdict(f profile.Field, k *keys, say keyWords) {
	if !d.row.is(k.refused) {
		return
	}
	d.refuse(f)
	holder := k.holder(k.of(d.row))
	if holder != 0 && d.c.rowOf(holder) == nil {
		d.problem(f, say.taken(d.c.label(holder)))
	}
	keeper := d.keeper(k, holder)
	saysSo := keeper != nil && k.of(keeper) == k.of(d.row)
	var too uint32
	if saysSo {
		too = holder
	}
	switch rows := d.rivalRows(k, too); {
	case keeper != nil && !saysSo:
		d.problem(f, say.kept(rows, profile.Keeper{Row: d.c.rowNumber(holder), Newer: keeper.is(k.newer)}))
	case len(rows) > 0:
		d.problem(f, say.duplicate(rows))
	}
}

// keeper is the row of the value's holder, if they keep it; nil: none.
func (d *draft) keeper(k *keys, holder uint32) *row {
	if holder == 0 {
		return nil
	}
	if r := d.c.rowOf(holder); r != nil && !r.asks(k.changes, k.refused) {
		return r
	}
	return nil
}

// rivalsNamed is more than a message names of them.
const rivalsNamed = 10

// rivalRows are the numbers of the other rows whose cells have the value: those
// that bring it too, and that of the person too if there is one. All but the first
// few are only counted, so that a file with one email in a million rows ends.
func (d *draft) rivalRows(k *keys, too uint32) []int {
	bringing := k.bringing(k.of(d.row))
	total := len(bringing) - 1
	var numbers []int
	for _, i := range bringing[:min(len(bringing), rivalsNamed)] {
		if i != d.i {
			numbers = append(numbers, d.c.places.number(i))
		}
	}
	if too != 0 {
		numbers = append(numbers, d.c.rowNumber(too))
		total++
	}
	slices.Sort(numbers)
	d.c.numbers = append(d.c.numbers, make([]int, max(total-len(d.c.numbers), 0))...)
	copy(d.c.numbers, numbers)
	return d.c.numbers[:total]
}

// leaderVerdict sets the new leader, or says why they cannot be.
func (d *draft) leaderVerdict() {
	r := d.row
	if !r.is(changesLeader) {
		return
	}
	if r.is(refusedLeader) {
		d.leaderProblems()
		return
	}
	d.asked = d.asked.With(profile.TeamLeader)
	d.after.LeaderID, d.after.LeaderKey = profile.ID{}, ""
	if leader := d.c.meant(r); leader != 0 {
		d.after.LeaderID, d.after.LeaderKey = d.c.person(leader).id, d.c.leaderKey(leader)
	}
}

func (d *draft) leaderProblems() {
	r, say := d.row, func(finding profile.Finding) { d.problem(profile.TeamLeader, finding) }
	if r.is(leaderLocked) {
		say(profile.ManagerLeaderLocked(d.report.Name, d.before.LeaderKey, d.link()))
	}
	if r.is(leaderNotFound) {
		clean, _ := profile.CleanText(d.text(profile.TeamLeader))
		say(profile.LeaderNotFound(d.c.suggestions.near(r.leader, clean)))
	}
	if r.is(leaderAmbiguous) {
		text := d.c.leaders.at(r.leader)
		say(profile.LeaderAmbiguous(d.c.label(text.person), d.c.label(text.other), d.c.config.OwnPage))
	}
	if r.is(leaderSelf) {
		say(profile.LeaderSelf())
	}
	if r.is(leaderInactive) {
		leader := d.c.meant(r)
		say(profile.LeaderInactive(d.c.label(leader), d.c.deactivatingRow(leader)))
	}
	if r.is(leaderNotManager) {
		say(profile.LeaderNotManager(d.c.label(d.c.meant(r)), 0))
	}
	if r.is(leaderCycle) {
		say(profile.LeaderCycle(d.c.circleNames(d.i)))
	}
}

// deactivatingRow is the row that deactivates a person; 0: none does.
func (c *Checker) deactivatingRow(number uint32) int {
	if r := c.rowOf(number); r != nil && r.asks(deactivates, refusedActivity) {
		return c.rowNumber(number)
	}
	return 0
}

// activityVerdict says why somebody cannot be deactivated, demoted or made active
// again.
func (d *draft) activityVerdict() {
	r := d.row
	reports := int(d.c.person(r.person).reports)
	if r.is(refusedActivity) {
		d.refuse(profile.Deactivated)
	}
	if r.all(demotes | refusedManager) {
		d.refuse(profile.CanManageTeam)
		d.problem(profile.CanManageTeam, profile.KeepsReportsDemoted(d.report.Name, nil, reports))
	}
	if r.all(deactivates | refusedActivity) {
		d.problem(profile.Deactivated, profile.KeepsReports(d.report.Name, nil, reports))
	}
	if r.all(reactivates | refusedActivity) {
		d.reactivationProblems()
	}
}

// reactivationProblems: the Team Leader cell is what it was, so that what is
// wrong is to be active under that leader.
func (d *draft) reactivationProblems() {
	r, say := d.row, func(finding profile.Finding) { d.problem(profile.Deactivated, finding) }
	leader := d.c.person(r.person).leader
	if r.is(leaderSelf) {
		say(profile.ReactivatedUnderSelf())
	}
	if r.is(leaderInactive) {
		say(profile.ReactivatedUnderInactive(d.c.label(leader)))
	}
	if r.is(leaderNotManager) {
		say(profile.ReactivatedUnderNotManager(d.c.label(leader)))
	}
	if r.is(leaderCycle) {
		say(profile.ReactivatedInCycle(d.c.circleNames(d.i)))
	}
}
