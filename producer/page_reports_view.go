package producer

import (
	"net/http"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// moveView is the page that asks who leads somebody's reports from now on.
type moveView struct {
	layoutView
	Name, Action, Back string
	Why                string // what the reports keep from being saved; "" nothing
	Count              int
	Version            int64
	Seal               string
	Carried            []carriedView
	Above              string // who leads the person; "" nobody
	Stale              string
	Problems           []formProblem
	How                string
	All                leadField
	Each               []leadField // with more than reportsListed: none
	Named              []linkView  // the first few, where there are fields for none
	TeamURL            string      // the list of the reports
	Confirm            string
}

// carriedView is a field of the person's own form.
type carriedView struct{ Name, Value string }

// leadField asks for a leader: of one person, or of all.
type leadField struct {
	ID, Name, Text string
	Person, URL    string // whose leader; "" of all
	Role           string
	Except         string // id of who is not to be offered
	Problems       []problem.Problem
}

// showMove shows the page as things stand now, with what was filled in.
func (s *Server) showMove(w http.ResponseWriter, r *http.Request, status int, id profile.ID, form moveForm, trouble moveTrouble) {
	ctx, orgID := r.Context(), s.account(r).OrgID
	parts := moveParts{form: form, trouble: trouble}
	var err error
	if parts.person, err = s.Store.Profile(ctx, orgID, id); err == nil {
		if parts.directory, err = s.Store.Directory(ctx, orgID); err == nil {
			parts.reports, err = s.Store.Reports(ctx, orgID, id, reportsListed)
		}
	}
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	if parts.form.Version == 0 || len(form.Cells) == 0 {
		parts.form.Version = parts.person.Version // nothing of the person's own depends on what was seen
	}
	view := newMoveView(parts)
	title := "New team leader for the reports of " + view.Name
	if len(view.Problems) > 0 || view.Stale != "" {
		title = "Error: " + title
	}
	view.layoutView = s.layout(r, title, "team")
	s.show(w, r, status, "reports", view)
}

// moveParts is what the page is made of.
type moveParts struct {
	person    profile.Profile
	directory *profile.Directory
	reports   store.Reports
	form      moveForm
	trouble   moveTrouble
}

func newMoveView(p moveParts) moveView {
	v := moveView{
		Name: profile.DisplayName(&p.person), Action: reportsURL(p.person.ID), Back: profileURL(p.person.ID),
		Count: p.reports.Count, Version: p.form.Version, Seal: p.reports.Seal, Above: p.person.LeaderKey, Stale: p.trouble.stale,
		How: p.form.How, TeamURL: peopleURL(store.PeopleQuery{LeaderID: p.person.ID, State: "active"}, ""),
		All: leadField{ID: "f-" + toField, Name: toField, Text: p.form.To, Except: p.person.ID.String(), Problems: p.trouble.all},
	}
	if v.How == "" || v.How == moveEach && p.reports.Count > reportsListed {
		v.How = moveAll
	}
	for _, f := range editable() {
		if text, carried := p.form.Cells[f]; carried {
			v.Carried = append(v.Carried, carriedView{profile.ColumnOf(f).JSON, text})
		}
	}
	v.Why, v.Confirm = moveWords(p)
	v.addReports(p)
	v.addProblems(p.trouble)
	return v
}

// moveWords says what the reports are in the way of, and what Confirm does.
func moveWords(p moveParts) (why, confirm string) {
	deactivated := p.form.Cells[profile.Deactivated] == "y" && !p.person.Deactivated
	demoted := p.form.Cells[profile.CanManageTeam] == "n" && p.person.CanManageTeam
	move := "Move " + count(p.reports.Count, "person", "people")
	name := profile.DisplayName(&p.person)
	switch {
	case deactivated && p.reports.Count == 0:
		return "", "Deactivate " + name
	case p.reports.Count == 0:
		return "", "Save"
	case deactivated:
		return "be deactivated", move + " and deactivate " + name
	case demoted:
		return `have Can Manage Team set to "No"`, move + " and save"
	case len(p.form.Cells) > 0:
		return "", move + " and save"
	}
	return "", move
}

func (v *moveView) addReports(p moveParts) {
	for i := range p.reports.People {
		person := &p.reports.People[i]
		name, url, id := profile.DisplayName(&person.Profile), profileURL(person.ID), person.ID.String()
		if p.reports.Count > reportsListed {
			if i < reportsNamed {
				v.Named = append(v.Named, linkView{URL: url, Name: name})
			}
			continue
		}
		v.Each = append(v.Each, leadField{ID: "f-" + toField + "-" + id, Name: toField + "-" + id, Text: p.form.Each[id], Person: name, URL: url,
			Except: p.person.ID.String(),
			Role:   profile.Text(&person.Profile, profile.RoleName, p.directory), Problems: p.trouble.each[id]})
	}
}

// addProblems makes the summary of what is wrong.
func (v *moveView) addProblems(t moveTrouble) {
	for _, p := range t.whole {
		v.Problems = append(v.Problems, formProblem{Message: p.Message + " " + p.Fix})
	}
	for _, p := range t.all {
		v.Problems = append(v.Problems, formProblem{For: v.All.ID, Message: p.Message})
	}
	for _, field := range v.Each {
		for _, p := range field.Problems {
			v.Problems = append(v.Problems, formProblem{For: field.ID, Message: field.Person + ": " + p.Message})
		}
	}
}

// DescribedBy names what explains the field.
func (f leadField) DescribedBy() string {
	ids := "to-help"
	if f.Person != "" {
		ids = "each-help"
	}
	if len(f.Problems) > 0 {
		ids += " " + f.ID + "-problem"
	}
	return ids
}

func reportsURL(id profile.ID) string { return profileURL(id) + "/reports" }
