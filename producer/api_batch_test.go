package producer

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
)

func TestListOfBatches(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if body := string(r.call("GET", "/api/v1/batches", nil).body); body != `{"batches":[],"next":null}`+"\n" {
		t.Errorf("empty list: %s", body)
	}
	var ids []string
	for i := range 5 {
		ids = append(ids, r.uploaded([]string{"User ID"}, []string{fmt.Sprint(i)}))
	}
	var seen []string
	path := "/api/v1/batches?limit=2"
	for pages := 0; ; pages++ {
		page := r.call("GET", path, nil).is(200)
		for _, b := range page["batches"].([]any) {
			seen = append(seen, b.(map[string]any)["id"].(string))
		}
		if page["next"] == nil {
			if pages != 2 {
				t.Errorf("%d pages", pages+1)
			}
			break
		}
		path = "/api/v1/batches?limit=2&after=" + page["next"].(string)
	}
	for i, id := range seen {
		if id != ids[len(ids)-1-i] {
			t.Fatalf("not newest first: %v of %v", seen, ids)
		}
	}
	r.call("GET", "/api/v1/batches?after=nonsense!", nil).fails(400, "cursor-unknown")
	r.call("GET", "/api/v1/batches?after=cjE3", nil).fails(400, "cursor-unknown") // of another list
	r.call("GET", "/api/v1/batches?after=YmJi", nil).fails(400, "cursor-unknown") // the store's to refuse
	r.call("GET", "/api/v1/batches?limit=0", nil).fails(400, "limit-range")
	r.call("GET", "/api/v1/batches?limit=many", nil).fails(400, "limit-range")
	r.call("GET", "/api/v1/batches?limit=100000", nil).is(200)
}

func TestBatchThatIsReady(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.ready()
	answer := r.call("GET", "/api/v1/batches/"+b.ID, nil)
	value := answer.is(200)
	if value["state"] != "ready" || value["plan"] != *b.Plan || answer.header.Get("ETag") != `"`+*b.Plan+`"` {
		t.Errorf("%s", answer.body)
	}
	if !strings.Contains(string(answer.body), `"changes_by_column":[{"column":"Hometown","changed":1,"cleared":0}]`) {
		t.Errorf("%s", answer.body)
	}
	if !strings.Contains(string(answer.body), `"counts":{"rows":1,"changed":1,"unchanged":0,"invalid":0,"warnings":0,"blank":0}`) {
		t.Errorf("%s", answer.body)
	}
}

func TestWaitEndsWithTheNextState(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.uploaded([]string{"User ID", "Hometown"}, []string{r.home.profile.String(), "Lisbon"})
	answers := r.later("GET", "/api/v1/batches/"+id+"?wait=60s")
	r.preview(id)
	if got := (<-answers).is(200)["state"]; got != "ready" {
		t.Errorf("state %v", got)
	}
	// Nothing moves a ready batch but a person: whoever asks is told at once.
	if got := r.call("GET", "/api/v1/batches/"+id+"?wait=60", nil).is(200)["state"]; got != "ready" {
		t.Errorf("state %v", got)
	}
	answers = r.later("GET", "/api/v1/batches/"+id+"?wait=60s&from=ready")
	r.call("POST", "/api/v1/batches/"+id+"/cancel", nil).is(200)
	if got := (<-answers).is(200)["state"]; got != "cancelled" {
		t.Errorf("state %v", got)
	}
	r.call("GET", "/api/v1/batches/"+id+"?wait=60s&from=cancelled", nil).is(200) // final
}

// later makes a call while the test goes on. A call that fails ends with the zero
// reply, which no check takes.
func (r *rig) later(method, path string) <-chan reply {
	answers := make(chan reply, 1)
	go func() {
		defer close(answers)
		answers <- r.call(method, path, nil)
	}()
	return answers
}

func TestWaitIsBounded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.uploaded([]string{"User ID"})
	if got := r.call("GET", "/api/v1/batches/"+id+"?wait=50ms", nil).is(200)["state"]; got != "uploaded" {
		t.Errorf("state %v", got)
	}
	for _, wait := range []string{"soon", "-1s", "1"} {
		if answer := r.call("GET", "/api/v1/batches/"+id+"?wait="+wait, nil); wait != "1" {
			answer.fails(400, "wait-format")
		}
	}
	if wait, err := readWait(mustRequest(t, "/?wait=10h")); err != nil || wait != time.Minute {
		t.Errorf("%v, %v", wait, err)
	}
}

func TestWaitEndsWhenTheProcessStops(t *testing.T) {
	t.Parallel()
	stopping := make(chan struct{})
	r := newRig(t, func(o *Options) { o.Stopping = stopping })
	id := r.uploaded([]string{"User ID"})
	answers := r.later("GET", "/api/v1/batches/"+id+"?wait=60s")
	close(stopping)
	(<-answers).is(200)
}

