package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"teamsheet/internal/testkit/report"
)

func TestDocumentKeepsWhatIsWrittenByHand(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "figures")
	first := result{Name: "kill", Title: "Kills", Seed: 1, Kills: 12, States: map[string]int{"applied": 3}}
	if err := merge(path, first); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path + ".md")
	if err != nil {
		t.Fatal(err)
	}
	byHand := strings.Replace(string(text), report.HandBegin, report.HandBegin+"\nby a person\n", 1)
	if err := os.WriteFile(path+".md", []byte(byHand), 0o600); err != nil {
		t.Fatal(err)
	}
	first.Kills = 34
	if err := merge(path, first,
		result{Name: "work", Title: withoutTitle + "no report", Without: "outbox", Violations: 2},
		result{Name: "redis", Title: "Redis", Violations: 1, Remarks: []string{"it was empty"}, Words: []string{"1 lost: everything"}}); err != nil {
		t.Fatal(err)
	}
	text, err = os.ReadFile(path + ".md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"by a person", "| Kills | 1 | 34 |", "| `outbox` | no report | 2 | found", "1 lost: everything", "- Redis: it was empty."} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "| Kills | 1 | 12 |") {
		t.Error("an older result of the same trial is still there")
	}
}
