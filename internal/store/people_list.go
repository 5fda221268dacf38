package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"teamsheet/internal/profile"
)

// People reads a page of the team. Whatever is asked for, it looks at a bounded
// number of people and entries of indexes (PeopleBounds): rare people are found by
// the index of what is rare about them, common ones by walking along the list.
func (s *Store) People(ctx context.Context, orgID string, q PeopleQuery) (PeoplePage, error) {
	f := &finder{orgID: uid(orgID), q: q, search: profile.NewSearch(storable(q.Search)), bounds: s.options.PeopleBounds.orUsual(),
		limit: pageLimit(q.Limit), known: -1}
	if f.bounds.Time > 0 {
		f.until = time.Now().Add(f.bounds.Time)
	}
	f.conditions = index(f.orgID).conditions(&f.q, f.search)
	if err := f.read(); err != nil {
		return PeoplePage{}, err
	}
	t, err := s.begin(ctx, s.read, s.snapshot())
	if err != nil {
		return PeoplePage{}, wrap(err, "begin to list people")
	}
	defer t.end()
	f.h = t.handle
	page, err := f.page()
	return page, wrap(err, "list people")
}

// finder looks for one page of people.
type finder struct {
	h      *handle
	orgID  string
	q      PeopleQuery
	search profile.Search
	bounds PeopleBounds
	until  time.Time // it should not walk on after that; zero: no matter
	limit  int
	order  order
	// unsorted: the order is not the one that was asked for.
	unsorted   bool
	after      place         // zero: from the beginning
	conditions []*candidates // the rarest first, as far as they are counted
	known      int           // how many people there are, before any was read; -1: unknown
	answer
}

// answer is what was found.
type answer struct {
	found  []place // in the order of the list: one more than the page, if there is
	total  int     // on all pages; -1: unknown
	looked int     // how many people, for a page that ended before it was full
	last   place   // of them
}

// read makes of the query what it means. A cursor decides in which order the list
// goes on.
func (f *finder) read() error {
	if err := f.q.checkState(); err != nil {
		return err
	}
	f.order = order{by: f.q.Sort, descending: f.q.Descending}
	if f.q.After == "" {
		return nil
	}
	var ok bool
	if f.after, ok = f.order.readCursor(f.q.After); ok {
		return nil
	}
	if f.order.walks(f.search) {
		return unknownCursor()
	}
	f.order, f.unsorted = matchOrder(f.search), true
	if f.after, ok = f.order.readCursor(f.q.After); !ok {
		return unknownCursor()
	}
	return nil
}

func (f *finder) page() (PeoplePage, error) {
	if statement := f.h.dialect.joinFew(); statement != "" {
		if err := f.h.do(statement); err != nil {
			return PeoplePage{}, err
		}
	}
	if err := f.find(); err != nil {
		return PeoplePage{}, err
	}
	page := PeoplePage{Next: f.next(), Total: f.total, Unsorted: f.unsorted}
	if len(f.found) < f.limit {
		page.Looked = f.looked
	}
	var err error
	page.People, err = f.people()
	return page, err
}

// find sorts the people if they are few, and else walks along the list.
func (f *finder) find() error {
	if few, err := f.few(); few || err != nil {
		return err
	}
	if !f.order.walks(f.search) {
		f.order, f.after, f.unsorted = matchOrder(f.search), place{}, true
	}
	return f.walk()
}

// walks reports whether many people can be listed in this order. What a search
// finds is in no order but its own.
func (o order) walks(search profile.Search) bool {
	return o.by == sortByMatch || o.by != SortByChange && len(search.Words()) == 0
}

// next is the cursor of the page after this one, which it cuts to size.
func (f *finder) next() string {
	if len(f.found) > f.limit {
		f.found = f.found[:f.limit]
		return f.order.cursor(f.found[f.limit-1])
	}
	if f.looked > 0 {
		return f.order.cursor(f.last)
	}
	return ""
}

// walk looks at one person after the other along the list until it has one more
// than the page, which says that there is a next one, or has looked at enough.
func (f *finder) walk() error {
	f.answer = answer{total: f.known}
	w := &walk{finder: f, step: f.limit + 1}
	for _, s := range f.order.spans(f.rarestTerm()) {
		if s.leg < f.after.leg {
			continue
		}
		if done, err := w.along(s); done || err != nil {
			return err
		}
	}
	return nil
}

