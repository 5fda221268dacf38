package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// testStates lets uploads, previews, confirms, cancels, edits, applies, dead and slow
// workers and time come in any order, and compares what becomes of everything with a
// model of it.
func testStates(t *testing.T, w *world) {
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		own := *w // an organization of its own for each try
		own.org = own.newOrg(fmt.Sprint("round ", round))
		own.account = own.newAccount(own.org, fmt.Sprintf("round%d@demo.example", round))
		own.insert(own.org, somePeople(modelTeam))
		m := &stateModel{rt: rt, w: &own, towns: map[int]string{}, versions: map[int]int64{}, revision: own.revision()}
		for n := 1; n <= modelTeam; n++ {
			m.towns[n], m.versions[n] = "Porto", 1
		}
		steps := []func(){m.upload, m.begin, m.begin, m.finish, m.finish, m.finish, m.confirm, m.confirm, m.cancel, m.edit, m.takeOver, m.end, m.pass}
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, len(steps)-1), 30, 80).Draw(rt, "steps") {
			steps[step]()
			m.compare()
		}
		m.compareMails()
	})
}

// modelTeam is how many people there are.
const modelTeam = 4

// stateModel is what should be.
type stateModel struct {
	rt       *rapid.T
	w        *world
	batches  []*modelBatch
	runs     []*modelRun
	towns    map[int]string
	versions map[int]int64
	revision int64
}

type modelBatch struct {
	id                  string
	state               batch.State
	generation, crashes int
	targets             []int
	town                string
	wrong               bool           // there is a problem in the file
	was                 map[int]string // towns at the preview
	revision            int64          // at the preview
	failure             batch.FailureCode
}

type modelRun struct {
	run        *store.Run
	b          *modelBatch
	state      batch.State
	generation int
	ended      bool
}

func (m *stateModel) must(err error) {
	if err != nil {
		m.rt.Fatalf("%+v", err)
	}
}

// some batch; nil: there is none yet.
func (m *stateModel) some() *modelBatch {
	if len(m.batches) == 0 {
		return nil
	}
	unfinished := slices.DeleteFunc(slices.Clone(m.batches), func(b *modelBatch) bool { return b.state.Final() })
	if len(unfinished) > 0 && m.mostly("unfinished") {
		return rapid.SampledFrom(unfinished).Draw(m.rt, "batch")
	}
	return rapid.SampledFrom(m.batches).Draw(m.rt, "batch")
}

func (m *stateModel) mostly(what string) bool { return rapid.IntRange(0, 4).Draw(m.rt, what) > 0 }

func (m *stateModel) town() string {
	return rapid.SampledFrom([]string{"Porto", "Lisbon", "Faro"}).Draw(m.rt, "town")
}

func (m *stateModel) upload() {
	b := &modelBatch{id: m.w.upload().ID, state: batch.Uploaded, generation: 1, town: m.town(), wrong: rapid.IntRange(0, 5).Draw(m.rt, "wrong") == 0}
	b.targets = rapid.SliceOfNDistinct(rapid.IntRange(1, modelTeam), 1, modelTeam, rapid.ID[int]).Draw(m.rt, "people")
	m.batches = append(m.batches, b)
}

// begin begins a run, as a task does, of this or of an older generation.
func (m *stateModel) begin() {
	b := m.some()
	if b == nil {
		return
	}
	generation, state := b.generation, b.state
	if !state.Waiting() || !m.mostly("task of the state") {
		state = rapid.SampledFrom([]batch.State{batch.Uploaded, batch.Confirmed}).Draw(m.rt, "task")
	}
	if !m.mostly("task of the generation") {
		generation--
	}
	m.w.clock.Add(time.Second)
	run, ok, err := m.w.store.StartRun(m.w.ctx, b.id, generation, state)
	m.must(err)
	if want := b.state == state && b.generation == generation; ok != want {
		m.rt.Fatalf("a run of generation %d in %s has begun: %v, want %v", generation, state, ok, want)
	}
	if ok {
		m.runs = append(m.runs, &modelRun{run: run, b: b, state: state, generation: generation})
	}
}

