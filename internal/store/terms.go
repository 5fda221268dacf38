package store

import (
	"slices"
	"strconv"

	"teamsheet/internal/profile"
)

// profile_terms is what people are found by besides the keys of profiles: the
// words of profile.SearchTerms, and what a list can be filtered by. A term stands
// with the sort key, so that those of one term are in the order of their names.

// Terms that are no words: they begin with a control character, as no word does.
const (
	termDeactivated       = "\x02deactivated"
	termIncomplete        = "\x02incomplete"
	termWithoutEmail      = "\x02no email"
	termWithoutEmployeeID = "\x02no employee id"
)

func groupTerm(id int32) string { return "\x02group " + strconv.Itoa(int(id)) }
func roleTerm(id int32) string  { return "\x02role " + strconv.Itoa(int(id)) }

// termFields are the fields from which terms are computed.
func termFields() profile.Fields {
	return completedBy() | profile.FieldsOf(profile.Groups, profile.Deactivated)
}

// filterTerms are what a list can be filtered by.
func filterTerms(p *profile.Profile) []string {
	var terms []string
	for _, id := range p.GroupIDs {
		terms = append(terms, groupTerm(id))
	}
	if p.RoleID != 0 {
		terms = append(terms, roleTerm(p.RoleID))
	}
	for _, state := range []struct {
		in   bool
		term string
	}{
		{p.Deactivated, termDeactivated}, {incomplete(p), termIncomplete},
		{p.Email == "", termWithoutEmail}, {p.EmployeeID == "", termWithoutEmployeeID},
	} {
		if state.in {
			terms = append(terms, state.term)
		}
	}
	return terms
}

// termEntry is a row of profile_terms.
type termEntry struct {
	term, sortKey string
	id            profile.ID
}

// termEntries are compared, and taken away, as they were computed: a change of what
// SearchTerms or SortKey say needs a migration.
func termEntries(p *profile.Profile) []termEntry {
	return entriesOf(p, slices.Concat(profile.SearchTerms(p), filterTerms(p)))
}

func entriesOf(p *profile.Profile, terms []string) []termEntry {
	sortKey := profile.SortKey(p)
	entries := make([]termEntry, len(terms))
	for i, term := range terms {
		entries[i] = termEntry{term, sortKey, p.ID}
	}
	return entries
}

// sameWords reports whether a profile is found by the same words as before, at the
// same place.
func sameWords(p, q *profile.Profile) bool {
	return p.Email == q.Email && p.EmployeeID == q.EmployeeID && p.FirstName == q.FirstName && p.LastName == q.LastName
}

// termBulk brings profile_terms to what new and changed profiles are found by. The
// terms of many are put aside first, so that they come to the index in its order:
// in the order of the profiles, a million people's take several times as long.
type termBulk struct {
	h           *handle
	orgID       string
	gone, added []termEntry
	aside       bool // some are in the tables aside
}

// The tables in which terms are put aside, and how many are kept before that.
const (
	goneAside  = "terms_gone"
	addedAside = "terms_added"
	termsKept  = 4000
)

func (h *handle) bulkTerms(orgID string) *termBulk { return &termBulk{h: h, orgID: uid(orgID)} }

// insert takes the terms of a new profile.
func (b *termBulk) insert(p *profile.Profile) error {
	b.added = append(b.added, termEntries(p)...)
	return b.makeRoom()
}

// change takes what becomes of the terms of a profile.
func (b *termBulk) change(before, after *profile.Profile) error {
	entries := termEntries
	if sameWords(before, after) {
		entries = func(p *profile.Profile) []termEntry { return entriesOf(p, filterTerms(p)) }
	}
	old, now := entries(before), entries(after)
	for _, e := range old {
		if !slices.Contains(now, e) {
			b.gone = append(b.gone, e)
		}
	}
	for _, e := range now {
		if !slices.Contains(old, e) {
			b.added = append(b.added, e)
		}
	}
	return b.makeRoom()
}

func (b *termBulk) makeRoom() error {
	if len(b.gone)+len(b.added) < termsKept {
		return nil
	}
	return wrap(b.putAside(), "put search terms aside")
}

func (b *termBulk) putAside() error {
	for _, table := range []string{goneAside, addedAside} {
		if !b.aside {
			if err := b.h.do("CREATE TEMPORARY TABLE " + table + " AS SELECT * FROM profile_terms LIMIT 0"); err != nil {
				return err
			}
		}
	}
	b.aside = true
	if err := b.insertInto(goneAside, b.gone); err != nil {
		return err
	}
	if err := b.insertInto(addedAside, b.added); err != nil {
		return err
	}
	b.gone, b.added = b.gone[:0], b.added[:0]
	return nil
}

func (b *termBulk) insertInto(table string, entries []termEntry) error {
	if len(entries) == 0 {
		return nil
	}
	return b.h.do("INSERT INTO "+table+" (org_id, term, sort_key, profile_id) SELECT ?, e.term, e.sort_key, e.profile_id FROM "+
		b.h.dialect.termTable()+" e", append([]any{b.orgID}, b.h.dialect.termArgs(entries)...)...)
}

// flush writes what was taken.
func (b *termBulk) flush() error {
	if b.aside {
		return wrap(b.flushAside(), "write search terms")
	}
	if len(b.gone) > 0 {
		if err := b.h.do("DELETE FROM profile_terms WHERE org_id = ? AND (term, sort_key, profile_id) IN"+
			" (SELECT e.term, e.sort_key, e.profile_id FROM "+b.h.dialect.termTable()+" e)",
			append([]any{b.orgID}, b.h.dialect.termArgs(b.gone)...)...); err != nil {
			return wrap(err, "take search terms away")
		}
	}
	return wrap(b.insertInto("profile_terms", b.added), "add search terms")
}

func (b *termBulk) flushAside() error {
	if err := b.putAside(); err != nil {
		return err
	}
	for _, statement := range []string{
		b.h.dialect.joinFew(),
		"DELETE FROM profile_terms WHERE (org_id, term, sort_key, profile_id) IN (SELECT g.org_id, g.term, g.sort_key, g.profile_id FROM " + goneAside + " g)",
		"INSERT INTO profile_terms SELECT * FROM " + addedAside + " ORDER BY org_id, term, sort_key, profile_id",
		"DROP TABLE " + goneAside,
		"DROP TABLE " + addedAside,
		b.h.dialect.joinAny(),
	} {
		if statement == "" {
			continue
		}
		if err := b.h.do(statement); err != nil {
			return err
		}
	}
	b.aside = false
	return nil
}

// changeTerms brings profile_terms to what one changed profile is found by.
func (h *handle) changeTerms(orgID string, before, after *profile.Profile) error {
	terms := h.bulkTerms(orgID)
	if err := terms.change(before, after); err != nil {
		return err
	}
	return terms.flush()
}
