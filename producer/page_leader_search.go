package producer

import (
	"net/http"
	"strings"

	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// leadersCompleted is how many leaders a field offers while somebody types.
const leadersCompleted = 8

// leaderSearch lists who may be meant by what stands in a field so far, for the
// field to complete. The field is known by the beginning of its name.
func (s *Server) leaderSearch(w http.ResponseWriter, r *http.Request) {
	var text string
	for name, values := range r.URL.Query() {
		if strings.HasPrefix(name, toField) {
			text = clipped(values[0])
		}
	}
	var options []optionView
	if len(profile.NewSearch(text).Words()) > 0 {
		page, err := s.Store.People(r.Context(), s.account(r).OrgID, store.PeopleQuery{Search: text, Managers: true, Limit: leadersCompleted})
		if err != nil {
			s.pageError(w, r, err)
			return
		}
		options = leaderOptions(page.People, r.URL.Query().Get("except"))
	}
	s.showPart(w, r, http.StatusOK, "reports", "leaders", options)
}

// leaderOptions are people as a field completes them, but for one.
func leaderOptions(people []store.Person, except string) []optionView {
	var options []optionView
	for i := range people {
		p := &people[i].Profile
		if key := profile.LeaderKeyOf(p); key != "" && p.ID.String() != except {
			options = append(options, optionView{Value: key, Label: profile.DisplayName(p)})
		}
	}
	return options
}
