package producer

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// batchView is the page of one batch, the same for its whole life.
type batchView struct {
	layoutView
	Heading                              string
	FileName                             string
	FileSize                             int64
	SHA256, SHAShort                     string
	UploadedBy, ConfirmedBy              string
	UploadedAt                           time.Time
	PreviewedAt, ConfirmedAt, FinishedAt *time.Time
	ReplacesURL                          string
	FileURL                              string // downloads the uploaded file; "": it is no longer stored

	Notice     string // why the last click did nothing
	Outcome    outcomeView
	TakesFocus bool
	Progress   *progressView
	Top        *batchActions

	Counts       *countsView
	FileProblems []problem.Problem
	FileWarnings []problem.Problem
	Groups       []groupView
	FirstGroups  string
	MoreGroups   string
	Care         []careView
	Columns      []columnView
	Mends        *mendsView
	Meanwhile    *meanwhileView
	Rows         *rowsView
	Bottom       *bottomView
}

// batchActions are the links and buttons below the outcome; "": none.
type batchActions struct {
	FixUp, Upload, Review, Again, NewFile, Cancel string
}

// bottomView is the end of the page: Confirm when nothing is red, the upload of
// the mended file when something is.
type bottomView struct {
	Confirm, Plan, Label, Says string
	Typed                      *typedView
	Moved                      *movedView
	Cancel                     string
	FixUp                      string
	Upload                     *uploadView
}

// typedView asks for a number to be typed before much is taken away.
type typedView struct {
	Number  int
	Says    string
	Value   string // what was typed last
	Problem string // what is wrong with that; "" nothing
}

// batchParts is what a batch page is made of.
type batchParts struct {
	layout    layoutView
	batch     batch.Batch
	groups    []plan.Group
	nextGroup int
	rows      rowsPage
	known     map[profile.ID]store.Identifiers // of the people in rows
	query     rowsQuery
	meanwhile *meanwhileView
	moved     *movedView
	ahead     int // files that wait before a waiting one
	now       time.Time
	notice    string
	typed     *string // what was typed instead of the number; nil: nothing yet
	maxSize   int64
	maxRows   int
	fileGone  bool // the uploaded file is no longer stored
}

func batchURL(id string) string { return "/bulk-update/" + id }

// newBatchView puts the page of a batch together.
func newBatchView(p batchParts) batchView {
	b := p.batch
	v := batchView{
		layoutView:   p.layout,
		Heading:      "Bulk update",
		FileName:     b.File.Name,
		FileSize:     b.File.Size,
		SHA256:       b.File.SHA256,
		SHAShort:     b.File.SHA256[:min(12, len(b.File.SHA256))],
		UploadedBy:   b.UploadedBy,
		UploadedAt:   b.UploadedAt,
		PreviewedAt:  b.PreviewedAt,
		ConfirmedAt:  b.ConfirmedAt,
		ConfirmedBy:  b.ConfirmedBy,
		FinishedAt:   b.FinishedAt,
		Notice:       p.notice,
		Meanwhile:    p.meanwhile,
		Outcome:      outcomeOf(b),
		TakesFocus:   p.query.isStart() && p.typed == nil && b.State != batch.Cancelled,
		FileProblems: b.FileProblems,
		FileWarnings: b.FileWarnings,
	}
	if b.Replaces != nil {
		v.ReplacesURL = batchURL(*b.Replaces)
	}
	if !p.fileGone {
		v.FileURL = uploadedFileURL(b)
	}
	if b.State == batch.Ready {
		v.Heading = "Review the changes"
	}
	v.Title = v.Outcome.Title + " – " + b.File.Name
	if b.State.Waiting() {
		v.Progress, _ = newProgressView(b, p.ahead, nothingHeard(), p.now)
		v.Refresh = 2
	}
	v.Top, v.Bottom = actionsOf(b), bottomOf(p)
	if b.PreviewedAt != nil && b.Counts.Rows > 0 {
		v.addPreview(p)
	}
	return v
}

