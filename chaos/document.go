package main

import (
	_ "embed"
	"fmt"
	"strings"
)

// howText says how everything is tried.
//
//go:embed how.md
var howText string

// document is made from the results and from what is written by hand.
func document(all []result, hand string) string {
	var to strings.Builder
	to.WriteString(howText + "\n" + hand + "\n")
	section(&to, "Faults", all, func(r result) bool { return r.Without == "" },
		"| fault | seed | kills | faults | uploads | applied | rejected | failed | edits | reads | mails (twice) | recovery, median | worst | violations |\n"+
			"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n", result.line)
	section(&to, "Seen besides", all, func(r result) bool { return len(r.Remarks) > 0 }, "", result.remarks)
	section(&to, "Safeguards taken away", all, func(r result) bool { return r.Without != "" },
		"A check that cannot fail shows nothing. Each row is the program without some of its safeguards.\n\n"+
			"| without | means | violations | |\n|---|---|--:|---|\n", result.mutantLine)
	section(&to, "What was violated", all, func(r result) bool { return r.Without == "" && r.Violations > 0 }, "", result.violations)
	return to.String()
}

// section writes a heading and what is under it, if anything is.
func section(to *strings.Builder, title string, all []result, wanted func(result) bool, head string, line func(result) string) {
	begun := false
	for _, r := range all {
		if !wanted(r) {
			continue
		}
		if !begun {
			to.WriteString("\n## " + title + "\n\n" + head)
			begun = true
		}
		to.WriteString(line(r))
	}
}

func (r result) line() string {
	recovery := "| | "
	if r.WorstSeconds > 0 {
		recovery = fmt.Sprintf("| %.1f s | %.1f s ", r.MedianSeconds, r.WorstSeconds)
	}
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d (%d) %s| **%d** |\n", r.Title, r.Seed, r.Kills, r.Faults,
		r.Uploads, r.States["applied"], r.States["rejected"], r.States["failed"], r.Edits, r.Reads, r.Mails, r.Doubles,
		recovery, r.Violations)
}

func (r result) mutantLine() string {
	verdict := "found, as it has to be"
	switch {
	case r.Spared && r.Violations == 0:
		verdict = "nothing goes wrong: others hold in its place"
	case r.Spared || r.Violations == 0:
		verdict = "**not as it should be**"
	}
	return fmt.Sprintf("| `%s` | %s | %d | %s |\n", strings.ReplaceAll(r.Without, ",", "` `"),
		strings.TrimPrefix(r.Title, withoutTitle), r.Violations, verdict)
}

func (r result) remarks() string {
	return "- " + r.Title + ": " + strings.Join(r.Remarks, "; ") + ".\n"
}

func (r result) violations() string {
	text := "- " + r.Title + "\n"
	for i, words := range r.Words {
		if i == tellMost {
			return text + fmt.Sprintf("  - … and %d more\n", len(r.Words)-tellMost)
		}
		text += "  - " + words + "\n"
	}
	return text
}
