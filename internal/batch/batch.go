// Package batch is the pure life of an uploaded file: its states and the moves
// between them. The store keeps batches; this package says what may happen to
// one.
package batch

import (
	"slices"
	"time"

	"teamsheet/internal/problem"
)

// Kind says what an applied batch does.
type Kind string

// KindUpdate changes existing profiles.
const KindUpdate Kind = "update"

// State is where a batch stands (CONTRACT §4).
type State string

// The states.
const (
	Uploaded  State = "uploaded"
	Ready     State = "ready"
	Rejected  State = "rejected" // the file has problems
	Confirmed State = "confirmed"
	Applied   State = "applied"
	Failed    State = "failed" // the machine or the moment had a problem
	Cancelled State = "cancelled"
	Expired   State = "expired"
)

// ConfirmWithin is how long a ready batch can be confirmed before it expires.
const ConfirmWithin = 7 * 24 * time.Hour

// moves lists where each state may go; a state without moves is final.
var moves = map[State][]State{
	Uploaded:  {Ready, Rejected, Failed, Cancelled},
	Ready:     {Confirmed, Cancelled, Expired},
	Confirmed: {Applied, Failed},
}

// unread are the problems with which a file cannot be checked row by row: it
// cannot be read to its end, or no column says whose the rows are.
var unread = []problem.Code{
	problem.FileEncoding, problem.FileEmpty, problem.FileTooLarge, problem.FileTruncated,
	problem.FileDelimiter, problem.FileDamaged, problem.TooManyRows, problem.HeaderMissing,
}

// Unread returns the problem that kept the file from being checked row by row, if
// one did. Such a batch has no fix-up file.
func (b *Batch) Unread() (p problem.Problem, found bool) {
	for _, p := range b.FileProblems {
		if slices.Contains(unread, p.Code) {
			return p, true
		}
	}
	return problem.Problem{}, false
}

// CanMove reports whether a batch may go from one state to another.
func CanMove(from, to State) bool {
	for _, next := range moves[from] {
		if next == to {
			return true
		}
	}
	return false
}

// Final reports whether s never changes again.
func (s State) Final() bool { return len(moves[s]) == 0 }

// Waiting reports whether a task should be moving a batch in this state.
func (s State) Waiting() bool { return s == Uploaded || s == Confirmed }

// Phase is what a task is doing to a batch right now.
type Phase string

// The phases.
const (
	Reading   Phase = "reading"
	Comparing Phase = "comparing"
	Saving    Phase = "saving"
)

// Progress is how far a task has come. Total 0: not known yet.
type Progress struct {
	Phase Phase `json:"phase"`
	Done  int   `json:"done"`
	Total int   `json:"total"`
}

// Counts are the rows of a previewed file: Rows = Changed + Unchanged + Invalid.
// Blank rows are counted apart; Warnings counts rows with at least one warning.
type Counts struct {
	Rows      int `json:"rows"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Invalid   int `json:"invalid"`
	Warnings  int `json:"warnings"`
	Blank     int `json:"blank"`
}

// ColumnChanges counts the cells of one column that change; Cleared is the part
// of them that end empty.
type ColumnChanges struct {
	Column  string `json:"column"`
	Changed int    `json:"changed"`
	Cleared int    `json:"cleared"`
}

// FailureCode says why a batch failed.
type FailureCode string

// The failure codes.
const (
	FailureStalePlan FailureCode = "stale-plan" // the team changed; the plan would not be the same
	FailureInternal  FailureCode = "internal"   // the machine had trouble, repeatedly
	FailureFileLost  FailureCode = "file-lost"  // the stored file is gone or no longer what was uploaded
)

// Failure is why a batch failed, in words for the person.
type Failure struct {
	Code    FailureCode `json:"code"`
	Message string      `json:"message"`
}

// File describes the uploaded file.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex
}

// Batch is one uploaded file and its fate. The JSON form is public (CONTRACT §5).
type Batch struct {
	ID          string     `json:"id"`
	Kind        Kind       `json:"kind"`
	State       State      `json:"state"`
	Replaces    *string    `json:"replaces"` // the batch whose stored file this one previews again, or that this upload mends
	File        File       `json:"file"`
	UploadedBy  string     `json:"uploaded_by"` // email
	UploadedAt  time.Time  `json:"uploaded_at"`
	PreviewedAt *time.Time `json:"previewed_at"`
	ConfirmedAt *time.Time `json:"confirmed_at"`
	FinishedAt  *time.Time `json:"finished_at"`

	Progress        Progress        `json:"progress"`
	Counts          Counts          `json:"counts"`
	ChangesByColumn []ColumnChanges `json:"changes_by_column"`
	Plan            *string         `json:"plan"` // digest of the plan; nil until ready
	Failure         *Failure        `json:"failure"`

	// What follows is not part of the public form.

	OrgID        string            `json:"-"`
	AccountID    string            `json:"-"` // who uploaded
	ConfirmedBy  string            `json:"-"` // email; "": nobody yet
	BlobKey      string            `json:"-"`
	Generation   int               `json:"-"` // of the task that should be moving the batch
	Run          int64             `json:"-"` // whose rows are the preview; 0: none
	Revision     int64             `json:"-"` // of the organization when previewed
	Crashes      int               `json:"-"` // generations that ended with a dead worker
	NotInFile    int               `json:"-"` // people whom the file does not mention
	Problems     int               `json:"-"` // of the file and of all rows
	FileProblems []problem.Problem `json:"-"` // of the whole file
	FileWarnings []problem.Problem `json:"-"`
	Highlights   Highlights        `json:"-"`
	RequestID    string            `json:"-"`
}
