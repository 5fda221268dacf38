package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"teamsheet/internal/testkit"
)

// TestBenchMeasuresEveryPart runs the whole command on a small team. What is
// measured is left alone: that work was done at all is seen to by the command
// itself, which ends at the first batch that does not come to what its file was
// made for.
func TestBenchMeasuresEveryPart(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts processes, into which the race detector cannot see; make test runs it")
	}
	t.Parallel()
	if _, err := findTools(); err != nil {
		testkit.Need(t, false, "what the floors need: "+err.Error())
	}
	o := options{people: 2000, rounds: 1, sizes: []int{300}, program: builtProgram(t), postgresURL: testkit.StartPostgres(t).URL()}
	documents := filepath.Join(t.TempDir(), "documents")
	t.Run("parts", func(t *testing.T) {
		for _, p := range parts() {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				own := o
				own.only, own.out, own.redisURL = []string{p.name}, filepath.Join(documents, p.name+".md"), testkit.RedisURL(t)
				if err := run(t.Context(), own, t.Output()); err != nil {
					t.Fatal(err)
				}
			})
		}
	})
	if t.Failed() {
		return
	}
	together := &results{Parts: map[string]*record{}}
	for _, p := range parts() {
		maps.Copy(together.Parts, mustRead(t, filepath.Join(documents, p.name+".md")).Parts)
	}
	checkDocument(t, together.document("\n"))
}

func builtProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "teamsheet")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", path, "teamsheet/cmd/teamsheet")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return path
}

func mustRead(t *testing.T, document string) *results {
	t.Helper()
	read, err := readResults(document)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// unmeasured are the rows that have cells without a figure: a workbook and a small
// file have no floors, SQLite has no WAL to be read, and no floor one for GORM.
var unmeasured = regexp.MustCompile(`^\| (Excel workbook|1,000 rows, 10 % changed) \|`)

// checkDocument looks for every row, and for figures in them.
func checkDocument(t *testing.T, document string) {
	t.Helper()
	var rows []string
	embedded := false
	for line := range strings.Lines(document) {
		if strings.HasPrefix(line, "## ") {
			embedded = strings.Contains(line, "embedded")
		}
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		label, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		rows = append(rows, label)
		if strings.Contains(line, "| –") && !embedded && !unmeasured.MatchString(line) {
			t.Errorf("a figure is missing: %s", line)
		}
	}
	for _, want := range wantedRows() {
		if !slices.Contains(rows, want) {
			t.Errorf("no row %q in the document:\n%s", want, document)
		}
	}
	if strings.Contains(document, "ot measured") {
		t.Errorf("something was not measured:\n%s", document)
	}
}

func wantedRows() []string {
	rows := []string{"Unicode Text", "Excel workbook", "1 %", "10 %", "100 %", "300", "2,000", "20", "upload and preview of 20 rows",
		"`First` and `Save`, row by row", "`CreateInBatches` of 1,000 with `OnConflict`", "Redis, bytes for a task that waits"}
	for _, wanted := range targets() {
		rows = append(rows, wanted.what)
	}
	for _, file := range fileLabels() {
		rows = append(rows, file[1])
	}
	for _, page := range watchedPages() {
		rows = append(rows, page[1])
	}
	return rows
}
