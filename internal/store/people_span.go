package store

import (
	"strings"

	"teamsheet/internal/profile"
)

// span is a stretch of an index that a list is walked along.
type span struct {
	leg  int
	by   PeopleSort // sortByMatch: by term, then name
	from string     // what its keys begin with; "": any
	term string     // of everybody in it; "": any
}

// spans are the stretches of a list, in its order. term, if not "", is one that
// everybody in a list by name has.
func (o order) spans(term string) []span {
	switch o.by {
	case SortByEmail:
		return []span{{leg: legKey, by: SortByEmail}, {leg: legWithoutKey, term: termWithoutEmail}}
	case SortByEmployeeID:
		return []span{{leg: legKey, by: SortByEmployeeID}, {leg: legWithoutKey, term: termWithoutEmployeeID}}
	case sortByMatch:
		found := []span{
			{leg: legName, by: SortByName, from: o.word}, {leg: legTerm, by: sortByMatch, from: o.word},
			{leg: legEmployeeID, by: SortByEmployeeID, from: o.word},
		}
		if profile.IsAddressTerm(o.word) {
			found = append(found, span{leg: legEmail, by: SortByEmail, from: o.word})
		}
		return found
	}
	return []span{{leg: legKey, by: SortByName, term: term}}
}

// place is where an index has p in this span. It is not p's place in the list when
// an earlier span has p too.
func (s span) place(p *listed) place {
	at := place{leg: s.leg, key: p.sortKey, id: p.ID.String()}
	switch s.by {
	case SortByEmail:
		at.key = p.emailKey
	case SortByEmployeeID:
		at.key = p.EmployeeID
	case sortByMatch:
		at.key = p.term + termEnd + p.sortKey
	}
	return at
}

// columns are the order of the span; values are what they hold at a place.
func (s span) columns() []string {
	switch {
	case s.by == SortByEmail:
		return []string{"p.email_key"}
	case s.by == SortByEmployeeID:
		return []string{"p.employee_id"}
	case s.by == sortByMatch:
		return []string{"t.term", "t.sort_key", "t.profile_id"}
	case s.term != "":
		return []string{"t.sort_key", "t.profile_id"}
	}
	return []string{"p.sort_key", "p.id"}
}

func (s span) values(at place) []any {
	switch s.by {
	case SortByEmail, SortByEmployeeID:
		return []any{at.key}
	case sortByMatch:
		term, sortKey, _ := strings.Cut(at.key, termEnd)
		return []any{term, sortKey, at.id}
	}
	return []any{at.key, at.id}
}

// query asks for the next people along the span after a place in it. A zero place
// is its beginning.
func (s span) query(orgID string, after place, descending bool, limit int) (sql string, args []any) {
	columns, where := s.columns(), &conditions{}
	sql = "SELECT " + listedColumns + ", '' FROM profiles p"
	if strings.HasPrefix(columns[0], "t.") {
		// CROSS JOIN holds SQLite to this order of the tables.
		sql = "SELECT " + listedColumns + ", t.term FROM profile_terms t CROSS JOIN profiles p"
		where.add("t.org_id = ? AND p.id = t.profile_id", orgID)
	}
	where.add("p.org_id = ?", orgID)
	switch {
	case s.term != "":
		where.add("t.term = ?", s.term)
	case s.from != "":
		where.add(columns[0]+" >= ? AND "+columns[0]+" < ?", s.from, afterPrefix(s.from))
	default:
		where.add(columns[0] + " IS NOT NULL")
	}
	than, direction := " > ", ""
	if descending {
		than, direction = " < ", " DESC"
	}
	if after != (place{}) {
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
		where.add("("+strings.Join(columns, ", ")+")"+than+"("+marks+")", s.values(after)...)
	}
	return sql + where.sql() + " ORDER BY " + strings.Join(columns, direction+", ") + direction + " LIMIT ?", append(where.args, limit)
}
