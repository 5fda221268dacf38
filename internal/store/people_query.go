package store

import (
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
)

// PeopleQuery asks for a page of the team. Every part that is given has to fit.
type PeopleQuery struct {
	Search   string     // as profile.NewSearch reads it; "" everybody
	State    string     // "", "active", "deactivated", "incomplete"
	RoleID   int32      // 0: any
	GroupID  int32      // 0: any
	LeaderID profile.ID // zero: any
	Managers bool       // only active people who can manage a team

	Sort       PeopleSort
	Descending bool
	After      string // cursor of the previous page; "" the first. Unknown ones: fault.BadRequest
	Limit      int
}

// narrows reports whether the query leaves anybody out.
func (q *PeopleQuery) narrows() bool {
	return q.Search != "" || q.State != "" || q.RoleID != 0 || q.GroupID != 0 || !q.LeaderID.IsZero() || q.Managers
}

// PeoplePage is a page of the team.
type PeoplePage struct {
	People []Person
	Next   string // "" at the end
	// Total is how many people the query finds on all pages; -1 where counting them
	// would mean to look at everybody.
	Total int
	// Looked, if not 0, is how many people were looked at for this page, which ended
	// before it was full: no request looks at more. Next goes on from there.
	Looked int
	// Unsorted: they may be too many to be put in the order that was asked for. Those
	// of a search come in the order of how they match, others by name.
	Unsorted bool
}

// PeopleBounds are what one page of people may cost. For tests; zero: the usual
// ones.
type PeopleBounds struct {
	// Few people are fetched and sorted whole.
	Few int
	// Compared is up to how many entries of an index are counted, and compared with
	// those of another.
	Compared int
	// Walked people are looked at in the order of the list, or fewer when Time has
	// passed (0: no matter how long it takes).
	Walked int
	Time   time.Duration
}

// PeopleSorted is how many people a list can have to be in any order.
const PeopleSorted = 3000

// The usual bounds, measured at a million people on both databases: a page stays
// below a tenth of a second. Time is for disks that have to be waited for.
func (b PeopleBounds) orUsual() PeopleBounds {
	if b == (PeopleBounds{}) {
		return PeopleBounds{Few: PeopleSorted, Compared: 30_000, Walked: 5000, Time: 100 * time.Millisecond}
	}
	return b
}

// listed is as much of a profile as it takes to find it and to place it.
type listed struct {
	profile.Profile
	sortKey, emailKey string
	incomplete        bool
	updatedAt         time.Time
	groups            string
	term              string // by which an index found it
}

// listedColumns, and then the term, are read into listed by into.
const listedColumns = "p.id, coalesce(p.email, ''), coalesce(p.email_key, ''), coalesce(p.employee_id, ''), p.first_name, p.last_name," +
	" p.sort_key, coalesce(p.role_id, 0), p.leader_id, p.group_ids, p.can_manage_team, p.deactivated, p.incomplete, p.updated_at"

func (p *listed) into() []any {
	return []any{
		&p.ID, &p.Email, &p.emailKey, &p.EmployeeID, &p.FirstName, &p.LastName,
		&p.sortKey, &p.RoleID, &p.LeaderID, &p.groups, &p.CanManageTeam, &p.Deactivated, &p.incomplete, &p.updatedAt, &p.term,
	}
}

// checkState refuses a state that nobody can be in.
func (q *PeopleQuery) checkState() error {
	switch q.State {
	case "", "active", "deactivated", "incomplete":
		return nil
	}
	return fault.New(fault.BadRequest, "state-unknown", "The team can be filtered by active, deactivated or incomplete.")
}

// fits reports whether p is one of those asked for.
func (q *PeopleQuery) fits(p *listed, search profile.Search) bool {
	switch {
	case q.RoleID != 0 && p.RoleID != q.RoleID,
		!q.LeaderID.IsZero() && p.LeaderID != q.LeaderID,
		q.GroupID != 0 && !hasGroup(p.groups, q.GroupID),
		q.Managers && (!p.CanManageTeam || p.Deactivated):
		return false
	}
	switch q.State {
	case "active":
		if p.Deactivated {
			return false
		}
	case "deactivated":
		if !p.Deactivated {
			return false
		}
	case "incomplete":
		if !p.incomplete {
			return false
		}
	}
	return search.Finds(&p.Profile)
}
