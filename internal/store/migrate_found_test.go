package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/testkit"
)

// keptBefore is a kept row as the first schema had it. The numbers of fields, the
// hashes of values and the form of causes are those of its time.
type keptBefore struct {
	row, shown                 int
	changes, problems, warning int    // bits of fields
	causes                     string // " code/field/hash of the value code/…/… "
	profile                    string
	version                    int
}

const (
	leaderX  = "leader-not-found/8/2o0ox7g8o064n" // hash of "x"
	emailNil = "required-empty/1/33niihzj4ux45"   // hash of ""
)

// rowsBefore are more rows than a chunk has, some with causes.
func rowsBefore() []keptBefore {
	rows := make([]keptBefore, 0, 5000)
	for n := range cap(rows) {
		r := keptBefore{row: 2 + 3*n, shown: showsChanges, changes: 1 << profile.Hometown}
		switch n % 1000 {
		case 7:
			r.shown, r.problems, r.causes = showsProblems, 1<<profile.TeamLeader|1<<profile.Email, " "+leaderX+" "+emailNil+" "
		case 8:
			r.shown, r.warning, r.causes = showsChanges|showsWarnings, 1<<profile.Bio, " trimmed/16/hash leader-not-found/-/hash "
		}
		rows = append(rows, r)
	}
	return rows
}

// listsBefore are the lists that the rows stand in.
func listsBefore(rows []keptBefore) map[string][]int {
	lists := map[string][]int{}
	for _, r := range rows {
		names := []string{"all"}
		for view, columns := range []int{r.changes, r.problems, r.warning} {
			if r.shown&(1<<view) != 0 {
				names = append(names, views[view])
			}
			for f := range profile.Fields(columns).All() {
				names = append(names, fmt.Sprint(views[view], "/", f))
			}
		}
		switch {
		case r.problems != 0:
			names = append(names, "=leader-not-found", "=leader-not-found/8", "="+leaderX, "=required-empty", "=required-empty/1", "="+emailNil)
		case r.warning != 0:
			names = append(names, "=trimmed", "=trimmed/16", "=leader-not-found")
		}
		for _, name := range names {
			lists[name] = append(lists[name], r.row)
		}
	}
	return lists
}

// rowsOfManyValues have more values than are told apart, each its own.
func rowsOfManyValues() []keptBefore {
	rows := make([]keptBefore, valuesMost+50)
	for n := range rows {
		rows[n] = keptBefore{row: 2 + n, shown: showsProblems, problems: 1 << profile.TeamLeader, causes: fmt.Sprintf(" leader-not-found/8/v%d ", n)}
	}
	return rows
}

// TestRowsOfTheFirstSchemaAreFound migrates a database that has rows.
func TestRowsOfTheFirstSchemaAreFound(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(t *testing.T) string{
		"SQLite":   func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "store.db") },
		"Postgres": func(t *testing.T) string { return testkit.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openFirst(t, url(t))
			previewed, applied, many := w.batch(), w.batch(), w.batch()
			w.write(previewed, rowsBefore())
			w.write(many, rowsOfManyValues())
			w.write(w.run(previewed.Batch), rowsBefore()[:10]) // a run that came to nothing
			w.write(applied, []keptBefore{{row: 9, shown: showsChanges, profile: w.person, version: 4}})
			w.set(previewed, batch.Rejected)
			w.set(applied, batch.Applied)
			w.must(w.store.Migrate(t.Context()))
			w.must(w.store.CheckSchema(t.Context()))
			w.wantLists(previewed, listsBefore(rowsBefore()))
			w.wantTold(many)
			id, _ := profile.ParseID(w.person)
			w.must(w.store.View(t.Context(), w.org.ID, func(v *View) error {
				past, err := v.Past(t.Context(), id, 4)
				if len(past) != 1 || past[profile.Hometown].Text != "Porto" {
					t.Errorf("the past is %+v", past)
				}
				return err
			}))
		})
	}
}

// first is a database with the first schema.
type first struct {
	t      *testing.T
	store  *Store
	org    Org
	person string
}

func openFirst(t *testing.T, url string) *first {
	t.Helper()
	w := &first{t: t, person: NewID()}
	var err error
	w.store, err = Open(t.Context(), url, Options{})
	w.must(err)
	t.Cleanup(func() { w.must(w.store.Close()) })
	migrator, err := w.store.migrator()
	w.must(err)
	_, err = migrator.UpTo(t.Context(), 1)
	w.must(err)
	w.org, err = w.store.CreateOrg(t.Context(), "demo")
	w.must(err)
	return w
}