// finish has a run, however old, do what it has begun for.
func (m *stateModel) finish() {
	if len(m.runs) == 0 {
		return
	}
	r := rapid.SampledFrom(m.runs).Draw(m.rt, "run")
	live := r.b.state == r.state && r.b.generation == r.generation
	if r.state == batch.Uploaded {
		m.finishPreview(r, live)
	} else {
		m.finishApply(r, live)
	}
	m.runs = slices.DeleteFunc(m.runs, func(other *modelRun) bool { return other == r })
	m.ends(r)
}

func (m *stateModel) finishPreview(r *modelRun, live bool) {
	rows := m.rows(r.b)
	m.must(m.w.store.AddRows(m.w.ctx, r.run, rows))
	moved, err := m.w.store.FinishPreview(m.w.ctx, r.run, totalsOf(rows), m.revision)
	m.must(err)
	if moved != live {
		m.rt.Fatalf("the preview has moved its batch: %v, want %v", moved, live)
	}
	if !live {
		return
	}
	r.b.revision, r.b.was = m.revision, map[int]string{}
	for _, n := range r.b.targets {
		r.b.was[n] = m.towns[n]
	}
	r.b.state = batch.Ready
	if r.b.wrong {
		r.b.state = batch.Rejected
	}
}

// rows are what a checker would say of the batch's file now.
func (m *stateModel) rows(b *modelBatch) []*plan.RowReport {
	var rows []*plan.RowReport
	for i, n := range b.targets {
		switch {
		case b.wrong && i == 0:
			rows = append(rows, invalid(i+2, personID(n), "too-long", profile.Hometown, "x"))
		case m.towns[n] != b.town:
			rows = append(rows, m.w.changing(i+2, m.w.profile(n), moves(b.town), profile.Hometown))
		}
	}
	return rows
}

func (m *stateModel) finishApply(r *modelRun, live bool) {
	moved, same := m.revision != r.b.revision, true
	for _, n := range r.b.targets {
		same = same && (m.towns[n] == r.b.was[n])
	}
	outcome, err := m.w.store.Apply(m.w.ctx, r.run, nil, nil)
	m.must(err)
	want := store.ApplyApplied
	switch {
	case !live:
		want = store.ApplyNothing
	case moved:
		want = store.ApplyMoved
	}
	m.wantOutcome(outcome, want)
	if want == store.ApplyMoved {
		rows := m.rows(r.b)
		again, ok, err := m.w.store.StartRun(m.w.ctx, r.b.id, r.generation, batch.Confirmed)
		m.must(err)
		if !ok {
			m.rt.Fatal("the file is not looked at again")
		}
		m.must(m.w.store.AddRows(m.w.ctx, again, rows))
		if want = store.ApplyApplied; !same {
			want = store.ApplyStale
		}
		outcome, err = m.w.store.Apply(m.w.ctx, r.run, &store.Recheck{Revision: m.revision, Totals: totalsOf(rows), Run: again}, nil)
		m.must(err)
		m.wantOutcome(outcome, want)
		m.must(m.w.store.EndRun(m.w.ctx, again))
	}
	m.saved(r.b, want)
}

func (m *stateModel) wantOutcome(got, want store.ApplyOutcome) {
	if got != want {
		m.rt.Fatalf("the outcome of the apply is %d, want %d", got, want)
	}
}

// saved is what an outcome changes.
func (m *stateModel) saved(b *modelBatch, outcome store.ApplyOutcome) {
	switch outcome {
	case store.ApplyStale:
		b.state, b.failure = batch.Failed, batch.FailureStalePlan
	case store.ApplyApplied:
		b.state = batch.Applied
		changed := false
		for _, n := range b.targets {
			if m.towns[n] != b.town {
				m.towns[n], changed = b.town, true
				m.versions[n]++
			}
		}
		if changed {
			m.revision++
		}
	}
}

func (m *stateModel) confirm() {
	b := m.some()
	if b == nil {
		return
	}
	digest := "-"
	if p := m.w.batch(b.id).Plan; p != nil {
		digest = *p
	}
	_, err := m.w.store.Confirm(m.w.ctx, m.w.org.ID, b.id, digest, m.w.account.ID, "request")
	may := b.state == batch.Ready && !slices.ContainsFunc(m.batches, func(other *modelBatch) bool { return other.state == batch.Confirmed })
	if may != (err == nil) || err != nil && !fault.Is(err, fault.Conflict) {
		m.rt.Fatalf("confirm of a batch that is %s: %v, want it to succeed: %v", b.state, err, may)
	}
	if may {
		b.state, b.crashes = batch.Confirmed, 0
		b.generation++
	}
}

