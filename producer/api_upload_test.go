package producer

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"teamsheet/internal/batch"
	"teamsheet/internal/blob"
	"teamsheet/internal/store"
)

func TestUploadIsStoredThenQueued(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	file := textOf([]string{"User ID", "Hometown"}, []string{r.home.profile.String(), "Lisbon"})
	answer := r.call("POST", "/api/v1/batches?name=..%2Fmine%5Cour%09team.txt", bytes.NewReader(file), "X-Request-Id", "req-1")
	b := answer.is(202)
	id := b["id"].(string)
	if got := answer.header.Get("Location"); got != "/api/v1/batches/"+id {
		t.Errorf("Location: %q", got)
	}
	sum := sha256.Sum256(file)
	want := map[string]any{"name": "ourteam.txt", "size": float64(len(file)), "sha256": hex.EncodeToString(sum[:])}
	for key, value := range want {
		if got := b["file"].(map[string]any)[key]; got != value {
			t.Errorf("file.%s: %v, want %v", key, got, value)
		}
	}
	if b["state"] != "uploaded" || b["kind"] != "update" || b["replaces"] != nil || b["plan"] != nil || b["failure"] != nil ||
		b["uploaded_by"] != "admin@home.example" || b["previewed_at"] != nil {
		t.Errorf("%s", answer.body)
	}
	if !strings.Contains(string(answer.body), `"changes_by_column":[]`) {
		t.Errorf("a list is null: %s", answer.body)
	}
	if !r.bell.heard("preview " + id) {
		t.Error("nobody rang")
	}
	stored, err := r.blobs.Open(t.Context(), r.batch(id).BlobKey)
	r.must(err)
	defer func() { _ = stored.Close() }()
	if got, err := io.ReadAll(stored); err != nil || !bytes.Equal(got, file) {
		t.Errorf("stored %d bytes of %d: %v", len(got), len(file), err)
	}
	if r.batch(id).RequestID != "req-1" {
		t.Errorf("request id %q", r.batch(id).RequestID)
	}
}

func TestUploadAsForm(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	file := textOf([]string{"User ID"}, []string{r.home.profile.String()})
	body, contentType := form(t, map[string]string{"note": "n"}, "people.txt", file)
	b := r.call("POST", "/api/v1/batches", body, "Content-Type", contentType).is(202)
	if got := b["file"].(map[string]any); got["name"] != "people.txt" || got["size"] != float64(len(file)) {
		t.Errorf("%v", got)
	}
	body, contentType = form(t, nil, "people.txt", file)
	b = r.call("POST", "/api/v1/batches?name=named.txt", body, "Content-Type", contentType).is(202)
	if got := b["file"].(map[string]any)["name"]; got != "named.txt" {
		t.Errorf("name %v", got)
	}
}

func TestUploadThatMends(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.rejected()
	answer := r.call("POST", "/api/v1/batches?replaces="+old.ID, bytes.NewReader(textOf([]string{"User ID"}))).is(202)
	if answer["replaces"] != old.ID {
		t.Errorf("replaces %v", answer["replaces"])
	}
}

