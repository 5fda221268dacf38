package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// peakMemory is the most bytes that a process has had in memory (VmHWM of proc(5)).
func peakMemory(pid int) (float64, error) {
	path := fmt.Sprintf("/proc/%d/status", pid)
	status, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	kib, err := strconv.ParseFloat(fieldOf(status, "VmHWM"), 64)
	if err != nil {
		return 0, fmt.Errorf("read VmHWM of %s: %w", path, err)
	}
	return kib * 1024, nil
}

// fieldOf is the first word after "name:" in a file of /proc.
func fieldOf(file []byte, name string) string {
	for line := range strings.Lines(string(file)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			if words := strings.Fields(strings.TrimLeft(rest, " \t:")); len(words) > 0 {
				return words[0]
			}
		}
	}
	return ""
}

// ticks a second, in which proc(5) counts: USER_HZ, 100 wherever Go runs on Linux.
const ticks = 100

// stat are the fields of a process in proc(5) from the state on.
type stat []string

func statOf(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 15 {
		return nil, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	return fields, nil
}

func (s stat) number(i int) float64 {
	n, _ := strconv.ParseFloat(s[i], 64)
	return n
}

func (s stat) parent() int { return int(s.number(1)) }

// own is the processor time of the process in seconds; ofEnded is that of its
// children that have ended.
func (s stat) own() float64     { return (s.number(11) + s.number(12)) / ticks }
func (s stat) ofEnded() float64 { return (s.number(13) + s.number(14)) / ticks }

// cpuOf is the processor time of a process in seconds.
func cpuOf(pid int) (float64, error) {
	s, err := statOf(pid)
	if err != nil {
		return 0, err
	}
	return s.own(), nil
}

// cpuOfTree is the processor time of a process and all the children that it has
// or had, in seconds.
func cpuOfTree(pid int) (float64, error) {
	root, err := statOf(pid)
	if err != nil {
		return 0, err
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	sum := root.own() + root.ofEnded()
	for _, entry := range entries {
		child, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if s, err := statOf(child); err == nil && s.parent() == pid { // it may have ended meanwhile
			sum += s.own()
		}
	}
	return sum, nil
}
