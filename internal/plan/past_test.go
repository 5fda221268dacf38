package plan

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/profile"
)

func TestOldVersions(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 3, 12, 2, 0, 0, time.UTC)
	since := func(text string) PastValue { return PastValue{Text: text, By: "admin@example.com", At: at} }
	org := func() *team {
		o := theTeam()
		o.byID(idOf(2)).Hometown = "Porto"
		o.byID(idOf(3)).PhoneChannel = false
		return o
	}
	past := Past{
		profile.Hometown: since("Faro"), profile.TeamLeader: since("max@example.com"), profile.PhoneChannel: since("n"),
		profile.RoleName: since("Team Lead"), profile.LastName: since(""), profile.Groups: since(""),
		profile.Email: since("old@example.com"),
	}
	kept := func(cell, value string, f profile.Field, today string) string {
		p := profile.KeptNewer(f, "admin@example.com", at, today).Of(profile.ColumnOf(f).Header, value)
		p.Cell = cell
		return "warning " + sayProblem(p) + "\n"
	}
	stale := func(cell, value string, f profile.Field, today string) string {
		p := profile.StaleRow(f, "admin@example.com", at, today, value).Of(profile.ColumnOf(f).Header, value)
		p.Cell = cell
		return sayProblem(p) + "\n"
	}
	for name, test := range map[string]struct{ table, want string }{
		"untouched cells keep what is newer": {
			`User ID | Version | Hometown | Team Leader | Phone Channel | Role | Last Name
			@2 | 2 | Faro | MAX@example.com | No | team lead |`,
			kept("C2", "Faro", profile.Hometown, "Porto") + kept("D2", "MAX@example.com", profile.TeamLeader, "ana@example.com") + kept("E2", "No", profile.PhoneChannel, "y") + kept("F2", "team lead", profile.RoleName, "Agent") + kept("G2", "", profile.LastName, "Silva"),
		},
		"both changed it, to different values, to the same": {
			`User ID | Version | Hometown | Phone Channel | Bio
			@2 | 2 | Lisbon | Yes | new`,
			stale("C2", "Lisbon", profile.Hometown, "Porto") +
				`row 2 Bio: "" → "new"`,
		},
		"a stale cell can be wrong besides": {
			`User ID | Version | Role
			@2 | 2 | Nope`,
			stale("C2", "Nope", profile.RoleName, "Agent") +
				`C2 · Role · "Nope" role-unknown: There is no role with this name.`,
		},
		"a stale leader is not looked up": {
			`User ID | Version | Team Leader
			@2 | 2 | ghost`,
			stale("C2", "ghost", profile.TeamLeader, "ana@example.com"),
		},
		"an email that a row keeps because it is newer": {
			`User ID | Version | Email
			@2 | 2 | old@example.com
			@3 | | rui@example.com`,
			kept("C2", "old@example.com", profile.Email, "rui@example.com") +
				`C3 · Email · "rui@example.com" email-duplicate: Row 2 keeps this Email, which was given to its person after the sheet was downloaded.`,
		},
		"changed there and back": {
			`User ID | Version | Groups
			@2 | 2 | VIP`,
			`row 2 Groups: "" → "VIP"`,
		},
		"no version, or today's: no such check": {
			`User ID | Version | Hometown
			@2 | | Lisbon
			@3 | 3 | Lisbon`,
			`row 2 Hometown: "Porto" → "Lisbon"
			row 3 Hometown: "" → "Lisbon"`,
		},
		"without User ID": {
			`Email | Version | Hometown
			rui@example.com | 1 | Faro`,
			kept("C2", "Faro", profile.Hometown, "Porto"),
		},
		"an email that is kept is not brought": {
			`User ID | Version | Email
			@3 | 2 | then@example.com
			@2 | 3 | then@example.com`,
			kept("C2", "then@example.com", profile.Email, "eva@example.com") +
				`row 3 Email: "rui@example.com" → "then@example.com"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sheetOf(test.table)
			s.past = map[int]Past{2: past, 3: past}
			if name == "an email that is kept is not brought" {
				s.past[2] = Past{profile.Email: since("then@example.com")}
			}
			for _, how := range []mode{byKey, whole} {
				if diff := cmp.Diff(lines(test.want), lines(shorten(org().check(t, s, how).say()))); diff != "" {
					t.Errorf("%s (-want +got):\n%s", how, diff)
				}
			}
		})
	}
}

// Only rows that were downloaded before the last change, and differ from it, need
// history.
func TestPastIsAskedForOnlyWhereItMatters(t *testing.T) {
	t.Parallel()
	layout, _ := ReadHeader([]string{"User ID", "Version", "Hometown"})
	org := theTeam()
	c := NewChecker(Config{Layout: layout, Directory: org.directory, TeamSize: 9})
	org.addRows(c, sheetOf(`User ID | Version | Hometown
		@2 | 1 | Faro
		@3 | 1 |
		@4 | 3 | Faro
		@5 | | Faro`))
	org.supply(t, c, whole)
	got := map[int]int64{}
	for s := range c.Suspects() {
		got[s.Row] = s.PastVersion
	}
	if diff := cmp.Diff(map[int]int64{2: 1, 4: 0, 5: 0}, got); diff != "" {
		t.Error(diff)
	}
}
