package producer

import (
	"net/http"
	"slices"
	"time"

	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// peopleShown is how many people stand on one page.
const peopleShown = 100

// teamView is the Manage Team page.
type teamView struct {
	layoutView
	Org      string
	TeamSize int

	Search                        string
	States, Roles, Groups, Orders []optionView
	Leader                        leaderField
	LeaderName                    string // whose reports are listed; "" for anybody's

	Filtered  bool
	Found     string // how many
	Order     string // what to know about the order
	Caption   string
	Heads     []headView
	People    []personView
	Empty     emptyView // when there are none
	First     string
	More      string
	MoreLabel string
}

// headView is the heading of a column.
type headView struct {
	Label string
	URL   string // of the list in its order; "" for a column without one
	Sort  string // aria-sort; "" when the list is not in its order
	Next  string // what the link does
}

// emptyView says why there is nobody to show.
type emptyView struct{ Title, Text string }

// personView is one line of the table.
type personView struct {
	Avatar                             avatarView
	URL, Name, Email, EmployeeID, Role string
	Leader, LeaderKey, LeaderURL       string
	Manages, Incomplete                bool
	State                              chipView
	Groups                             []string
	MoreGroups                         int // that are not named
	Channels                           []string
	UpdatedAt                          time.Time
}

func (s *Server) teamList(w http.ResponseWriter, r *http.Request) {
	parts, err := s.teamParts(r)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	title := "Manage Team"
	if parts.field.Problem != "" {
		title = "Error: " + title
	}
	view := newTeamView(parts)
	view.layoutView = s.layout(r, title, "team")
	s.show(w, r, http.StatusOK, "team", view)
}

// teamParts is what the page is made of.
type teamParts struct {
	org       store.Org
	directory *profile.Directory
	query     store.PeopleQuery
	leader    *leaderView
	field     leaderField
	page      store.PeoplePage
	photos    map[profile.ID]store.Photo // of the people of the page
}

func (s *Server) teamParts(r *http.Request) (teamParts, error) {
	ctx, orgID := r.Context(), s.account(r).OrgID
	p := teamParts{query: readPeopleQuery(r)}
	var err error
	if p.org, err = s.Store.Org(ctx, orgID); err != nil {
		return p, err
	}
	if p.directory, err = s.Store.Directory(ctx, orgID); err != nil {
		return p, err
	}
	if p.leader, p.field, err = s.teamLeader(ctx, orgID, clipped(r.URL.Query().Get("leader")), p.query); err != nil {
		return p, err
	}
	if p.field.Problem != "" {
		return p, nil // whose reports to list is not known
	}
	if p.leader != nil {
		p.query.LeaderID = p.leader.ID
	}
	if p.page, err = s.Store.People(ctx, orgID, p.query); err != nil {
		return p, err
	}
	ids := make([]profile.ID, len(p.page.People))
	for i := range p.page.People {
		ids[i] = p.page.People[i].ID
	}
	p.photos, err = s.Store.Photos(ctx, orgID, ids)
	return p, err
}

func newTeamView(p teamParts) teamView {
	q := p.query
	v := teamView{
		Org: p.org.Name, TeamSize: p.org.People, Search: q.Search, Leader: p.field,
		States: stateOptions(q.State), Roles: roleOptions(p.directory, q.RoleID), Groups: groupOptions(p.directory, q.GroupID),
		Orders:   orderOptions(q),
		Filtered: q.Search != "" || q.State != "" || q.RoleID != 0 || q.GroupID != 0 || p.field.Text != "",
		Found:    foundWords(p), Order: orderWords(p), Caption: captionOfPeople(p), Heads: peopleHeads(p), Empty: emptyWords(p),
	}
	if p.leader != nil {
		v.LeaderName = p.leader.Name
	}
	for i := range p.page.People {
		v.People = append(v.People, newPersonView(&p.page.People[i], p.photos[p.page.People[i].ID], p.directory))
	}
	if q.After != "" {
		v.First = peopleURL(q, "")
	}
	if p.page.Next != "" {
		v.More, v.MoreLabel = peopleURL(q, p.page.Next), "Next page"
		if p.page.Looked > 0 {
			v.MoreLabel = "Look further"
		}
	}
	return v
}

// groupsNamed is how many groups of one person a line names.
const groupsNamed = 3

func newPersonView(p *store.Person, photo store.Photo, d *profile.Directory) personView {
	v := personView{
		Avatar: newAvatarView(&p.Profile, photo),
		URL:    profileURL(p.ID), Name: profile.DisplayName(&p.Profile), Email: p.Email, EmployeeID: p.EmployeeID,
		Role: profile.Text(&p.Profile, profile.RoleName, d), Manages: p.CanManageTeam,
		Incomplete: profile.Incomplete(&p.Profile) != 0, State: personChip(&p.Profile), UpdatedAt: p.UpdatedAt,
	}
	if !p.LeaderID.IsZero() {
		v.Leader, v.LeaderKey, v.LeaderURL = p.LeaderName, p.LeaderKey, profileURL(p.LeaderID)
	}
	for _, group := range d.Groups() {
		switch {
		case !slices.Contains(p.GroupIDs, group.ID):
		case len(v.Groups) == groupsNamed:
			v.MoreGroups++
		default:
			v.Groups = append(v.Groups, group.Name)
		}
	}
	for _, channel := range []struct {
		on   bool
		name string
	}{{p.PhoneChannel, "Phone"}, {p.ChatChannel, "Chat"}, {p.EmailChannel, "Email"}} {
		if channel.on {
			v.Channels = append(v.Channels, channel.name)
		}
	}
	return v
}

func personChip(p *profile.Profile) chipView {
	if p.Deactivated {
		return chipView{"neutral", "Deactivated"}
	}
	return chipView{"done", "Active"}
}

func stateOptions(selected string) []optionView {
	return selectedOptions(selected, []optionView{{Value: "", Label: "Everybody"}, {Value: "active", Label: "Active"},
		{Value: "deactivated", Label: "Deactivated"}, {Value: "incomplete", Label: "Incomplete"}})
}

func roleOptions(d *profile.Directory, selected int32) []optionView {
	options := []optionView{{Value: "", Label: "All roles"}}
	for _, role := range d.Roles() {
		options = append(options, optionView{Value: idText(role.ID), Label: role.Name})
	}
	return selectedOptions(idText(selected), options)
}

func groupOptions(d *profile.Directory, selected int32) []optionView {
	options := []optionView{{Value: "", Label: "All groups"}}
	for _, group := range d.Groups() {
		options = append(options, optionView{Value: idText(group.ID), Label: group.Name})
	}
	return selectedOptions(idText(selected), options)
}

func orderOptions(q store.PeopleQuery) []optionView {
	var options []optionView
	for _, order := range peopleOrders() {
		options = append(options, optionView{Value: order.value, Label: order.label})
	}
	return selectedOptions(orderOf(q).value, options)
}

// selectedOptions marks the option with the value.
func selectedOptions(value string, options []optionView) []optionView {
	for i := range options {
		options[i].Selected = options[i].Value == value
	}
	return options
}
