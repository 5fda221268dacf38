package store

import (
	"database/sql"
	"strconv"
	"strings"
	"time"

	"teamsheet/internal/profile"
)

// The columns of a profile as they are read, p being the person and l the leader:
// those before the leader's key, the key, and those after it.
const (
	fieldsBefore = "p.id, p.version, coalesce(p.email, ''), coalesce(p.employee_id, ''), p.first_name, p.last_name," +
		" coalesce(p.role_id, 0), p.leader_id, "
	leaderKey   = "coalesce(l.email, l.employee_id, '')"
	fieldsAfter = ", p.license_type, p.employment_status, p.start_date, p.hometown, p.state_or_country, p.bio, p.group_ids," +
		" p.can_manage_team, p.phone_channel, p.chat_channel, p.email_channel, p.deactivated, p.updated_at"
)

// Each begins a query of people, and goes on with WHERE. Whoever uses selectLeaderless
// fills in the leaders' keys: to join a whole team with itself takes as long as all
// the rest of reading it.
const (
	selectPeople = "SELECT " + fieldsBefore + leaderKey + fieldsAfter +
		" FROM profiles p LEFT JOIN profiles l ON l.org_id = p.org_id AND l.id = p.leader_id"
	selectLeaderless = "SELECT " + fieldsBefore + "''" + fieldsAfter + " FROM profiles p"
)

// personRow reads rows of selectPeople into one person, again and again.
type personRow struct {
	person Person
	groups string
	into   []any
}

func newPersonRow() *personRow {
	r := &personRow{}
	p := &r.person.Profile
	r.into = []any{
		&p.ID, &p.Version, &p.Email, &p.EmployeeID, &p.FirstName, &p.LastName, &p.RoleID, &p.LeaderID, &p.LeaderKey,
		&p.LicenseType, &p.EmploymentStatus, &p.StartDate, &p.Hometown, &p.StateOrCountry, &p.Bio, &r.groups,
		&p.CanManageTeam, &p.PhoneChannel, &p.ChatChannel, &p.EmailChannel, &p.Deactivated, &r.person.UpdatedAt,
	}
	return r
}

func (r *personRow) scan(rows *sql.Rows) error {
	if err := rows.Scan(r.into...); err != nil {
		return err
	}
	r.person.GroupIDs = appendGroupIDs(r.person.GroupIDs[:0], r.groups)
	r.person.UpdatedAt = r.person.UpdatedAt.UTC()
	return nil
}

// keep returns a copy that the next row does not touch.
func (r *personRow) keep() Person {
	kept := r.person
	kept.GroupIDs = appendGroupIDs(nil, r.groups)
	return kept
}

// eachPerson streams people; the profile is only valid during the call.
func (h *handle) eachPerson(each func(*profile.Profile) error, query string, args ...any) error {
	return h.streaming(func() error { return h.readPeople(each, query, args) })
}

// readPeople is eachPerson inside streaming.
func (h *handle) readPeople(each func(*profile.Profile) error, query string, args []any) error {
	if h.conn != nil && h.dialect.rawRows() {
		return h.rawPeople(each, query, args)
	}
	row := newPersonRow()
	return h.eachRow(func(rows *sql.Rows) error {
		if err := row.scan(rows); err != nil {
			return err
		}
		return each(&row.person.Profile)
	}, query, args)
}

// people reads a list of people.
func (h *handle) people(where string, args ...any) ([]Person, error) {
	row := newPersonRow()
	people := []Person{}
	err := h.each(func(rows *sql.Rows) error {
		if err := row.scan(rows); err != nil {
			return err
		}
		people = append(people, row.keep())
		return nil
	}, selectPeople+where, args...)
	return people, err
}

// profileColumns are the columns of a profile as they are written, in the order
// of writeProfile.
func profileColumns() []string {
	return strings.Fields("org_id id version email email_key employee_id first_name last_name role_id leader_id" +
		" license_type employment_status start_date hometown state_or_country bio group_ids can_manage_team" +
		" phone_channel chat_channel email_channel deactivated incomplete sort_key updated_at")
}

// writeProfile writes the columns of a profile. Absent keys are NULL, so that
// the unique constraints let any number of people be without.
func writeProfile(w bulk, orgID string, p *profile.Profile, updatedAt time.Time) {
	w.text(orgID)
	w.text(p.ID.String())
	w.integer(p.Version)
	writeOptional(w, p.Email)
	writeOptional(w, profile.EmailKey(p.Email))
	writeOptional(w, p.EmployeeID)
	w.text(p.FirstName)
	w.text(p.LastName)
	writeRole(w, p.RoleID)
	writeOptional(w, p.LeaderID.String())
	for _, text := range []string{p.LicenseType, p.EmploymentStatus, p.StartDate, p.Hometown, p.StateOrCountry, p.Bio} {
		w.text(text)
	}
	w.text(groupIDsText(p.GroupIDs))
	for _, flag := range []bool{p.CanManageTeam, p.PhoneChannel, p.ChatChannel, p.EmailChannel, p.Deactivated, incomplete(p)} {
		w.boolean(flag)
	}
	w.text(profile.SortKey(p))
	w.time(updatedAt)
}

func writeOptional(w bulk, text string) {
	if text == "" {
		w.null()
		return
	}
	w.text(text)
}

func writeRole(w bulk, id int32) {
	if id == 0 {
		w.null()
		return
	}
	w.integer(int64(id))
}

func incomplete(p *profile.Profile) bool { return profile.Incomplete(p) != 0 }

// groupIDsText is the canonical text of a set of groups: ascending, by commas.
func groupIDsText(ids []int32) string {
	if len(ids) == 0 {
		return ""
	}
	text := make([]byte, 0, 8*len(ids))
	for i, id := range ids {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, int64(id), 10)
	}
	return string(text)
}

// hasGroup reports whether a text of groupIDsText names a group.
func hasGroup(ids string, group int32) bool {
	for part := range strings.SplitSeq(ids, ",") {
		if id, err := strconv.ParseInt(part, 10, 32); err == nil && int32(id) == group {
			return true
		}
	}
	return false
}

// appendGroupIDs reads what groupIDsText wrote.
func appendGroupIDs[T string | []byte](ids []int32, text T) []int32 {
	var id int32
	for i := range len(text) {
		if c := text[i]; c != ',' {
			id = id*10 + int32(c-'0')
			continue
		}
		ids = append(ids, id)
		id = 0
	}
	if len(text) > 0 {
		ids = append(ids, id)
	}
	return ids
}
