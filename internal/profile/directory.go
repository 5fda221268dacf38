package profile

import (
	"cmp"
	"slices"
)

// Directory knows the roles and groups of an organization by id and by name (any
// case). It does not change once made, so that many may read it at once.
type Directory struct {
	roles  shelf[Role]
	groups shelf[Group]
}

// NewDirectory makes a directory of the given roles and groups.
func NewDirectory(roles []Role, groups []Group) *Directory {
	return &Directory{
		roles:  newShelf(roles, func(r Role) (int32, string) { return r.ID, r.Name }),
		groups: newShelf(groups, func(g Group) (int32, string) { return g.ID, g.Name }),
	}
}

// Role returns the role with the id.
func (d *Directory) Role(id int32) (Role, bool) { return d.roles.byID(id) }

// RoleByName finds a role by its name: the exact one first, else in any case, as
// long as only one role is meant.
func (d *Directory) RoleByName(name string) (Role, bool) { return d.roles.byName(name) }

// Group returns the group with the id.
func (d *Directory) Group(id int32) (Group, bool) { return d.groups.byID(id) }

// GroupByName finds a group by its name as RoleByName does a role.
func (d *Directory) GroupByName(name string) (Group, bool) { return d.groups.byName(name) }

// Roles are all roles by name. Read-only.
func (d *Directory) Roles() []Role { return d.roles.items }

// Groups are all groups by name. Read-only.
func (d *Directory) Groups() []Group { return d.groups.items }

// shelf holds named things in the order of their names.
type shelf[T any] struct {
	items  []T
	ranks  map[int32]int32  // id → place in items
	exact  map[string]int32 // name → place in items
	folded map[string]int32 // foldKey of the name → place in items, or several
}

// several stands in shelf.folded for names that differ in case alone: none of
// them is meant by a third spelling.
const several = -1

func newShelf[T any](things []T, label func(T) (int32, string)) shelf[T] {
	s := shelf[T]{
		items:  slices.Clone(things),
		ranks:  make(map[int32]int32, len(things)),
		exact:  make(map[string]int32, len(things)),
		folded: make(map[string]int32, len(things)),
	}
	slices.SortFunc(s.items, func(a, b T) int {
		_, nameA := label(a)
		_, nameB := label(b)
		return cmp.Or(cmp.Compare(foldKey(nameA), foldKey(nameB)), cmp.Compare(nameA, nameB))
	})
	for i, item := range s.items {
		id, name := label(item)
		s.put(int32(i), id, name)
	}
	return s
}

func (s *shelf[T]) put(rank, id int32, name string) {
	s.ranks[id] = rank
	s.exact[cleanText(name)] = rank
	key := foldKey(cleanText(name))
	if _, taken := s.folded[key]; taken {
		rank = several
	}
	s.folded[key] = rank
}

func (s *shelf[T]) byID(id int32) (item T, ok bool) {
	rank, ok := s.ranks[id]
	if !ok {
		return item, false
	}
	return s.items[rank], true
}

func (s *shelf[T]) byName(name string) (item T, ok bool) {
	rank, ok := s.exact[name]
	if !ok {
		rank, ok = s.folded[foldKey(name)]
	}
	if !ok || rank == several {
		return item, false
	}
	return s.items[rank], true
}
