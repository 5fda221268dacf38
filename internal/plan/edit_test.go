package plan

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// edit drives an Edit as a page does.
func (t *team) edit(tb testing.TB, n int, cells map[profile.Field]string) *RowReport {
	tb.Helper()
	e := NewEdit(t.byID(idOf(n)), cells, Config{Directory: t.directory})
	for needs := e.Needs(); !needs.Empty(); needs = e.Needs() {
		for p := range t.answer(needs) {
			e.AddPerson(p)
		}
		e.Answered(needs)
	}
	for _, id := range e.NamesWanted() {
		e.Name(t.byID(id))
	}
	return e.Finish()
}

func TestEdit(t *testing.T) {
	t.Parallel()
	type cells = map[profile.Field]string
	for name, test := range map[string]struct {
		person int
		cells  cells
		want   string
		result Result
	}{
		"nothing":            {2, cells{profile.FirstName: "Rui"}, "", Unchanged},
		"read-only is left":  {2, cells{profile.UserID: "x", profile.Version: "9"}, "", Unchanged},
		"a text":             {2, cells{profile.Hometown: " Porto "}, "warning  · Hometown · \" Porto \" trimmed: The spaces before or after this Hometown are left out.\nrow 0 Hometown: \"\" → \"Porto\"", Changed},
		"only what is given": {7, cells{profile.Hometown: "Porto"}, `row 0 Hometown: "" → "Porto"`, Changed},
		"a manager gets a leader": {
			1, cells{profile.TeamLeader: "6"}, `row 0 Team Leader: "" → "6"`, Changed,
		},
		"a manager with reports": {
			1, cells{profile.CanManageTeam: "n", profile.Deactivated: "y"},
			`· Can Manage Team · "n" manager-demotion-locked: The Can Manage Team of Ana Silva cannot be set to "n" while 2 active people are still led by them.
			 · Deactivated · "y" manager-deactivation-locked: Ana Silva cannot be deactivated while 2 active people are still led by them.`, Invalid,
		},
		"a manager without": {
			6, cells{profile.CanManageTeam: "n", profile.Deactivated: "y"},
			"row 0 Can Manage Team: \"y\" → \"n\"\nrow 0 Deactivated: \"n\" → \"y\"", Changed,
		},
		"a circle": {
			1, cells{profile.TeamLeader: "rui@example.com"},
			`· Team Leader · "rui@example.com" leader-not-manager: Rui Silva (rui@example.com) cannot be a team leader: their Can Manage Team is "n".`, Invalid,
		},
		"an email that is somebody's": {
			2, cells{profile.Email: "EVA@example.com"},
			`· Email · "EVA@example.com" email-taken: This Email already belongs to Eva Silva (eva@example.com).`, Invalid,
		},
		"a leader nobody knows": {
			2, cells{profile.TeamLeader: "anna@example.com"},
			`· Team Leader · "anna@example.com" leader-not-found: No active team leader has this email or employee ID. Did you mean ana@example.com?`, Invalid,
		},
		"emptied keys": {
			6, cells{profile.Email: "", profile.EmployeeID: ""},
			`· Email · "" required-empty: Email and Employee ID are both empty.`, Invalid,
		},
		"the only key": {
			6, cells{profile.EmployeeID: ""}, `· Employee ID · "" required-empty: Email and Employee ID are both empty.`, Invalid,
		},
		"emptied, deactivated": {
			8, cells{profile.LastName: ""}, `· Last Name · "" required-empty: Last Name is empty.`, Invalid,
		},
		"reactivated, incomplete": {
			7, cells{profile.Deactivated: "n", profile.LastName: "Z"},
			"· Role · \"\" required-empty: This person cannot be made active again while their Role is empty.\nrow 0 Last Name: \"\" → \"Z\"\nrow 0 Deactivated: \"y\" → \"n\"", Invalid,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := theTeam().edit(t, test.person, test.cells)
			said := outcome{Reports: []*RowReport{report}}.say()
			if diff := cmp.Diff(lines(test.want), lines(said)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if report.Result != test.result || (report.Mask == 0) != (test.result != Changed) {
				t.Errorf("%s, mask %b", report.Result, report.Mask)
			}
		})
	}
}

