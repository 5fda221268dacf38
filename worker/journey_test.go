package worker

import (
	"slices"
	"testing"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
)

func TestUploadedToApplied(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.start(w.options())
		b := w.await(w.upload(w.edited("Lisbon", 3, 4)).ID, batch.Ready)
		if want := (batch.Counts{Rows: teamSize, Changed: 2, Unchanged: teamSize - 2}); b.Counts != want {
			t.Errorf("counts %+v, want %+v", b.Counts, want)
		}
		rows := w.rows(b.ID)
		if len(rows) != 2 || !slices.Equal(rows[0].Changes, []plan.Change{{Column: "Hometown", Old: "Porto", New: "Lisbon"}}) {
			t.Errorf("rows %+v", rows)
		}
		if w.hometown(3) != "Porto" {
			t.Error("a preview has saved something")
		}
		w.save(b.ID)
		w.await(b.ID, batch.Applied)
		for n, want := range map[int]string{2: "Porto", 3: "Lisbon", 4: "Lisbon", 5: "Porto"} {
			if got := w.hometown(n); got != want {
				t.Errorf("person %d lives in %s, want %s", n, got, want)
			}
		}
		if mails := w.sender.mails(); len(mails) != 0 {
			t.Errorf("mails that nobody asked for: %+v", mails)
		}
	})
}

// asynq gives a task again whenever it is not sure.
func TestTaskThatComesAgainDoesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		b := w.ready(w.edited("Lisbon", 3))
		other := w.worker(w.options())
		defer func() { must(t, other.close()) }()
		if run, err := other.preview(w.ctx, tasks.Batch{BatchID: b.ID, Generation: 1}); run != nil || err != nil {
			t.Errorf("a second preview: run %v, error %v", run, err)
		}
		confirmed := w.confirm(b.ID)
		task := tasks.Batch{BatchID: b.ID, Generation: confirmed.Generation}
		for range 2 {
			_, err := other.apply(w.ctx, task)
			must(t, err)
		}
		if p := w.profile(3); p.Version != 2 || p.Hometown != "Lisbon" {
			t.Errorf("saved %d times, lives in %s", p.Version-1, p.Hometown)
		}
	})
}

func TestSmallFileAgainstTheTeamIsFetchedByKey(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		rows := w.edited("Lisbon", 7)
		var one [][]string
		for _, row := range rows {
			if row[profile.UserID] == personID(7).String() || len(one) == 0 {
				one = append(one, row)
			}
		}
		b := w.ready(one)
		if b.Counts.Rows != 1 || b.Counts.Changed != 1 || b.NotInFile != teamSize-1 {
			t.Errorf("counts %+v, %d not in the file", b.Counts, b.NotInFile)
		}
	})
}

func TestRejectedWithEveryProblem(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		rows := w.edited("Lisbon", 5)
		rows[0] = append(rows[0], "Colour") // header-unknown
		rows[2][profile.RoleName] = "Pilot"
		rows[3][profile.StartDate] = "tomorrow"
		rows[3][profile.TeamLeader] = "nobody@demo.example"
		w.start(w.options())
		b := w.await(w.upload(rows).ID, batch.Rejected)
		if b.Counts.Invalid != 2 || b.Counts.Changed != 1 || b.Plan != nil {
			t.Errorf("counts %+v, plan %v", b.Counts, b.Plan)
		}
		if len(b.FileProblems) != 1 || b.FileProblems[0].Code != problem.HeaderUnknown || b.FileProblems[0].Cell != "U1" {
			t.Errorf("problems of the file %+v", b.FileProblems)
		}
		var codes []problem.Code
		for _, row := range w.rows(b.ID) {
			for _, p := range row.Problems {
				codes = append(codes, p.Code)
			}
		}
		slices.Sort(codes)
		if want := []problem.Code{problem.DateFormat, problem.LeaderNotFound, problem.RoleUnknown}; !slices.Equal(codes, want) {
			t.Errorf("problems of rows %v, want %v", codes, want)
		}
		if mail := w.awaitMails(1)[0]; mail.Kind != store.MailRejected || mail.Recipient != adminEmail || mail.BatchID != b.ID {
			t.Errorf("mail %+v", mail)
		}
	})
}

