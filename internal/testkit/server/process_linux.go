package server

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// OwnGroup gives a process a group of its own, so that Ctrl-C at a terminal does
// not reach it by itself, and sends it a signal when the thread that started it
// ends, which threads of Go programs do with the program.
func OwnGroup(onDeath syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: onDeath}
}

// signalTree signals a process and its children. Postgres puts every backend in
// a session of its own, so the process group does not reach them. After SIGKILL it
// waits for the children to be gone: as long as one lives it holds what they share,
// and the next Postgres on the same cluster refuses to start.
func signalTree(pid int, sig syscall.Signal) {
	if sig == syscall.SIGKILL {
		_ = syscall.Kill(pid, syscall.SIGSTOP) // no new children while they are counted
	}
	children := childrenOf(pid)
	_ = syscall.Kill(pid, sig)
	for _, child := range children {
		_ = syscall.Kill(child, sig)
	}
	if sig == syscall.SIGKILL {
		awaitGone(children)
	}
}

// awaitGone waits until none of the processes runs; what is left of one that nobody
// has asked about yet, a zombie, holds nothing.
func awaitGone(pids []int) {
	tick, limit := time.NewTicker(pollEvery), time.NewTimer(stopLimit)
	defer tick.Stop()
	defer limit.Stop()
	for {
		pids = slices.DeleteFunc(pids, func(pid int) bool {
			fields := statOf(pid)
			return len(fields) == 0 || fields[0] == "Z" || fields[0] == "X"
		})
		if len(pids) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-limit.C:
			return
		}
	}
}

func childrenOf(pid int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var children []int
	for _, entry := range entries {
		child, err := strconv.Atoi(entry.Name())
		if err == nil && parentOf(child) == pid {
			children = append(children, child)
		}
	}
	return children
}

// statOf is proc(5)'s stat of a process from its third field, the state, on; nil: it
// is gone. The second field, the program's name in parentheses, may itself hold
// spaces and parentheses.
func statOf(pid int) []string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
}

func parentOf(pid int) int {
	fields := statOf(pid)
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}
