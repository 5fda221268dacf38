package producer

import (
	"strings"

	"teamsheet/internal/store"
)

// Headings of the columns by which the list can be sorted.
const (
	columnName       = "Name"
	columnEmail      = "Email"
	columnEmployeeID = "Employee ID"
	columnChanged    = "Last change"
)

// peopleHeads are the headings; those with an order lead to it, and from there to
// the opposite one.
func peopleHeads(p teamParts) []headView {
	var heads []headView
	now := orderOf(p.query)
	for _, label := range []string{columnName, columnEmail, columnEmployeeID, "Role", "Team Leader", "State", "Groups", "Channels", columnChanged} {
		head := headView{Label: label}
		if now.column == label && !p.page.Unsorted {
			head.Sort = "ascending"
			if now.descending {
				head.Sort = "descending"
			}
		}
		if next, ok := nextOrder(label, now); ok {
			q := p.query
			q.Sort, q.Descending = next.by, next.descending
			head.URL, head.Next = peopleURL(q, ""), "Sort by "+next.label
		}
		heads = append(heads, head)
	}
	return heads
}

// nextOrder is the usual order of a column, or the other one when the list is in
// it.
func nextOrder(column string, now peopleOrder) (next peopleOrder, ok bool) {
	for _, order := range peopleOrders() {
		if order.column == column && order != now {
			return order, true
		}
	}
	return peopleOrder{}, false
}

// foundWords says how many people a filter finds, as far as that is known.
func foundWords(p teamParts) string {
	shown := len(p.page.People)
	switch {
	case p.field.Problem != "":
		return ""
	case p.page.Total >= 0:
		return count(p.page.Total, "person", "people") + " found."
	case p.page.Looked > 0 && shown == 0:
		return "Nobody found among the " + number(p.page.Looked) + " people looked at."
	case p.page.Looked > 0:
		return count(shown, "person", "people") + " found among the " + number(p.page.Looked) + " looked at."
	case p.page.Next != "":
		return count(shown, "person", "people") + " on this page, and more on the next."
	case p.query.After != "":
		return count(shown, "person", "people") + " on this page, the last one."
	}
	return count(shown, "person", "people") + " found."
}

// orderWords says why a list is in another order than the one asked for.
func orderWords(p teamParts) string {
	if !p.page.Unsorted || len(p.page.People) == 0 {
		return ""
	}
	by := strings.ToLower(orderOf(p.query).column)
	most := number(store.PeopleSorted)
	if p.query.Search == "" {
		return "Lists of up to " + most + " people can be sorted by " + by + ", and this one may be longer: it is sorted by name. Filter or search to make it shorter."
	}
	return "This list may have more than " + most + " people: it is ordered by how they match. Search more exactly to sort it by " + by + "."
}

func captionOfPeople(p teamParts) string {
	if p.page.Unsorted && p.query.Search != "" {
		return "People, those first whose last name matches"
	}
	if p.page.Unsorted {
		return "People by name"
	}
	return "People by " + orderOf(p.query).label
}

// emptyWords says why there is nobody to show.
func emptyWords(p teamParts) emptyView {
	switch {
	case p.field.Problem != "":
		return emptyView{"Whose reports?", "It is not clear which team leader is meant."}
	case p.page.Looked > 0:
		return emptyView{"Nobody found so far", "None of the " + number(p.page.Looked) + " people looked at fits. There are more to look at."}
	case p.query.After != "":
		return emptyView{"No more people", "The list has ended."}
	case p.query.Search != "":
		return emptyView{"Nobody found", "Each word has to be the beginning of a word of the name, email or employee ID. Look for typing mistakes, or take a filter away."}
	}
	return emptyView{"Nobody found", "No person fits all of the filters. Take one away."}
}