// What is to be done is told in the words of the page, which has no rows and no
// other columns.
func TestEditSpeaksOfNoFile(t *testing.T) {
	t.Parallel()
	org := theTeam()
	org.byID(idOf(6)).EmployeeID = "ana@example.com"
	for f, test := range map[profile.Field]struct {
		person     int
		text, want string
	}{
		profile.Deactivated: {7, "n", `Enter the person's last name as well, or leave Deactivated at "y".`},
		profile.TeamLeader:  {4, "ana@example.com", "Enter an email or employee ID that only one of them has."},
	} {
		report := org.edit(t, test.person, map[profile.Field]string{f: test.text})
		if len(report.Problems) == 0 || report.Problems[0].Fix != test.want {
			t.Errorf("%+v, want %s", report.Problems, test.want)
		}
	}
}

func TestEditOnACircle(t *testing.T) {
	t.Parallel()
	org := theTeam()
	org.byID(idOf(2)).CanManageTeam = true
	said := sayProblem(org.edit(t, 1, map[profile.Field]string{profile.TeamLeader: "2"}).Problems[0])
	want := ` · Team Leader · "2" leader-cycle: These people would lead each other in a circle: Ana Silva (ana@example.com) → Rui Silva (rui@example.com) → Ana Silva (ana@example.com).`
	if said != want {
		t.Error(said)
	}
}

func TestEditGivesWhatIsToBeSaved(t *testing.T) {
	t.Parallel()
	org := theTeam()
	report := org.edit(t, 4, map[profile.Field]string{profile.TeamLeader: "ANA@example.com", profile.Groups: "vip; billing", profile.Email: "", profile.Hometown: ""})
	want := *org.byID(idOf(4))
	want.LeaderID, want.LeaderKey, want.GroupIDs, want.Email = idOf(1), "ana@example.com", []int32{1, 3}, ""
	if diff := cmp.Diff(want, report.After); diff != "" {
		t.Error(diff)
	}
	if report.Mask != profile.FieldsOf(profile.TeamLeader, profile.Groups, profile.Email) || report.Version != 3 {
		t.Errorf("mask %b, version %d", report.Mask, report.Version)
	}
}

// reassign drives a Reassignment as a page does; leaders are by the person's number.
func (t *team) reassign(tb testing.TB, leaders map[int]string) []*RowReport {
	tb.Helper()
	var people []profile.Profile
	var texts []string
	for _, n := range slices.Sorted(maps.Keys(leaders)) {
		people, texts = append(people, *t.byID(idOf(n))), append(texts, leaders[n])
	}
	r := NewReassignment(people, texts, Config{Directory: t.directory})
	for needs := r.Needs(); !needs.Empty(); needs = r.Needs() {
		for p := range t.answer(needs) {
			r.AddPerson(p)
		}
		r.Answered(needs)
	}
	for _, id := range r.NamesWanted() {
		r.Name(t.byID(id))
	}
	return r.Finish()
}

func TestReassignment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		leaders map[int]string
		want    string
	}{
		"nobody": {nil, ""},
		"all to one": {
			map[int]string{2: "6", 3: "6"},
			"row 0 Team Leader: \"ana@example.com\" → \"6\"\nrow 0 Team Leader: \"ana@example.com\" → \"6\"",
		},
		"to nobody, and unchanged": {
			map[int]string{2: "", 3: "ana@example.com"},
			"cleared\nrow 0 Team Leader: \"ana@example.com\" → \"\"",
		},
		"each on their own": {
			map[int]string{2: "nobody", 3: "rui@example.com"},
			`· Team Leader · "nobody" leader-not-found: No active team leader has this email or employee ID.
			 · Team Leader · "rui@example.com" leader-not-manager: Rui Silva (rui@example.com) cannot be a team leader: their Can Manage Team is "n".`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := outcome{Reports: theTeam().reassign(t, test.leaders)}.say()
			if diff := cmp.Diff(lines(test.want), lines(said)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What two people get is judged together: neither leader is a circle by itself.
func TestReassignmentInACircle(t *testing.T) {
	t.Parallel()
	org := theTeam()
	for _, n := range []int{2, 3} {
		org.byID(idOf(n)).CanManageTeam = true
	}
	for _, report := range org.reassign(t, map[int]string{2: "3", 3: "rui@example.com"}) {
		if len(report.Problems) != 1 || report.Problems[0].Code != problem.LeaderCycle {
			t.Errorf("%s: %+v", report.Name, report.Problems)
		}
	}
	for _, report := range org.reassign(t, map[int]string{2: "6", 3: "rui@example.com"}) {
		if report.Result != Changed || report.Mask != profile.FieldsOf(profile.TeamLeader) {
			t.Errorf("%s: %s, %+v", report.Name, report.Result, report.Problems)
		}
	}
}
