package main

import (
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