func (m *stateModel) cancel() {
	b := m.some()
	if b == nil {
		return
	}
	_, err := m.w.store.Cancel(m.w.ctx, m.w.org.ID, b.id, m.w.account.ID, "request")
	if may := b.state == batch.Uploaded || b.state == batch.Ready; may != (err == nil) || err != nil && !fault.Is(err, fault.Conflict) {
		m.rt.Fatalf("cancel of a batch that is %s: %v", b.state, err)
	}
	if err == nil {
		b.state = batch.Cancelled
	}
}

func (m *stateModel) edit() {
	n, town := rapid.IntRange(1, modelTeam).Draw(m.rt, "person"), m.town()
	if m.towns[n] == town {
		return
	}
	m.w.edit(n, moves(town), profile.Hometown)
	m.towns[n] = town
	m.versions[n]++
	m.revision++
}

// takeOver takes whoever works on a batch for dead.
func (m *stateModel) takeOver() {
	b := m.some()
	if b == nil {
		return
	}
	const silence = 20 * time.Second
	m.w.clock.Add(2 * silence)
	moved, err := m.w.store.NextGeneration(m.w.ctx, b.id, b.generation, silence)
	m.must(err)
	if moved != b.state.Waiting() {
		m.rt.Fatalf("a batch that is %s was taken over: %v", b.state, moved)
	}
	if moved {
		b.generation++
		b.crashes++
	}
}

// end has a run end without a result: it failed, or was slow.
func (m *stateModel) end() {
	if len(m.runs) > 0 {
		m.ends(rapid.SampledFrom(m.runs).Draw(m.rt, "run"))
	}
}

func (m *stateModel) ends(r *modelRun) {
	m.must(m.w.store.EndRun(m.w.ctx, r.run))
	if r.ended {
		return
	}
	r.ended = true
	missing := slices.ContainsFunc(m.runs, func(other *modelRun) bool {
		return other.b == r.b && other.state == r.state && other.generation == r.generation && !other.ended
	})
	if r.b.state == r.state && r.b.generation > r.generation && !missing && r.b.crashes > 0 {
		r.b.crashes--
	}
}

// pass lets time pass, after which nothing that waits for a person does so any more.
func (m *stateModel) pass() {
	if rapid.IntRange(0, 3).Draw(m.rt, "days") > 0 {
		return
	}
	m.w.clock.Add(batch.ConfirmWithin + time.Hour)
	_, err := m.w.store.ExpireReady(m.w.ctx)
	m.must(err)
	for _, b := range m.batches {
		if b.state == batch.Ready {
			b.state = batch.Expired
		}
	}
}

// compare looks whether everything is as it should be.
func (m *stateModel) compare() {
	for _, b := range m.batches {
		if got := m.w.batch(b.id); got.State != b.state || got.Generation != b.generation || got.Crashes != b.crashes {
			m.rt.Fatalf("the batch is %s in generation %d with %d crashes, want %s, %d, %d",
				got.State, got.Generation, got.Crashes, b.state, b.generation, b.crashes)
		}
	}
	for n := 1; n <= modelTeam; n++ {
		if p := m.w.profile(n); p.Hometown != m.towns[n] || p.Version != m.versions[n] {
			m.rt.Fatalf("person %d lives in %s in version %d, want %s, %d", n, p.Hometown, p.Version, m.towns[n], m.versions[n])
		}
	}
	if got := m.w.revision(); got != m.revision {
		m.rt.Fatalf("revision %d, want %d", got, m.revision)
	}
}

// compareMails looks whether each outcome has its report, and sends them.
func (m *stateModel) compareMails() {
	reports := map[string][]store.MailKind{}
	for _, mail := range m.w.dueMails() {
		reports[mail.BatchID] = append(reports[mail.BatchID], mail.Kind)
		m.must(m.w.store.MailSent(m.w.ctx, mail.ID))
	}
	for _, b := range m.batches {
		var want []store.MailKind
		switch {
		case b.state == batch.Rejected:
			want = []store.MailKind{store.MailRejected}
		case b.failure == batch.FailureStalePlan:
			want = []store.MailKind{store.MailStale}
		}
		if !slices.Equal(reports[b.id], want) {
			m.rt.Fatalf("a batch that is %s has the reports %v, want %v", b.state, reports[b.id], want)
		}
	}
}
