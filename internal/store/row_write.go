package store

import (
	"strings"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
)

// The views of kept rows.
const (
	viewChanges = iota
	viewProblems
	viewWarnings
)

// views are their names.
var views = [...]string{viewChanges: "changes", viewProblems: "problems", viewWarnings: "warnings"}

// What a kept row shows (batch_rows.shown): a bit for each view.
const (
	showsChanges  = 1 << viewChanges
	showsProblems = 1 << viewProblems
	showsWarnings = 1 << viewWarnings
)

// Flags of a changed row (batch_rows.new_flags).
const (
	flagCanManageTeam = 1 << iota
	flagPhoneChannel
	flagChatChannel
	flagEmailChannel
	flagDeactivated
	flagIncomplete
)

// rowColumns are the columns of a kept row, in the order of writeRow.
func rowColumns() []string {
	return strings.Fields("org_id batch_id run row_no profile_id version shown mask name search changes problems warnings" +
		" new_email new_email_key new_employee_id new_first_name new_last_name new_role_id new_leader_id new_license_type" +
		" new_employment_status new_start_date new_hometown new_state_or_country new_bio new_group_ids new_flags new_sort_key")
}

// writeRow writes the columns of a kept row.
func writeRow(w bulk, run *Run, r *plan.RowReport) error {
	problems, err := jsonText(r.Problems)
	if err != nil {
		return err
	}
	warnings, err := jsonText(r.Warnings)
	if err != nil {
		return err
	}
	w.text(run.Batch.OrgID)
	w.text(run.Batch.ID)
	w.integer(run.Number)
	w.integer(int64(r.Row))
	writeOptional(w, r.ProfileID.String())
	w.integer(r.Version)
	w.integer(shown(r))
	w.integer(int64(savedMask(r)))
	w.text(storable(r.Name))
	w.text(storable(searchText(r)))
	w.text(changesText(r.Changes))
	w.text(problems)
	w.text(warnings)
	writeNewValues(w, r)
	return nil
}

// shown says under which of the views a row stands.
func shown(r *plan.RowReport) int64 {
	var bits int64
	if r.Result == plan.Changed {
		bits |= showsChanges
	}
	if len(r.Problems) > 0 {
		bits |= showsProblems
	}
	if len(r.Warnings) > 0 {
		bits |= showsWarnings
	}
	return bits
}

// savedMask is which fields an apply saves: none unless the row is fine.
func savedMask(r *plan.RowReport) profile.Fields {
	if r.Result != plan.Changed {
		return 0
	}
	return r.Mask
}

// searchText is what a search in the rows looks through: the person's name, the
// keys that they have and those that the row brings. After is the whole profile,
// of a row with problems too.
func searchText(r *plan.RowReport) string {
	parts := []string{r.Name, r.After.Email, r.After.EmployeeID}
	for i := range r.Changes {
		if c := &r.Changes[i]; isKeyColumn(c.Column) {
			parts = append(parts, c.Old)
		}
	}
	for i := range r.Problems {
		if p := &r.Problems[i]; isKeyColumn(p.Column) {
			parts = append(parts, p.Value)
		}
	}
	return strings.ToLower(strings.Join(parts, "\n"))
}

func isKeyColumn(header string) bool {
	field, ok := profile.FieldByHeader(header)
	return ok && (field == profile.Email || field == profile.EmployeeID || field == profile.UserID)
}

// writeNewValues writes the values that the row brings, NULL for fields that it
// does not change.
func writeNewValues(w bulk, r *plan.RowReport) {
	after, mask := &r.After, savedMask(r)
	if mask == 0 {
		for range newColumns {
			w.null()
		}
		return
	}
	optional := func(f profile.Field, value string) { writeOptional(w, masked(mask, f, value)) }
	text := func(f profile.Field, value string) {
		if mask.Has(f) {
			w.text(value)
		} else {
			w.null()
		}
	}
	optional(profile.Email, after.Email)
	optional(profile.Email, profile.EmailKey(masked(mask, profile.Email, after.Email)))
	optional(profile.EmployeeID, after.EmployeeID)
	text(profile.FirstName, after.FirstName)
	text(profile.LastName, after.LastName)
	if mask.Has(profile.RoleName) {
		writeRole(w, after.RoleID)
	} else {
		w.null()
	}
	optional(profile.TeamLeader, after.LeaderID.String())
	text(profile.LicenseType, after.LicenseType)
	text(profile.EmploymentStatus, after.EmploymentStatus)
	text(profile.StartDate, after.StartDate)
	text(profile.Hometown, after.Hometown)
	text(profile.StateOrCountry, after.StateOrCountry)
	text(profile.Bio, after.Bio)
	text(profile.Groups, groupIDsText(after.GroupIDs))
	w.integer(flags(after))
	if mask&sortedBy() != 0 {
		w.text(profile.SortKey(after))
	} else {
		w.null()
	}
}

// newColumns is how many columns writeNewValues writes.
const newColumns = 16

func masked(mask profile.Fields, f profile.Field, value string) string {
	if mask.Has(f) {
		return value
	}
	return ""
}

func flags(p *profile.Profile) int64 {
	var bits int64
	for _, flag := range []struct {
		on  bool
		bit int64
	}{
		{p.CanManageTeam, flagCanManageTeam}, {p.PhoneChannel, flagPhoneChannel}, {p.ChatChannel, flagChatChannel},
		{p.EmailChannel, flagEmailChannel}, {p.Deactivated, flagDeactivated}, {incomplete(p), flagIncomplete},
	} {
		if flag.on {
			bits |= flag.bit
		}
	}
	return bits
}