func mustRequest(t *testing.T, target string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestRows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lea, bo := personID(1, 1).String(), personID(1, 3).String()
	b := r.preview(r.uploaded(
		[]string{"User ID", "Role", "Hometown"},
		[]string{r.home.profile.String(), "Pirate", "Lisbon"},
		[]string{lea, "Lead", "Faro "},
		[]string{bo, "Agent", "=Porto"},
	))
	path := "/api/v1/batches/" + b.ID + "/rows"
	tests := []struct {
		query string
		rows  []float64
	}{
		{"", []float64{2, 3}}, {"?show=all", []float64{2, 3}}, {"?show=problems", []float64{2}}, {"?show=changes", []float64{3}},
		{"?show=warnings", []float64{3}}, {"?show=problems&column=role", []float64{2}}, {"?show=problems&column=Hometown", nil},
		{"?code=role-unknown", []float64{2}}, {"?code=role-unknown&column=Role&value=Pirate", []float64{2}}, {"?q=lea", []float64{3}},
		{"?q=%25", nil},
	}
	for _, test := range tests {
		var got []float64
		for _, row := range r.call("GET", path+test.query, nil).is(200)["rows"].([]any) {
			got = append(got, row.(map[string]any)["row"].(float64))
		}
		if fmt.Sprint(got) != fmt.Sprint(test.rows) {
			t.Errorf("%s: rows %v, want %v", test.query, got, test.rows)
		}
	}
	r.call("GET", path+"?show=everything", nil).fails(400, "show-unknown")
	r.call("GET", path+"?column=Nothing", nil).fails(400, "column-unknown")
	r.call("GET", path+"?code=role-unknwon", nil).fails(400, "code-unknown")
	r.call("GET", path+"?after=YjE", nil).fails(400, "cursor-unknown")
	r.call("GET", path+"?after=ci0x", nil).fails(400, "cursor-unknown") // -1
	r.call("GET", path+"?limit=-1", nil).fails(400, "limit-range")
	first := r.call("GET", path+"?limit=1", nil).is(200)
	second := r.call("GET", path+"?limit=1&after="+first["next"].(string), nil).is(200)
	if row := second["rows"].([]any)[0].(map[string]any); row["row"] != 3.0 || second["next"] != nil {
		t.Errorf("%v", second)
	}
}

