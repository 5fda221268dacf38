package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"teamsheet/internal/testkit/report"
)

// result is what one trial has shown.
type result struct {
	Name, Title string
	Seed        uint64
	Embedded    bool
	Hurried     bool
	Without     string `json:",omitempty"` // safeguards that were taken away
	Spared      bool   `json:",omitempty"` // others were to hold
	Seconds     float64
	Kills       int
	Faults      int
	Uploads     int
	Batches     int
	States      map[string]int
	Edits       int
	Reads       int
	Mails       int
	Doubles     int
	Crashes     int
	Violations  int
	Words       []string `json:",omitempty"`
	// Seconds from a fault until the last batch had come to rest that somebody was
	// waiting for when it struck.
	MedianSeconds, WorstSeconds float64
	Counts                      map[string]int
	Remarks                     []string `json:",omitempty"`
}

// tellMost is how many violations are told one by one.
const tellMost = 20

func (r result) tell(o options) {
	o.say("%s (seed %d, %.0f s): %d kills, %d faults; %d uploads: %s; %d edits, %d reads, %d mails (%d twice); recovered in %.1f s (worst %.1f s); %d violations",
		r.Name, r.Seed, r.Seconds, r.Kills, r.Faults, r.Uploads, r.states(), r.Edits, r.Reads, r.Mails, r.Doubles,
		r.MedianSeconds, r.WorstSeconds, r.Violations)
	o.say("  %v", r.Counts)
	for _, remark := range r.Remarks {
		o.say("  %s", remark)
	}
	for i, words := range r.Words {
		if i == tellMost {
			o.say("  … and %d more", len(r.Words)-tellMost)
			break
		}
		o.say("  VIOLATION %s", words)
	}
}

func (r result) states() string {
	var parts []string
	for _, state := range slices.Sorted(maps.Keys(r.States)) {
		parts = append(parts, fmt.Sprintf("%d %s", r.States[state], state))
	}
	return strings.Join(parts, ", ")
}

// merge puts results into the figures at path, which is without extension, in the
// place of older ones of the same trials, and writes the document anew.
func merge(path string, found ...result) error {
	at := report.Report{Figures: path + ".json", Document: path + ".md"}
	all := []result{}
	if err := at.Read(&all); err != nil {
		return err
	}
	for _, r := range found {
		same := func(old result) bool { return old.Name == r.Name && old.Without == r.Without }
		if i := slices.IndexFunc(all, same); i >= 0 {
			all[i] = r
		} else {
			all = append(all, r)
		}
	}
	return at.Write(all, func(hand string) string { return document(all, hand) })
}
