package producer

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"teamsheet/internal/auth"
	"teamsheet/internal/sheet"
)

// csvOf is a file that people upload by mistake.
func csvOf(rows ...string) []byte {
	return []byte("\xef\xbb\xbf" + strings.Join(rows, "\r\n") + "\r\n")
}

func TestAWrongFileIsConvertedAndUploaded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	file := csvOf("User ID,Hometown,Bio", r.home.profile.String()+`,Lisbon,"one,`+"\n"+`two"`)
	wrong := b.open("/bulk-update").form("/bulk-update").choose("nov team.csv", file).send().is(http.StatusUnsupportedMediaType, "Convert my file", "Nothing was saved")
	look := wrong.follow("Convert my file").is(http.StatusOK, "nov team.csv", "1 row below the header", "Every cell was carried over", "Lisbon", "nov team-converted.txt")
	want := textOf([]string{"User ID", "Hometown", "Bio"}, []string{r.home.profile.String(), "Lisbon", "one,\ntwo"})
	if got := look.follow("Download the converted file"); got.status != http.StatusOK || got.body != string(want) {
		t.Errorf("%d: %q", got.status, got.body)
	}
	use := look.form("/convert/")
	batchPage := use.send().is(http.StatusOK, "Your file is being checked", "nov team-converted.txt")
	if again := use.send(); again.url.Path != batchPage.url.Path {
		t.Errorf("a second click is another batch: %s", again.url.Path)
	}
	id := strings.TrimPrefix(batchPage.url.Path, "/bulk-update/")
	r.preview(id)
	b.open(batchPage.url.Path).is(http.StatusOK, "Ready: 1 person will change", "now Lisbon")
}

// The team's own workbook, unedited, changes nothing.
func TestTheDownloadedWorkbookIsConverted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	book := r.call("GET", "/api/v1/team.xlsx?complete=1", nil)
	text := r.call("GET", "/api/v1/team.txt?complete=1", nil)
	wrong := b.open("/bulk-update").form("/bulk-update").choose("team.xlsx", book.body).send().is(http.StatusUnsupportedMediaType, "Excel workbook (.xlsx)")
	look := wrong.follow("Convert my file").is(http.StatusOK, "4 rows").lacks("more than one sheet")
	if got := look.follow("Download the converted file"); got.body != string(text.body) {
		t.Error("the converted workbook is not the Unicode Text")
	}
	page := look.form("/convert/").send().is(http.StatusOK)
	id := strings.TrimPrefix(page.url.Path, "/bulk-update/")
	if got := r.preview(id); got.Counts.Unchanged != 4 || got.Counts.Rows != 4 {
		t.Errorf("%+v", got.Counts)
	}
}

// A refused file that is kept comes in like any other: when there are too many, it is
// only refused.
func TestRefusedFilesTakeTurns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	offer := func() string {
		content := csvOf("User ID,Hometown", r.home.profile.String()+",Lisbon")
		refused := &formatError{Format: sheet.DetectSheet(content, isHeader), whole: bytes.NewReader(content)}
		return r.server.offerConversion(t.Context(), r.home.admin, refused).ID
	}
	var leave func()
	for range uploadsOfOrg {
		var err error
		leave, err = r.server.uploads.enter(r.home.org.ID)
		r.must(err)
	}
	if id := offer(); id != "" || r.blobs.count(t) != 0 {
		t.Errorf("%q: %d files are kept", id, r.blobs.count(t))
	}
	leave()
	if first, second := offer(), offer(); first == "" || second == "" || r.blobs.count(t) != 2 {
		t.Errorf("%d files are kept", r.blobs.count(t))
	}
}

func TestMendedFilesAreConvertedToo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	bad := r.rejected()
	file := csvOf("User ID,Role", r.home.profile.String()+",Lead")
	page := b.open("/bulk-update/"+bad.ID).form("/bulk-update").choose("a.csv", file).send().follow("Convert my file").form("/convert/").send().is(http.StatusOK)
	if got := r.batch(strings.TrimPrefix(page.url.Path, "/bulk-update/")); got.Replaces == nil || *got.Replaces != bad.ID {
		t.Errorf("replaces %v", got.Replaces)
	}
}

