package producer

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"teamsheet/internal/auth"
	"teamsheet/internal/store"
	"teamsheet/internal/testkit"
)

// session signs an account in and returns its cookie.
func (r *rig) session(account store.Account) string {
	r.t.Helper()
	const password = "correct horse battery"
	hash, err := auth.HashPassword(password)
	r.must(err)
	r.must(r.store.SetPassword(r.t.Context(), account.ID, hash))
	answer := r.callAs("", "POST", "/sign-in", strings.NewReader(url.Values{"email": {account.Email}, "password": {password}}.Encode()),
		"Content-Type", "application/x-www-form-urlencoded")
	answer.is(http.StatusSeeOther)
	cookie, _, _ := strings.Cut(answer.header.Get("Set-Cookie"), ";")
	return cookie
}

func TestQueuePagesAreForOperators(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) {
		o.Queues = http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) { _, _ = w.Write([]byte(request.URL.Path)) })
	})
	viewer, err := r.store.AccountByEmail(t.Context(), "viewer@home.example")
	r.must(err)
	admin, visitor := r.session(r.home.admin), r.session(viewer)
	if got := r.callAs("", "GET", "/ops/queues/", nil); got.status != http.StatusSeeOther {
		t.Errorf("nobody: %d", got.status)
	}
	if got := r.callAs("", "GET", "/ops/queues/x", nil, "Cookie", visitor); got.status != http.StatusForbidden {
		t.Errorf("no permission: %d", got.status)
	}
	if got := r.call("GET", "/ops/queues/", nil); got.status != http.StatusSeeOther {
		t.Errorf("a token is no session: %d", got.status)
	}
	got := r.callAs("", "GET", "/ops/queues/assets/x.js", nil, "Cookie", admin)
	if got.status != 200 || string(got.body) != "/ops/queues/assets/x.js" || got.header.Get("Content-Security-Policy") != queuesPolicy {
		t.Errorf("%d %s %s", got.status, got.body, got.header.Get("Content-Security-Policy"))
	}
	if got := r.callAs("", "POST", "/ops/queues/x", nil, "Cookie", admin, "Sec-Fetch-Site", "cross-site"); got.status != http.StatusForbidden {
		t.Errorf("from another site: %d", got.status)
	}
	if got := r.callAs("", "GET", "/team", nil, "Cookie", admin).header.Get("Content-Security-Policy"); got != pagePolicy {
		t.Errorf("the policy of other pages: %s", got)
	}
	if got := r.callAs("", "GET", "/api/v1/batches", nil, "Cookie", admin); got.status != http.StatusUnauthorized {
		t.Errorf("a session is no token: %d", got.status)
	}
}

func TestWithoutQueuePages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if got := r.callAs("", "GET", "/ops/queues/", nil); got.status != http.StatusNotFound {
		t.Errorf("%d", got.status)
	}
}

func TestWaitEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.uploaded([]string{"User ID"})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.web.URL+"/api/v1/batches/"+id+"?wait=60s", nil)
	r.must(err)
	request.Header.Set("Authorization", "Bearer "+r.home.token)
	ended := make(chan error, 1)
	go func() {
		response, err := r.web.Client().Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		ended <- err
	}()
	cancel()
	if err := <-ended; err == nil {
		t.Fatal("it was answered")
	}
	// The server hears of it whenever it does; only then the test's server can close.
	testkit.Wait(t, "the log of the call", func() bool {
		return strings.Count(r.log.String(), `"msg":"request"`) >= 1
	})
	if strings.Contains(r.log.String(), `"level":"ERROR"`) {
		t.Errorf("a caller who leaves is no error: %s", r.log.String())
	}
}
