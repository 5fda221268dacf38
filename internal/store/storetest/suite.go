// Package storetest is the conformance suite of package store: one behaviour on
// every database. Each test gets a new, migrated database of its own.
package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
	"teamsheet/internal/testkit"
)

// Database makes a new, migrated database for one test.
type Database func(t *testing.T) (url string)

// Suite runs every test of the suite on the databases that fresh makes.
func Suite(t *testing.T, fresh Database) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"Supply", testSupply},
		{"Organizations", testOrganizations},
		{"Directory", testDirectory},
		{"Accounts", testAccounts},
		{"PasswordLinks", testPasswordLinks},
		{"PasswordChange", testPasswordChange},
		{"PasswordChangeBesideALink", testPasswordChangeBesideALink},
		{"LockedAccounts", testLockedAccounts},
		{"Tokens", testTokens},
		{"Sessions", testSessions},
		{"Tenancy", testTenancy},
		{"NastyTexts", testNastyTexts},
		{"WholeProfile", testWholeProfile},
		{"LeadersInTheStream", testLeadersInTheStream},
		{"AbsentKeys", testAbsentKeys},
		{"PeoplePaging", testPeoplePaging},
		{"PeopleSearch", testPeopleSearch},
		{"PeopleLists", testPeopleLists},
		{"PeopleBounds", testPeopleBounds},
		{"ManyPeople", testManyPeople},
		{"LeadersMeant", testLeadersMeant},
		{"ActiveReports", testActiveReports},
		{"View", testView},
		{"Edit", testEdit},
		{"EditRefused", testEditRefused},
		{"EditsAtOnce", testEditsAtOnce},
		{"HandOver", testHandOver},
		{"HandOverRefused", testHandOverRefused},
		{"HandOverStale", testHandOverStale},
		{"HandOversAtOnce", testHandOversAtOnce},
		{"HandOverBesideANewReport", testHandOverBesideANewReport},
		{"History", testHistory},
		{"Meanwhile", testMeanwhile},
		{"Ahead", testAhead},
		{"Photos", testPhotos},
		{"Identifiers", testIdentifiers},
		{"LooseBlobs", testLooseBlobs},
		{"CreateBatch", testCreateBatch},
		{"Idempotency", testIdempotency},
		{"BatchList", testBatchList},
		{"Moves", testMoves},
		{"ConfirmOrder", testConfirmOrder},
		{"ConfirmsAtOnce", testConfirmsAtOnce},
		{"Expiry", testExpiry},
		{"Fail", testFail},
		{"Rows", testRows},
		{"RowFilters", testRowFilters},
		{"RowPaging", testRowPaging},
		{"RowsModel", testRowsModel},
		{"ManyRows", testManyRows},
		{"Groups", testGroups},
		{"RowProblems", testRowProblems},
		{"FinishPreview", testFinishPreview},
		{"Rejected", testRejected},
		{"LatePreview", testLatePreview},
		{"SlowIsNotDead", testSlowIsNotDead},
		{"States", testStates},
		{"RowsNotAdded", testRowsNotAdded},
		{"Heartbeats", testHeartbeats},
		{"WaitingConfirmed", testWaitingConfirmed},
		{"DeadRuns", testDeadRuns},
		{"FrozenRun", testFrozenRun},
		{"UnknownBatch", testUnknownBatch},
		{"Stats", testStats},
		{"Swaps", testSwaps},
		{"ApplyTwice", testApplyTwice},
		{"AppliesAtOnce", testAppliesAtOnce},
		{"OtherGeneration", testOtherGeneration},
		{"ApplyMoved", testApplyMoved},
		{"ApplyStale", testApplyStale},
		{"ApplyInside", testApplyInside},
		{"ApplyMismatch", testApplyMismatch},
		{"ApplyNothingToDo", testApplyNothingToDo},
		{"ApplyCrash", testApplyCrash},
		{"Cancelled", testCancelled},
		{"Readers", testReaders},
		{"AppliesAndEdits", testAppliesAndEdits},
		{"EditWaits", testEditWaits},
		{"MailKinds", testMailKinds},
		{"Outbox", testOutbox},
		{"GivenUp", testGivenUp},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, newWorld(t, fresh))
		})
	}
}

// world is a database with an organization, a few people and an account.
type world struct {
	t       *testing.T
	url     string
	ctx     context.Context
	clock   *testkit.Clock
	store   *store.Store
	org     store.Org
	account store.Account
	people  []*profile.Profile
}

