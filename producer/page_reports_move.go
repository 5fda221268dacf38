package producer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// reportsListed is how many direct reports can be given leaders one by one.
const reportsListed = 100

// Ways to say who leads the reports from now on.
const (
	moveAll    = "all"    // one person leads all of them
	moveEach   = "each"   // each has a field
	moveNobody = "nobody" // they have no team leader
)

// moveForm is what somebody has filled in.
type moveForm struct {
	Version int64
	Seal    string
	How     string
	To      string            // for all of them
	Each    map[string]string // by the report's id
	Cells   cells             // of the person's own form, saved with it; empty: none
}

// toField is the name of the field of one report; completion knows it by its
// beginning.
const toField = "to"

func readMoveForm(r *http.Request) (moveForm, error) {
	if err := readForm(r); err != nil {
		return moveForm{}, err
	}
	form := r.PostForm
	version, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		return moveForm{}, fault.New(fault.BadRequest, "form-incomplete", "The form arrived without its version. Open the profile again.")
	}
	f := moveForm{Version: version, Seal: form.Get("seal"), How: form.Get("how"), To: clipped(form.Get(toField)),
		Each: map[string]string{}, Cells: readCarried(r)}
	for name := range form {
		if id, ok := strings.CutPrefix(name, toField+"-"); ok && len(f.Each) < reportsListed {
			f.Each[id] = clipped(form.Get(name))
		}
	}
	switch f.How {
	case moveAll, moveEach, moveNobody:
	default:
		f.How = moveAll
	}
	return f, nil
}

// readCarried takes the fields of the person's own form that this one carries on.
func readCarried(r *http.Request) cells {
	out := make(cells)
	for _, f := range editable() {
		if values, sent := r.PostForm[profile.ColumnOf(f).JSON]; sent {
			out[f] = values[0]
		}
	}
	return out
}

// reportsAsk shows the page on which the reports are moved, and nothing else is
// saved.
func (s *Server) reportsAsk(w http.ResponseWriter, r *http.Request) {
	id, ok := profile.ParseID(r.PathValue("id"))
	if !ok {
		s.pageError(w, r, errNoProfile())
		return
	}
	s.showMove(w, r, http.StatusOK, id, moveForm{}, moveTrouble{})
}

// reportsMove moves the reports and saves what the person's own form had, both or
// nothing.
func (s *Server) reportsMove(w http.ResponseWriter, r *http.Request) {
	id, ok := profile.ParseID(r.PathValue("id"))
	if !ok {
		s.pageError(w, r, errNoProfile())
		return
	}
	form, err := readMoveForm(r)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	meant, trouble, err := s.leadersMeant(r.Context(), s.account(r).OrgID, form)
	switch {
	case err != nil:
		s.pageError(w, r, err)
	case trouble.any():
		s.showMove(w, r, http.StatusUnprocessableEntity, id, form, trouble)
	default:
		s.handOver(w, r, id, form, meant)
	}
}

func (s *Server) handOver(w http.ResponseWriter, r *http.Request, id profile.ID, form moveForm, meant map[string]string) {
	ctx := r.Context()
	o := store.HandOver{Edit: newEdit(ctx, s.account(r), id, form.Version, "page"), Seal: form.Seal}
	done, err := s.Store.HandOver(ctx, o, s.leading(ctx, form, meant), s.judgeCells(ctx, form.Cells))
	wrong := store.Wrong(done.Reports)
	switch {
	case fault.CodeOf(err) == "version-changed" && len(form.Cells) > 0:
		s.showConflict(w, r, id, form.Version, form.Cells)
	case fault.Is(err, fault.Stale):
		s.showMove(w, r, http.StatusConflict, id, form, moveTrouble{stale: messageOf(err)})
	case err != nil:
		s.pageError(w, r, fmt.Errorf("move reports: %w", err))
	case len(wrong) > 0:
		s.showMove(w, r, http.StatusUnprocessableEntity, id, form, troubleOf(form, wrong))
	case done.Refused() && keepsReports(done.Report.Problems):
		s.showMove(w, r, http.StatusUnprocessableEntity, id, form, moveTrouble{whole: done.Report.Problems})
	case done.Refused():
		s.showProblems(w, r, id, form.Version, form.Cells, done.Report)
	case done.Report == nil:
		http.Redirect(w, r, profileURL(id)+"?saved="+savedBefore, http.StatusSeeOther)
	default:
		target := fmt.Sprintf("%s?saved=%d&moved=%d", profileURL(id), len(done.Report.Changes), movedOf(done.Reports))
		http.Redirect(w, r, target, http.StatusSeeOther)
	}
}

