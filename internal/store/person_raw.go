package store

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"teamsheet/internal/profile"
)

// rawPeople streams people on Postgres from the connection itself, in binary
// form: a team of a million costs a third of what database/sql makes of it.
func (h *handle) rawPeople(each func(*profile.Profile) error, query string, args []any) error {
	args = append([]any{rawFormats()}, args...)
	return h.raw(func(connection *pgx.Conn) error {
		rows, err := connection.Query(h.ctx, numbered(query), args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		var row rawPerson
		for rows.Next() {
			if err := row.read(rows.RawValues()); err != nil {
				return err
			}
			if err := each(&row.person); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// numbered gives the parameters of a statement their numbers. Our statements
// have no other question marks.
func numbered(sql string) string {
	var b strings.Builder
	for number := 1; ; number++ {
		before, after, found := strings.Cut(sql, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(number))
		sql = after
	}
}

// Columns of selectPeople.
const (
	rawID = iota
	rawVersion
	rawEmail
	rawEmployeeID
	rawFirstName
	rawLastName
	rawRole
	rawLeaderID
	rawLeaderKey
	rawLicense
	rawEmployment
	rawStart
	rawHometown
	rawState
	rawBio
	rawGroups
	rawFlags   // five of them
	rawUpdated = rawFlags + 5
	rawColumns = rawUpdated + 1
)

// rawFormats asks for text as text and everything else in binary form.
func rawFormats() pgx.QueryResultFormats {
	formats := make(pgx.QueryResultFormats, rawColumns)
	for _, column := range []int{rawID, rawVersion, rawRole, rawLeaderID, rawUpdated} {
		formats[column] = pgx.BinaryFormatCode
	}
	for column := rawFlags; column < rawUpdated; column++ {
		formats[column] = pgx.BinaryFormatCode
	}
	return formats
}

// rawPerson reads one row after the other into one profile. The texts of many
// people are parts of one string: a million people leave a few thousand strings
// behind, and who keeps a text for long should clone it.
type rawPerson struct {
	person profile.Profile
	room   strings.Builder
}

// textRoom is how many bytes of texts are one string.
const textRoom = 32 << 10

func (r *rawPerson) read(values [][]byte) error {
	p := &r.person
	if len(values) != rawColumns || len(values[rawID]) != len(p.ID) || len(values[rawVersion]) != 8 || len(values[rawRole]) != 4 {
		return fmt.Errorf("read people: a row of an unknown form")
	}
	copy(p.ID[:], values[rawID])
	p.LeaderID = profile.ID{}
	copy(p.LeaderID[:], values[rawLeaderID])
	p.Version = int64(binary.BigEndian.Uint64(values[rawVersion]))
	p.RoleID = int32(binary.BigEndian.Uint32(values[rawRole]))
	for i, flag := range []*bool{&p.CanManageTeam, &p.PhoneChannel, &p.ChatChannel, &p.EmailChannel, &p.Deactivated} {
		*flag = values[rawFlags+i][0] != 0
	}
	r.readTexts(values)
	return nil
}

// readTexts copies the texts to the end of the room, and cuts them there.
func (r *rawPerson) readTexts(values [][]byte) {
	p := &r.person
	columns := [...]struct {
		column int
		text   *string
	}{
		{rawEmail, &p.Email}, {rawEmployeeID, &p.EmployeeID}, {rawFirstName, &p.FirstName}, {rawLastName, &p.LastName},
		{rawLeaderKey, &p.LeaderKey}, {rawLicense, &p.LicenseType}, {rawEmployment, &p.EmploymentStatus}, {rawStart, &p.StartDate},
		{rawHometown, &p.Hometown}, {rawState, &p.StateOrCountry}, {rawBio, &p.Bio},
	}
	size := 0
	for _, c := range columns {
		size += len(values[c.column])
	}
	if r.room.Cap()-r.room.Len() < size {
		r.room = strings.Builder{}
		r.room.Grow(max(size, textRoom))
	}
	start := r.room.Len()
	for _, c := range columns {
		r.room.Write(values[c.column])
	}
	all := r.room.String()[start:]
	for _, c := range columns {
		*c.text, all = all[:len(values[c.column])], all[len(values[c.column]):]
	}
	p.GroupIDs = appendGroupIDs(p.GroupIDs[:0], values[rawGroups])
}
