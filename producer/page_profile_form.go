package producer

import (
	"net/http"
	"slices"
	"strings"

	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// groupSeparator stands between the names in the Groups column (CONTRACT §2).
const groupSeparator = ";"

// sectionView is a part of the form.
type sectionView struct {
	Legend string
	Fields []fieldView
}

// fieldView is one field of the form.
type fieldView struct {
	Field    profile.Field
	Kind     string // text, area, select, choice, groups
	ID, Name string
	Label    string
	Help     string
	Required bool
	Value    string
	Options  []optionView
	Problems []problem.Problem
}

// DescribedBy names what explains the field.
func (f fieldView) DescribedBy() string {
	var ids []string
	if f.Help != "" {
		ids = append(ids, f.ID+"-help")
	}
	if len(f.Problems) > 0 {
		ids = append(ids, f.ID+"-problem")
	}
	return strings.Join(ids, " ")
}

// cells are the fields of a profile as text, as a download writes them.
type cells map[profile.Field]string

// formSections order the form for people; what no section names is put into the
// last one, so that a new column of the table is never missing.
func formSections() []struct {
	legend string
	fields []profile.Field
} {
	return []struct {
		legend string
		fields []profile.Field
	}{
		{"Who", []profile.Field{profile.FirstName, profile.LastName, profile.Email, profile.EmployeeID}},
		{"Work", []profile.Field{profile.RoleName, profile.LicenseType, profile.TeamLeader, profile.CanManageTeam,
			profile.EmploymentStatus, profile.StartDate, profile.Groups}},
		{"Channels", []profile.Field{profile.PhoneChannel, profile.ChatChannel, profile.EmailChannel}},
		{"About", []profile.Field{profile.Hometown, profile.StateOrCountry, profile.Bio}},
		{"Account", []profile.Field{profile.Deactivated}},
	}
}

// editable are the fields that a form may change.
func editable() []profile.Field {
	var fields []profile.Field
	for _, c := range profile.Columns() {
		if !c.ReadOnly {
			fields = append(fields, c.Field)
		}
	}
	return fields
}

// cellsOf writes the fields of a profile as a download does.
func cellsOf(p *profile.Profile, d *profile.Directory) cells {
	out := make(cells)
	for _, f := range editable() {
		out[f] = profile.Text(p, f, d)
	}
	return out
}

// readCells takes the fields that the form has sent. Boxes that are not ticked
// are not sent: a form that names Groups at all has sent all of them.
func readCells(r *http.Request) cells {
	out := make(cells)
	for _, f := range editable() {
		values, sent := r.PostForm[profile.ColumnOf(f).JSON]
		if f == profile.Groups {
			out[f] = strings.Join(slices.DeleteFunc(values, func(v string) bool { return v == "" }), groupSeparator)
		} else if sent {
			out[f] = values[0]
		}
	}
	return out
}

// newSections builds the form with the given texts in it. p is the person today.
func newSections(texts cells, p *profile.Profile, d *profile.Directory) []sectionView {
	left := editable()
	var out []sectionView
	for _, section := range formSections() {
		v := sectionView{Legend: section.legend}
		for _, f := range section.fields {
			v.Fields = append(v.Fields, newFieldView(f, texts[f], p, d))
			left = slices.DeleteFunc(left, func(l profile.Field) bool { return l == f })
		}
		out = append(out, v)
	}
	last := &out[len(out)-1]
	for _, f := range left {
		last.Fields = append(last.Fields, newFieldView(f, texts[f], p, d))
	}
	return out
}

func newFieldView(f profile.Field, text string, p *profile.Profile, d *profile.Directory) fieldView {
	c := profile.ColumnOf(f)
	v := fieldView{Field: f, Kind: "text", ID: "f-" + c.JSON, Name: c.JSON, Label: c.Header,
		Help: formHelp(f), Required: c.Required || f == profile.Email || f == profile.EmployeeID, Value: text}
	switch {
	case f == profile.RoleName:
		v.Kind, v.Options = "select", roleChoices(text, p, d)
	case f == profile.Groups:
		v.Kind, v.Options = "groups", groupChoices(text, d)
	case isYesNo(c.Choices):
		v.Kind, v.Options = "choice", yesNoChoices(text)
	case len(c.Choices) > 0:
		v.Kind, v.Options = "select", listChoices(c, text)
	case c.Multiline:
		v.Kind = "area"
	}
	return v
}

// formHelp says what the label does not: as the column's help does, but for what is
// entered in another way than in a sheet.
func formHelp(f profile.Field) string {
	switch f {
	case profile.Email, profile.EmployeeID, profile.StartDate:
		return profile.ColumnOf(f).Help
	case profile.CanManageTeam:
		return "With Yes, other people can have this person as their team leader."
	case profile.TeamLeader:
		return "The team leader's email or employee ID: of somebody active who has Yes at Can Manage Team. Leave it empty for nobody."
	}
	return ""
}

func isYesNo(choices []string) bool { return slices.Equal(choices, []string{"y", "n"}) }

func yesNoChoices(text string) []optionView {
	return []optionView{
		{Value: "y", Label: "Yes", Selected: text == "y"},
		{Value: "n", Label: "No", Selected: text == "n"},
	}
}

func listChoices(c *profile.Column, text string) []optionView {
	empty := optionView{Value: "", Label: "not set", Selected: text == ""}
	if c.Required {
		empty.Label = "Choose one"
	}
	var options []optionView
	if !c.Required || text == "" {
		options = append(options, empty)
	}
	for _, choice := range c.Choices {
		options = append(options, optionView{Value: choice, Label: choice, Selected: choice == text})
	}
	return options
}

// roleChoices are the active roles, and the person's own even if it is not
// active any more.
func roleChoices(text string, p *profile.Profile, d *profile.Directory) []optionView {
	var options []optionView
	if text == "" {
		options = append(options, optionView{Value: "", Label: "Choose one", Selected: true})
	}
	for _, role := range d.Roles() {
		if role.Active || role.ID == p.RoleID {
			options = append(options, optionView{Value: role.Name, Label: role.Name, Selected: role.Name == text})
		}
	}
	return options
}

func groupChoices(text string, d *profile.Directory) []optionView {
	ticked := strings.Split(text, groupSeparator)
	var options []optionView
	for _, group := range d.Groups() {
		options = append(options, optionView{Value: group.Name, Label: group.Name,
			Selected: slices.ContainsFunc(ticked, func(t string) bool { return strings.TrimSpace(t) == group.Name })})
	}
	return options
}

// addProblems puts each problem beside its field, and all of them into the summary.
func (v *profileView) addProblems(problems []problem.Problem) {
	for _, p := range problems {
		v.Problems = append(v.Problems, formProblem{For: v.placeProblem(p), Message: p.Message})
	}
}

// placeProblem returns the id of the field, "" for a problem without one.
func (v *profileView) placeProblem(p problem.Problem) string {
	for i := range v.Sections {
		for j := range v.Sections[i].Fields {
			if field := &v.Sections[i].Fields[j]; field.Label == p.Column {
				field.Problems = append(field.Problems, p)
				return field.ID
			}
		}
	}
	return ""
}