func movedOf(reports []*plan.RowReport) int {
	moved := 0
	for _, report := range reports {
		if report.Mask != 0 {
			moved++
		}
	}
	return moved
}

// leading says which leader each report would get. meant is what the texts of the
// form mean.
func (s *Server) leading(ctx context.Context, form moveForm, meant map[string]string) store.Lead {
	return func(v *store.View, current *profile.Profile, reports []profile.Profile) ([]*plan.RowReport, error) {
		leaders := make([]string, len(reports))
		for i := range reports {
			leaders[i] = leaderFor(form, meant, current, &reports[i])
		}
		r := plan.NewReassignment(reports, leaders, s.rulesFor(v))
		if err := ask(ctx, v, r); err != nil {
			return nil, err
		}
		return r.Finish(), nil
	}
}

// leaderFor is the leader of one report. Who is to lead the others takes the place
// of their leader below that one's own.
func leaderFor(form moveForm, meant map[string]string, current, report *profile.Profile) string {
	switch form.How {
	case moveNobody:
		return ""
	case moveEach:
		text, asked := form.Each[report.ID.String()]
		if !asked {
			return report.LeaderKey
		}
		return meant[text]
	}
	if isKeyOf(meant[form.To], report) {
		return current.LeaderKey
	}
	return meant[form.To]
}

// isKeyOf reports whether a text is somebody's email or employee ID.
func isKeyOf(text string, p *profile.Profile) bool {
	return text != "" && (profile.EmailKey(text) == profile.EmailKey(p.Email) || text == p.EmployeeID)
}

// leadersMeant finds out whom the texts of the form mean: an email or employee ID
// stays what it is, for the rules to judge; a name becomes one of the two.
func (s *Server) leadersMeant(ctx context.Context, orgID string, form moveForm) (map[string]string, moveTrouble, error) {
	meant, trouble := map[string]string{"": ""}, moveTrouble{each: map[string][]problem.Problem{}}
	one := func(text string) ([]problem.Problem, error) {
		if _, known := meant[text]; known {
			return nil, nil
		}
		people, more, err := s.Store.LeadersMeant(ctx, orgID, text, leadersOffered)
		if err != nil {
			return nil, err
		}
		if len(people) > 1 || more {
			return []problem.Problem{sharedName(text, people, more)}, nil
		}
		meant[text] = text
		if len(people) == 1 && !isKeyOf(text, &people[0].Profile) {
			meant[text] = profile.LeaderKeyOf(&people[0].Profile)
		}
		return nil, nil
	}
	var err error
	switch form.How {
	case moveAll:
		if form.To == "" {
			trouble.all = []problem.Problem{profile.LeaderNotGiven().Of(profile.ColumnOf(profile.TeamLeader).Header, "")}
			break
		}
		trouble.all, err = one(form.To)
	case moveEach:
		for id, text := range form.Each {
			found, oneErr := one(text)
			if err = errors.Join(err, oneErr); len(found) > 0 {
				trouble.each[id] = found
			}
		}
	}
	return meant, trouble, err
}

func sharedName(text string, people []store.Person, more bool) problem.Problem {
	var keys []string
	for i := range people {
		keys = append(keys, profile.LeaderKeyOf(&people[i].Profile))
	}
	return profile.LeaderNameShared(keys, more).Of(profile.ColumnOf(profile.TeamLeader).Header, text)
}

// moveTrouble is what keeps the form from being saved, and where.
type moveTrouble struct {
	stale string
	whole []problem.Problem
	all   []problem.Problem
	each  map[string][]problem.Problem // by the report's id
}

func (t moveTrouble) any() bool {
	return t.stale != "" || len(t.whole)+len(t.all)+len(t.each) > 0
}

// troubleSaid is how many different problems of the reports are told at one field.
const troubleSaid = 5

// troubleOf places the problems of the reports: at the one field where one leader
// was given to all, each only once.
func troubleOf(form moveForm, wrong []*plan.RowReport) moveTrouble {
	t := moveTrouble{each: map[string][]problem.Problem{}}
	said := map[string]bool{}
	for _, report := range wrong {
		if form.How == moveEach {
			t.each[report.ProfileID.String()] = report.Problems
			continue
		}
		for _, p := range report.Problems {
			if !said[p.Message] && len(t.all) < troubleSaid {
				t.all = append(t.all, p)
			}
			said[p.Message] = true
		}
	}
	return t
}

// keepsReports reports whether nothing is wrong but that somebody would keep
// active reports.
func keepsReports(problems []problem.Problem) bool {
	for _, p := range problems {
		if p.Code != problem.ManagerDeactivationLocked && p.Code != problem.ManagerDemotionLocked {
			return false
		}
	}
	return len(problems) > 0
}
