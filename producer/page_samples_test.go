package producer

import (
	"fmt"
	"strings"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/sheet/convert"
	"teamsheet/internal/store"
)

// Made-up values from which the pages of the golden files are built.

var sampleTime = time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)

func sampleLayout(section string) layoutView {
	return layoutView{Section: section, Account: &accountView{Email: "admin@demo.example", CanManage: true, CanOperate: true}}
}

func sampleID(n int) profile.ID {
	id, _ := profile.ParseID(fmt.Sprintf("00000000-0000-7000-8000-%012d", n))
	return id
}

func sampleDirectory() *profile.Directory {
	return profile.NewDirectory(
		[]profile.Role{{ID: 1, Name: "Agent", Active: true}, {ID: 2, Name: "Team Lead", Active: true}, {ID: 3, Name: "Trainee"}},
		[]profile.Group{{ID: 1, Name: "Lisbon"}, {ID: 2, Name: "Night shift"}, {ID: 3, Name: "Español"}},
	)
}

func samplePeople() []store.Person {
	people := []store.Person{
		{Profile: profile.Profile{Email: "ana.silva@demo.example", EmployeeID: "000123", FirstName: "Ana", LastName: "Silva", RoleID: 2, CanManageTeam: true, PhoneChannel: true, ChatChannel: true,
			EmailChannel: true, GroupIDs: []int32{1, 2, 3}}},
		{Profile: profile.Profile{Email: "r.costa@demo.example", EmployeeID: "000124", FirstName: "Rui", LastName: "Costa", RoleID: 1, LeaderID: sampleID(1), LeaderKey: "ana.silva@demo.example"}},
		{Profile: profile.Profile{Email: "layla@demo.example", FirstName: "ليلى", LastName: "حداد", RoleID: 1, LeaderID: sampleID(1), LeaderKey: "ana.silva@demo.example"}},
		{Profile: profile.Profile{EmployeeID: "000125", FirstName: "美咲", LastName: "佐藤", RoleID: 1, Deactivated: true}},
		{Profile: profile.Profile{Email: "sinead@demo.example", EmployeeID: "000126", FirstName: "Sinéad", LastName: "O'Brien", RoleID: 1, GroupIDs: []int32{3}, ChatChannel: true}},
		{Profile: profile.Profile{Email: "gone@demo.example", Deactivated: true}},
	}
	for i := range people {
		p := &people[i]
		p.ID, p.Version, p.UpdatedAt = sampleID(i+1), int64(i+1), sampleTime.Add(-time.Duration(i)*31*time.Hour)
		if p.FirstName != "" {
			p.LicenseType = profile.LicenseStandard
		}
		if !p.LeaderID.IsZero() {
			p.LeaderName = "Ana Silva"
		}
	}
	return people
}

func sampleProfile() profile.Profile {
	p := samplePeople()[1].Profile
	p.Hometown, p.StateOrCountry, p.StartDate = "Porto", "Portugal", "2024-03-01"
	p.Bio, p.GroupIDs, p.PhoneChannel = "Joined in spring.\nLikes <b>bold</b> claims & long walks.", []int32{1, 3}, true
	return p
}

func sampleHistory() []store.HistoryEntry {
	return []store.HistoryEntry{
		{Version: 3, At: sampleTime, By: "admin@demo.example", Source: "file", BatchID: "7f3a", File: "team-nov.txt", Row: 17, Changes: []plan.Change{
			{Column: "Hometown", Old: "Lisbon", New: "Porto"}, {Column: "Employment Status", Old: "temp", New: ""}}},
		{Version: 3, At: sampleTime.Add(-24 * time.Hour), By: "admin@demo.example", Source: "page", Changes: []plan.Change{{Column: "Photo", New: "added"}}},
		{Version: 2, At: sampleTime.Add(-48 * time.Hour), By: "other@demo.example", Source: "page", Changes: []plan.Change{
			{Column: "Start Date", Old: "", New: "2024-03-01"}}},
	}
}