const teamSize = 12

func newWorld(t *testing.T, fresh Database) *world {
	t.Helper()
	w := &world{t: t, url: fresh(t), ctx: t.Context(), clock: testkit.NewClock(time.Date(2025, 3, 1, 12, 0, 0, 123456789, time.UTC))}
	w.store = w.open(store.Options{})
	w.org = w.newOrg("demo")
	w.account = w.newAccount(w.org, "Admin@Demo.example")
	w.people = somePeople(teamSize)
	w.insert(w.org, w.people)
	return w
}

// open connects to the world's database once more.
func (w *world) open(options store.Options) *store.Store {
	w.t.Helper()
	options.Now = w.clock.Now
	s, err := store.Open(w.ctx, w.url, options)
	w.must(err)
	w.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.t.Errorf("close: %v", err)
		}
	})
	return s
}

func (w *world) newOrg(name string) store.Org {
	w.t.Helper()
	org, err := w.store.CreateOrg(w.ctx, name)
	w.must(err)
	w.must(w.store.SetRoles(w.ctx, org.ID, []profile.Role{{ID: 1, Name: "Agent", Active: true}, {ID: 2, Name: "Lead", Active: true}}))
	w.must(w.store.SetGroups(w.ctx, org.ID, []profile.Group{{ID: 7, Name: "Chat"}, {ID: 30, Name: "Mail"}}))
	return org
}

func (w *world) newAccount(org store.Org, email string) store.Account {
	w.t.Helper()
	account, err := w.store.CreateAccount(w.ctx, store.Account{OrgID: org.ID, Email: email, CanManage: true})
	w.must(err)
	return account
}

func (w *world) insert(org store.Org, people []*profile.Profile) {
	w.t.Helper()
	count, err := w.store.InsertPeople(w.ctx, org.ID, values(people))
	w.must(err)
	if count != len(people) {
		w.t.Fatalf("inserted %d of %d people", count, len(people))
	}
}