func TestFilesThatCannotBeConvertedAreNotOffered(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	long := strings.Repeat("a@b.example,Ana\r\n", 8000)
	for name, test := range map[string]struct{ file, says string }{
		"old.csv":    {"Email,First Name\r\na@b.example,Jos\xe9\r\n", "the file does not say which letters its bytes stand for"},
		"half.csv":   {"Email,First Name\r\n" + long + "a@b.example,Jos\xe9\r\n", "from byte 136,034 on it is not UTF-8"},
		"cut.csv":    {"Email,First Name\r\n" + long + "a@b.example,Jos\xc3", "it is not UTF-8"},
		"team.ods":   {"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00\x00\x00mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "LibreOffice"},
		"a page.htm": {"<html><table>", "web page"},
	} {
		b.open("/bulk-update").form("/bulk-update").choose(name, []byte(test.file)).send().is(http.StatusUnsupportedMediaType, test.says).lacks("Convert my file")
	}
	if r.waiting() != 0 {
		t.Errorf("%d files wait", r.waiting())
	}
}

// waiting is how many files wait to be converted.
func (r *rig) waiting() (n int) {
	for _, err := range r.blobs.List(context.Background(), "waiting-") {
		r.must(err)
		n++
	}
	return n
}

func TestWhatCannotBeConvertedAfterAllIsExplained(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.MaxRows = 2 })
	b := r.signedIn()
	for file, says := range map[string]string{
		"Email,Bio\r\na,\"b\r\n":                           "B2: This cell begins with a quotation mark that is not closed",
		"Email,Bio\r\na,b\r\nb,c\r\nc,d\r\n":               "more than 2 rows",
		"PK\x03\x04\x00[Content_Types].xmlxl/workbook.xml": "This workbook is damaged",
	} {
		wrong := b.open("/bulk-update").form("/bulk-update").choose("a.csv", []byte(file)).send()
		p := wrong.follow("Convert my file").is(http.StatusUnprocessableEntity, says, "Nothing was saved", "a.csv")
		if p.findForm("/bulk-update") == nil {
			t.Error("no other file can be chosen")
		}
		target := attributeOfLink(t, wrong, "Convert my file")
		b.post(target, nil).is(http.StatusUnprocessableEntity, says)
		b.open(strings.Replace(target, "?", "/file?", 1)).is(http.StatusUnprocessableEntity, says)
	}
	b.open("/bulk-update/history").is(http.StatusOK, "No file has been uploaded yet")
}

func attributeOfLink(t *testing.T, p *shownPage, text string) string {
	t.Helper()
	for _, link := range elements(p.root, "a") {
		if (&shownPage{root: link}).text() == text {
			return attribute(link, "href")
		}
	}
	t.Fatalf("no link %q", text)
	return ""
}

// A waiting file is there for the account that sent it alone.
func TestWaitingFilesBelongToTheirSender(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	target := attributeOfLink(t, r.signedIn().open("/bulk-update").form("/bulk-update").choose("a.csv", csvOf("Email,Bio", "a@x,secret")).send(), "Convert my file")
	colleague, _ := r.account(r.home.org.ID, "second@home.example", true)
	for _, account := range []string{"second@home.example", "admin@other.example", "viewer@home.example"} {
		stranger := r.browser()
		who, err := r.store.AccountByEmail(t.Context(), account)
		r.must(err)
		token, err := auth.NewPasswordLink(t.Context(), r.store, who)
		r.must(err)
		stranger.open("/password/"+token).form("/password/").set("password", testPassword).send()
		status := http.StatusNotFound
		if !who.CanManage {
			status = http.StatusForbidden
		}
		stranger.open(target).is(status).lacks("secret")
		stranger.open(strings.Replace(target, "?", "/file?", 1)).is(status).lacks("secret")
		stranger.post(target, nil).is(status).lacks("secret")
	}
	b := r.signedIn()
	for _, id := range []string{"", "x", strings.Repeat("0", 32), "../" + colleague.ID} {
		b.open("/convert/" + id).is(http.StatusNotFound)
	}
}

// The API's answer is the problem alone: nothing waits.
func TestTheAPIKeepsNoRefusedFile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.call("POST", "/api/v1/batches", bytes.NewReader(csvOf("Email,Bio", "a,b"))).fails(http.StatusUnsupportedMediaType, "file-encoding")
	if r.waiting() != 0 {
		t.Error("a file waits")
	}
}

func TestUTF8IsFoundInAnyPieces(t *testing.T) {
	t.Parallel()
	for text, at := range map[string]int64{"aé漢🙂b": -1, "a\xffb": 1, "é\xe6\xbc": 2, "\xed\xa0\x80": 0} {
		for size := 1; size < 6; size++ {
			r := &utf8Reader{}
			for from := 0; from < len(text); from += size {
				r.look([]byte(text[from:min(len(text), from+size)]))
			}
			if r.sound() != (at < 0) || at >= 0 && r.at != at {
				t.Errorf("%q by %d: sound %v at %d", text, size, r.sound(), r.at)
			}
		}
	}
}
