// Package store is the truth: the only package with SQL. It runs on Postgres and
// on SQLite with the same methods, checked by one suite (storetest).
//
// InTx alone begins and commits. Every query is bound to an organization, except
// the few that a worker or the reconciler makes by the id of a batch or a mail,
// and they read the organization from the row.
package store

import (
	"context"
	"iter"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// Options of Open.
type Options struct {
	Now     func() time.Time // nil: time.Now
	AppName string           // shown in pg_stat_activity
}

// Store is a connected database. Safe for concurrent use.
type Store struct{}

// Open connects; url is postgres://… or sqlite:///path (sqlite:relative too). It does not migrate.
func Open(ctx context.Context, url string, options Options) (*Store, error) { panic("todo") }
func (s *Store) Close() error                                               { panic("todo") }
func (s *Store) Ping(ctx context.Context) error                             { panic("todo") }
func (s *Store) Embedded() bool                                             { panic("todo") } // SQLite

// Migrate brings the schema up to date; concurrent starters apply once.
func (s *Store) Migrate(ctx context.Context) error { panic("todo") }

// CheckSchema is nil when the schema is exactly the one this program knows.
func (s *Store) CheckSchema(ctx context.Context) error { panic("todo") }

// ---- organizations, accounts, tokens, sessions (org.go, account.go)

type Org struct {
	ID       string
	Name     string
	Revision int64 // raised by every saved change of any profile
	People   int   // profiles, deactivated ones too
}

func (s *Store) CreateOrg(ctx context.Context, name string) (Org, error) { panic("todo") } // name taken: fault.Conflict
func (s *Store) Org(ctx context.Context, id string) (Org, error)         { panic("todo") }
func (s *Store) OrgByName(ctx context.Context, name string) (Org, error) { panic("todo") }
func (s *Store) SetRoles(ctx context.Context, orgID string, roles []profile.Role) error {
	panic("todo")
} // insert or update by id
func (s *Store) SetGroups(ctx context.Context, orgID string, groups []profile.Group) error {
	panic("todo")
}
func (s *Store) Directory(ctx context.Context, orgID string) (*profile.Directory, error) {
	panic("todo")
}

// InsertPeople bulk-inserts new profiles in one transaction (ids, versions and leaders as given;
// leaders may come later in the sequence). For seeding. Returns how many.
func (s *Store) InsertPeople(ctx context.Context, orgID string, people iter.Seq[*profile.Profile]) (int, error) {
	panic("todo")
}

// Account is a person who signs in. Not a profile.
type Account struct {
	ID, OrgID, Email string
	PasswordHash     string // "" until a password is chosen
	CanManage        bool   // may see and change the team
	CanOperate       bool   // may see the operators' pages
	NotifyApplied    bool   // wants mail about applied batches too
	CreatedAt        time.Time
}

func (s *Store) CreateAccount(ctx context.Context, a Account) (Account, error)     { panic("todo") } // email unique over all organizations
func (s *Store) Account(ctx context.Context, id string) (Account, error)           { panic("todo") }
func (s *Store) AccountByEmail(ctx context.Context, email string) (Account, error) { panic("todo") }
func (s *Store) SetPassword(ctx context.Context, accountID, hash string) error     { panic("todo") }
func (s *Store) SetNotifyApplied(ctx context.Context, accountID string, wanted bool) error {
	panic("todo")
}
func (s *Store) CreatePasswordLink(ctx context.Context, accountID string, tokenHash []byte, expires time.Time) error {
	panic("todo")
}

// PasswordLinkAccount looks a link up without using it; UsePasswordLink sets the password and uses it up, once.
func (s *Store) PasswordLinkAccount(ctx context.Context, tokenHash []byte) (Account, error) {
	panic("todo")
}
func (s *Store) UsePasswordLink(ctx context.Context, tokenHash []byte, passwordHash string) (Account, error) {
	panic("todo")
}
func (s *Store) CreateToken(ctx context.Context, accountID string, tokenHash []byte) error {
	panic("todo")
}
func (s *Store) AccountByToken(ctx context.Context, tokenHash []byte) (Account, error) { panic("todo") } // fault.Unauthorized when unknown

// Sessions is the storage of scs (its CtxStore: FindCtx, CommitCtx, DeleteCtx and the plain three).
func (s *Store) Sessions() *Sessions { panic("todo") }

type Sessions struct{}

// Audit records who did what to which thing; details hold ids and numbers, never people's values.
func (s *Store) Audit(ctx context.Context, e AuditEntry) error { panic("todo") }

type AuditEntry struct {
	OrgID, ActorID, Action, Subject, RequestID string
}

// ---- people (people.go, view.go, edit.go, history.go)

func (s *Store) Profile(ctx context.Context, orgID string, id profile.ID) (profile.Profile, error) {
	panic("todo")
}

// PeopleQuery pages through the team in the order of profile.SortKey.
type PeopleQuery struct {
	Search   string     // part of name, email or employee ID; "" everybody
	State    string     // "", "active", "deactivated", "incomplete"
	RoleID   int32      // 0: any
	LeaderID profile.ID // zero: any
	After    string     // cursor of the previous page; "" the first. Unknown ones: fault.BadRequest
	Limit    int
}
type PeoplePage struct {
	People []Person
	Next   string // "" at the end
}
type Person struct {
	profile.Profile
	UpdatedAt time.Time
}

func (s *Store) People(ctx context.Context, orgID string, q PeopleQuery) (PeoplePage, error) {
	panic("todo")
}

// ActiveReports counts active people led by id, and names the first few.
func (s *Store) ActiveReports(ctx context.Context, orgID string, id profile.ID, first int) (count int, people []Person, err error) {
	panic("todo")
}

// View is one consistent read of an organization: one REPEATABLE READ snapshot
// (SQLite: one read transaction). Only valid inside the callback.
type View struct{}

func (s *Store) View(ctx context.Context, orgID string, read func(*View) error) error { panic("todo") }
func (v *View) Revision() int64                                                       { panic("todo") }
func (v *View) TeamSize() int                                                         { panic("todo") }
func (v *View) Directory() *profile.Directory                                         { panic("todo") }

// Team streams everybody in the order of SortKey (a download) or, unordered, of id (cheaper).
type TeamOptions struct {
	Sorted       bool
	CompleteOnly bool // leave out deactivated people whose profiles are incomplete
}

func (v *View) Team(ctx context.Context, o TeamOptions, each func(*profile.Profile) error) error {
	panic("todo")
}

// People fetches by id (any number; in chunks); absent ids are just not there.
func (v *View) People(ctx context.Context, ids []profile.ID, each func(*profile.Profile) error) error {
	panic("todo")
}

// Supply answers checker.Needs until it is empty, by keyed fetches.
func (v *View) Supply(ctx context.Context, checker *plan.Checker) error { panic("todo") }

// Past is what of a profile has changed since a version.
func (v *View) Past(ctx context.Context, id profile.ID, version int64) (plan.Past, error) {
	panic("todo")
}

// Edit is one change of one profile by hand or by the API.
type Edit struct {
	OrgID      string
	ProfileID  profile.ID
	ActorID    string // account
	ActorEmail string
	Source     string // "page" or "api"
	IfVersion  int64  // the version the person saw; another one now: fault.Stale "version-changed"
	RequestID  string
}

// EditProfile saves one edit in one short transaction under the organization's
// lock: judge sees the state inside it and returns the report. With problems
// nothing is written and the report is returned. It waits a few seconds for a
// running apply, then fault.Unavailable "bulk-update-running".
func (s *Store) EditProfile(ctx context.Context, e Edit, judge func(v *View, current *profile.Profile) (*plan.RowReport, error)) (profile.Profile, *plan.RowReport, error) {
	panic("todo")
}

// HistoryEntry is one saved change of one profile, newest first.
type HistoryEntry struct {
	Version int64
	At      time.Time
	By      string // email of the account
	Source  string // "page", "api", "file"
	BatchID string // when Source is "file"
	Row     int    // in that file
	Changes []plan.Change
}

func (s *Store) History(ctx context.Context, orgID string, id profile.ID, limit int) ([]HistoryEntry, error) {
	panic("todo")
}

// ---- batches, the producer's side (batch.go, rows.go)

type NewBatch struct {
	ID                             string // made by the caller (NewID)
	OrgID, AccountID, AccountEmail string
	File                           batch.File
	BlobKey                        string
	Replaces                       string // "" none
	IdempotencyKey                 string // "" none
	RequestID                      string
}

// NewID makes a random id (UUIDv7).
func NewID() string { panic("todo") }

// CreateBatch inserts it as uploaded. The same idempotency key with the same file
// returns the batch made then and created false; with another file:
// fault.Rejected "idempotency-key-reused".
func (s *Store) CreateBatch(ctx context.Context, n NewBatch) (b batch.Batch, created bool, err error) {
	panic("todo")
}
func (s *Store) Batch(ctx context.Context, orgID, id string) (batch.Batch, error) { panic("todo") } // with Progress
func (s *Store) Batches(ctx context.Context, orgID, after string, limit int) (list []batch.Batch, next string, err error) {
	panic("todo")
}

// Confirm moves ready → confirmed. Looked at in this order: fault.Conflict
// "wrong-state" or "another-batch-confirmed"; fault.Stale "plan-changed".
func (s *Store) Confirm(ctx context.Context, orgID, id, planDigest, accountID, requestID string) (batch.Batch, error) {
	panic("todo")
}

// Cancel moves uploaded or ready → cancelled; otherwise fault.Conflict "wrong-state".
func (s *Store) Cancel(ctx context.Context, orgID, id, accountID, requestID string) (batch.Batch, error) {
	panic("todo")
}

// Rung notes that the doorbell was rung for the generation.
func (s *Store) Rung(ctx context.Context, batchID string, generation int) error { panic("todo") }

// RowsQuery pages through the kept rows of a batch's live run.
type RowsQuery struct {
	Show   string // "problems", "changes", "warnings", "all"
	Column string // header; "" any
	Code   string // problem or warning code; "" any
	Value  string // of the problem with Code in Column; "" any
	Search string // part of the person's name or of a key
	After  int    // row number
	Limit  int
}

func (s *Store) Rows(ctx context.Context, orgID, batchID string, q RowsQuery) (rows []plan.RowReport, next int, err error) {
	panic("todo")
} // next 0: end
func (s *Store) Groups(ctx context.Context, orgID, batchID string, after, limit int) (groups []plan.Group, next int, err error) {
	panic("todo")
}

// RowProblems streams rows with problems in file order (for the fix-up file): with Version the profile's version today.
func (s *Store) RowProblems(ctx context.Context, orgID, batchID string, each func(RowProblems) error) error {
	panic("todo")
}

type RowProblems struct {
	Row      int
	Version  int64 // today's; 0 when no person was found
	Problems []problem.Problem
}

// ---- batches, the worker's side (run.go, apply.go, reconcile.go)

// Run is one execution of a preview or an apply. Runs never share rows, so that
// executions that overlap cannot mix.
type Run struct {
	Batch  batch.Batch
	Number int64
}

// StartRun begins a run if the batch still is in the state and generation;
// otherwise ok is false: there is nothing to do.
func (s *Store) StartRun(ctx context.Context, batchID string, generation int, state batch.State) (run *Run, ok bool, err error) {
	panic("todo")
}

// Beat is the heartbeat and progress of a run, written by the work loop.
func (s *Store) Beat(ctx context.Context, run *Run, p batch.Progress) error { panic("todo") }

// AddRows writes kept rows of the run (COPY on Postgres), in one short transaction.
func (s *Store) AddRows(ctx context.Context, run *Run, rows []*plan.RowReport) error { panic("todo") }

// FinishPreview closes a preview run: totals, revision and digest are stored and
// the batch moves uploaded → ready or rejected, with the mail of a rejected one
// in the outbox, all in one transaction. moved is false when the batch had
// already moved on; the run's rows are then dropped.
func (s *Store) FinishPreview(ctx context.Context, run *Run, totals plan.Totals, revision int64) (moved bool, err error) {
	panic("todo")
}

// Fail moves uploaded or confirmed → failed if the generation is still this one,
// with its mail in the outbox.
func (s *Store) Fail(ctx context.Context, batchID string, generation int, f batch.Failure) (moved bool, err error) {
	panic("todo")
}

// Recheck is what a second look at the stored file found.
type Recheck struct {
	Revision int64
	Totals   plan.Totals
	Run      *Run // its rows replace the previewed ones when the digest is the same
}

// ApplyOutcome of Apply.
type ApplyOutcome uint8

const (
	ApplyNothing ApplyOutcome = iota // no longer confirmed or another generation
	ApplyApplied
	ApplyStale // the plan is no longer the same: the batch is failed with stale-plan, nothing saved
	ApplyMoved // the revision has moved since the plan (or since recheck): look again and call with a Recheck
)

// Apply is DESIGN §2.4 in one transaction. recheck nil: the plan of the preview.
// inside, if not nil, is called with a view inside the locks when the revision
// has moved since recheck too, so that a third look happens under them.
// A COMMIT whose reply is lost is decided by reading the batch again.
func (s *Store) Apply(ctx context.Context, run *Run, recheck *Recheck, inside func(v *View) (*Recheck, error)) (ApplyOutcome, error) {
	panic("todo")
}

// WaitingBatch is one that a task should be moving.
type WaitingBatch struct {
	ID         string
	State      batch.State
	Generation int
	Size       int64
	Crashes    int
	Since      time.Time // uploaded or confirmed at
	RungAt     time.Time // zero: never
	BeatAt     time.Time // of the newest run of this generation; zero: none
}

func (s *Store) Waiting(ctx context.Context, limit int) ([]WaitingBatch, error) { panic("todo") }

// NextGeneration raises the generation if it is still from; crashed counts a dead worker.
func (s *Store) NextGeneration(ctx context.Context, batchID string, from int, crashed bool) (moved bool, err error) {
	panic("todo")
}
func (s *Store) ExpireReady(ctx context.Context) (int, error)  { panic("todo") } // ready for longer than batch.ConfirmWithin
func (s *Store) DropDeadRuns(ctx context.Context) (int, error) { panic("todo") } // rows of runs that are not a batch's live run and have no heartbeat for an hour

// ---- outbox (outbox.go)

// MailKind is what a mail reports.
type MailKind string

const (
	MailRejected MailKind = "rejected"
	MailFailed   MailKind = "failed"
	MailStale    MailKind = "stale"
	MailApplied  MailKind = "applied"
)

// Mail is one report to one recipient.
type Mail struct {
	ID, OrgID, BatchID string
	Kind               MailKind
	Recipient          string
	MessageID          string // the same for every try: <kind.batch.recipient-hash@domain part is added by the mailer>
	CreatedAt          time.Time
	Tries              int
}

// DueMails are ids of mails to ring for: unsent, next try due, no live lease.
func (s *Store) DueMails(ctx context.Context, limit int) ([]Mail, error) { panic("todo") }

// ClaimMail leases a due mail to this sender; ok false: somebody else has it or it is done.
func (s *Store) ClaimMail(ctx context.Context, id string, lease time.Duration) (m Mail, ok bool, err error) {
	panic("todo")
}
func (s *Store) MailSent(ctx context.Context, id string) error { panic("todo") }
func (s *Store) MailRetry(ctx context.Context, id string, next time.Time, reason string) error {
	panic("todo")
}
func (s *Store) MailGivenUp(ctx context.Context, id string, reason string) error { panic("todo") }

// ---- numbers for operators (stats.go)

type Stats struct {
	BatchesByState map[batch.State]int
	OldestWaiting  map[batch.State]time.Duration
	MailsPending   int
	OldestMail     time.Duration
}

func (s *Store) Stats(ctx context.Context) (Stats, error) { panic("todo") }

// Sessions methods for scs.
func (x *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) { panic("todo") }
func (x *Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	panic("todo")
}
func (x *Sessions) DeleteCtx(ctx context.Context, token string) error     { panic("todo") }
func (x *Sessions) Find(token string) ([]byte, bool, error)               { panic("todo") }
func (x *Sessions) Commit(token string, b []byte, expiry time.Time) error { panic("todo") }
func (x *Sessions) Delete(token string) error                             { panic("todo") }