// form is a browser's upload.
func form(t *testing.T, fields map[string]string, name string, file []byte) (*bytes.Buffer, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for key, value := range fields {
		if err := w.WriteField(key, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return &body, w.FormDataContentType()
}

func TestRefusedUploads(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.MaxFileSize = 4 << 10 })
	good := textOf([]string{"User ID"})
	noFile, noFileType := form(t, nil, "", nil)
	tests := []struct {
		name    string
		body    []byte
		headers []string
		status  int
		code    string
	}{
		{"CSV in UTF-8", []byte("User ID,Email\r\n1,a@b.example\r\n"), nil, 415, "file-encoding"},
		{"tab text in UTF-8 with mark", []byte("\xef\xbb\xbfUser ID\tEmail\r\n"), nil, 415, "file-encoding"},
		{"a workbook", []byte("PK\x03\x04" + strings.Repeat("x", 100)), nil, 415, "file-encoding"},
		{"UTF-32", []byte("\xff\xfe\x00\x00U\x00\x00\x00"), nil, 415, "file-encoding"},
		{"HTML", []byte("<html><table>"), nil, 415, "file-encoding"},
		{"commas in UTF-16", utf16LE("User ID,Email\r\n1,2\r\n"), nil, 415, "file-delimiter"},
		{"nothing", nil, nil, 422, "file-empty"},
		{"a mark alone", []byte("\xff\xfe"), nil, 422, "file-empty"},
		{"too large", append(utf16LE("User ID\r\n"), make([]byte, 4<<10)...), nil, 413, "file-too-large"},
		{"much too large", append(utf16LE("User ID\r\n"), make([]byte, 400<<10)...), nil, 413, "file-too-large"},
		{"a form without a file", []byte("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--\r\n"),
			[]string{"Content-Type", "multipart/form-data; boundary=b"}, 400, "file-missing"},
		{"a form whose file was not chosen", noFile.Bytes(), []string{"Content-Type", noFileType}, 400, "file-missing"},
		{"a form without its end", []byte("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + string(good)),
			[]string{"Content-Type", "multipart/form-data; boundary=b"}, 400, "upload-incomplete"},
		{"a form without a boundary", good, []string{"Content-Type", "multipart/form-data"}, 400, "form-unreadable"},
		{"a strange key", good, []string{"Idempotency-Key", "schlüssel"}, 400, "idempotency-key-format"},
		{"a long key", good, []string{"Idempotency-Key", strings.Repeat("k", 256)}, 400, "idempotency-key-format"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			value := r.in(t).call("POST", "/api/v1/batches?name=team.csv", bytes.NewReader(test.body), test.headers...).fails(test.status, test.code)
			if strings.HasPrefix(test.code, "file-") && test.code != "file-missing" {
				problems := value["problems"].([]any)
				if len(problems) != 1 || value["fix"] == nil || problems[0].(map[string]any)["code"] != test.code {
					t.Errorf("%v", value)
				}
			}
		})
	}
	// A body that does not say how long it is.
	r.call("POST", "/api/v1/batches", io.MultiReader(bytes.NewReader(utf16LE("User ID\r\n")), bytes.NewReader(make([]byte, 1<<20)))).
		fails(413, "file-too-large")
	if n := r.blobs.count(t); n != 0 {
		t.Errorf("%d files stay", n)
	}
	if list, _, err := r.store.Batches(t.Context(), r.home.org.ID, "", 10); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// Who asks before sending is refused before sending: over a slow line the rest of a
// file that is too large takes minutes.
func TestTooLargeFileIsRefusedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.MaxFileSize = 4 << 10 })
	line, err := net.Dial("tcp", r.web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = line.Close() }()
	if _, err := fmt.Fprintf(line, "POST /api/v1/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		r.home.token, 2<<30); err != nil {
		t.Fatal(err)
	}
	answer, err := bufio.NewReader(line).ReadString('\n')
	if err != nil || !strings.HasPrefix(answer, "HTTP/1.1 413 ") {
		t.Errorf("%q, %v", answer, err)
	}
}

func TestUploadOfTheLargestSize(t *testing.T) {
	t.Parallel()
	file := textOf([]string{"User ID"}, []string{strings.Repeat("x", 100)})
	r := newRig(t, func(o *Options) { o.MaxFileSize = int64(len(file)) })
	r.upload(file)
}

func utf16LE(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*rig{"sqlite": newRig(t), "postgres": nil} {
		t.Run(name, func(t *testing.T) {
			if r == nil {
				r = postgresRig(t)
			}
			r = r.in(t)
			file := textOf([]string{"User ID"}, []string{r.home.profile.String()})
			first := r.upload(file, "Idempotency-Key", "k1")
			again := r.upload(file, "Idempotency-Key", "k1")
			if first["id"] != again["id"] {
				t.Errorf("two batches: %v, %v", first["id"], again["id"])
			}
			if n := r.blobs.count(t); n != 1 {
				t.Errorf("%d files are stored", n)
			}
			if other := r.upload(file, "Idempotency-Key", "k2"); other["id"] == first["id"] {
				t.Error("another key found the same batch")
			}
			r.call("POST", "/api/v1/batches", bytes.NewReader(textOf([]string{"Email"})), "Idempotency-Key", "k1").
				fails(422, "idempotency-key-reused")
			if n := r.blobs.count(t); n != 2 {
				t.Errorf("%d files are stored after the refusal", n)
			}
			r.callAs(r.other.token, "POST", "/api/v1/batches", bytes.NewReader(file), "Idempotency-Key", "k1").is(202)
		})
	}
}