// addPreview adds what the preview found.
func (v *batchView) addPreview(p batchParts) {
	v.Counts = newCountsView(p.batch)
	v.addGroups(p)
	if p.batch.State == batch.Ready {
		v.Care = careOf(p.batch)
	}
	v.Columns = newColumnViews(p.batch)
	v.Mends = newMendsView(p.batch)
	if !v.Counts.nothingKept() {
		v.Rows = newRowsView(p)
	}
}

// actionsOf says what can be done with a batch in its state, nil: nothing.
func actionsOf(b batch.Batch) *batchActions {
	self := batchURL(b.ID)
	switch b.State {
	case batch.Uploaded:
		return &batchActions{Cancel: self + "/cancel"}
	case batch.Ready:
		if b.Counts.Changed == 0 {
			return &batchActions{NewFile: "/bulk-update", Cancel: self + "/cancel"}
		}
		return &batchActions{Review: "#confirm"}
	case batch.Rejected:
		return &batchActions{FixUp: fixUpURL(b), Upload: "#upload"}
	case batch.Failed:
		if b.Failure != nil && b.Failure.Code == batch.FailureFileLost {
			return &batchActions{NewFile: "/bulk-update?replaces=" + b.ID}
		}
		return &batchActions{Again: self + "/preview"}
	case batch.Cancelled, batch.Expired:
		return &batchActions{Again: self + "/preview", NewFile: "/bulk-update"}
	}
	return nil
}

// uploadedFileURL downloads the file of a batch; "" for one that was found lost.
func uploadedFileURL(b batch.Batch) string {
	if b.Failure != nil && b.Failure.Code == batch.FailureFileLost {
		return ""
	}
	return batchURL(b.ID) + "/file"
}

// fixUpURL of a file with problems in its rows; "" for any other.
func fixUpURL(b batch.Batch) string {
	if checkFixUp(b) != nil || b.Counts.Invalid == 0 && len(b.FileProblems) == 0 {
		return ""
	}
	return FixUpPath(b.ID)
}

// confirmable reports whether there is a plan to confirm.
func confirmable(b batch.Batch) bool {
	return b.State == batch.Ready && b.Counts.Changed > 0 && b.Plan != nil && b.PreviewedAt != nil
}

// bottomOf is the end of the page, nil: nothing to decide.
func bottomOf(p batchParts) *bottomView {
	b, self := p.batch, batchURL(p.batch.ID)
	switch {
	case b.State == batch.Rejected:
		upload := newUploadView("The mended file", "Upload the mended file", p.maxSize, p.maxRows)
		upload.Replaces = &replacesView{ID: b.ID}
		return &bottomView{FixUp: fixUpURL(b), Upload: &upload}
	case confirmable(b):
		return &bottomView{
			Confirm: self + "/confirm", Plan: *b.Plan, Cancel: self + "/cancel",
			Label: fmt.Sprintf("Confirm %s", count(b.Counts.Changed, "change", "changes")),
			Says:  "Nothing is saved yet. Either all of it is saved, or nothing.",
			Typed: newTypedView(b, p.typed), Moved: p.moved,
		}
	}
	return nil
}

// newTypedView is nil unless the batch takes so much away that it has to be typed.
func newTypedView(b batch.Batch, typed *string) *typedView {
	n := b.Drastic()
	if n == 0 {
		return nil
	}
	v := &typedView{Number: n, Says: drasticWords(b)}
	if typed != nil {
		v.Value, v.Problem = *typed, "Nothing was confirmed: this is not the number. Type "+number(n)+"."
		if strings.TrimSpace(*typed) == "" {
			v.Problem = "Nothing was confirmed yet. Type " + number(n) + "."
		}
	}
	return v
}

// drasticWords says how much is taken away.
func drasticWords(b batch.Batch) string {
	left := b.Highlights.Deactivated
	cleared := b.Drastic() - left
	var parts []string
	if left > 0 {
		parts = append(parts, count(left, "person will be deactivated", "people will be deactivated"))
	}
	if cleared > 0 {
		parts = append(parts, count(cleared, "value will be taken away", "values will be taken away"))
	}
	return strings.Join(parts, " and ") + ", more than 5% of the team."
}

// isTyped reports whether a text is the number; separators of thousands may be in it.
func isTyped(text string, n int) bool {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(",.'’", r) {
			return -1
		}
		return r
	}, text)
	return digits == strconv.Itoa(n)
}
