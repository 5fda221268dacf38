package main

import (
	"syscall"
	"time"
)

// grace is how long an interrupted command may take to end by itself.
const grace = 10 * time.Second

// endGroup asks a process group to end, and ends it if it does not.
func endGroup(leader int, ended <-chan error) {
	_ = syscall.Kill(-leader, syscall.SIGTERM)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-ended: //nolint:errcheck // an interrupted command's error says only that
	case <-timer.C:
	}
	_ = syscall.Kill(-leader, syscall.SIGKILL) // whoever of the group is left
}
