package plan

import (
	"testing"

	"pgregory.net/rapid"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// drawText is any stored text: NFC and trimmed, whatever it is made of.
func drawText(t *rapid.T, name string) string {
	text := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"", "Ana", "O'Hara", "=1+1", "'t Hooft", "00123", "1E5", "3/4", "#N/A", "y", "王小明", "عبد", "a\tb\nc", "-", "\u202eX"}),
	).Draw(t, name)
	clean, _ := profile.CleanText(text)
	return clean
}

// drawAnyTeam is a team with whatever may be stored, right or not.
func drawAnyTeam(t *rapid.T) *team {
	people := make([]*profile.Profile, rapid.IntRange(1, 12).Draw(t, "people"))
	emails, employees := map[string]bool{}, map[string]bool{}
	once := func(text, key string, taken map[string]bool) string {
		if taken[key] {
			return ""
		}
		taken[key] = true
		return text
	}
	for i := range people {
		email, employee := drawText(t, "email"), drawText(t, "employee")
		p := &profile.Profile{
			ID: idOf(i + 1), Version: rapid.Int64Range(1, 1<<31).Draw(t, "version"),
			Email: once(email, profile.EmailKey(email), emails), EmployeeID: once(employee, employee, employees),
			FirstName: drawText(t, "first"), LastName: drawText(t, "last"), Hometown: drawText(t, "town"),
			StateOrCountry: drawText(t, "state"), Bio: drawText(t, "bio"), StartDate: drawText(t, "date"),
			RoleID:           rapid.Int32Range(0, 3).Draw(t, "role"),
			LicenseType:      rapid.SampledFrom([]string{"", "standard", "flexible", "gone"}).Draw(t, "license"),
			EmploymentStatus: rapid.SampledFrom([]string{"", "full-time", "temp", "gone"}).Draw(t, "status"),
			GroupIDs:         [][]int32{nil, {1}, {1, 2, 3}, {2, 9}}[rapid.IntRange(0, 3).Draw(t, "groups")],
			LeaderID:         idOf(rapid.IntRange(1, len(people)).Draw(t, "leader")),
			CanManageTeam:    rapid.Bool().Draw(t, "manager"),
			PhoneChannel:     rapid.Bool().Draw(t, "phone"),
			Deactivated:      rapid.Bool().Draw(t, "deactivated"),
		}
		people[i] = p
	}
	return newTeam(people...)
}

// A download that comes back as it is changes nothing, for any stored values, and
// has no problem but required cells that are empty.
func TestDownloadUploadedUnchanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		org := drawAnyTeam(rt)
		for _, how := range []mode{byKey, whole} {
			got := org.check(t, org.download(), how)
			for _, report := range got.Reports {
				p := org.byID(report.ProfileID)
				if len(report.Changes)+len(report.Warnings) > 0 || profile.Incomplete(p) == 0 {
					rt.Fatalf("%s: %s", how, got.say())
				}
				for _, found := range report.Problems {
					if found.Code != problem.RequiredEmpty {
						rt.Fatalf("%s: %s", how, got.say())
					}
				}
			}
			complete := 0
			for _, p := range org.people {
				if profile.Incomplete(p) == 0 {
					complete++
				}
			}
			if counts := got.Totals.Counts; counts.Unchanged != complete || counts.Changed != 0 || counts.Rows != len(org.people) || got.Totals.NotInFile != 0 {
				rt.Fatalf("%s: %+v, %d complete", how, counts, complete)
			}
		}
	})
}

// What the checker reads, it reads whatever it is: no file makes it panic.
func TestAnyCells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		org := drawAnyTeam(rt)
		s := org.download()
		for range rapid.IntRange(0, 30).Draw(rt, "edits") {
			row := rapid.IntRange(0, len(s.rows)-1).Draw(rt, "row")
			at := rapid.IntRange(0, len(s.rows[row])-1).Draw(rt, "column")
			s.rows[row][at] = drawText(rt, "cell")
		}
		s.past = map[int]Past{}
		for row := range s.rows {
			s.past[row+2] = Past{profile.Bio: {Text: drawText(rt, "then")}, profile.TeamLeader: {Text: drawText(rt, "then")}}
		}
		whole, keyed := org.check(t, s, whole), org.check(t, s, byKey)
		counts := whole.Totals.Counts
		if counts.Rows != counts.Changed+counts.Unchanged+counts.Invalid || counts != keyed.Totals.Counts || whole.say() != keyed.say() {
			rt.Fatalf("%s\n%s", whole.say(), keyed.say())
		}
	})
}
