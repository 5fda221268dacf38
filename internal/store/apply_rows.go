package store

import (
	"fmt"
	"strings"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
)

// planRows are the rows of a plan: those of a run that change something.
const planRows = "r.org_id = ? AND r.batch_id = ? AND r.run = ? AND r.mask <> 0"

// savedColumn is a column of profiles that a row can change.
type savedColumn struct {
	column string
	field  profile.Field
	value  string // in the row
}

func savedColumns() []savedColumn {
	flag := func(bit int) string { return fmt.Sprintf("(r.new_flags & %d) <> 0", bit) }
	return []savedColumn{
		{"email", profile.Email, "r.new_email"},
		{"email_key", profile.Email, "r.new_email_key"},
		{"employee_id", profile.EmployeeID, "r.new_employee_id"},
		{"first_name", profile.FirstName, "r.new_first_name"},
		{"last_name", profile.LastName, "r.new_last_name"},
		{"role_id", profile.RoleName, "r.new_role_id"},
		{"leader_id", profile.TeamLeader, "r.new_leader_id"},
		{"license_type", profile.LicenseType, "r.new_license_type"},
		{"employment_status", profile.EmploymentStatus, "r.new_employment_status"},
		{"start_date", profile.StartDate, "r.new_start_date"},
		{"hometown", profile.Hometown, "r.new_hometown"},
		{"state_or_country", profile.StateOrCountry, "r.new_state_or_country"},
		{"bio", profile.Bio, "r.new_bio"},
		{"group_ids", profile.Groups, "r.new_group_ids"},
		{"can_manage_team", profile.CanManageTeam, flag(flagCanManageTeam)},
		{"phone_channel", profile.PhoneChannel, flag(flagPhoneChannel)},
		{"chat_channel", profile.ChatChannel, flag(flagChatChannel)},
		{"email_channel", profile.EmailChannel, flag(flagEmailChannel)},
		{"deactivated", profile.Deactivated, flag(flagDeactivated)},
	}
}

// maskBit is the bit of a field in batch_rows.mask.
func maskBit(f profile.Field) int64 { return int64(profile.Fields(0).With(f)) }

// updateFromRows is the one statement that applies a plan. It takes the time,
// then the three arguments of planRows. A profile whose version is not the one
// that was compared is left alone, and the count tells.
func updateFromRows() string {
	var b strings.Builder
	b.WriteString("UPDATE profiles SET version = profiles.version + 1, updated_at = ?, sort_key = r.new_sort_key," +
		fmt.Sprintf(" incomplete = (r.new_flags & %d) <> 0", flagIncomplete))
	for _, c := range savedColumns() {
		fmt.Fprintf(&b, ", %s = CASE WHEN (r.mask & %d) <> 0 THEN %s ELSE profiles.%s END", c.column, maskBit(c.field), c.value, c.column)
	}
	b.WriteString(" FROM batch_rows r WHERE " + planRows +
		" AND profiles.org_id = r.org_id AND profiles.id = r.profile_id AND profiles.version = r.version")
	return b.String()
}

// saveRows applies the rows of a run: all of them, or an error.
func (h *handle) saveRows(b *batch.Batch, run, changed int64) error {
	plan := []any{b.OrgID, b.ID, run}
	found, err := h.lockPlan(plan)
	if err != nil {
		return wrap(err, "lock profiles")
	}
	if found != changed {
		return fmt.Errorf("apply: the plan has %d changes and %d profiles were found for them", changed, found)
	}
	for _, park := range h.dialect.parkKeys() {
		if err := h.do(park, plan...); err != nil {
			return wrap(err, "park keys")
		}
	}
	saved, err := h.exec(updateFromRows(), append([]any{h.now}, plan...)...)
	if err != nil {
		return wrap(err, "save profiles")
	}
	if saved != changed {
		return fmt.Errorf("apply: the plan has %d changes and %d were saved", changed, saved)
	}
	return nil
}

// lockPlan locks the profiles of a plan in the order of their ids and counts
// them.
func (h *handle) lockPlan(plan []any) (count int64, err error) {
	_, err = h.one(&count, "SELECT count(*) FROM (SELECT p.id FROM batch_rows r"+
		" JOIN profiles p ON p.org_id = r.org_id AND p.id = r.profile_id WHERE "+planRows+
		" ORDER BY p.id"+h.dialect.forUpdate("p")+") locked", plan...)
	return count, err
}