func sampleBatch(state batch.State) batch.Batch {
	at, plan := sampleTime, "p1a2"
	b := batch.Batch{
		ID: "0199f", Kind: batch.KindUpdate, State: state, UploadedBy: "admin@demo.example", UploadedAt: sampleTime.Add(-time.Minute),
		File: batch.File{Name: "team-nov.txt", Size: 18_204_112, SHA256: "9f2c51c0aa17b3d4e5f60718293a4b5c6d7e8f90112233445566778899aabbcc"},
	}
	if state == batch.Uploaded {
		return b
	}
	b.PreviewedAt = &at
	b.Counts = batch.Counts{Rows: 104_212, Changed: 3_410, Unchanged: 100_802, Warnings: 15, Blank: 40}
	b.NotInFile = 1_204
	b.ChangesByColumn = []batch.ColumnChanges{{Column: "Email", Changed: 2}, {Column: "Role", Changed: 31}, {Column: "Team Leader", Changed: 2_950, Cleared: 4},
		{Column: "Hometown", Changed: 490, Cleared: 12}, {Column: "Bio", Changed: 1}, {Column: "Deactivated", Changed: 7}}
	b.Highlights = batch.Highlights{Deactivated: 5, Reactivated: 2, Examples: map[string][]batch.Example{
		"Role":        {{Old: "Agent", New: "Team Lead"}, {Old: "Trainee", New: "Agent"}},
		"Team Leader": {{Old: "ana.silva@demo.example", New: "joana@demo.example"}, {Old: "ana.silva@demo.example"}},
		"Hometown":    {{Old: "Porto", New: "Lisbon"}, {Old: "بيروت"}},
		"Deactivated": {{Old: "n", New: "y"}, {Old: "y", New: "n"}},
	}}
	switch state {
	case batch.Ready:
		b.Plan = &plan
	case batch.Rejected:
		b.Counts.Invalid, b.Counts.Unchanged = 97, 100_705
		b.Highlights.Mends = []batch.Mend{{Kind: batch.MendEmployeeIDs, Column: "Employee ID", Count: 312}, {Kind: batch.MendDates, Column: "Start Date", Count: 1},
			{Kind: batch.MendColumn, Column: "Hometown", Count: 90_112}, {Kind: batch.MendIncomplete, Count: 132}}
		b.FinishedAt = &at
	case batch.Confirmed:
		b.Plan, b.ConfirmedAt, b.ConfirmedBy = &plan, &at, "other@demo.example"
	case batch.Applied, batch.Failed:
		b.Plan, b.ConfirmedAt, b.ConfirmedBy, b.FinishedAt = &plan, &at, "other@demo.example", &at
	default:
		b.Plan, b.FinishedAt = &plan, &at
	}
	return b
}

func sampleRows() []plan.RowReport {
	bio := "Grew up by the sea and moved inland for school. Has answered calls in four languages for nine years, trains newcomers on Mondays, and knows every shortcut in the ticket system by heart. Likes tea."
	return []plan.RowReport{
		{Row: 17, ProfileID: sampleID(2), Name: "Rui Costa", Result: plan.Changed, Changes: []plan.Change{
			{Column: "Team Leader", Old: "ana.silva@demo.example", New: "joana@demo.example"}, {Column: "Hometown", Old: "Porto", New: "Lisbon"}}},
		{Row: 18, ProfileID: sampleID(3), Name: "ليلى حداد", Result: plan.Changed, Changes: []plan.Change{
			{Column: "Hometown", Old: "بيروت", New: ""}}, Warnings: []problem.Problem{{Code: problem.Cleared, Row: 18, Column: "Hometown", Cell: "O18",
			Message: "Hometown is empty in your file.", Fix: "The old value is taken away."}}},
		{Row: 40, ProfileID: sampleID(5), Name: "Sinéad O'Brien", Result: plan.Changed, Changes: []plan.Change{
			{Column: "Bio", Old: bio, New: strings.NewReplacer("four languages for nine years", "five languages for ten years\nand counting", "Mondays", "Tuesdays").Replace(bio)}}},
		{Row: 2041, ProfileID: sampleID(4), Name: "佐藤 美咲", Result: plan.Unchanged, Warnings: []problem.Problem{{Code: problem.Trimmed, Row: 2041,
			Column: "First Name", Cell: "D2041", Value: "美咲\u00a0", Message: "There is space around this value.", Fix: "It is read without it."}}},
	}
}

// sampleKnown are the identifiers of the people of sampleRows; of two of them one is
// missing.
func sampleKnown() map[profile.ID]store.Identifiers {
	return map[profile.ID]store.Identifiers{
		sampleID(2): {Email: "r.costa@demo.example", EmployeeID: "000124"}, sampleID(3): {Email: "layla@demo.example"},
		sampleID(4): {EmployeeID: "000125"}, sampleID(5): {Email: "sinead@demo.example", EmployeeID: "000126"},
	}
}

