package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"teamsheet/internal/config"
	"teamsheet/internal/profile"
)

//go:generate go test -count=1 -run=TestReadmeIsCurrent -update .

var update = flag.Bool("update", false, "write the generated parts of the README")

const readme = "../../README.md"

// TestReadmeIsCurrent keeps the README's tables what the program says.
func TestReadmeIsCurrent(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	text = between(t, text, "columns", profile.MarkdownTable())
	text = between(t, text, "settings", settingsTable(t))
	if text == string(content) {
		return
	}
	if !*update {
		t.Fatal(`the README's tables are out of date: "make generate" writes them`)
	}
	if err := os.WriteFile(readme, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// between puts the table between <!-- name … --> and <!-- /name -->.
func between(t *testing.T, text, name, table string) string {
	t.Helper()
	start := strings.Index(text, "<!-- "+name+":")
	end := strings.Index(text, "<!-- /"+name+" -->")
	if start < 0 || end < start {
		t.Fatalf("the README has no place for %s", name)
	}
	start += strings.Index(text[start:], "\n") + 1
	return text[:start] + "\n" + table + "\n" + text[end:]
}

func settingsTable(t *testing.T) string {
	t.Helper()
	defaults, err := config.Read(func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| variable | default | means |\n|---|---|---|\n")
	for _, s := range defaults.Settings() {
		value := ""
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", s.Name, value, s.Help)
	}
	return table.String()
}