func TestIdempotencyKeySideBySide(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	file := textOf([]string{"User ID"}, []string{r.home.profile.String()})
	var wait sync.WaitGroup
	ids := make([]any, 8)
	for i := range ids {
		wait.Go(func() { ids[i] = r.upload(file, "Idempotency-Key", "k")["id"] })
	}
	wait.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("two batches: %v", ids)
		}
	}
	if n := r.blobs.count(t); n != 1 {
		t.Errorf("%d files are stored", n)
	}
}

func TestUploadWhoseRingFailsIsAccepted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.bell.broken = true
	id := r.upload(textOf([]string{"User ID"}))["id"].(string)
	if got := r.batch(id); got.State != batch.Uploaded {
		t.Errorf("state %s", got.State)
	}
}

func TestUploadThatCannotBeStored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.blobs.putErr = errors.New("open /tmp/secret: input/output error")
	r.call("POST", "/api/v1/batches", bytes.NewReader(textOf([]string{"User ID"}))).fails(500, "internal")
	if !strings.Contains(r.log.String(), "input/output error") {
		t.Error("the log does not say why")
	}
	if list, _, err := r.store.Batches(t.Context(), r.home.org.ID, "", 10); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// generatedSheet is one endless cell of text.
type generatedSheet struct{ left int64 }

func (g *generatedSheet) Read(p []byte) (int, error) {
	if g.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), g.left)) &^ 1
	for i := 0; i < n; i += 2 {
		p[i], p[i+1] = 'a', 0
	}
	g.left -= int64(n)
	return n, nil
}

// TestUploadStreams is not parallel: it looks at the memory of the process.
func TestUploadStreams(t *testing.T) { //nolint:paralleltest // see above
	r := newRig(t)
	const size = 200 << 20
	var peak peakMemory
	stop := peak.watch()
	body := io.MultiReader(bytes.NewReader(utf16LE("User ID\r\n")), &generatedSheet{left: size})
	answer := r.call("POST", "/api/v1/batches", body)
	grown := stop()
	answer.is(202)
	if got := r.batch(answer.is(202)["id"].(string)).File.Size; got < size {
		t.Fatalf("%d bytes came in", got)
	}
	if grown > 32<<20 {
		t.Errorf("the heap grew by %d MiB while %d MiB came in", grown>>20, size>>20)
	}
}

// peakMemory finds how much the heap grows.
type peakMemory struct{ before, most uint64 }

func (p *peakMemory) watch() (stop func() uint64) {
	runtime.GC()
	p.before = heap()
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		look := time.NewTicker(5 * time.Millisecond)
		defer look.Stop()
		for {
			select {
			case <-done:
				return
			case <-look.C:
				p.most = max(p.most, heap())
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		return p.most - min(p.before, p.most)
	}
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// A file whose batch may yet be made, because nobody has heard how its transaction
// ended, stays; that of one that was not made goes.
func TestTheFileOfABatchThatMayYetBeStays(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, test := range []struct {
		cause error
		left  int
	}{{store.ErrOutcomeUnknown, 1}, {errors.New("the database is away"), 0}} {
		n := store.NewBatch{ID: store.NewID(), OrgID: r.home.org.ID, BlobKey: blob.NewKey()}
		_, err := r.blobs.Put(t.Context(), n.BlobKey, strings.NewReader("x"))
		r.must(err)
		if _, err := r.server.batchAfterAll(t.Context(), n, test.cause); !errors.Is(err, test.cause) {
			t.Errorf("got %v", err)
		}
		if left := r.blobs.count(t); left != test.left {
			t.Errorf("%v: %d files are left, want %d", test.cause, left, test.left)
		}
		r.must(r.blobs.Delete(t.Context(), n.BlobKey))
	}
}
