package producer

import (
	"fmt"
	"time"

	"teamsheet/internal/batch"
)

// outcomeView says what has become of a batch.
type outcomeView struct {
	Tone      string
	Title     string // of the browser's tab
	Heading   string
	Sentences []string
	Until     *time.Time // when the chance to confirm is over
}

const nothingSaved = "Nothing was saved: the team is exactly as it was before."

// outcomeOf says in words where a batch stands.
func outcomeOf(b batch.Batch) outcomeView {
	switch b.State {
	case batch.Uploaded:
		return outcomeView{Tone: "working", Title: "Checking", Heading: "Your file is being checked",
			Sentences: []string{"You can close this page; we will email you if anything fails."}}
	case batch.Ready:
		return readyOutcome(b)
	case batch.Rejected:
		return rejectedOutcome(b)
	case batch.Confirmed:
		return outcomeView{Tone: "working", Title: "Saving",
			Heading:   "Saving " + count(b.Counts.Changed, "change", "changes"),
			Sentences: []string{"You can close this page; we will email you if anything fails."}}
	case batch.Applied:
		return outcomeView{Tone: "done", Title: "Saved",
			Heading:   "Saved: " + count(b.Counts.Changed, "person was changed", "people were changed"),
			Sentences: []string{"All of it was saved. What was changed stays on this page and in the history of each profile."}}
	case batch.Failed:
		return failedOutcome(b)
	case batch.Cancelled:
		return outcomeView{Tone: "neutral", Title: "Cancelled", Heading: "Cancelled", Sentences: []string{nothingSaved}}
	case batch.Expired:
		return outcomeView{Tone: "neutral", Title: "Expired",
			Heading:   fmt.Sprintf("Expired: it was not confirmed within %d days", int(batch.ConfirmWithin.Hours()/24)),
			Sentences: []string{nothingSaved, "Preview the same file again to compare it with the team of today."}}
	}
	return outcomeView{Tone: "neutral", Title: "Bulk update", Heading: string(b.State)}
}

func readyOutcome(b batch.Batch) outcomeView {
	if b.Counts.Changed == 0 {
		says := "Every cell of your file says what Teamsheet has today, so there is nothing to save."
		if b.Counts.Warnings > 0 {
			says = "There is nothing to save: each cell says what Teamsheet has today, or has not been touched since it was downloaded and keeps the newer value."
		}
		return outcomeView{Tone: "neutral", Title: "No changes", Heading: "No changes found", Sentences: []string{says}}
	}
	v := outcomeView{Tone: "change", Title: "Ready",
		Heading:   "Ready: " + count(b.Counts.Changed, "person will change", "people will change"),
		Sentences: []string{"Nothing is saved yet. Look through the changes, then confirm them at the bottom of this page."}}
	if b.PreviewedAt != nil {
		until := b.PreviewedAt.Add(batch.ConfirmWithin)
		v.Until = &until
	}
	return v
}

func rejectedOutcome(b batch.Batch) outcomeView {
	if b.Counts.Invalid == 0 {
		return outcomeView{Tone: "problem", Title: "Error: the file could not be used",
			Heading:   "Your file could not be used",
			Sentences: []string{nothingSaved, "Mend what is named below, then upload the file again."}}
	}
	rows := count(b.Counts.Invalid, "row has problems", "rows have problems")
	return outcomeView{Tone: "problem", Title: "Error: " + rows, Heading: "Cannot continue: " + rows,
		Sentences: []string{nothingSaved, "The fix-up file is your file with what is wrong, and how to mend it, beside each row."}}
}

func failedOutcome(b batch.Batch) outcomeView {
	v := outcomeView{Tone: "problem", Title: "Error: not saved", Heading: "It could not be finished"}
	if b.Failure == nil {
		v.Sentences = []string{nothingSaved}
		return v
	}
	v.Sentences = []string{b.Failure.Message} // says itself that nothing was saved
	switch b.Failure.Code {
	case batch.FailureStalePlan:
		v.Title, v.Heading = "Error: the team has changed", "Not saved: the team has changed since the preview"
	case batch.FailureFileLost:
		v.Heading = "The stored file cannot be read any more"
	}
	return v
}

// chipOf is a batch's state in one word.
func chipOf(b batch.Batch) chipView {
	switch b.State {
	case batch.Uploaded:
		return chipView{"working", "Checking"}
	case batch.Ready:
		if b.Counts.Changed == 0 {
			return chipView{"neutral", "No changes"}
		}
		return chipView{"change", "Ready"}
	case batch.Rejected:
		return chipView{"problem", "Has problems"}
	case batch.Confirmed:
		return chipView{"working", "Saving"}
	case batch.Applied:
		return chipView{"done", "Applied"}
	case batch.Failed:
		return chipView{"problem", "Failed"}
	case batch.Cancelled:
		return chipView{"neutral", "Cancelled"}
	case batch.Expired:
		return chipView{"neutral", "Expired"}
	}
	return chipView{"neutral", string(b.State)}
}
