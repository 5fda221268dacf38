package demo_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/demo"
	"teamsheet/internal/profile"
)

func people(seed uint64, n int) []profile.Profile {
	var all []profile.Profile
	for p := range demo.People(seed, n) {
		all = append(all, *p)
	}
	return all
}

func directory() *profile.Directory { return profile.NewDirectory(demo.Roles(), demo.Groups()) }

func TestTheSameSeedGivesTheSamePeople(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(people(7, 500), people(7, 500)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(people(7, 5), people(8, 5)) {
		t.Error("two seeds give the same people")
	}
}

// TestPeopleKeepTheRules: whatever is made up could have been saved by a sheet.
func TestPeopleKeepTheRules(t *testing.T) {
	t.Parallel()
	d := directory()
	emails, ids, byID := map[string]bool{}, map[string]bool{}, map[profile.ID]profile.Profile{}
	for _, p := range people(1, 10_000) {
		if incomplete := profile.Incomplete(&p); incomplete != 0 && !p.Deactivated {
			t.Errorf("%s is active and incomplete: %v", p.ID, incomplete)
		}
		for f := profile.Email; f < profile.Version; f++ {
			text := profile.Text(&p, f, d)
			if f == profile.TeamLeader || text == "" || (f == profile.RoleName && p.Deactivated) {
				continue
			}
			after := p
			if findings := profile.Set(&after, f, text, d); len(findings) > 0 {
				t.Errorf("%s of %s: %+v", profile.ColumnOf(f).Header, p.ID, findings)
			}
			if !reflect.DeepEqual(p, after) {
				t.Errorf("%s of %s changes when set: %s", profile.ColumnOf(f).Header, p.ID, cmp.Diff(p, after))
			}
		}
		if key := profile.EmailKey(p.Email); key != "" && emails[key] {
			t.Errorf("%s twice", p.Email)
		} else {
			emails[key] = true
		}
		if p.EmployeeID != "" && ids[p.EmployeeID] {
			t.Errorf("%s twice", p.EmployeeID)
		}
		ids[p.EmployeeID] = true
		if leader, found := byID[p.LeaderID]; !p.LeaderID.IsZero() && (!found || leader.Deactivated || !leader.CanManageTeam) {
			t.Errorf("%s has a leader who cannot lead", p.ID)
		}
		if _, taken := byID[p.ID]; taken {
			t.Errorf("%s twice", p.ID)
		}
		byID[p.ID] = p
	}
}

// TestPeopleAreOfManyKinds: what the demo is there to show is in it.
func TestPeopleAreOfManyKinds(t *testing.T) {
	t.Parallel()
	all := people(1, 10_000)
	kinds := map[string]func(p profile.Profile) bool{
		"Han":        in(unicode.Han),
		"Hangul":     in(unicode.Hangul),
		"kana":       in(unicode.Hiragana),
		"Arabic":     in(unicode.Arabic),
		"Hebrew":     in(unicode.Hebrew),
		"Cyrillic":   in(unicode.Cyrillic),
		"Devanagari": in(unicode.Devanagari),
		"accents":    func(p profile.Profile) bool { return strings.ContainsAny(p.LastName, "áéíóúçãõüöä") },
		"beyond the basic plane": func(p profile.Profile) bool {
			return strings.ContainsFunc(p.LastName+p.Bio, func(r rune) bool { return r > 0xffff })
		},
		"apostrophe":             func(p profile.Profile) bool { return strings.Contains(p.LastName, "'") },
		"leading apostrophe":     func(p profile.Profile) bool { return strings.HasPrefix(p.LastName, "'") },
		"leading zeros":          func(p profile.Profile) bool { return strings.HasPrefix(p.EmployeeID, "00") },
		"looks like a number":    func(p profile.Profile) bool { return strings.Contains(p.EmployeeID, "E") && p.EmployeeID[0] == '0' },
		"sixteen digits and up":  func(p profile.Profile) bool { return len(p.EmployeeID) >= 16 },
		"bio of several lines":   func(p profile.Profile) bool { return strings.Contains(p.Bio, "\n") },
		"bio with a tab":         func(p profile.Profile) bool { return strings.Contains(p.Bio, "\t") },
		"bio like a formula":     func(p profile.Profile) bool { return strings.HasPrefix(p.Bio, "=") },
		"no email":               func(p profile.Profile) bool { return p.Email == "" },
		"no employee ID":         func(p profile.Profile) bool { return p.EmployeeID == "" },
		"deactivated":            func(p profile.Profile) bool { return p.Deactivated && profile.Incomplete(&p) == 0 },
		"deactivated incomplete": func(p profile.Profile) bool { return p.Deactivated && profile.Incomplete(&p) != 0 },
		"leader":                 func(p profile.Profile) bool { return p.CanManageTeam },
		"unassigned":             func(p profile.Profile) bool { return p.LeaderID.IsZero() && !p.CanManageTeam },
		"several groups":         func(p profile.Profile) bool { return len(p.GroupIDs) > 1 },
	}
	for kind, is := range kinds {
		if !slices.ContainsFunc(all, is) {
			t.Errorf("nobody of kind %q", kind)
		}
	}
}

func in(script *unicode.RangeTable) func(profile.Profile) bool {
	return func(p profile.Profile) bool {
		return strings.ContainsFunc(p.FirstName+p.LastName, func(r rune) bool { return unicode.Is(script, r) })
	}
}

// withLeaderKeys does what the store's join does.
func withLeaderKeys(all []profile.Profile) []profile.Profile {
	keys := map[profile.ID]string{}
	for _, p := range all {
		keys[p.ID] = p.Email
		if p.Email == "" {
			keys[p.ID] = p.EmployeeID
		}
	}
	for i := range all {
		all[i].LeaderKey = keys[all[i].LeaderID]
	}
	return all
}

func TestSamples(t *testing.T) {
	t.Parallel()
	team := withLeaderKeys(people(1, 2000))
	edited, ok := demo.Edited(team, directory())
	if !ok {
		t.Fatal("2,000 people are too few")
	}
	mistaken, ok := demo.Mistaken(team, directory())
	if !ok {
		t.Fatal("2,000 people are too few")
	}
	plain := map[string][]string{}
	for i := range team {
		row := make([]string, profile.FieldCount)
		for f := range profile.Field(profile.FieldCount) {
			row[f] = profile.Text(&team[i], f, directory())
		}
		plain[row[profile.UserID]] = row
	}
	if n := differences(edited, plain); n < 400 {
		t.Errorf("the edited sheet has %d changed rows", n)
	}
	if n := differences(mistaken, plain); n < 100 {
		t.Errorf("the mistaken sheet has %d changed rows", n)
	}
	if _, ok := demo.Edited(team[:20], directory()); ok {
		t.Error("20 people are enough for the edited sheet")
	}
}

func differences(s *demo.Sheet, plain map[string][]string) int {
	n := 0
	for _, row := range s.Rows[1:] {
		if !slices.Equal(row, plain[row[profile.UserID]]) {
			n++
		}
	}
	return n
}
