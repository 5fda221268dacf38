package producer

import (
	"net/url"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
)

// countsView is the sum that has to add up: rows = changed + unchanged + invalid.
type countsView struct {
	batch.Counts
	ChangedWord string
	NotInFile   int
	ChangesURL  string // "" when there is none to show
	ProblemsURL string
	WarningsURL string
}

func newCountsView(b batch.Batch) *countsView {
	v := &countsView{Counts: b.Counts, NotInFile: b.NotInFile, ChangedWord: "will change"}
	switch b.State {
	case batch.Applied:
		v.ChangedWord = "changed"
	case batch.Rejected, batch.Failed, batch.Cancelled, batch.Expired:
		v.ChangedWord = "would change"
	}
	if b.Counts.Changed > 0 {
		v.ChangesURL = rowsURL(b.ID, rowsQuery{Show: "changes"})
	}
	if b.Counts.Invalid > 0 {
		v.ProblemsURL = rowsURL(b.ID, rowsQuery{Show: "problems"})
	}
	if b.Counts.Warnings > 0 {
		v.WarningsURL = rowsURL(b.ID, rowsQuery{Show: "warnings"})
	}
	return v
}

// nothingKept reports whether no row of the preview can be shown.
func (v *countsView) nothingKept() bool {
	return v.Changed == 0 && v.Invalid == 0 && v.Warnings == 0
}

// columnView is one line of the changes by column.
type columnView struct {
	batch.ColumnChanges
	URL string
}

// careView is a kind of change to look at before any other.
type careView struct {
	Text, URL string
}

// careful are the columns whose changes reach furthest, and what to say of them.
func careful() []struct {
	field     profile.Field
	one, many string
} {
	return []struct {
		field     profile.Field
		one, many string
	}{
		{profile.Deactivated, "person is deactivated or reactivated", "people are deactivated or reactivated"},
		{profile.CanManageTeam, "person gets Can Manage Team", "people get Can Manage Team"},
		{profile.RoleName, "person gets another role", "people get another role"},
		{profile.TeamLeader, "person gets another team leader", "people get another team leader"},
		{profile.Email, "person gets another email", "people get another email"},
		{profile.EmployeeID, "person gets another employee ID", "people get another employee ID"},
	}
}

// careOf lists what deserves a look first: what reaches furthest, and what is cleared.
func careOf(b batch.Batch) []careView {
	byColumn := make(map[string]batch.ColumnChanges, len(b.ChangesByColumn))
	cleared := 0
	for _, c := range b.ChangesByColumn {
		byColumn[c.Column] = c
		cleared += c.Cleared
	}
	var out []careView
	for _, c := range careful() {
		header := profile.ColumnOf(c.field).Header
		if n := byColumn[header].Changed; n > 0 {
			out = append(out, careView{Text: count(n, c.one, c.many), URL: changesURL(b.ID, header)})
		}
	}
	if cleared > 0 {
		out = append(out, careView{
			Text: count(cleared, "cell is cleared: its old value is taken away", "cells are cleared: their old values are taken away"),
			URL:  rowsURL(b.ID, rowsQuery{Show: "warnings", Code: "cleared"}),
		})
	}
	return out
}

func changesURL(id, column string) string {
	return rowsURL(id, rowsQuery{Show: "changes", Column: column})
}

// rowsURL is the address of the batch's page with these rows in it.
func rowsURL(id string, q rowsQuery) string {
	values := url.Values{}
	for _, pair := range [][2]string{{"show", q.Show}, {"column", q.Column}, {"code", q.Code}, {"value", q.Value}, {"q", q.Search}} {
		if pair[1] != "" {
			values.Set(pair[0], pair[1])
		}
	}
	if q.After > 0 {
		values.Set("after", plainNumber(q.After))
	}
	return batchURL(id) + "?" + values.Encode() + "#rows"
}