func (w *first) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// batch is inserted as the first schema has it: what the store selects today is not
// there yet.
func (w *first) batch() *Run {
	w.t.Helper()
	b := batch.Batch{ID: NewID(), OrgID: w.org.ID, State: batch.Uploaded, Generation: 1}
	w.must(w.store.inTx(w.t.Context(), shortWrite, func(h *handle) error {
		return h.do("INSERT INTO batches (org_id, id, kind, state, file_name, file_size, file_sha256, blob_key, account_id, account_email,"+
			" request_id, uploaded_at) VALUES (?, ?, 'update', 'uploaded', 'team.txt', 1, 'ab', 'key', ?, 'a@b.example', 'r', ?)",
			b.OrgID, b.ID, NewID(), h.now)
	}))
	return w.run(b)
}

func (w *first) run(b batch.Batch) *Run {
	w.t.Helper()
	run := w.store.newRun(b)
	w.must(w.store.inTx(w.t.Context(), shortWrite, func(h *handle) error { return h.insertRun(run) }))
	return run
}

func (w *first) write(run *Run, rows []keptBefore) {
	w.t.Helper()
	w.must(w.store.inTx(w.t.Context(), shortWrite, func(h *handle) error {
		b := h.bulk("batch_rows", strings.Fields("org_id batch_id run row_no profile_id version shown mask change_columns problem_columns"+
			" warning_columns causes name search changes problems warnings"))
		for _, r := range rows {
			b.text(run.Batch.OrgID)
			b.text(run.Batch.ID)
			b.integer(run.Number)
			b.integer(int64(r.row))
			writeOptional(b, r.profile)
			for _, number := range []int{r.version, r.shown, r.shown & showsChanges, r.changes, r.problems, r.warning} {
				b.integer(int64(number))
			}
			for _, text := range []string{r.causes, "name", "search", `[{"column":"Hometown","old":"Porto","new":"Lisbon"}]`, "[]", "[]"} {
				b.text(text)
			}
			if err := b.end(); err != nil {
				return err
			}
		}
		return b.flush()
	}))
}

func (w *first) set(run *Run, state batch.State) {
	w.t.Helper()
	w.must(w.store.inTx(w.t.Context(), shortWrite, func(h *handle) error {
		return h.do("UPDATE batches SET state = ?, run = ?, finished_at = ? WHERE org_id = ? AND id = ?",
			string(state), run.Number, h.now, w.org.ID, run.Batch.ID)
	}))
}

// wantTold: the first values have lists, and no others.
func (w *first) wantTold(run *Run) {
	w.t.Helper()
	h := w.store.reads(w.t.Context())
	live := liveRun{run.Batch.OrgID, run.Batch.ID, run.Number}
	for n, want := range map[int]bool{0: true, valuesMost - 1: true, valuesMost: false, valuesMost + 49: false} {
		told, err := h.hasList(live, fmt.Sprint("=leader-not-found/8/v", n))
		w.must(err)
		if told != want {
			w.t.Errorf("value %d is told apart: %v", n, told)
		}
	}
}

// wantLists reads every list of a run.
func (w *first) wantLists(run *Run, want map[string][]int) {
	w.t.Helper()
	h := w.store.reads(w.t.Context())
	live := liveRun{run.Batch.OrgID, run.Batch.ID, run.Number}
	var names []string
	w.must(h.all(&names, "SELECT DISTINCT list FROM batch_postings WHERE org_id = ? AND batch_id = ? AND run = ?", live.args()...))
	if len(names) != len(want) {
		w.t.Errorf("lists %q, want %d", names, len(want))
	}
	for name, rows := range want {
		got, err := listsReader{newListReader(h, live, name, 0, 0)}.some(len(rows) + 1)
		w.must(err)
		if !slices.Equal(got, rows) {
			w.t.Errorf("list %s has %d rows %v…, want %d", name, len(got), got[:min(len(got), 5)], len(rows))
		}
	}
	if told := (cause{code: problem.LeaderNotFound, in: columnOf("Team Leader")}).of("x").list(); len(want[told]) == 0 {
		w.t.Errorf("the value x is looked for in %s", told)
	}
	rows, _, err := w.store.Rows(w.t.Context(), w.org.ID, run.Batch.ID, RowsQuery{Show: "problems", Code: "leader-not-found", Limit: 1000})
	w.must(err)
	invalid := func(r plan.RowReport) bool { return r.Result != plan.Invalid }
	if len(rows) != len(want["problems"]) || slices.ContainsFunc(rows, invalid) {
		w.t.Errorf("%d rows with problems, want %d", len(rows), len(want["problems"]))
	}
}
