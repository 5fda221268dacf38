package producer

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
)

// setPerson gives somebody who has not been changed yet other values.
func (r *rig) setPerson(id profile.ID, body string) {
	r.t.Helper()
	r.call("PATCH", "/api/v1/profiles/"+id.String(), strings.NewReader(body), "If-Match", `"1"`).is(200)
}

// storedFile reads the stored file of a batch.
func (r *rig) storedFile(b batch.Batch) [][]string {
	r.t.Helper()
	file, err := r.blobs.Open(r.t.Context(), b.BlobKey)
	r.must(err)
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(file)
	r.must(err)
	return rowsOf(r.t, content)
}

// mendedBatch is the batch that a page shows after a click on a mend.
func (p *shownPage) mendedBatch() batch.Batch {
	p.b.t.Helper()
	p.is(http.StatusOK, "Your file is being checked", "an earlier bulk update")
	return p.b.rig.batch(strings.TrimPrefix(p.url.Path, "/bulk-update/"))
}

func TestAFileIsMendedAndPreviewedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ana, bo := personID(1, 2), personID(1, 3)
	r.setPerson(ana, `{"employee_id":"000123","start_date":"2026-04-03"}`)
	r.setPerson(bo, `{"start_date":"2026-04-03"}`)
	old := r.preview(r.uploaded(
		[]string{"User ID", "Employee ID", "Start Date", "Hometown", "Result"},
		[]string{ana.String(), "123", "3/4/2026", "=Braga", "kept"},
		[]string{},
		[]string{bo.String(), "00003", "5/4/2026", "Faro", ""}))
	if old.State != batch.Rejected {
		t.Fatalf("state %s, %+v", old.State, old.FileProblems)
	}
	p := r.signedIn().open("/bulk-update/"+old.ID).is(http.StatusOK, "Keep the stored value in 1 cell of Employee ID", "Keep the stored value in 1 cell of Start Date")
	b := p.form("/bulk-update/" + old.ID + "/mend").send().mendedBatch()
	if b.Replaces == nil || *b.Replaces != old.ID || b.File.Name != "team-mended.txt" {
		t.Errorf("the copy: %+v", b)
	}
	want := [][]string{
		{"User ID", "Employee ID", "Start Date", "Hometown", "Result"},
		{ana.String(), "000123", "2026-04-03", "=Braga", "kept"},
		{""},
		{bo.String(), "00003", "5/4/2026", "Faro", ""},
	}
	if diff := cmp.Diff(want, r.storedFile(b)); diff != "" {
		t.Errorf("the mended copy (-want +got):\n%s", diff)
	}
}

func TestOnlyWhatWasChosenIsMended(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ana := personID(1, 2)
	r.setPerson(ana, `{"employee_id":"000123","start_date":"2026-04-03"}`)
	old := r.preview(r.uploaded([]string{"User ID", "Employee ID", "Start Date"}, []string{ana.String(), "123", "3/4/2026"},
		[]string{personID(1, 9).String(), "", ""}))
	p := r.signedIn().open("/bulk-update/" + old.ID)
	form := p.form("/bulk-update/" + old.ID + "/mend")
	form.values["mend"] = []string{"dates:Start Date"}
	if got := r.storedFile(form.send().mendedBatch())[1]; got[1] != "123" || got[2] != "2026-04-03" {
		t.Errorf("the row came out as %q", got)
	}
	form.values["mend"] = nil
	form.send().is(http.StatusConflict, "Nothing was chosen")
	form.values["mend"] = []string{"column:Hometown"} // was not offered
	form.send().is(http.StatusConflict, "Nothing was chosen")
}

func TestTheRowsOfIncompleteDeactivatedPeopleAreTakenOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.preview(r.uploaded([]string{"User ID", "Last Name", "Hometown"}, []string{personID(1, 9).String(), "", "Faro"},
		[]string{personID(1, 2).String(), "Silva", "Braga"}))
	b := r.signedIn().open("/bulk-update/"+old.ID).is(http.StatusOK, "Take out 1 row of a deactivated person").
		form("/bulk-update/" + old.ID + "/mend").send().mendedBatch()
	if diff := cmp.Diff([][]string{{"User ID", "Last Name", "Hometown"}, {""}, {personID(1, 2).String(), "Silva", "Braga"}}, r.storedFile(b)); diff != "" {
		t.Error(diff)
	}
	if now := r.preview(b.ID); now.State != batch.Ready || now.Counts.Changed != 1 || now.Counts.Blank != 1 {
		t.Errorf("the copy is %s: %+v", now.State, now.Counts)
	}
}

func TestAMovedColumnIsLeftOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.withMovedColumn()
	b := r.signedIn().open("/bulk-update/"+old.ID).is(http.StatusOK, "Keep everybody’s stored Hometown").
		form("/bulk-update/" + old.ID + "/mend").send().mendedBatch()
	if diff := cmp.Diff([][]string{{"User ID", ""}, {r.home.profile.String(), ""}}, r.storedFile(b)); diff != "" {
		t.Error(diff)
	}
	if now := r.preview(b.ID); now.State != batch.Ready || now.Counts.Changed != 0 {
		t.Errorf("the copy is %s: %+v, %+v", now.State, now.Counts, now.FileProblems)
	}
	if now := r.batch(old.ID); now.State != batch.Cancelled {
		t.Errorf("the batch before is %s", now.State)
	}
}

// withMovedColumn is a ready batch whose Hometown can be left out.
func (r *rig) withMovedColumn() batch.Batch {
	r.t.Helper()
	id := r.uploaded([]string{"User ID", "Hometown"}, []string{r.home.profile.String(), "Lisbon"})
	run, _, err := r.store.StartRun(r.t.Context(), id, r.batch(id).Generation, batch.Uploaded)
	r.must(err)
	// A column of one person is too short to be called moved, so it is said here.
	moved := plan.Totals{Counts: batch.Counts{Rows: 1, Changed: 1}, Digest: "d",
		Highlights: batch.Highlights{Mends: []batch.Mend{{Kind: batch.MendColumn, Column: "Hometown", Count: 1}}}}
	_, err = r.store.FinishPreview(r.t.Context(), run, moved, 1)
	r.must(err)
	return r.batch(id)
}

// leavingBell is rung after somebody has closed the browser.
type leavingBell struct {
	*fakeBell
	leave func()
}

func (b leavingBell) Preview(ctx context.Context, id string, generation int, size int64) error {
	b.leave()
	return b.fakeBell.Preview(ctx, id, generation, size)
}

// Who leaves at the last moment is not left with two files that can be confirmed.
func TestAMendIsDoneWholeForWhoLeaves(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.withMovedColumn()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	r.server.Bell = leavingBell{r.bell, leave}
	b, err := r.server.mend(ctx, r.home.admin, old.ID, []string{old.Highlights.Mends[0].Name()}, "request")
	r.must(err)
	if now := r.batch(old.ID); now.State != batch.Cancelled || !r.bell.heard("preview "+b.ID) {
		t.Errorf("the batch before is %s", now.State)
	}
}

func TestAMendThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ana := personID(1, 2)
	r.setPerson(ana, `{"employee_id":"000123"}`)
	old := r.preview(r.uploaded([]string{"User ID", "Employee ID"}, []string{ana.String(), "123"}))
	form := r.signedIn().open("/bulk-update/" + old.ID).form("/bulk-update/" + old.ID + "/mend")
	r.must(r.blobs.Delete(t.Context(), old.BlobKey))
	form.send().is(http.StatusConflict, "no longer stored")
	list, _, err := r.store.Batches(t.Context(), r.home.org.ID, "", 10)
	r.must(err)
	if len(list) != 1 {
		t.Errorf("%d batches, want the first alone", len(list))
	}
}

// A bug in what is written beside a request costs that request, not the process.
func TestABugInAMendOrAConversionIsCaught(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ana := personID(1, 2)
	r.setPerson(ana, `{"employee_id":"000123"}`)
	old := r.preview(r.uploaded([]string{"User ID", "Employee ID"}, []string{ana.String(), "123"}))
	b := r.signedIn()
	mend := b.open("/bulk-update/" + old.ID).form("/bulk-update/" + old.ID + "/mend")
	convert := b.open("/bulk-update").form("/bulk-update").choose("a.csv", csvOf("User ID,Hometown", ana.String()+",Faro")).send().
		follow("Convert my file").form("/convert/")
	files := r.blobs.count(t)
	r.blobs.mu.Lock()
	r.blobs.openBug = "a bug with a secret"
	r.blobs.mu.Unlock()
	for name, form := range map[string]*pageForm{"mend": mend, "convert": convert} {
		before := len(r.log.String())
		form.send().is(http.StatusInternalServerError, "Something on our side failed").lacks("secret")
		if log := r.log.String()[before:]; !strings.Contains(log, "rig_test.go") || strings.Contains(log, "secret") {
			t.Errorf("%s: the log says %s", name, log)
		}
	}
	list, _, err := r.store.Batches(t.Context(), r.home.org.ID, "", 10)
	r.must(err)
	if len(list) != 1 || r.blobs.count(t) != files {
		t.Errorf("%d batches, want the first alone; %d files, were %d", len(list), r.blobs.count(t), files)
	}
}

