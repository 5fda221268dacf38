//go:build !linux

package server

import "syscall"

// ownGroup has nothing to set: only Linux can tie a process to its parent's
// life. A test that is killed may leave its servers behind here.
func ownGroup(*account, syscall.Signal) *syscall.SysProcAttr { return nil }

// signalTree signals the process alone; its children notice by themselves.
func signalTree(pid int, sig syscall.Signal) { _ = syscall.Kill(pid, sig) }
