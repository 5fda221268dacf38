package store

import (
	"cmp"
	"slices"
	"strings"

	"teamsheet/internal/profile"
)

// candidates are those who meet one condition of a query as far as indexes know
// it: perhaps with others, perhaps one of them twice.
type candidates struct {
	sources []source
	term    string // that all of them have, and nobody else; "": none
	entries int    // in the sources, as far as they were counted
}

// source is a stretch of an index that names people.
type source struct {
	id, from string // column and table
	conditions
}

// union is a query of a column of all sources.
func (c *candidates) union(column func(*source) string) (sql string, args []any) {
	parts := make([]string, len(c.sources))
	for i := range c.sources {
		s := &c.sources[i]
		parts[i] = "SELECT " + column(s) + " FROM " + s.from + s.sql()
		args = append(args, s.args...)
	}
	return strings.Join(parts, " UNION ALL "), args
}

func (c *candidates) ids() (sql string, args []any) {
	sql, args = c.union(func(s *source) string { return s.id + " AS id" })
	return "SELECT id FROM (" + sql + ") entry", args
}

// count counts the entries, up to a number.
func (c *candidates) count(h *handle, most int) error {
	sql, args := c.union(func(*source) string { return "1" })
	_, err := h.one(&c.entries, "SELECT count(*) FROM (SELECT 1 FROM ("+sql+") entry LIMIT ?) counted", append(args, most)...)
	return err
}

// index makes the candidates of an organization, whose id it is.
type index string

func (orgID index) source(id, from, condition string, args ...any) source {
	s := source{id: id, from: from}
	s.add("org_id = ?", string(orgID))
	s.add(condition, args...)
	return s
}

func (orgID index) profiles(condition string, args ...any) source {
	return orgID.source("id", "profiles", condition, args...)
}

func (orgID index) terms(condition string, args ...any) source {
	return orgID.source("profile_id", "profile_terms", condition, args...)
}

func (orgID index) having(term string) *candidates {
	return &candidates{sources: []source{orgID.terms("term = ?", term)}, term: term}
}

// found are those who may be found by a word.
func (orgID index) found(word string) *candidates {
	from := profile.SearchTerm(word)
	before := afterPrefix(from)
	found := &candidates{sources: []source{
		orgID.terms("term >= ? AND term < ?", from, before),
		orgID.profiles("sort_key >= ? AND sort_key < ?", from, before),
		orgID.profiles("employee_id >= ? AND employee_id < ?", from, before),
	}}
	if profile.IsAddressTerm(from) {
		found.sources = append(found.sources, orgID.profiles("email_key >= ? AND email_key < ?", from, before))
	}
	return found
}

// conditions are those of a query for which there is an index worth a look.
func (orgID index) conditions(q *PeopleQuery, search profile.Search) []*candidates {
	var all []*candidates
	add := func(wanted bool, c *candidates) {
		if wanted {
			all = append(all, c)
		}
	}
	for _, word := range longest(search.Words()) {
		add(true, orgID.found(word))
	}
	add(!q.LeaderID.IsZero(), &candidates{sources: []source{orgID.profiles("leader_id = ?", q.LeaderID.String())}})
	add(q.Managers, &candidates{sources: []source{orgID.profiles("can_manage_team AND NOT deactivated")}})
	add(q.RoleID != 0, orgID.having(roleTerm(q.RoleID)))
	add(q.GroupID != 0, orgID.having(groupTerm(q.GroupID)))
	add(q.State == "deactivated", orgID.having(termDeactivated))
	add(q.State == "incomplete", orgID.having(termIncomplete))
	return all
}

// longest are the few longest words: to be the rarest, a word has to be long.
func longest(words []string) []string {
	const looked = 4
	sorted := slices.Clone(words)
	slices.SortStableFunc(sorted, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return sorted[:min(looked, len(sorted))]
}

// rarest counts the conditions' entries, each up to a number and one more, and
// puts the rarest first.
func (f *finder) rarest(most int) error {
	for _, c := range f.conditions {
		if err := c.count(f.h, most+1); err != nil {
			return err
		}
	}
	slices.SortStableFunc(f.conditions, func(a, b *candidates) int { return cmp.Compare(a.entries, b.entries) })
	return nil
}

// few finds everybody and sorts them, when the indexes tell that they are few.
func (f *finder) few() (few bool, err error) {
	if !f.q.narrows() && f.order.by != SortByChange {
		return false, nil
	}
	most := f.bounds.Few
	if len(f.search.Words()) == 0 {
		most = f.bounds.Compared // the rarest of common terms is worth knowing: it is what is walked along
	}
	if err := f.rarest(most); err != nil || f.inOrder() {
		return false, err
	}
	if len(f.conditions) > 0 && f.conditions[0].entries <= f.bounds.Few {
		return f.gather(f.conditions[0].ids())
	}
	var team int
	if _, err := f.h.one(&team, "SELECT people FROM orgs WHERE id = ?", f.orgID); err != nil {
		return false, err
	}
	if team <= f.bounds.Few {
		return f.gather("SELECT id FROM profiles WHERE org_id = ?", []any{f.orgID})
	}
	return f.fewBoth()
}

// inOrder reports whether the list is that of one term by name, as it stands in the
// index. How many they are is then known too, as far as was counted; but of active
// people there is no term.
func (f *finder) inOrder() bool {
	if len(f.conditions) != 1 || f.conditions[0].term == "" || f.order.by != SortByName {
		return false
	}
	// Being active is no term: the walk looks for it, and the count does not know.
	if f.q.State != "active" && f.conditions[0].entries <= f.bounds.Compared {
		f.known = f.conditions[0].entries
	}
	return true
}

// fewBoth finds those who meet the two rarest conditions, each of which many
// meet, when they are few.
func (f *finder) fewBoth() (few bool, err error) {
	if len(f.conditions) < 2 {
		return false, nil
	}
	if err := f.rarest(f.bounds.Compared); err != nil || f.conditions[1].entries > f.bounds.Compared {
		return false, err
	}
	one, args := f.conditions[0].ids()
	other, more := f.conditions[1].ids()
	return f.gather(one+" INTERSECT "+other, append(args, more...))
}

// gather reads the people of a query of ids and puts those who fit in order. Not
// few: they were more than the bound.
func (f *finder) gather(query string, args []any) (few bool, err error) {
	var ids []string
	if err := f.h.all(&ids, "SELECT DISTINCT id FROM ("+query+") entry LIMIT ?", append(args, f.bounds.Few+1)...); err != nil || len(ids) > f.bounds.Few {
		return false, err
	}
	var found []place
	if err := f.each(func(p *listed) {
		if f.q.fits(p, f.search) {
			found = append(found, f.order.of(p))
		}
	}, "SELECT "+listedColumns+", '' FROM profiles p WHERE p.org_id = ? AND "+f.h.dialect.inList("p.id", uuidList), f.orgID, f.h.dialect.list(ids)); err != nil {
		return false, err
	}
	slices.SortFunc(found, f.order.compare)
	f.answer = answer{found: found, total: len(found)}
	if f.after != (place{}) {
		at, same := slices.BinarySearchFunc(found, f.after, f.order.compare)
		if same {
			at++
		}
		f.found = found[at:]
	}
	return true, nil
}
