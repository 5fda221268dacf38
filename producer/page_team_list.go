package producer

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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
	Search   string
	States   []optionView
	Roles    []optionView
	Leader   *leaderView // only people led by them
	Filtered bool
	People   []personView
	First    string
	More     string
}

// leaderView is whose reports are listed.
type leaderView struct{ ID, Name string }

// personView is one line of the table.
type personView struct {
	URL, Name, Email, EmployeeID, Role string
	Leader, LeaderURL                  string
	Manages, Incomplete                bool
	State                              chipView
	UpdatedAt                          time.Time
}

func (s *Server) teamList(w http.ResponseWriter, r *http.Request) {
	view, err := s.teamView(r)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "team", view)
}

func (s *Server) teamView(r *http.Request) (teamView, error) {
	ctx, account, query := r.Context(), s.account(r), readPeopleQuery(r)
	org, err := s.Store.Org(ctx, account.OrgID)
	if err != nil {
		return teamView{}, err
	}
	directory, err := s.Store.Directory(ctx, account.OrgID)
	if err != nil {
		return teamView{}, err
	}
	page, err := s.Store.People(ctx, account.OrgID, query)
	if err != nil {
		return teamView{}, err
	}
	leader, err := s.leaderView(ctx, account.OrgID, query.LeaderID)
	if err != nil {
		return teamView{}, err
	}
	view := newTeamView(org, directory, query, page, leader)
	view.layoutView = s.layout(r, "Manage Team", "team")
	return view, nil
}

func (s *Server) leaderView(ctx context.Context, orgID string, id profile.ID) (*leaderView, error) {
	if id.IsZero() {
		return nil, nil
	}
	leader, err := s.Store.Profile(ctx, orgID, id)
	if err != nil {
		return nil, err
	}
	return &leaderView{ID: id.String(), Name: profile.DisplayName(&leader)}, nil
}

// readPeopleQuery takes what it understands of the address.
func readPeopleQuery(r *http.Request) store.PeopleQuery {
	form := r.URL.Query()
	q := store.PeopleQuery{Search: strings.TrimSpace(form.Get("q")), After: form.Get("after"), Limit: peopleShown}
	switch state := form.Get("state"); state {
	case "active", "deactivated", "incomplete":
		q.State = state
	}
	if role, err := strconv.ParseInt(form.Get("role"), 10, 32); err == nil && role > 0 {
		q.RoleID = int32(role)
	}
	q.LeaderID, _ = profile.ParseID(form.Get("leader"))
	return q
}

func newTeamView(org store.Org, d *profile.Directory, q store.PeopleQuery, page store.PeoplePage, leader *leaderView) teamView {
	v := teamView{
		Org: org.Name, TeamSize: org.People, Search: q.Search, Leader: leader,
		States: stateOptions(q.State), Roles: roleOptions(d, q.RoleID),
		Filtered: q.Search != "" || q.State != "" || q.RoleID != 0 || leader != nil,
	}
	for i := range page.People {
		v.People = append(v.People, newPersonView(&page.People[i], d))
	}
	if q.After != "" {
		v.First = peopleURL(q, "")
	}
	if page.Next != "" {
		v.More = peopleURL(q, page.Next)
	}
	return v
}

func newPersonView(p *store.Person, d *profile.Directory) personView {
	v := personView{
		URL: profileURL(p.ID), Name: profile.DisplayName(&p.Profile), Email: p.Email, EmployeeID: p.EmployeeID,
		Role: profile.Text(&p.Profile, profile.RoleName, d), Manages: p.CanManageTeam,
		Incomplete: profile.Incomplete(&p.Profile) != 0, State: personChip(&p.Profile), UpdatedAt: p.UpdatedAt,
	}
	if !p.LeaderID.IsZero() {
		v.Leader, v.LeaderURL = p.LeaderKey, profileURL(p.LeaderID)
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
	options := []optionView{{Value: "", Label: "Everybody"}, {Value: "active", Label: "Active"},
		{Value: "deactivated", Label: "Deactivated"}, {Value: "incomplete", Label: "Incomplete"}}
	for i := range options {
		options[i].Selected = options[i].Value == selected
	}
	return options
}

func roleOptions(d *profile.Directory, selected int32) []optionView {
	options := []optionView{{Value: "", Label: "All roles", Selected: selected == 0}}
	for _, role := range d.Roles() {
		options = append(options, optionView{
			Value: strconv.Itoa(int(role.ID)), Label: role.Name, Selected: role.ID == selected,
		})
	}
	return options
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
	set("leader", q.LeaderID.String())
	set("after", after)
	if q.RoleID != 0 {
		values.Set("role", strconv.Itoa(int(q.RoleID)))
	}
	if len(values) == 0 {
		return "/team"
	}
	return "/team?" + values.Encode()
}
