package producer

import (
	"fmt"

	"teamsheet/internal/fault"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// patchReader sorts the members of a PATCH into cells and problems.
type patchReader struct {
	current  *profile.Profile
	cells    map[profile.Field]string
	problems []problem.Problem
}

func (p *patchReader) take(m member) error {
	field, ok := profile.FieldByJSON(m.key)
	if !ok {
		p.problems = append(p.problems, unknownKey(m.key))
		return nil
	}
	text, err := cellText(m)
	if err != nil {
		return err
	}
	if !profile.ColumnOf(field).ReadOnly {
		p.cells[field] = text
		return nil
	}
	if text != profile.Text(p.current, field, nil) {
		p.problems = append(p.problems, readOnlyKey(field, text))
	}
	return nil
}

// cellText is a JSON value as the cell of a sheet.
func cellText(m member) (string, error) {
	switch value := m.value.(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	case bool:
		if value {
			return "y", nil
		}
		return "n", nil
	}
	if _, several := m.value.([]any); several {
		return "", fault.Newf(fault.BadRequest, "json-unreadable",
			`%q takes one text as in the sheet: names with ";" between them, such as "A;B".`, m.key)
	}
	return "", fault.Newf(fault.BadRequest, "json-unreadable",
		"%q takes a text as in the sheet, true or false for y or n, or null to clear it.", m.key)
}

func unknownKey(key string) problem.Problem {
	return problem.Problem{Code: problem.HeaderUnknown, Column: key, Message: fmt.Sprintf("A profile has no key %q.", key),
		Fix: "Write the key as GET of the profile has it, or leave it out.", Suggestions: nearestKeys(key)}
}

func nearestKeys(key string) []string {
	var keys []string
	for _, column := range profile.Columns() {
		if !column.ReadOnly {
			keys = append(keys, column.JSON)
		}
	}
	return profile.Nearest(key, keys, 3)
}

func readOnlyKey(field profile.Field, text string) problem.Problem {
	header := profile.ColumnOf(field).Header
	return problem.Problem{Code: problem.ValueNotAllowed, Column: header, Value: text,
		Message: fmt.Sprintf("%s cannot be changed.", header),
		Fix:     fmt.Sprintf("Leave %q out, or send it as it is.", profile.ColumnOf(field).JSON)}
}
