package store

import (
	"errors"
	"fmt"
	"strings"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
	"teamsheet/internal/sabotage"
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

// sortedBy and completedBy are the fields from which sort_key and incomplete are
// computed.
func sortedBy() profile.Fields {
	return profile.FieldsOf(profile.Email, profile.EmployeeID, profile.FirstName, profile.LastName)
}

func completedBy() profile.Fields {
	return sortedBy() | profile.FieldsOf(profile.RoleName, profile.LicenseType)
}

// updateFromRows is the one statement that applies a plan whose rows change no
// other fields than these. It takes the time, then the three arguments of
// planRows. A profile whose version is not the one that was compared is left
// alone, and the count tells.
func updateFromRows(fields profile.Fields) string {
	var b strings.Builder
	b.WriteString("UPDATE profiles SET version = profiles.version + 1, updated_at = ?")
	for _, c := range savedColumns() {
		if fields.Has(c.field) {
			fmt.Fprintf(&b, ", %s = CASE WHEN (r.mask & %d) <> 0 THEN %s ELSE profiles.%s END", c.column, maskBit(c.field), c.value, c.column)
		}
	}
	if fields&sortedBy() != 0 {
		b.WriteString(", sort_key = coalesce(r.new_sort_key, profiles.sort_key)")
	}
	if fields&completedBy() != 0 {
		fmt.Fprintf(&b, ", incomplete = (r.new_flags & %d) <> 0", flagIncomplete)
	}
	b.WriteString(" FROM batch_rows r WHERE " + planRows + " AND profiles.org_id = r.org_id AND profiles.id = r.profile_id")
	if !sabotage.Without("version") {
		b.WriteString(" AND profiles.version = r.version")
	}
	return b.String()
}

// saveRows applies the rows of a run: all of them, or an error. It needs the
// organization's lock, which is the lock of all its profiles: whoever changes one
// holds it, so the rows need no locks of their own, nor an order. Should somebody
// else write to the table all the same, versions and counts will not agree.
func (h *handle) saveRows(b *batch.Batch, run, changed int64, people int) error {
	plan := []any{b.OrgID, b.ID, run}
	rows, fields, err := h.planned(plan)
	if err != nil {
		return wrap(err, "read plan")
	}
	if rows != changed {
		return fmt.Errorf("apply: the plan has %d changes and %d rows", changed, rows)
	}
	if err := h.termsOfPlan(b.OrgID, plan, fields); err != nil {
		return err
	}
	if err := h.joinMany(changed, people); err != nil {
		return err
	}
	if err := h.parkKeys(plan, fields); err != nil {
		return wrap(err, "park keys")
	}
	saved, err := h.exec(updateFromRows(fields), append([]any{h.now}, plan...)...)
	if err != nil {
		return wrap(err, "save profiles")
	}
	if saved != changed && !sabotage.Without("count") {
		return fmt.Errorf("apply: the plan has %d changes and %d were saved", changed, saved)
	}
	return h.noteRows(plan, changed)
}

// noteRows writes the history of the rows that were saved: of all of them, or an
// error.
func (h *handle) noteRows(plan []any, changed int64) error {
	if sabotage.Without("one-transaction") {
		if err := errors.Join(h.do("COMMIT"), h.do("BEGIN")); err != nil {
			return err
		}
	}
	return h.noteSaved(plan, changed)
}

// noteSaved writes the history of the changes that were saved.
func (h *handle) noteSaved(plan []any, changed int64) error {
	noted, err := h.addHistory(plan)
	if err != nil {
		return wrap(err, "write history")
	}
	if noted != changed && !sabotage.Without("history") {
		return fmt.Errorf("apply: %d changes were saved and %d are in the history", changed, noted)
	}
	return nil
}

// manyOf: from one in so many people on, a plan is joined with the whole team.
const manyOf = 20

// joinMany lets the database join so many changes with the whole team.
func (h *handle) joinMany(changed int64, people int) error {
	statement := h.dialect.joinMany()
	if statement == "" || changed*manyOf <= int64(people) {
		return nil
	}
	return wrap(h.do(statement), "set limits")
}

// planned counts the rows of a plan, and says which fields change in any of them.
func (h *handle) planned(plan []any) (count int64, fields profile.Fields, err error) {
	var masks []struct {
		Mask  int64
		Count int64
	}
	err = h.all(&masks, "SELECT r.mask, count(*) AS count FROM batch_rows r WHERE "+planRows+" GROUP BY r.mask", plan...)
	for _, m := range masks {
		count += m.Count
		fields |= profile.Fields(m.Mask)
	}
	return count, fields, err
}

// parkKeys moves keys that change out of each other's way, where the database
// cannot wait with its check.
func (h *handle) parkKeys(plan []any, fields profile.Fields) error {
	if !h.dialect.parksKeys() {
		return nil
	}
	for _, key := range []struct {
		field  profile.Field
		column string
	}{{profile.Email, "email_key"}, {profile.EmployeeID, "employee_id"}} {
		if !fields.Has(key.field) {
			continue
		}
		// No sheet can hold such a value: it begins with a control character.
		if err := h.do(fmt.Sprintf("UPDATE profiles SET %s = char(1) || profiles.id FROM batch_rows r WHERE "+planRows+
			" AND (r.mask & %d) <> 0 AND profiles.org_id = r.org_id AND profiles.id = r.profile_id",
			key.column, maskBit(key.field)), plan...); err != nil {
			return err
		}
	}
	return nil
}