func TestMuchThatIsTakenAwayHasToBeTyped(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.preview(r.uploaded([]string{"User ID", "Hometown"}, []string{r.home.profile.String(), ""}))
	page := r.signedIn().open("/bulk-update/"+b.ID).is(http.StatusOK, "1 value will be taken away, more than 5% of the team. Type 1 to confirm")
	form := page.form("/bulk-update/" + b.ID + "/confirm")
	form.send().is(http.StatusUnprocessableEntity, "Nothing was confirmed yet. Type 1.")
	form.set("typed", "2").send().is(http.StatusUnprocessableEntity, "this is not the number. Type 1.")
	if now := r.batch(b.ID); now.State != batch.Ready {
		t.Fatalf("the batch is %s", now.State)
	}
	form.set("typed", " 1 ").send().is(http.StatusOK, "Saving 1 change")
	if now := r.batch(b.ID); now.State != batch.Confirmed {
		t.Fatalf("the batch is %s", now.State)
	}
}

func TestIsTyped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"3410": true, "3,410": true, "3.410": true, "3 410": true, "3\u202f410": true, "3'410": true, " 3410 ": true,
		"": false, "341": false, "34100": false, "-3410": false, "3410x": false} {
		if isTyped(text, 3410) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestAStalePlanSaysWhatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.ready()
	r.setPerson(personID(1, 3), `{"hometown":"Évora"}`)
	confirmed, err := r.store.Confirm(t.Context(), r.home.org.ID, b.ID, *b.Plan, r.home.admin.ID, "r")
	r.must(err)
	failed, err := r.store.Fail(t.Context(), b.ID, confirmed.Generation, batch.Failure{Code: batch.FailureStalePlan, Message: "The team has changed."})
	r.must(err)
	if !failed {
		t.Fatal("not failed")
	}
	page := r.signedIn().open("/bulk-update/"+b.ID).is(http.StatusOK, "What has changed since the preview", "Bo Silva", "Hometown", "Évora")
	page.form("/bulk-update/" + b.ID + "/preview").send().mendedBatch()
}

// The page of a plan that may be stale says so before it is confirmed, and previews the
// same file in its place.
func TestAnOldPreviewSaysThatTheTeamHasChanged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.ready()
	browser, address := r.signedIn(), "/bulk-update/"+b.ID
	browser.open(address).is(http.StatusOK, "Confirm 1 change").lacks("The team has changed")
	r.setPerson(personID(1, 3), `{"hometown":"Évora"}`)
	page := browser.open(address).is(http.StatusOK, "Confirm 1 change", "The team has changed since this preview was made", "admin@home.example changed Bo Silva").lacks("several changes")
	r.setPerson(personID(1, 4), `{"hometown":"Faro"}`)
	browser.open(address).is(http.StatusOK, "the last of several changes").lacks("changed Bo Silva")
	page.form(address + "/preview").send().mendedBatch()
	if now := r.batch(b.ID); now.State != batch.Cancelled {
		t.Errorf("the old one is %s", now.State)
	}
	browser.open(address).is(http.StatusOK, "Cancelled").lacks("The team has changed")
	page.form(address+"/preview").send().is(http.StatusConflict, "Cancelled")
}

// A plan is not given up for a preview that cannot be made.
func TestAPlanStaysWhereItsFileIsLost(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.ready()
	r.setPerson(personID(1, 3), `{"hometown":"Évora"}`)
	page := r.signedIn().open("/bulk-update/" + b.ID)
	r.must(r.blobs.Delete(t.Context(), b.BlobKey))
	page.form("/bulk-update/"+b.ID+"/preview").send().is(http.StatusConflict, "The uploaded file is no longer stored", "Confirm 1 change")
	if now := r.batch(b.ID); now.State != batch.Ready {
		t.Errorf("it is %s", now.State)
	}
}
