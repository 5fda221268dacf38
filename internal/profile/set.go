package profile

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Set parses the clean text of one cell by the rules that need only the cell and
// the directory and sets the field of p. Every violated rule is in findings
// (nil: fine); with findings, p is untouched. Setting "" clears an optional
// field; for a required one it is required-empty. What p has already (Same) is
// never a finding but for that. It does not look at other fields (email or
// employee ID: see CheckWhole), UserID and Version are ignored, and TeamLeader is
// only looked at for damage, not set: it needs the team (package plan).
func Set(p *Profile, f Field, clean string, d *Directory) (findings []Finding) {
	column := ColumnOf(f)
	switch {
	case column.ReadOnly:
		return nil
	case clean == "" && column.Required:
		return []Finding{RequiredEmpty(f, p.Deactivated)}
	case clean == "":
		clearField(p, f)
		return nil
	case Same(p, f, clean, d):
		return nil
	}
	if finding, damaged := spreadsheetError(f, clean); damaged {
		return []Finding{finding}
	}
	next := *p
	findings = checkText(column, clean)
	findings = append(findings, assign(&next, f, withoutBad(clean, f), d)...)
	if len(findings) == 0 {
		*p = next
		return nil
	}
	for i, finding := range findings {
		findings[i].Suggestions = acceptable(p, f, finding.Suggestions, d)
	}
	return findings
}

// acceptable keeps the suggestions that would be taken as they are.
func acceptable(p *Profile, f Field, suggestions []string, d *Directory) (kept []string) {
	for _, suggestion := range suggestions {
		if probe := *p; Set(&probe, f, suggestion, d) == nil {
			kept = append(kept, suggestion)
		}
	}
	return kept
}

// clearField empties an optional field.
func clearField(p *Profile, f Field) {
	if text := textField(p, f); text != nil {
		*text = ""
	}
	if f == Groups {
		p.GroupIDs = nil
	}
}

// checkText judges what is the same for the text of every column.
func checkText(column *Column, text string) (findings []Finding) {
	if bad := badCharacters(text, column.Field); len(bad) > 0 {
		findings = append(findings, BadCharacter(column.Field, bad, mended(text, column.Field)))
	}
	if length := utf8.RuneCountInString(text); column.MaxLen > 0 && length > column.MaxLen {
		findings = append(findings, TooLong(column.Field, length))
	}
	return findings
}

// assign judges text by the field's own rule and sets the field.
func assign(p *Profile, f Field, text string, d *Directory) []Finding {
	if flag := flagField(p, f); flag != nil {
		return assignFlag(flag, f, text)
	}
	switch f {
	case Email:
		p.Email = text
		return checkEmail(text)
	case EmployeeID:
		return assignEmployeeID(p, text)
	case RoleName:
		return assignRole(p, text, d)
	case LicenseType, EmploymentStatus:
		return assignChoice(textField(p, f), f, text)
	case StartDate:
		p.StartDate = text
		return checkDate(f, text)
	case Groups:
		return assignGroups(p, text, d)
	case TeamLeader:
		return nil
	}
	*textField(p, f) = text
	return nil
}

func assignFlag(flag *bool, f Field, text string) []Finding {
	value, ok := parseYesNo(text)
	if !ok {
		return []Finding{ValueNotAllowed(f, nearestYesNo(text))}
	}
	*flag = value
	return nil
}

// parseYesNo reads what people and spreadsheets write for y and n.
func parseYesNo(text string) (value, ok bool) {
	switch foldKey(text) {
	case "y", "yes", "true":
		return true, true
	case "n", "no", "false":
		return false, true
	}
	return false, false
}

// nearestYesNo suggests y or n for a misspelt word.
func nearestYesNo(text string) []string {
	for _, near := range Nearest(text, []string{"yes", "true", "false"}, 1) {
		value, _ := parseYesNo(near)
		return []string{yesOrNo(value)}
	}
	return nil
}

func assignChoice(field *string, f Field, text string) []Finding {
	choices := ColumnOf(f).Choices
	at := slices.IndexFunc(choices, func(choice string) bool { return foldKey(text) == choice })
	if at < 0 {
		return []Finding{ValueNotAllowed(f, Nearest(text, choices, maxSuggestions))}
	}
	*field = choices[at]
	return nil
}

func assignEmployeeID(p *Profile, text string) []Finding {
	if finding, damaged := EmployeeIDDamage(p.EmployeeID, text); damaged {
		return []Finding{finding}
	}
	p.EmployeeID = text
	return nil
}

func assignRole(p *Profile, text string, d *Directory) []Finding {
	role, known := d.RoleByName(text)
	switch {
	case !known:
		active := activeRoles(d)
		return []Finding{RoleUnknown(active, Nearest(text, active, maxSuggestions))}
	case !role.Active:
		return []Finding{RoleInactive(role.Name, activeRoles(d))}
	}
	p.RoleID = role.ID
	return nil
}

func activeRoles(d *Directory) []string {
	var names []string
	for _, role := range d.Roles() {
		if role.Active {
			names = append(names, role.Name)
		}
	}
	return names
}

func assignGroups(p *Profile, text string, d *Directory) []Finding {
	ids, unknown := parseGroups(text, d)
	if len(unknown) > 0 {
		return []Finding{GroupUnknown(unknown, mendedGroups(text, unknown, d))}
	}
	p.GroupIDs = ids
	return nil
}

// parseGroups reads a set of names. ids are ascending, without duplicates.
func parseGroups(text string, d *Directory) (ids []int32, unknown []string) {
	for name := range strings.SplitSeq(text, string(groupSeparator)) {
		name = strings.TrimFunc(name, isOuterSpace)
		group, known := d.GroupByName(name)
		switch {
		case name == "":
		case known:
			ids = append(ids, group.ID)
		case !slices.Contains(unknown, name):
			unknown = append(unknown, name)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), unknown
}
