package server

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// OwnGroup gives a process a group of its own, so that Ctrl-C at a terminal does
// not reach it by itself, and sends it a signal when the thread that started it
// ends, which threads of Go programs do with the program.
func OwnGroup(onDeath syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: onDeath}
}

// signalTree signals a process and its children. Postgres puts every backend in
// a session of its own, so the process group does not reach them.
func signalTree(pid int, sig syscall.Signal) {
	if sig == syscall.SIGKILL {
		_ = syscall.Kill(pid, syscall.SIGSTOP) // no new children while they are counted
	}
	children := childrenOf(pid)
	_ = syscall.Kill(pid, sig)
	for _, child := range children {
		_ = syscall.Kill(child, sig)
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

// parentOf reads the fourth field of proc(5)'s stat; the second, the program's
// name in parentheses, may itself hold spaces and parentheses.
func parentOf(pid int) int {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}
