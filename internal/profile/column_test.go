package profile

import (
	"strings"
	"testing"
)

const columnsGolden = "testdata/columns.golden"

func TestColumnsAreTheContracts(t *testing.T) {
	t.Parallel()
	want := strings.Split("User ID|Email|Employee ID|First Name|Last Name|Role|Can Manage Team|License Type|Team Leader|Phone Channel|Chat Channel|"+
		"Email Channel|Employment Status|Start Date|Hometown|State or Country|Bio|Groups|Deactivated|Version", "|")
	var headers []string
	for i, column := range Columns() {
		headers = append(headers, column.Header)
		diff(t, "field of "+column.Header, column.Field, Field(i))
		diff(t, "JSON of "+column.Header, column.JSON, strings.ReplaceAll(strings.ToLower(column.Header), " ", "_"))
		diff(t, "ColumnOf", ColumnOf(column.Field).Header, column.Header)
		if !isSentence(column.Help) {
			t.Errorf("%s: help is no sentence: %q", column.Header, column.Help)
		}
	}
	diff(t, "headers", headers, want)
}

func TestRequiredColumns(t *testing.T) {
	t.Parallel()
	var required, readOnly, multiline Fields
	for _, column := range Columns() {
		if column.Required {
			required = required.With(column.Field)
		}
		if column.ReadOnly {
			readOnly = readOnly.With(column.Field)
		}
		if column.Multiline {
			multiline = multiline.With(column.Field)
		}
	}
	diff(t, "required", required, FieldsOf(FirstName, LastName, RoleName, CanManageTeam, LicenseType, PhoneChannel, ChatChannel, EmailChannel, Deactivated))
	diff(t, "read-only", readOnly, FieldsOf(UserID, Version))
	diff(t, "multi-line", multiline, FieldsOf(Bio))
}

func TestFieldByHeader(t *testing.T) {
	t.Parallel()
	tests := map[string]Field{"Email": Email, "EMAIL": Email, " email\u00a0": Email, "\ufeffUser ID": UserID, "state OR country": StateOrCountry, "version": Version}
	for header, want := range tests {
		if got, ok := FieldByHeader(header); got != want || !ok {
			t.Errorf("FieldByHeader(%q) = %v, %v", header, got, ok)
		}
	}
	for _, header := range []string{"", "E-mail", "first_name", "Team  Leader", "Result"} {
		if got, ok := FieldByHeader(header); ok {
			t.Errorf("FieldByHeader(%q) = %v", header, got)
		}
	}
}

func TestFieldByJSON(t *testing.T) {
	t.Parallel()
	if f, ok := FieldByJSON("state_or_country"); f != StateOrCountry || !ok {
		t.Errorf("state_or_country: %v, %v", f, ok)
	}
	for _, key := range []string{"", "State_or_country", "State or Country", "photo"} {
		if _, ok := FieldByJSON(key); ok {
			t.Errorf("%q is a key", key)
		}
	}
}

func TestIsFixUpHeader(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{"Result": true, " PROBLEM ": true, "how to fix": true, "Results": false, "": false, "Email": false} {
		if got := IsFixUpHeader(header); got != want {
			t.Errorf("IsFixUpHeader(%q) = %v", header, got)
		}
	}
}

func TestFieldsAll(t *testing.T) {
	t.Parallel()
	var got []Field
	for f := range FieldsOf(Version, UserID, Bio).All() {
		got = append(got, f)
		if f == Bio {
			break
		}
	}
	diff(t, "in the order of the sheet", got, []Field{UserID, Bio})
}

func TestMarkdownTableGolden(t *testing.T) {
	t.Parallel()
	golden(t, columnsGolden, MarkdownTable())
}