func sampleProblemRows() []plan.RowReport {
	return []plan.RowReport{
		{Row: 17, ProfileID: sampleID(2), Name: "Rui Costa", Result: plan.Invalid, Problems: []problem.Problem{
			sampleProblem(), {Code: problem.ManagerLeaderLocked, Row: 17, Column: "Team Leader", Cell: "I17", Value: "joana@demo.example",
				Message: "Rui Costa can manage a team, so their Team Leader cannot be changed in a file.", Fix: `Put "maria.antonieta.goncalvesdaconceicao2@demo.example" back into this cell.`}, {Code: problem.DateFormat, Row: 17, Column: "Start Date", Cell: "N17", Value: "3/4/2026",
				Message: "This date can be read in two ways: 3 April 2026 and 4 March 2026.", Fix: "Write it as year-month-day: 2026-04-03."}},
			Changes: []plan.Change{{Column: "Hometown", Old: "Porto", New: "Lisbon"}}},
		{Row: 31, Result: plan.Invalid, Problems: []problem.Problem{{Code: problem.UserNotFound, Row: 31, Column: "Employee ID", Cell: "C31", Value: "124",
			Message: "Nobody in the team has this Employee ID.", Fix: "Enter the one that the person has today, or take the row out.", Suggestions: []string{"000124"}}}},
	}
}

func sampleProblem() problem.Problem {
	return problem.Problem{Code: problem.LeaderNotFound, Row: 17, Column: "Team Leader", Cell: "I17", Value: "ana.silva@dmeo.example",
		Message: "No active team leader has this email or employee ID.", Fix: `Enter one whose Can Manage Team is "y".`,
		Suggestions: []string{"ana.silva@demo.example"}}
}

func sampleGroups() []plan.Group {
	p := sampleProblem()
	return []plan.Group{
		{Code: p.Code, Column: p.Column, Value: p.Value, Rows: 62, Message: p.Message, Fix: p.Fix, Suggestions: p.Suggestions,
			Cells: []string{"I17", "I18", "I44", "I45", "I46", "I47", "I48", "I49", "I50", "I51"}},
		{Code: problem.ManagerLeaderLocked, Column: "Team Leader", Value: "joana@demo.example", Rows: 1, Cells: []string{"I9"},
			Message: "Ana Silva manages a team, so her team leader cannot be changed in a file.",
			Fix:     "Change it on the person's own profile: https://team.example/team/00000000-0000-7000-8000-000000000001"},
		{Code: problem.RequiredEmpty, Column: "Role", Rows: 14, Cells: []string{"F2", "F3"}, Message: "Role is empty.", Fix: "Fill it in, or take the row out."},
	}
}

func sampleParts(state batch.State, query rowsQuery) batchParts {
	b := sampleBatch(state)
	p := batchParts{layout: sampleLayout("history"), batch: b, query: query, maxSize: 1 << 30, maxRows: 2_000_000}
	if b.PreviewedAt != nil {
		p.rows, p.known = rowsPage{rows: sampleRows(), next: 2041}, sampleKnown()
	}
	if b.Counts.Invalid > 0 {
		p.rows.rows, p.groups, p.nextGroup = sampleProblemRows(), sampleGroups(), 20
	}
	return p
}

func sampleMeanwhile() *meanwhileView {
	return newMeanwhileView(sampleTime, store.Meanwhile{More: true,
		Batches: []batch.Batch{sampleBatch(batch.Applied)},
		Edits:   []store.PersonEdit{{ProfileID: sampleID(2), Name: "Rui Costa", HistoryEntry: sampleHistory()[1]}}})
}

func sampleConversion() conversionView {
	report := convert.Report{Rows: 312, Columns: 3, Look: [][]string{{"Email", "Start Date", "Bio"}, {"ana.silva@demo.example", "2026-04-03", "First.\nSecond."},
		{}, {"layla@demo.example", "", "ليلى"}}, Notes: []string{"The workbook has more than one sheet. “Team” was taken; left out: “Read me”.", "The cell B2 holds a date: it was written as year-month-day, 2026-04-03."}}
	v := newConversionView("c0ffee", "team.xlsx", "0199f", report)
	v.layoutView = titled(sampleLayout("update"), "Convert team.xlsx")
	return v
}

func sampleUpdate() updateView {
	v := updateView{layoutView: sampleLayout("update"), Programs: sheet.Format{}.Steps(), Columns: columnHelp(),
		Upload: newUploadView("The saved file", "Upload and preview", 1<<30, 2_000_000)}
	v.Title = "Bulk Update Users"
	return v
}