func TestFilesThatCannotBeRead(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.start(w.options())
		whole := w.edited("Lisbon", 5)
		truncated := text(t, whole)
		said := map[string]string{
			"blank rows": "The file has nothing but blank rows.",
			"a title":    "The header has to be in row 1, but it is in row 3.",
			"no key":     profile.HeaderMissing().Message,
		}
		for name, test := range map[string]struct {
			file []byte
			want problem.Code
		}{
			"CSV":          {[]byte("User ID,Email\r\n1,a@demo.example\r\n"), problem.FileEncoding},
			"no bytes":     {nil, problem.FileEmpty},
			"header alone": {text(t, whole[:1]), problem.FileEmpty},
			"no key":       {text(t, [][]string{{"Hometown"}, {"Porto"}}), problem.HeaderMissing},
			"blank rows":   {text(t, [][]string{{""}, {""}, {" ", ""}}), problem.FileEmpty},
			"a title":      {text(t, [][]string{{"The team of July"}, {""}, {"Email", "Hometown"}, {"a@demo.example", "Porto"}}), problem.HeaderMissing},
			"odd byte":     {truncated[:len(truncated)-1], problem.FileTruncated},
		} {
			b := w.put(test.file)
			must(t, w.bell.Preview(w.ctx, b.ID, b.Generation, b.File.Size))
			b = w.await(b.ID, batch.Rejected)
			if len(b.FileProblems) != 1 || b.FileProblems[0].Code != test.want || b.FileProblems[0].Message == "" {
				t.Errorf("%s: %+v, want %s", name, b.FileProblems, test.want)
			}
			if message, ok := said[name]; ok && b.FileProblems[0].Message != message {
				t.Errorf("%s: %s", name, b.FileProblems[0].Message)
			}
		}
	})
}

func TestTooManyRowsHidesNoOtherProblem(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		rows := w.sheet()
		rows[2][profile.RoleName] = "Pilot"
		options := w.options()
		options.MaxRows = 10
		w.start(options)
		b := w.await(w.upload(rows).ID, batch.Rejected)
		if len(b.FileProblems) != 1 || b.FileProblems[0].Code != problem.TooManyRows || b.Counts.Rows != 10 || b.Counts.Invalid != 1 {
			t.Errorf("problems %+v, counts %+v", b.FileProblems, b.Counts)
		}
	})
}

func TestTeamThatMovedElsewhereDoesNotMatter(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		b := w.ready(w.edited("Lisbon", 3))
		w.move(9, "Faro")
		w.start(w.options())
		w.save(b.ID)
		w.await(b.ID, batch.Applied)
		if w.hometown(3) != "Lisbon" || w.hometown(9) != "Faro" {
			t.Errorf("3 lives in %s, 9 in %s", w.hometown(3), w.hometown(9))
		}
	})
}

func TestPlanThatIsNoLongerTheSameFails(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		b := w.ready(w.edited("Lisbon", 3, 4))
		w.move(3, "Faro")
		w.start(w.options())
		w.save(b.ID)
		b = w.await(b.ID, batch.Failed)
		if b.Failure.Code != batch.FailureStalePlan {
			t.Errorf("failure %+v", b.Failure)
		}
		if w.hometown(3) != "Faro" || w.hometown(4) != "Porto" {
			t.Errorf("3 lives in %s, 4 in %s", w.hometown(3), w.hometown(4))
		}
		if mail := w.awaitMails(1)[0]; mail.Kind != store.MailStale {
			t.Errorf("mail %+v", mail)
		}
	})
}

// While somebody keeps saving, the file is in the end checked where nobody can.
func TestTeamThatKeepsMovingIsComparedInsideTheLocks(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		b := w.confirm(w.ready(w.edited("Lisbon", 3, 4)).ID)
		saver := w.worker(w.options())
		defer func() { must(t, saver.close()) }()
		run, ok, err := w.store.StartRun(w.ctx, b.ID, b.Generation, batch.Confirmed)
		if must(t, err); !ok {
			t.Fatal("there is nothing to do")
		}
		w.move(9, "Faro")
		saved := func(again *store.Recheck) store.ApplyOutcome {
			outcome, err := saver.save(w.ctx, run, again, nil)
			must(t, err)
			return outcome
		}
		if got := saved(nil); got != store.ApplyMoved {
			t.Fatalf("after an edit: %d", got)
		}
		again, err := saver.recheck(w.ctx, run)
		must(t, err)
		w.move(9, "Braga")
		if got := saved(again); got != store.ApplyMoved {
			t.Fatalf("after one more edit: %d", got)
		}
		outcome, err := saver.saveInside(w.ctx, run)
		if must(t, err); outcome != store.ApplyApplied {
			t.Fatalf("inside the locks: %d", outcome)
		}
		after := w.batch(b.ID)
		// The third row is 9's: the file keeps the newer town, and says so.
		if p := w.profile(3); p.Hometown != "Lisbon" || p.Version != 2 || after.State != batch.Applied || len(w.rows(b.ID)) != 3 {
			t.Errorf("3 lives in %s at version %d; the batch is %s with %d rows", p.Hometown, p.Version, after.State, len(w.rows(b.ID)))
		}
	})
}

func TestCancelledWhileBeingRead(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		reading, release := make(chan struct{}), make(chan struct{})
		w.blobs.hook(func() error {
			close(reading)
			<-release
			return nil
		})
		w.start(w.options())
		b := w.upload(w.edited("Lisbon", 3))
		<-reading
		_, err := w.store.Cancel(w.ctx, w.org.ID, b.ID, w.account.ID, "request")
		must(t, err)
		close(release)
		w.await(b.ID, batch.Cancelled)
	})
}
