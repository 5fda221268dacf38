//go:build !linux

package server

import "syscall"

// OwnGroup gives a process a group of its own, so that Ctrl-C at a terminal does
// not reach it by itself. Only Linux can also tie it to the life of who started
// it: elsewhere a program that is killed leaves it behind.
func OwnGroup(syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// signalTree signals the process alone; its children notice by themselves.
func signalTree(pid int, sig syscall.Signal) { _ = syscall.Kill(pid, sig) }
