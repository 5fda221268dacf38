package producer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"teamsheet/internal/fault"
)

// serveOnce serves a handler behind the middleware of the rig, without routes.
func (r *rig) serveOnce(handler http.Handler) *httptest.Server {
	s := r.server
	web := httptest.NewServer(s.recorded(s.recovered(s.withHeaders(s.readable(s.metered(handler))))))
	r.t.Cleanup(web.Close)
	return web
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.BaseURL = "https://teamsheet.example/" })
	for _, path := range []string{"/", "/sign-in", "/healthz", "/nothing", "/api/v1/batches", "/api/v1/team.txt"} {
		answer := r.call("GET", path, nil)
		for key, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
			"Content-Security-Policy": pagePolicy,
		} {
			if got := answer.header.Get(key); got != want {
				t.Errorf("%s: %s: %q, want %q", path, key, got, want)
			}
		}
		if !strings.Contains(answer.header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: Cache-Control: %v", path, answer.header["Cache-Control"])
		}
	}
	for _, unsafe := range []string{"unsafe-inline", "unsafe-eval", "*", "http:"} {
		if strings.Contains(pagePolicy, unsafe) {
			t.Errorf("the policy has %s", unsafe)
		}
	}
	if plain := newRig(t); plain.call("GET", "/healthz", nil).header.Get("Strict-Transport-Security") != "" {
		t.Error("a site without https says that it has it")
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for given, kept := range map[string]bool{
		"abc-123.DEF_4:5": true, "": false, "two words": false, strings.Repeat("x", 65): false, "<script>": false, "ü": false,
	} {
		got := r.call("GET", "/healthz", nil, "X-Request-Id", given).header.Get("X-Request-Id")
		if (got == given) != kept || !requestIDForm.MatchString(got) {
			t.Errorf("%q became %q", given, got)
		}
	}
}

func TestLogHoldsNoSecretsAndNoPeople(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []RequestSeen
	r := newRig(t, func(o *Options) {
		o.OnRequest = func(s RequestSeen) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, s)
		}
	})
	b := r.ready()
	r.call("GET", "/api/v1/batches/"+b.ID+"/rows?q=secret-query&token=s3cr3t", nil).is(200)
	r.call("PATCH", "/api/v1/profiles/"+r.home.profile.String(), strings.NewReader(`{"email":"secret-cell"}`), "If-Match", `"1"`).is(422)
	r.call("GET", "/password/secret-link", nil)
	r.call("BREW", "/api/v1/secret-path", nil).is(404)
	log := r.log.String()
	for _, secret := range []string{"secret", "s3cr3t", r.home.token, "@home.example", "Ana", "Lisbon"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	for _, wanted := range []string{`"route":"GET /api/v1/batches/{id}/rows"`, `"method":"other"`, `"code":"not-found"`,
		`"account_id":"` + r.home.admin.ID + `"`, `"org_id":"` + r.home.org.ID + `"`} {
		if !strings.Contains(log, wanted) {
			t.Errorf("the log lacks %s:\n%s", wanted, log)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(seen) != 5 || seen[1].Route != "GET /api/v1/batches/{id}/rows" || seen[1].Status != 200 || seen[4].Method != "other" || seen[4].Route != "" {
		t.Errorf("%+v", seen)
	}
}

func TestPanicIsAnAnswerAndALogLine(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	web := r.serveOnce(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/api/late" {
			w.WriteHeader(http.StatusOK)
		}
		panic("a bug with a secret")
	}))
	response, err := web.Client().Get(web.URL + "/api/now")
	r.must(err)
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	r.must(err)
	reply{t: t, status: response.StatusCode, header: response.Header, body: body}.fails(500, "internal")
	if strings.Contains(string(body), "secret") {
		t.Errorf("%s", body)
	}
	if log := r.log.String(); !strings.Contains(log, "\"panic\":\"string\"") || !strings.Contains(log, "middleware_test.go") ||
		strings.Contains(log, "secret") || strings.Contains(log, "request failed") {
		t.Errorf("%s", log)
	}
	if response, err = web.Client().Get(web.URL + "/api/late"); err == nil {
		_, err = io.ReadAll(response.Body)
		_ = response.Body.Close()
	}
	if err == nil {
		t.Error("half an answer looks whole")
	}
	if response, err = web.Client().Get(web.URL + "/page"); err != nil || response.StatusCode != 500 ||
		!strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%v, %v", response, err)
	}
	_ = response.Body.Close()
}