func TestRowInJSON(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.rejected()
	body := string(r.call("GET", "/api/v1/batches/"+b.ID+"/rows", nil).body)
	for _, want := range []string{
		`{"rows":[{"row":2,"profile_id":"` + r.home.profile.String() + `","name":"Ana Silva","result":"invalid","changes":[],` +
			`"problems":[{"code":"role-unknown","row":2,"column":"Role","cell":"B2","value":"Pirate","message":"`,
		`"suggestions":[]}],"warnings":[]}],"next":null}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s\nlacks %s", body, want)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	rows := [][]string{{"User ID", "Role", "Chat Channel", "Colour"}}
	for n := byte(1); n <= 4; n++ {
		rows = append(rows, []string{personID(1, n).String(), "Pirate", "y", ""})
	}
	rows[1][2] = "maybe"
	b := r.preview(r.uploaded(rows...))
	path := "/api/v1/batches/" + b.ID + "/problems"
	answer := r.call("GET", path+"?limit=1", nil)
	page := answer.is(200)
	if file := page["file"].([]any); len(file) != 1 || file[0].(map[string]any)["code"] != "header-unknown" {
		t.Errorf("file: %v", file)
	}
	group := page["groups"].([]any)[0].(map[string]any)
	if group["code"] != "role-unknown" || group["rows"] != 4.0 || fmt.Sprint(group["cells"]) != "[B2 B3 B4 B5]" || group["value"] != "Pirate" {
		t.Errorf("%v", group)
	}
	page = r.call("GET", path+"?limit=1&after="+page["next"].(string), nil).is(200)
	if group := page["groups"].([]any)[0].(map[string]any); group["code"] != "value-not-allowed" || page["next"] != nil {
		t.Errorf("%v", page)
	}
	r.call("GET", path+"?after=x", nil).fails(400, "cursor-unknown")
	r.call("GET", path+"?limit=x", nil).fails(400, "limit-range")
	if body := string(r.call("GET", "/api/v1/batches/"+r.ready().ID+"/problems", nil).body); body != `{"file":[],"warnings":[],"groups":[],"next":null}`+"\n" {
		t.Errorf("without problems: %s", body)
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*rig{"sqlite": newRig(t), "postgres": nil} {
		t.Run(name, func(t *testing.T) {
			if r == nil {
				r = postgresRig(t)
			}
			testConfirm(t, r.in(t))
		})
	}
}

func testConfirm(t *testing.T, r *rig) {
	path := func(id string) string { return "/api/v1/batches/" + id + "/confirm" }
	one, two := r.ready(), r.readyWith("Faro")
	plan := `"` + *one.Plan + `"`
	for _, test := range []struct{ header, code string }{
		{"", "if-match-missing"}, {"*", "if-match-missing"}, {`"stale"`, "plan-changed"}, {"W/" + plan, "plan-changed"}, {`"` + *two.Plan + `"`, "plan-changed"},
	} {
		status := http.StatusPreconditionFailed
		if test.code == "if-match-missing" {
			status = http.StatusPreconditionRequired
		}
		r.call("POST", path(one.ID), nil, "If-Match", test.header).fails(status, test.code)
	}
	rejected := r.rejected()
	if said := r.call("POST", path(rejected.ID), nil).fails(409, "wrong-state")["detail"]; said != "This file has problems. Mend them and upload it again." {
		t.Errorf("a file with problems: %v", said)
	}
	r.call("POST", path(rejected.ID), nil, "If-Match", plan).fails(409, "wrong-state")
	answer := r.call("POST", path(one.ID), nil, "If-Match", plan)
	if value := answer.is(202); value["state"] != "confirmed" || value["confirmed_at"] == nil || answer.header.Get("Location") != "/api/v1/batches/"+one.ID {
		t.Errorf("%s", answer.body)
	}
	if !r.bell.heard("apply " + one.ID) {
		t.Error("nobody rang")
	}
	r.call("POST", path(two.ID), nil).fails(409, "another-batch-confirmed")
	r.call("POST", path(two.ID), nil, "If-Match", `"stale"`).fails(409, "another-batch-confirmed")
	r.call("POST", path(two.ID), nil, "If-Match", `"`+*two.Plan+`"`).fails(409, "another-batch-confirmed")
	r.call("POST", path(one.ID), nil, "If-Match", `"stale"`).fails(409, "wrong-state")
	r.apply(one.ID)
	r.bell.mu.Lock()
	r.bell.broken = true
	r.bell.mu.Unlock()
	r.call("POST", path(two.ID), nil, "If-Match", *two.Plan).is(202) // without quotes, and the ring lost
}

func TestCancel(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, id := range []string{r.uploaded([]string{"User ID"}), r.ready().ID} {
		if got := r.call("POST", "/api/v1/batches/"+id+"/cancel", nil).is(200); got["state"] != "cancelled" || got["finished_at"] == nil {
			t.Errorf("%v", got)
		}
		r.call("POST", "/api/v1/batches/"+id+"/cancel", nil).fails(409, "wrong-state")
	}
	r.call("POST", "/api/v1/batches/"+r.rejected().ID+"/cancel", nil).fails(409, "wrong-state")
}

func TestPreviewAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.rejected()
	answer := r.call("POST", "/api/v1/batches/"+old.ID+"/preview", nil)
	again := answer.is(202)
	id := again["id"].(string)
	if id == old.ID || again["replaces"] != old.ID || again["state"] != "uploaded" || answer.header.Get("Location") != "/api/v1/batches/"+id {
		t.Errorf("%s", answer.body)
	}
	if !r.bell.heard("preview " + id) {
		t.Error("nobody rang")
	}
	if b := r.preview(id); b.State != batch.Rejected || b.File != old.File {
		t.Errorf("%+v", b)
	}
	r.call("POST", "/api/v1/batches/"+r.ready().ID+"/preview", nil).fails(409, "wrong-state")
	r.must(r.blobs.Delete(t.Context(), old.BlobKey))
	r.call("POST", "/api/v1/batches/"+old.ID+"/preview", nil).fails(409, "file-lost")
	r.call("GET", "/api/v1/batches/"+old.ID+"/fixup", nil).fails(409, "file-lost")
}

func TestApplied(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.ready()
	r.call("POST", "/api/v1/batches/"+b.ID+"/confirm", nil, "If-Match", `"`+*b.Plan+`"`).is(202)
	answers := r.later("GET", "/api/v1/batches/"+b.ID+"?wait=60s")
	r.apply(b.ID)
	if got := (<-answers).is(200); got["state"] != "applied" || got["finished_at"] == nil {
		t.Errorf("%v", got)
	}
	if got := r.call("GET", "/api/v1/profiles/"+r.home.profile.String(), nil).is(200); got["hometown"] != "Lisbon" || got["version"] != "2" {
		t.Errorf("%v", got)
	}
}
