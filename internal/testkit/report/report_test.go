package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"teamsheet/internal/testkit/report"
)

func newReport(t *testing.T) report.Report {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "docs")
	return report.Report{Figures: filepath.Join(dir, "figures.json"), Document: filepath.Join(dir, "FIGURES.md")}
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func mustWrite(t *testing.T, r report.Report, figures map[string]int, words string) {
	t.Helper()
	if err := r.Write(figures, func(hand string) string { return words + "\n" + hand + "\nend\n" }); err != nil {
		t.Fatal(err)
	}
}

func TestFiguresAreKept(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	got := map[string]int{"a": 1}
	if err := r.Read(&got); err != nil || got["a"] != 1 {
		t.Errorf("without figures %v are read, %v", got, err)
	}
	mustWrite(t, r, map[string]int{"b": 2}, "words")
	if err := r.Read(&got); err != nil || got["b"] != 2 {
		t.Errorf("figures read are %v, %v", got, err)
	}
	if err := os.WriteFile(r.Figures, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.Read(&got); err == nil {
		t.Error("figures that cannot be read are taken for none")
	}
}

func TestWhatIsWrittenByHandStays(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	mustWrite(t, r, nil, "first")
	begun := mustRead(t, r.Document)
	if want := "first\n" + report.HandBegin + "\n" + report.HandEnd + "\nend\n"; begun != want {
		t.Fatalf("the document is %q, want %q", begun, want)
	}
	if err := os.WriteFile(r.Document, []byte(strings.Replace(begun, report.HandBegin, report.HandBegin+"\nby a person\n", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		mustWrite(t, r, nil, "second")
	}
	if got, want := mustRead(t, r.Document), "second\n"+report.HandBegin+"\nby a person\n\n"+report.HandEnd+"\nend\n"; got != want {
		t.Errorf("the document is %q, want %q", got, want)
	}
}

// A document whose marks are broken is left as it is, for a person to mend; the
// figures, which took hours, are kept.
func TestDocumentWithoutOneOfItsMarksIsNotWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"words " + report.HandBegin + " by a person", "by a person " + report.HandEnd, report.HandEnd + report.HandBegin} {
		r := newReport(t)
		mustWrite(t, r, nil, "first")
		if err := os.WriteFile(r.Document, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := r.Write(map[string]int{"b": 2}, func(string) string { return "lost" }); err == nil {
			t.Errorf("%q is written over", text)
		}
		got := map[string]int{}
		if err := r.Read(&got); err != nil || got["b"] != 2 {
			t.Errorf("figures kept are %v, %v", got, err)
		}
		if now := mustRead(t, r.Document); now != text {
			t.Errorf("the document is %q, want %q", now, text)
		}
	}
}
