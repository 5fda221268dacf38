package profile

import (
	"fmt"
	"strings"
)

// MarkdownTable renders the column table for the README.
func MarkdownTable() string {
	var b strings.Builder
	b.WriteString("| # | Header | Required | What to enter | Longest |\n|---|---|---|---|---|\n")
	for i := range table {
		column := &table[i]
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", i+1, column.Header, required(column), whatToEnter(column), longest(column))
	}
	return b.String()
}

// required says in a few words whether a cell of the column must be filled.
func required(column *Column) string {
	switch {
	case column.Key:
		return "identifies the row"
	case column.Field == Email, column.Field == EmployeeID:
		return "email or employee ID"
	case column.ReadOnly:
		return "never edited"
	case column.Required:
		return "yes"
	}
	return "no"
}

func whatToEnter(column *Column) string {
	if column.Choices == nil {
		return column.Help
	}
	return "`" + strings.Join(column.Choices, "` / `") + "`. " + column.Help
}

func longest(column *Column) string {
	if column.MaxLen == 0 {
		return ""
	}
	return inDigits(column.MaxLen)
}
