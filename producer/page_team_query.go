package producer

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// searchLongest is how much of a search is read, in bytes: more than any name and
// email together.
const searchLongest = 500

// readPeopleQuery takes what it understands of the address. The leader is found
// out afterwards.
func readPeopleQuery(r *http.Request) store.PeopleQuery {
	form := r.URL.Query()
	q := store.PeopleQuery{Search: clipped(form.Get("q")), After: form.Get("after"), Limit: peopleShown,
		RoleID: readID(form.Get("role")), GroupID: readID(form.Get("group"))}
	switch state := form.Get("state"); state {
	case "active", "deactivated", "incomplete":
		q.State = state
	}
	for _, order := range peopleOrders() {
		if order.value == form.Get("sort") {
			q.Sort, q.Descending = order.by, order.descending
		}
	}
	return q
}

func clipped(text string) string {
	return strings.ToValidUTF8(strings.TrimSpace(text[:min(len(text), searchLongest)]), "")
}

// readID reads the id of a role or a group; 0 for anything else.
func readID(text string) int32 {
	id, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0
	}
	return max(0, int32(id))
}

// idText is what readID reads; "" for 0.
func idText(id int32) string {
	if id == 0 {
		return ""
	}
	return strconv.Itoa(int(id))
}

// peopleURL is the address of a page of the list.
func peopleURL(q store.PeopleQuery, after string) string {
	values := url.Values{}
	set := func(key, value string) {
		if value != "" {
			values.Set(key, value)
		}
	}
	set("q", q.Search)
	set("state", q.State)
	set("role", idText(q.RoleID))
	set("group", idText(q.GroupID))
	set("leader", q.LeaderID.String())
	if order := orderOf(q); order.value != peopleOrders()[0].value {
		set("sort", order.value)
	}
	set("after", after)
	if len(values) == 0 {
		return "/team"
	}
	return "/team?" + values.Encode()
}

// peopleOrder is an order of the list.
type peopleOrder struct {
	value, label string
	column       string // header of the column that it goes by
	by           store.PeopleSort
	descending   bool
}

// peopleOrders are the orders; of a column's two, the first is the usual one.
func peopleOrders() []peopleOrder {
	return []peopleOrder{
		{"name", "Name, A to Z", columnName, store.SortByName, false},
		{"-name", "Name, Z to A", columnName, store.SortByName, true},
		{"email", "Email, A to Z", columnEmail, store.SortByEmail, false},
		{"-email", "Email, Z to A", columnEmail, store.SortByEmail, true},
		{"employee-id", "Employee ID, lowest first", columnEmployeeID, store.SortByEmployeeID, false},
		{"-employee-id", "Employee ID, highest first", columnEmployeeID, store.SortByEmployeeID, true},
		{"-changed", "Last change, newest first", columnChanged, store.SortByChange, true},
		{"changed", "Last change, oldest first", columnChanged, store.SortByChange, false},
	}
}

func orderOf(q store.PeopleQuery) peopleOrder {
	orders := peopleOrders()
	at := slices.IndexFunc(orders, func(o peopleOrder) bool { return o.by == q.Sort && o.descending == q.Descending })
	return orders[max(at, 0)]
}

// leaderView is whose reports are listed.
type leaderView struct {
	ID   profile.ID
	Name string
	Key  string // what finds them again when it is typed
}

// leaderField is the filter by team leader: what was typed, and what is wrong
// with it.
type leaderField struct {
	Text    string
	Problem string
	Choices []linkView // who may be meant
}

// leadersOffered is how many people of one name are offered.
const leadersOffered = 5

// teamLeader finds out which leader an address means: by id, or by what somebody
// has typed into the filter. An id of nobody: fault.NotFound.
func (s *Server) teamLeader(ctx context.Context, orgID, text string, q store.PeopleQuery) (*leaderView, leaderField, error) {
	if text == "" {
		return nil, leaderField{}, nil
	}
	if id, ok := profile.ParseID(text); ok {
		p, err := s.Store.Profile(ctx, orgID, id)
		if err != nil {
			return nil, leaderField{}, err
		}
		leader := newLeaderView(&p)
		return leader, leaderField{Text: leader.Key}, nil
	}
	meant, more, err := s.Store.LeadersMeant(ctx, orgID, text, leadersOffered)
	if err != nil {
		return nil, leaderField{}, err
	}
	if len(meant) == 1 && !more {
		return newLeaderView(&meant[0].Profile), leaderField{Text: text}, nil
	}
	return nil, unclearLeader(text, meant, more, q), nil
}

func newLeaderView(p *profile.Profile) *leaderView {
	leader := &leaderView{ID: p.ID, Name: profile.DisplayName(p), Key: profile.LeaderKeyOf(p)}
	if leader.Key == "" {
		leader.Key = p.ID.String()
	}
	return leader
}

// unclearLeader says why a text names no leader.
func unclearLeader(text string, meant []store.Person, more bool, q store.PeopleQuery) leaderField {
	field := leaderField{Text: text}
	switch {
	case more:
		field.Problem = "Many people may be found by this. Enter more of the name, or an email or employee ID."
	case len(meant) == 0:
		field.Problem = "Nobody has this email or employee ID, and no team leader is found by this name. Enter one of the three."
	default:
		field.Problem = "More than one team leader is found by this name. Choose one:"
		for i := range meant {
			q.LeaderID = meant[i].ID
			field.Choices = append(field.Choices, linkView{URL: peopleURL(q, ""), Name: profile.Label(&meant[i].Profile)})
		}
	}
	return field
}