func (f *finder) rarestTerm() string {
	for _, c := range f.conditions {
		if c.term != "" {
			return c.term
		}
	}
	return ""
}

// walk is the way along the list.
type walk struct {
	*finder
	step  int // how many people are read at once: ever more, up to stepMost
	count int
}

// along walks to the end of a span. done: the page is full, or enough was looked at.
func (w *walk) along(s span) (done bool, err error) {
	at := place{}
	if s.leg == w.after.leg && w.after != at {
		at = w.after
	}
	for {
		n := min(w.step, w.bounds.Walked-w.count)
		if n == 0 || w.late() {
			w.looked = w.count
			return true, nil
		}
		read, err := w.some(s, at, n)
		if err != nil || len(w.found) > w.limit {
			return true, err
		}
		if read < n {
			return false, nil
		}
		at = w.last
		w.step = min(2*w.step, stepMost)
	}
}

// stepMost is how many people are read without a look at the time.
const stepMost = 800

// late reports whether there is no time to look at more people. Some have been.
func (w *walk) late() bool { return w.count > 0 && !w.until.IsZero() && time.Now().After(w.until) }

// some looks at the next n people of a span and returns how many there were.
func (w *walk) some(s span, after place, n int) (read int, err error) {
	sql, args := s.query(w.orgID, after, w.order.descending, n)
	err = w.each(func(p *listed) {
		read++
		w.count++
		w.last = s.place(p)
		if len(w.found) <= w.limit && w.q.fits(p, w.search) && w.order.of(p) == w.last {
			w.found = append(w.found, w.last)
		}
	}, sql, args...)
	return read, err
}

// each reads people of listedColumns; they are only valid during the call.
func (f *finder) each(look func(*listed), query string, args ...any) error {
	p := &listed{}
	into := p.into()
	return f.h.each(func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		look(p)
		return nil
	}, query, args...)
}

// people reads those found whole, in their order.
func (f *finder) people() ([]Person, error) {
	ids := make([]string, len(f.found))
	for i, at := range f.found {
		ids[i] = at.id
	}
	read, err := f.h.people(" WHERE p.org_id = ? AND "+f.h.dialect.inList("p.id", uuidList), f.orgID, f.h.dialect.list(ids))
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*Person, len(read))
	leaders := map[profile.ID]string{}
	for i := range read {
		byID[read[i].ID.String()] = &read[i]
		leaders[read[i].LeaderID] = ""
	}
	if err := f.name(leaders); err != nil {
		return nil, err
	}
	people := make([]Person, 0, len(ids))
	for _, id := range ids {
		if p := byID[id]; p != nil {
			p.LeaderName = leaders[p.LeaderID]
			people = append(people, *p)
		}
	}
	return people, nil
}

// name fills in the names of people by their ids.
func (f *finder) name(names map[profile.ID]string) error {
	delete(names, profile.ID{})
	ids := make([]string, 0, len(names))
	for id := range names {
		ids = append(ids, id.String())
	}
	return f.each(func(p *listed) { names[p.ID] = profile.DisplayName(&p.Profile) },
		"SELECT "+listedColumns+", '' FROM profiles p WHERE p.org_id = ? AND "+f.h.dialect.inList("p.id", uuidList), f.orgID, f.h.dialect.list(ids))
}

// LeadersMeant are the people whom somebody may mean who types a text for a team
// leader: who has it as email or employee ID, else those found by it who can manage
// a team, at most so many. more: there may be others.
func (s *Store) LeadersMeant(ctx context.Context, orgID, text string, most int) (people []Person, more bool, err error) {
	text = storable(strings.TrimSpace(text))
	if text == "" {
		return nil, false, nil
	}
	h := s.reads(ctx)
	for _, key := range []struct{ column, value string }{{"p.email_key", profile.EmailKey(text)}, {"p.employee_id", text}} {
		if people, err := h.people(" WHERE p.org_id = ? AND "+key.column+" = ?", uid(orgID), key.value); len(people) > 0 || err != nil {
			return people, false, wrap(err, "look for a leader")
		}
	}
	if len(profile.NewSearch(text).Words()) == 0 {
		return nil, false, nil
	}
	page, err := s.People(ctx, orgID, PeopleQuery{Search: text, Managers: true, Limit: most})
	return page.People, page.Next != "", err
}
