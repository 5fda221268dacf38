package main

import (
	"os"
	"os/exec"
	"testing"
)

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