func TestStatusOfEveryKind(t *testing.T) {
	t.Parallel()
	for kind := fault.Internal; kind <= fault.NoSpace; kind++ {
		if statusOf[kind] == 0 {
			t.Errorf("kind %d has no status", kind)
		}
		a := answerFor(fmt.Errorf("doing: %w", fault.Wrap(errors.New("secret"), kind, "code", "Message.")))
		want := answer{Status: statusOf[kind], Code: "code", Message: "Message."}
		if kind == fault.Internal {
			want = answer{Status: 500, Code: "internal", Message: internalMessage}
		}
		a.RetryIn = 0
		if fmt.Sprint(a) != fmt.Sprint(want) {
			t.Errorf("kind %d: %+v, want %+v", kind, a, want)
		}
	}
	if a := answerFor(errors.New("secret")); a.Status != 500 || strings.Contains(fmt.Sprint(a), "secret") {
		t.Errorf("%+v", a)
	}
}

func TestAnotherSiteCannotUseTheSession(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, test := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another origin in an older browser", []string{"Origin", "http://evil.example"}, 403},
		{"this site", []string{"Sec-Fetch-Site", "same-origin"}, 303},
		{"the base URL behind a proxy", []string{"Origin", "http://teamsheet.example"}, 303},
		{"no browser", nil, 303},
	} {
		answer := r.callAs("", "POST", "/sign-out", strings.NewReader(""), test.headers...)
		if answer.status != test.status {
			t.Errorf("%s: %d", test.name, answer.status)
		}
	}
}

// impatient is a body whose caller has hardly any time.
func impatient(request *http.Request) {
	request.Body.(*meteredBody).pace = pace{patience: 20 * time.Millisecond, slowest: 1 << 20}
}

func TestSlowUploadIsBrokenOff(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	read := make(chan error, 1)
	web := r.serveOnce(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		impatient(request)
		_, err := io.ReadAll(request.Body)
		read <- err
		r.server.fail(w, request, bodyFault(err))
	}))
	connection, err := net.Dial("tcp", web.Listener.Addr().String())
	r.must(err)
	defer func() { _ = connection.Close() }()
	_, err = io.WriteString(connection, "POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nonly this")
	r.must(err)
	if err := <-read; fault.CodeOf(bodyFault(err)) != "upload-too-slow" {
		t.Errorf("%v", err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	r.must(err)
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	r.must(err)
	reply{t: t, status: response.StatusCode, header: response.Header, body: body}.fails(400, "upload-too-slow")
}

// TestDeadlineEndsWithTheBody: net/http waits on the connection for the caller to
// leave while we work; that must not look like a slow upload.
func TestDeadlineEndsWithTheBody(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	web := r.serveOnce(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		impatient(request)
		if _, err := io.ReadAll(request.Body); err != nil {
			t.Error(err)
		}
		if _, err := request.Body.Read(make([]byte, 1)); err != io.EOF {
			t.Error(err)
		}
		select {
		case <-request.Context().Done():
			t.Error("the request was given up while it was worked on")
		case <-time.After(150 * time.Millisecond): // well past the deadline of the last read
		}
		_, _ = io.WriteString(w, "done")
	}))
	response, err := web.Client().Post(web.URL, "text/plain", strings.NewReader("all of it"))
	r.must(err)
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || string(body) != "done" {
		t.Errorf("%s, %v", body, err)
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name string
		pace pace
		left time.Duration
	}{
		{"at the start", pace{patience: 30 * time.Second, slowest: 1000}, 30 * time.Second},
		{"slow from the start", pace{patience: 30 * time.Second, slowest: 1000, moved: 5000, waited: 20 * time.Second}, 15 * time.Second},
		{"fast so far", pace{patience: 30 * time.Second, slowest: 1000, moved: 1 << 30, waited: time.Second}, 30 * time.Second},
		{"too slow on the average", pace{patience: 30 * time.Second, slowest: 1000, moved: 1000, waited: 40 * time.Second}, -9 * time.Second},
	} {
		if got := test.pace.deadline(now).Sub(now); got != test.left {
			t.Errorf("%s: %v, want %v", test.name, got, test.left)
		}
	}
}

func TestBodyAtItsLimit(t *testing.T) {
	t.Parallel()
	for size, wanted := range map[int]error{9: nil, 10: nil, 11: errBodyTooLarge} {
		body := &meteredBody{body: io.NopCloser(strings.NewReader(strings.Repeat("x", size))), left: 10, pace: newPace(),
			control: http.NewResponseController(httptest.NewRecorder())}
		got, err := io.ReadAll(body)
		if !errors.Is(err, wanted) || len(got) != min(size, 10) {
			t.Errorf("%d bytes: %d read, %v", size, len(got), err)
		}
	}
}
