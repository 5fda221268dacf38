package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
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
}

// tellMost is how many violations are told one by one.
const tellMost = 20

func (r result) tell(o options) {
	o.say("%s (seed %d, %.0f s): %d kills, %d faults; %d uploads: %s; %d edits, %d reads, %d mails (%d twice); recovered in %.1f s (worst %.1f s); %d violations",
		r.Name, r.Seed, r.Seconds, r.Kills, r.Faults, r.Uploads, r.states(), r.Edits, r.Reads, r.Mails, r.Doubles,
		r.MedianSeconds, r.WorstSeconds, r.Violations)
	o.say("  %v", r.Counts)
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

// figures are the results so far.
func figures(path string) (all []result, err error) {
	text, err := os.ReadFile(path + ".json")
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read figures: %w", err)
	}
	return all, nil
}

// merge puts a result into the figures at path, in the place of an older one of the
// same trial, and writes the document anew.
func (r result) merge(path string) error {
	all, err := figures(path)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(old result) bool { return old.Name == r.Name && old.Without == r.Without })
	if at < 0 {
		all = append(all, r)
	} else {
		all[at] = r
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write figures: %w", err)
	}
	if err := os.WriteFile(path+".json", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write figures: %w", err)
	}
	return writeDocument(path+".md", all)
}