func values(people []*profile.Profile) func(func(*profile.Profile) bool) {
	return func(yield func(*profile.Profile) bool) {
		for _, p := range people {
			if !yield(p) {
				return
			}
		}
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// wantFault fails unless err is a fault of the kind and code.
func (w *world) wantFault(err error, kind fault.Kind, code string) {
	w.t.Helper()
	if !fault.Is(err, kind) || fault.CodeOf(err) != code {
		w.t.Fatalf("got error %v, want a fault of kind %d with code %s", err, kind, code)
	}
}

// personID is the id of the n-th person.
func personID(n int) profile.ID {
	id, ok := profile.ParseID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	if !ok {
		panic("storetest: personID makes no id")
	}
	return id
}

// somePeople makes people 1 to count; person 1 leads the others.
func somePeople(count int) []*profile.Profile {
	people := make([]*profile.Profile, count)
	for i := range people {
		n := i + 1
		people[i] = &profile.Profile{
			ID: personID(n), Version: 1, Email: fmt.Sprintf("p%d@demo.example", n), EmployeeID: fmt.Sprintf("%05d", n),
			FirstName: fmt.Sprintf("First%d", n), LastName: fmt.Sprintf("Last%02d", n), RoleID: 1, LicenseType: profile.LicenseStandard,
			Hometown: "Porto", CanManageTeam: n == 1, PhoneChannel: true, GroupIDs: []int32{7, 30},
		}
		if n > 1 {
			people[i].LeaderID = personID(1)
		}
	}
	return people
}

func (w *world) profile(n int) profile.Profile {
	w.t.Helper()
	p, err := w.store.Profile(w.ctx, w.org.ID, personID(n))
	w.must(err)
	return p
}

// upload makes a batch that waits for its preview.
func (w *world) upload() batch.Batch {
	w.t.Helper()
	b, created, err := w.store.CreateBatch(w.ctx, w.newBatch())
	w.must(err)
	if !created {
		w.t.Fatal("the batch was there already")
	}
	return b
}

func (w *world) newBatch() store.NewBatch {
	return store.NewBatch{
		ID: store.NewID(), OrgID: w.org.ID, AccountID: w.account.ID, AccountEmail: w.account.Email,
		File: batch.File{Name: "team.txt", Size: 1234, SHA256: strings.Repeat("ab", 32)}, BlobKey: "key", RequestID: "request",
	}
}

func (w *world) startRun(b batch.Batch) *store.Run {
	w.t.Helper()
	run, ok, err := w.store.StartRun(w.ctx, b.ID, b.Generation, b.State)
	w.must(err)
	if !ok {
		w.t.Fatal("there is nothing to do")
	}
	return run
}

// revision of the organization now.
func (w *world) revision() int64 {
	w.t.Helper()
	org, err := w.store.Org(w.ctx, w.org.ID)
	w.must(err)
	return org.Revision
}

// preview uploads a file and ends its preview with the given rows.
func (w *world) preview(rows ...*plan.RowReport) batch.Batch {
	w.t.Helper()
	b := w.upload()
	run := w.startRun(b)
	w.must(w.store.AddRows(w.ctx, run, rows))
	moved, err := w.store.FinishPreview(w.ctx, run, totalsOf(rows), w.revision())
	w.must(err)
	if !moved {
		w.t.Fatal("the preview did not end")
	}
	return w.batch(b.ID)
}

func (w *world) batch(id string) batch.Batch {
	w.t.Helper()
	b, err := w.store.Batch(w.ctx, w.org.ID, id)
	w.must(err)
	return b
}

// confirmed previews and confirms.
func (w *world) confirmed(rows ...*plan.RowReport) batch.Batch {
	w.t.Helper()
	return w.confirm(w.preview(rows...))
}

func (w *world) confirm(b batch.Batch) batch.Batch {
	w.t.Helper()
	if b.Plan == nil {
		w.t.Fatalf("the batch is %s and has no plan", b.State)
	}
	b, err := w.store.Confirm(w.ctx, w.org.ID, b.ID, *b.Plan, w.account.ID, "request")
	w.must(err)
	return b
}

// apply runs the apply of a confirmed batch.
func (w *world) apply(b batch.Batch) store.ApplyOutcome {
	w.t.Helper()
	outcome, err := w.store.Apply(w.ctx, w.startRun(b), nil, nil)
	w.must(err)
	return outcome
}

// totalsOf counts rows as a checker would; the digest is made of the changes.
func totalsOf(rows []*plan.RowReport) plan.Totals {
	var totals plan.Totals
	for _, row := range rows {
		totals.Counts.Rows++
		switch row.Result {
		case plan.Changed:
			totals.Counts.Changed++
		case plan.Invalid:
			totals.Counts.Invalid++
		case plan.Unchanged:
			totals.Counts.Unchanged++
		}
		if len(row.Warnings) > 0 {
			totals.Counts.Warnings++
		}
		for _, change := range row.Changes {
			totals.Digest += row.ProfileID.String() + change.Column + change.Old + change.New
		}
	}
	totals.Digest += "."
	if totals.Counts.Invalid > 0 {
		totals.Digest = ""
	}
	return totals
}

// changing makes the report of a row that changes a profile.
func (w *world) changing(row int, p profile.Profile, change func(*profile.Profile), fields ...profile.Field) *plan.RowReport {
	w.t.Helper()
	directory, err := w.store.Directory(w.ctx, w.org.ID)
	w.must(err)
	return changing(directory, row, p, change, fields...)
}

func changing(d *profile.Directory, row int, p profile.Profile, change func(*profile.Profile), fields ...profile.Field) *plan.RowReport {
	after := p
	change(&after)
	r := &plan.RowReport{Row: row, ProfileID: p.ID, Name: profile.DisplayName(&p), Result: plan.Changed, Version: p.Version, After: after}
	for _, field := range fields {
		r.Mask = r.Mask.With(field)
		r.Changes = append(r.Changes, plan.Change{Column: profile.ColumnOf(field).Header,
			Old: profile.Text(&p, field, d), New: profile.Text(&after, field, d)})
	}
	return r
}

// invalid makes the report of a row with one problem.
func invalid(row int, id profile.ID, code problem.Code, field profile.Field, value string) *plan.RowReport {
	return &plan.RowReport{Row: row, ProfileID: id, Name: "Somebody", Result: plan.Invalid, Problems: []problem.Problem{{
		Code: code, Row: row, Column: profile.ColumnOf(field).Header, Cell: problem.CellAddress(int(field), row), Value: value,
		Message: "It is wrong.", Fix: "Mend it."}}}
}
