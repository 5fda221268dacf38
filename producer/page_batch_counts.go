package producer

import (
	"net/url"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
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
	URL      string
	Mostly   string // what to look for when nearly every row changes; "" otherwise
	Examples []changeView
}

func newColumnViews(b batch.Batch) []columnView {
	mostly := map[string]string{}
	for _, p := range b.FileWarnings {
		if p.Code == problem.ColumnMostlyChanged {
			mostly[p.Column] = "Nearly every row: was it sorted or moved without the other columns?"
		}
	}
	var out []columnView
	for _, c := range b.ChangesByColumn {
		v := columnView{ColumnChanges: c, URL: changesURL(b.ID, c.Column), Mostly: mostly[c.Column]}
		for _, e := range b.Highlights.Examples[c.Column] {
			v.Examples = append(v.Examples, newChangeView(plan.Change{Column: c.Column, Old: e.Old, New: e.New}))
		}
		out = append(out, v)
	}
	return out
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
		{profile.CanManageTeam, "person will get Can Manage Team", "people will get Can Manage Team"},
		{profile.RoleName, "person will get another role", "people will get another role"},
		{profile.TeamLeader, "person will get another team leader", "people will get another team leader"},
		{profile.Email, "person will get another email", "people will get another email"},
		{profile.EmployeeID, "person will get another employee ID", "people will get another employee ID"},
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
	add := func(n int, one, many, url string) {
		if n > 0 {
			out = append(out, careView{Text: count(n, one, many), URL: url})
		}
	}
	activity := profile.ColumnOf(profile.Deactivated).Header
	add(b.Highlights.Deactivated, "person will be deactivated", "people will be deactivated", changesURL(b.ID, activity))
	add(b.Highlights.Reactivated, "person will be reactivated", "people will be reactivated", changesURL(b.ID, activity))
	for _, c := range careful() {
		header := profile.ColumnOf(c.field).Header
		add(byColumn[header].Changed, c.one, c.many, changesURL(b.ID, header))
	}
	add(cleared, "cell will be cleared: its old value is taken away", "cells will be cleared: their old values are taken away",
		rowsURL(b.ID, rowsQuery{Show: "warnings", Code: "cleared"}))
	return out
}

func changesURL(id, column string) string {
	return rowsURL(id, rowsQuery{Show: "changes", Column: column})
}

// rowsURL is the address of the batch's page with these rows in it.
func rowsURL(id string, q rowsQuery) string { return addressOf(id, q) + "#rows" }

// addressOf is rowsURL without a place on the page.
func addressOf(id string, q rowsQuery) string {
	values := url.Values{}
	for _, pair := range [][2]string{{"show", q.Show}, {"column", q.Column}, {"code", q.Code}, {"value", q.Value}, {"q", q.Search}} {
		if pair[1] != "" {
			values.Set(pair[0], pair[1])
		}
	}
	if q.After > 0 {
		values.Set("after", plainNumber(q.After))
	}
	return batchURL(id) + "?" + values.Encode()
}
