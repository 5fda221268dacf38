package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestPipelineFailsWithAnyOfItsCommands(t *testing.T) {
	t.Parallel()
	out := exec.Command("tr", "a-z", "A-Z")
	path := filepath.Join(t.TempDir(), "out")
	file, err := os.Create(path)
	must(t, err)
	defer file.Close()
	out.Stdout = file
	must(t, pipeline(exec.Command("echo", "through"), exec.Command("cat"), out))
	if text, err := os.ReadFile(path); err != nil || string(text) != "THROUGH\n" {
		t.Errorf("the last command wrote %q, %v", text, err)
	}
	err = pipeline(exec.Command("sh", "-c", "echo no such table >&2; exit 3"), exec.Command("cat"))
	if err == nil || !strings.Contains(err.Error(), "no such table") {
		t.Errorf("a failed first command gives %v", err)
	}
	if err := pipeline(exec.Command("echo"), exec.Command("no-such-command")); err == nil {
		t.Error("a missing command is no error")
	}
}

// A worker that dies must end the measurement, not let it wait.
func TestProcessThatEndsByItself(t *testing.T) {
	t.Parallel()
	p, err := start("sh", nil, "-c", `echo url: here; echo '{"msg":"batch saved","batch":"b","took_ms":250}' >&2; exit 3`)
	must(t, err)
	if value, err := p.printed(t.Context(), "url"); err != nil || value != "here" {
		t.Errorf("printed %q, %v", value, err)
	}
	if took, err := p.took(t.Context(), "batch saved", "b"); err != nil || took != 0.25 {
		t.Errorf("took %v, %v", took, err)
	}
	if _, err := p.took(t.Context(), "batch saved", "another"); !errors.Is(err, errEnded) {
		t.Errorf("waiting for what never comes ends with %v", err)
	}
	if err := p.stop(); !errors.Is(err, errEnded) {
		t.Errorf("stopping it is answered with %v", err)
	}
}

func TestProcessIsStopped(t *testing.T) {
	t.Parallel()
	p, err := start("sh", nil, "-c", `trap 'exit 0' TERM; echo url: here; while :; do sleep 0.01; done`)
	must(t, err)
	_, err = p.printed(t.Context(), "url")
	must(t, err)
	must(t, p.stop())
}

func TestProcessesAreMeasured(t *testing.T) {
	t.Parallel()
	if _, err := findTools(); err != nil {
		t.Skip(err)
	}
	memory, err := peakMemory(os.Getpid())
	if err != nil || memory < 1<<20 {
		t.Errorf("the most memory is %v, %v", memory, err)
	}
	must(t, exec.Command("sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done").Run())
	own, err := cpuOf(os.Getpid())
	must(t, err)
	tree, err := cpuOfTree(os.Getpid())
	must(t, err)
	machine, err := cpuOfMachine()
	must(t, err)
	if tree <= own || machine < tree {
		t.Errorf("processor time is %v, with children %v, of the machine %v", own, tree, machine)
	}
}

func TestBatchThatIsNotWhatItsFileWasMadeFor(t *testing.T) {
	t.Parallel()
	file := sheetFile{path: "edited.txt", rows: 10, changed: 2}
	right := func() *batchJSON {
		b := &batchJSON{State: stateReady}
		b.Counts.Rows, b.Counts.Changed, b.Counts.Unchanged = 10, 2, 8
		return b
	}
	must(t, right().expect(file, stateReady))
	for name, spoil := range map[string]func(*batchJSON){
		"state":   func(b *batchJSON) { b.State = "failed" },
		"rows":    func(b *batchJSON) { b.Counts.Rows++ },
		"changed": func(b *batchJSON) { b.Counts.Changed-- },
		"invalid": func(b *batchJSON) { b.Counts.Invalid++ },
	} {
		wrong := right()
		spoil(wrong)
		if wrong.expect(file, stateReady) == nil {
			t.Errorf("a batch with another %s is taken for right", name)
		}
	}
}

func TestDownloadThatLacksWhatWasSaved(t *testing.T) {
	t.Parallel()
	path := writtenSheet(t, 30)
	must(t, (&team{newest: path, rows: 30, saved: sheetFile{town: "Porto", changed: 30}}).look())
	for name, wrong := range map[string]*team{
		"a row is missing":   {newest: path, rows: 31},
		"a change is lost":   {newest: path, rows: 30, saved: sheetFile{town: "Porto", changed: 31}},
		"nothing is changed": {newest: path, rows: 30, saved: sheetFile{town: "Braga", changed: 3}},
	} {
		if wrong.look() == nil {
			t.Errorf("%s, and nobody says so", name)
		}
	}
}

func TestProcessComplains(t *testing.T) {
	t.Parallel()
	p, err := start("sh", nil, "-c", `echo '{"level":"INFO","msg":"a"}'; echo '{"level":"WARN","msg":"b"}'; echo level: ERROR; echo '{"level":"ERROR","msg":"c"}'`)
	must(t, err)
	<-p.exited
	if got := strings.Join(p.complaints(), " "); got != `{"level":"WARN","msg":"b"} {"level":"ERROR","msg":"c"}` {
		t.Errorf("complaints are %s", got)
	}
}
