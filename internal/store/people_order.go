package store

import (
	"cmp"
	"encoding/base64"
	"strings"

	"teamsheet/internal/profile"
)

// PeopleSort is what a list of people is ordered by.
type PeopleSort uint8

// The orders of a list. Whoever has no email or no employee ID comes last in the
// order by it, by name.
const (
	SortByName PeopleSort = iota // profile.SortKey
	SortByEmail
	SortByEmployeeID
	SortByChange // the last one
	// sortByMatch is the order of a search that finds too many to sort: by how the
	// longest word is found, as the indexes have it. First those whose name (last name
	// first) begins with it, by name; then those found by another word, by that word;
	// then by employee ID; then by whole email.
	sortByMatch
)

// place is where somebody stands in a list: the legs of a list follow each other.
type place struct {
	leg     int
	key, id string
}

// The legs of an order by a key, and of the order by match.
const (
	legKey        = 0
	legWithoutKey = 1

	legName       = 0
	legTerm       = 1 // the key is the term, termEnd, the sort key
	legEmployeeID = 2
	legEmail      = 3

	legs = 4
)

// termEnd comes before every character of a term.
const termEnd = "\x01"

// order compares places.
type order struct {
	by         PeopleSort
	descending bool
	word       string // of sortByMatch
}

// matchOrder is the order of people of whom there are too many to sort: by match,
// or by name when nothing is searched.
func matchOrder(search profile.Search) order {
	o := order{}
	for _, word := range search.Words() {
		if len(word) > len(o.word) {
			o = order{by: sortByMatch, word: word}
		}
	}
	o.word = profile.SearchTerm(o.word)
	return o
}

func (o order) of(p *listed) place {
	switch o.by {
	case SortByEmail:
		return p.byKey(p.emailKey)
	case SortByEmployeeID:
		return p.byKey(p.EmployeeID)
	case SortByChange:
		return place{key: p.updatedAt.UTC().Format("2006-01-02 15:04:05.000000"), id: p.ID.String()}
	case sortByMatch:
		return p.byMatch(o.word)
	}
	return p.byKey(p.sortKey)
}

func (p *listed) byKey(key string) place {
	if key == "" {
		return place{legWithoutKey, p.sortKey, p.ID.String()}
	}
	return place{legKey, key, p.ID.String()}
}

func (p *listed) byMatch(word string) place {
	at := place{leg: legName, key: p.sortKey, id: p.ID.String()}
	if begins(p.sortKey, word) {
		return at
	}
	for _, term := range profile.SearchTerms(&p.Profile) {
		if begins(term, word) {
			at.leg, at.key = legTerm, term+termEnd+p.sortKey
			return at
		}
	}
	at.leg, at.key = legEmail, p.emailKey
	if begins(p.EmployeeID, word) {
		at.leg, at.key = legEmployeeID, p.EmployeeID
	}
	return at
}

// begins is strings.HasPrefix as an index sees it.
func begins(text, prefix string) bool { return prefix <= text && text < afterPrefix(prefix) }

// afterPrefix comes after every text that begins with prefix, in the order of
// bytes: U+10FFFF is no character.
func afterPrefix(prefix string) string { return prefix + "\U0010FFFF" }

func (o order) compare(a, b place) int {
	along := cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.id, b.id))
	if o.descending {
		along = -along
	}
	return cmp.Or(cmp.Compare(a.leg, b.leg), along)
}

// mark tells the cursors of different orders apart.
func (o order) mark(leg int) string {
	text := []byte{'a' + byte(o.by), 'u', '0' + byte(leg)}
	if o.descending {
		text[1] = 'd'
	}
	return string(text)
}

const idLength = 36

// cursor is the place after which the next page begins.
func (o order) cursor(at place) string {
	return base64.RawURLEncoding.EncodeToString([]byte(o.mark(at.leg) + at.id + at.key))
}

// readCursor reads a cursor of this order.
func (o order) readCursor(cursor string) (at place, ok bool) {
	decoded, err := base64.RawURLEncoding.DecodeString(cursor)
	text := string(decoded)
	if err != nil || text != storable(text) {
		return place{}, false
	}
	for leg := range legs {
		if rest, ok := strings.CutPrefix(text, o.mark(leg)); ok && len(rest) >= idLength {
			_, ok = profile.ParseID(rest[:idLength])
			return place{leg: leg, key: rest[idLength:], id: rest[:idLength]}, ok
		}
	}
	return place{}, false
}
