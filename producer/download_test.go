package producer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
)

func TestTeamAsText(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	answer := r.call("GET", "/api/v1/team.txt", nil)
	answer.is(200)
	for key, want := range map[string]string{
		"Content-Type": "text/plain; charset=utf-16", "Content-Disposition": "attachment; filename=team-2026-04-03.txt",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
	} {
		if got := answer.header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	rows := rowsOf(t, answer.body)
	if len(rows) != 6 || fmt.Sprint(rows[0]) != fmt.Sprint(headers()) {
		t.Fatalf("%q", rows)
	}
	var names []string
	for _, row := range rows[1:] {
		names = append(names, row[profile.FirstName])
	}
	if fmt.Sprint(names) != "[Gone Ana Bo Çelik Lea]" {
		t.Errorf("order: %v", names)
	}
	complete := rowsOf(t, r.call("GET", "/api/v1/team.txt?complete=1", nil).body)
	if same := rowsOf(t, r.call("GET", "/api/v1/team.txt?complete=true", nil).body); len(same) != len(complete) {
		t.Errorf("%d rows, and %d with true", len(complete), len(same))
	}
	r.call("GET", "/api/v1/team.txt?complete=soon", nil).fails(400, "complete-unknown")
	if len(complete) != 5 || complete[1][profile.FirstName] != "Ana" {
		t.Errorf("complete: %q", complete)
	}
}

// TestDownloadUploadChangesNothing is the promise of CONTRACT §2.
func TestDownloadUploadChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.preview(r.upload(r.call("GET", "/api/v1/team.txt?complete=1", nil).body)["id"].(string))
	if b.State != batch.Ready || b.Counts != (batch.Counts{Rows: 4, Unchanged: 4}) {
		t.Errorf("%s %+v", b.State, b.Counts)
	}
}

func TestTeamAsWorkbook(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	answer := r.call("GET", "/api/v1/team.xlsx", nil)
	answer.is(200)
	if got := answer.header.Get("Content-Disposition"); got != "attachment; filename=team-2026-04-03.xlsx" {
		t.Errorf("Content-Disposition: %q", got)
	}
	if got := answer.header.Get("Content-Type"); got != typeWorkbook {
		t.Errorf("Content-Type: %q", got)
	}
	book, err := excelize.OpenReader(bytes.NewReader(answer.body))
	r.must(err)
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows("Team")
	r.must(err)
	if len(rows) != 6 || rows[0][0] != "User ID" || rows[2][profile.EmployeeID] != "00002" || rows[2][profile.Hometown] != "'=Porto" {
		t.Errorf("%q", rows)
	}
	guide, err := book.GetRows("Read me")
	r.must(err)
	if !strings.Contains(fmt.Sprint(guide), "save the first sheet as Unicode Text") {
		t.Errorf("%q", guide)
	}
}

func TestDownloadIsAudited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.call("GET", "/api/v1/team.txt", nil).is(200)
	if log := r.log.String(); strings.Contains(log, "not in the audit log") {
		t.Error(log)
	}
}

// TestHalfADownloadIsNotAWhole: trouble at the start is an answer; later it cuts
// the connection.
func TestHalfADownloadIsNotAWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	trouble := errors.New("the disk is on fire")
	send := func(size int) http.HandlerFunc {
		return func(w http.ResponseWriter, request *http.Request) {
			err := r.server.sendFile(w, request, "x.txt", typeText, func(out io.Writer) error {
				if _, err := out.Write(make([]byte, size)); err != nil {
					return err
				}
				return trouble
			})
			if !errors.Is(err, trouble) {
				t.Errorf("%v", err)
			}
			w.WriteHeader(http.StatusTeapot)
		}
	}
	early := r.serveOnce(send(lateFrom - 1))
	response, err := early.Client().Get(early.URL)
	r.must(err)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusTeapot || response.Header.Get("Content-Disposition") != "" {
		t.Errorf("%v", response)
	}
	late := r.serveOnce(send(lateFrom))
	if response, err = late.Client().Get(late.URL); err == nil {
		_, err = io.ReadAll(response.Body)
		_ = response.Body.Close()
	}
	if err == nil {
		t.Error("half a file looks whole")
	}
	if strings.Contains(r.log.String(), "download broke off") == false {
		t.Error("the log does not know")
	}
}

func TestTooManyDownloadsAtOnceAreToldToWait(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var ends []func()
	for range downloadsAtOnce {
		end, err := r.server.beginDownload()
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	for _, path := range []string{"team.txt", "team.xlsx"} {
		r.call("GET", "/api/v1/"+path, nil).fails(503, "downloads-busy")
	}
	ends[0]()
	r.call("GET", "/api/v1/team.txt", nil).is(200)
	r.call("GET", "/api/v1/team.txt", nil).is(200) // the place was given back
}

// Only the sheet of a team that nobody reads from top to bottom is in no order.
func TestOrderOfTheSheet(t *testing.T) {
	t.Parallel()
	for size, sorted := range map[int]bool{0: true, 10_000: true, sortedMost: true, sortedMost + 1: false} {
		if got := teamOptions(size, true); got.Sorted != sorted || !got.CompleteOnly {
			t.Errorf("%d people: %+v", size, got)
		}
	}
}
