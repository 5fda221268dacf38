package store

import (
	"context"
	"encoding/base64"
	"iter"
	"strings"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
)

// Person is a profile and when it was last saved.
type Person struct {
	profile.Profile
	UpdatedAt time.Time
}

// InsertPeople bulk-inserts new profiles in one transaction (ids, versions and
// leaders as given; leaders may come later in the sequence). For seeding. Returns
// how many.
func (s *Store) InsertPeople(ctx context.Context, orgID string, people iter.Seq[*profile.Profile]) (int, error) {
	count := 0
	err := s.inTx(ctx, longWrite, func(h *handle) error {
		if _, err := h.lockOrg(orgID); err != nil {
			return err
		}
		w := h.bulk("profiles", profileColumns())
		for p := range people {
			writeProfile(w, uid(orgID), p, h.now)
			if err := w.end(); err != nil {
				return insertError(err)
			}
			count++
		}
		if err := w.flush(); err != nil {
			return insertError(err)
		}
		return wrap(h.do("UPDATE orgs SET revision = revision + 1, people = people + ? WHERE id = ?", count, uid(orgID)), "insert people")
	})
	if err != nil {
		return 0, err
	}
	return count, nil
}

func insertError(err error) error {
	if sqlState(err) == uniqueViolation || sqliteCode(err) == sqliteConstraint {
		return fault.Wrap(err, fault.Conflict, "people-exist", "Some of these people exist already.")
	}
	return wrap(err, "insert people")
}

// lockOrg takes the lock under which profiles of an organization change, and
// reads it.
func (h *handle) lockOrg(orgID string) (org Org, err error) {
	found, err := h.one(&org, "SELECT o.id, o.name, o.revision, o.people FROM orgs o WHERE o.id = ?"+h.dialect.forUpdate("o"), uid(orgID))
	if err != nil {
		return Org{}, wrap(err, "lock organization")
	}
	if !found {
		return Org{}, notFound("organization")
	}
	h.mark.orgLocked = true
	return org, nil
}

// Profile reads one profile.
func (s *Store) Profile(ctx context.Context, orgID string, id profile.ID) (profile.Profile, error) {
	person, err := s.reads(ctx).person(orgID, id)
	return person.Profile, err
}

func (h *handle) person(orgID string, id profile.ID) (Person, error) {
	found, err := h.people(" WHERE p.org_id = ? AND p.id = ?", uid(orgID), uid(id.String()))
	if err != nil {
		return Person{}, wrap(err, "load profile")
	}
	if len(found) == 0 {
		return Person{}, notFound("person")
	}
	return found[0], nil
}

// PeopleQuery pages through the team in the order of profile.SortKey.
type PeopleQuery struct {
	Search   string     // parts of name, email or employee ID, by spaces; "" everybody
	State    string     // "", "active", "deactivated", "incomplete"
	RoleID   int32      // 0: any
	LeaderID profile.ID // zero: any
	After    string     // cursor of the previous page; "" the first. Unknown ones: fault.BadRequest
	Limit    int
}

// PeoplePage is a page of the team.
type PeoplePage struct {
	People []Person
	Next   string // "" at the end
}

// Pages of lists.
const (
	pageDefault = 100
	pageMost    = 1000
)

func pageLimit(limit int) int {
	if limit <= 0 {
		return pageDefault
	}
	return min(limit, pageMost)
}

// People reads a page of the team.
func (s *Store) People(ctx context.Context, orgID string, q PeopleQuery) (PeoplePage, error) {
	h := s.reads(ctx)
	where, err := peopleWhere(h.dialect, orgID, q)
	if err != nil {
		return PeoplePage{}, err
	}
	limit := pageLimit(q.Limit)
	people, err := h.people(where.sql()+" ORDER BY p.sort_key, p.id LIMIT ?", append(where.args, limit+1)...)
	if err != nil {
		return PeoplePage{}, wrap(err, "list people")
	}
	page := PeoplePage{People: people}
	if len(people) > limit {
		page.People = people[:limit]
		page.Next = peopleCursor(&people[limit-1].Profile)
	}
	return page, nil
}

// conditions collects the parts of a WHERE.
type conditions struct {
	parts []string
	args  []any
}

func (c *conditions) add(part string, args ...any) {
	c.parts = append(c.parts, part)
	c.args = append(c.args, args...)
}

func (c *conditions) sql() string { return " WHERE " + strings.Join(c.parts, " AND ") }

func peopleWhere(d dialect, orgID string, q PeopleQuery) (*conditions, error) {
	where := &conditions{}
	where.add("p.org_id = ?", uid(orgID))
	switch q.State {
	case "":
	case "active":
		where.add("NOT p.deactivated")
	case "deactivated":
		where.add("p.deactivated")
	case "incomplete":
		where.add("p.incomplete")
	default:
		return nil, fault.New(fault.BadRequest, "state-unknown", "The team can be filtered by active, deactivated or incomplete.")
	}
	if q.RoleID != 0 {
		where.add("p.role_id = ?", q.RoleID)
	}
	if !q.LeaderID.IsZero() {
		where.add("p.leader_id = ?", q.LeaderID.String())
	}
	for word := range strings.FieldsSeq(storable(q.Search)) {
		where.search(d, word)
	}
	if q.After != "" {
		key, id, ok := readPeopleCursor(q.After)
		if !ok {
			return nil, unknownCursor()
		}
		where.add("(p.sort_key, p.id) > (?, ?)", key, id)
	}
	return where, nil
}

// search looks for a word in names without regard to case or accents, as in the
// sort key, and in emails and employee IDs. A very long name is cut in the key,
// so the name itself is looked at too.
func (c *conditions) search(d dialect, word string) {
	folded := strings.Trim(profile.SortKey(&profile.Profile{LastName: word}), "\x01")
	c.add("("+strings.Join([]string{
		d.contains("p.sort_key"), d.contains("p.email_key"), d.contains("lower(p.employee_id)"),
		d.contains("p.last_name"), d.contains("p.first_name"),
	}, " OR ")+")", folded, strings.ToLower(word), strings.ToLower(word), word, word)
}

// A cursor of people is the sort key and the id of the last one.
func peopleCursor(p *profile.Profile) string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.ID.String() + profile.SortKey(p)))
}

func readPeopleCursor(cursor string) (key, id string, ok bool) {
	const idLength = 36
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(text) < idLength || string(text) != storable(string(text)) {
		return "", "", false
	}
	if _, ok := profile.ParseID(string(text[:idLength])); !ok {
		return "", "", false
	}
	return string(text[idLength:]), string(text[:idLength]), true
}

// ActiveReports counts active people led by id, and names the first few.
func (s *Store) ActiveReports(ctx context.Context, orgID string, id profile.ID, first int) (count int, people []Person, err error) {
	const reports = " WHERE p.org_id = ? AND p.leader_id = ? AND NOT p.deactivated"
	h := s.reads(ctx)
	if _, err := h.one(&count, "SELECT count(*) FROM profiles p"+reports, uid(orgID), uid(id.String())); err != nil {
		return 0, nil, wrap(err, "count reports")
	}
	people, err = h.people(reports+" ORDER BY p.sort_key, p.id LIMIT ?", uid(orgID), uid(id.String()), max(first, 0))
	return count, people, wrap(err, "list reports")
}
