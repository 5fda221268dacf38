package auth

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/store"
	"teamsheet/internal/testkit"
)

const goodPassword = "correct horse battery"

var cheap = Cost{Memory: 64, Passes: 1, Threads: 1}

// world is an Auth on a database of its own with one account.
type world struct {
	t       *testing.T
	auth    *Auth
	store   *store.Store
	account store.Account
	clock   *testkit.Clock
}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t, clock: testkit.NewClock(time.Now())}
	var err error
	w.store, err = store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "auth.db"), store.Options{Now: w.clock.Now})
	w.must(err)
	t.Cleanup(func() { w.must(w.store.Close()) })
	w.must(w.store.Migrate(t.Context()))
	org, err := w.store.CreateOrg(t.Context(), "org")
	w.must(err)
	hash, err := hashPassword(goodPassword, cheap)
	w.must(err)
	w.account, err = w.store.CreateAccount(t.Context(), store.Account{OrgID: org.ID, Email: "admin@org.example", PasswordHash: hash, CanManage: true})
	w.must(err)
	options := Options{Store: w.store, Now: w.clock.Now, Cost: cheap}
	for _, f := range change {
		f(&options)
	}
	w.auth, err = New(options)
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// site serves a sign-in, a sign-out and a page for those who are signed in.
func (w *world) site() *httptest.Server {
	fail := func(rw http.ResponseWriter, _ *http.Request, err error) {
		http.Error(rw, err.Error(), http.StatusTeapot)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign-in", func(rw http.ResponseWriter, r *http.Request) {
		if _, err := w.auth.SignIn(r.Context(), r.FormValue("email"), r.FormValue("password"), "192.0.2.1"); err != nil {
			fail(rw, r, err)
		}
	})
	mux.HandleFunc("POST /sign-out", func(rw http.ResponseWriter, r *http.Request) {
		if err := w.auth.SignOut(r.Context()); err != nil {
			fail(rw, r, err)
		}
	})
	mux.HandleFunc("POST /password", func(rw http.ResponseWriter, r *http.Request) {
		if _, err := w.auth.UseLink(r.Context(), r.FormValue("token"), r.FormValue("password"), "R1"); err != nil {
			fail(rw, r, err)
		}
	})
	mux.Handle("POST /change", RequireSession(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		account, _ := From(r.Context())
		if err := w.auth.ChangePassword(r.Context(), account, PasswordChange{Present: r.FormValue("present"), New: r.FormValue("new"), IP: "192.0.2.1"}); err != nil {
			fail(rw, r, err)
		}
	})))
	mux.Handle("/", RequireSession(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		account, _ := From(r.Context())
		_, _ = rw.Write([]byte(account.Email))
	})))
	mux.Handle("/operate", RequireSession(Require(CanOperate, fail)(http.NotFoundHandler())))
	server := httptest.NewServer(w.auth.LoadSession(fail)(mux))
	w.t.Cleanup(server.Close)
	return server
}

// browser keeps cookies and follows nothing.
type browser struct {
	w      *world
	client *http.Client
	base   string
}

func (w *world) browser(site *httptest.Server) *browser {
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &browser{w: w, base: site.URL, client: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *browser) post(path string, pairs ...string) *http.Response {
	b.w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	response, err := b.client.PostForm(b.base+path, form)
	b.w.must(err)
	b.w.must(response.Body.Close())
	return response
}

func (b *browser) get(path string, headers ...string) *http.Response {
	b.w.t.Helper()
	request, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodGet, b.base+path, nil)
	b.w.must(err)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.client.Do(request)
	b.w.must(err)
	b.w.must(response.Body.Close())
	return response
}

func (b *browser) signIn() {
	b.w.t.Helper()
	if response := b.post("/sign-in", "email", "ADMIN@org.example ", "password", goodPassword); response.StatusCode != 200 {
		b.w.t.Fatalf("status %d", response.StatusCode)
	}
}

func (b *browser) cookie() *http.Cookie {
	at, err := url.Parse(b.base)
	b.w.must(err)
	for _, c := range b.client.Jar.Cookies(at) {
		return c
	}
	return nil
}

func TestSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser(w.site())
	if response := b.get("/team?page=2&q=a"); response.StatusCode != 303 || response.Header.Get("Location") != "/sign-in?next=%2Fteam%3Fpage%3D2%26q%3Da" {
		t.Fatalf("%d %s", response.StatusCode, response.Header.Get("Location"))
	}
	b.signIn()
	if response := b.get("/team"); response.StatusCode != 200 {
		t.Fatalf("status %d", response.StatusCode)
	}
	if response := b.get("/operate"); response.StatusCode != http.StatusTeapot {
		t.Errorf("status %d without the permission", response.StatusCode)
	}
	b.post("/sign-out")
	if response := b.get("/team"); response.StatusCode != 303 {
		t.Errorf("signed out, but status %d", response.StatusCode)
	}
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		w := newWorld(t, func(o *Options) { o.Secure = secure })
		response := w.browser(w.site()).post("/sign-in", "email", "admin@org.example", "password", goodPassword)
		cookies := response.Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%v", cookies)
		}
		c := cookies[0]
		name := map[bool]string{false: "teamsheet", true: "__Host-teamsheet"}[secure]
		if c.Name != name || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 {
			t.Errorf("%+v", c)
		}
	}
}

// TestTokenIsNewAfterSignIn: a token that somebody planted is worth nothing.
func TestTokenIsNewAfterSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser(w.site())
	b.signIn()
	first := b.cookie().Value
	b.signIn()
	second := b.cookie().Value
	if first == second {
		t.Error("the token stayed")
	}
	at, err := url.Parse(b.base)
	w.must(err)
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: "teamsheet", Value: first, Path: "/"}})
	if response := b.get("/"); response.StatusCode != 303 {
		t.Error("the old token still works")
	}
}

func TestSessionTokenIsHashedAtRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser(w.site())
	b.signIn()
	if _, found, err := w.store.Sessions().Find(b.cookie().Value); err != nil || found {
		t.Errorf("found by its own text: %v, %v", found, err)
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser(w.site())
	b.signIn()
	w.clock.Add(SessionIdle - time.Minute)
	if b.get("/").StatusCode != 200 {
		t.Error("ended before its time")
	}
	w.clock.Add(SessionIdle - time.Minute) // the use just now counts
	if b.get("/").StatusCode != 200 {
		t.Error("ended though it was used")
	}
	w.clock.Add(SessionIdle + time.Minute)
	if b.get("/").StatusCode != 303 {
		t.Error("lives on without use")
	}
	b.signIn()
	for range 12 {
		w.clock.Add(time.Hour + 10*time.Minute)
		b.get("/")
	}
	if b.get("/").StatusCode != 303 {
		t.Error("lives on for ever")
	}
}

func TestNewPasswordEndsSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site()
	b, other := w.browser(site), w.browser(site)
	b.signIn()
	token, err := NewPasswordLink(t.Context(), w.store, w.account)
	w.must(err)
	if response := other.post("/password", "token", token, "password", "another long password"); response.StatusCode != 200 {
		t.Fatalf("status %d", response.StatusCode)
	}
	if b.get("/").StatusCode != 303 {
		t.Error("a session outlives its password")
	}
	if other.get("/").StatusCode != 200 {
		t.Error("whoever chose the password is not signed in")
	}
}

func TestHtmxIsToldToLoadTheSignInPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser(w.site())
	response := b.get("/bulk-update/1/progress", "HX-Request", "true", "HX-Current-URL", "https://here.example/bulk-update/1?show=all")
	if response.StatusCode != 401 || response.Header.Get("HX-Redirect") != "/sign-in?next=%2Fbulk-update%2F1%3Fshow%3Dall" {
		t.Errorf("%d %q", response.StatusCode, response.Header.Get("HX-Redirect"))
	}
	if response := b.post("/team"); response.Header.Get("Location") != "/sign-in" {
		t.Errorf("after a form: %q", response.Header.Get("Location"))
	}
}

// signIn without a site: only what it answers before a session begins.
func (w *world) signIn(email, password, ip string) error {
	ctx, err := w.auth.sessions.Load(w.t.Context(), "")
	w.must(err)
	_, err = w.auth.SignIn(ctx, email, password, ip)
	return err
}

func TestWrongSignIns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	blank, err := w.store.CreateAccount(t.Context(), store.Account{OrgID: w.account.OrgID, Email: "new@org.example"})
	w.must(err)
	var said string
	for name, try := range map[string][2]string{
		"wrong password":       {w.account.Email, "wrong"},
		"unknown account":      {"nobody@org.example", goodPassword},
		"no password yet":      {blank.Email, ""},
		"no password, decoy":   {blank.Email, goodPassword},
		"nothing":              {"", ""},
		"endless password":     {w.account.Email, goodPassword + strings.Repeat("x", longestPassword)},
		"endless email":        {strings.Repeat("x", 1<<20), goodPassword},
		"bytes that are not":   {"\xff\x00", goodPassword},
		"another form of text": {w.account.Email, goodPassword + "\x00"},
	} {
		err := w.signIn(try[0], try[1], "192.0.2."+name)
		if fault.CodeOf(err) != "sign-in-failed" || !fault.Is(err, fault.Unauthorized) {
			t.Errorf("%s: %v", name, err)
		}
		if said == "" {
			said = err.Error()
		}
		if err.Error() != said {
			t.Errorf("%s: %q tells it from %q", name, err, said)
		}
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range freeTries {
		if err := w.signIn("admin@org.example", "wrong", "192.0.2.1"); !fault.Is(err, fault.Unauthorized) {
			t.Fatal(err)
		}
	}
	var wait *WaitError
	err := w.signIn("Admin@ORG.example", goodPassword, "192.0.2.1")
	if !errors.As(err, &wait) || fault.CodeOf(err) != "sign-in-wait" || wait.Seconds() != 1 {
		t.Fatalf("%v", err)
	}
	if err := w.signIn("admin@org.example", goodPassword, "192.0.2.2"); err != nil {
		t.Errorf("locked out from elsewhere: %v", err)
	}
	for i, seconds := range []int{2, 4, 8} {
		w.clock.Add(wait.Wait)
		if err := w.signIn("admin@org.example", "wrong", "192.0.2.1"); !fault.Is(err, fault.Unauthorized) {
			t.Fatalf("try %d: %v", i, err)
		}
		if err := w.signIn("admin@org.example", "wrong", "192.0.2.1"); !errors.As(err, &wait) || wait.Seconds() != seconds {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	w.clock.Add(wait.Wait)
	if err := w.signIn("admin@org.example", goodPassword, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if err := w.signIn("admin@org.example", "wrong", "192.0.2.1"); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("the right password did not start anew: %v", err)
	}
}

func TestWaitsAreBoundedAndForgotten(t *testing.T) {
	t.Parallel()
	c := testkit.NewClock(time.Now())
	b := newBackoff(c.Now)
	key := keyOf("a@b.example", "192.0.2.1")
	for range 100 {
		if err := b.try(key); err != nil {
			var wait *WaitError
			if !errors.As(err, &wait) || wait.Wait > longestWait {
				t.Fatal(err)
			}
			c.Add(wait.Wait)
		}
	}
	c.Add(forgetAfter + time.Second)
	for range freeTries {
		if err := b.try(key); err != nil {
			t.Fatal(err)
		}
	}
	for i := range mostPairs + 10 {
		_ = b.try(keyOf("x", string(rune(i))))
	}
	if len(b.pairs) > mostPairs {
		t.Errorf("%d pairs are remembered", len(b.pairs))
	}
}

func TestHashesAreOnlySoManyAtOnce(t *testing.T) {
	t.Parallel()
	h, err := newHasher(cheap, 1)
	if err != nil {
		t.Fatal(err)
	}
	free, err := h.slot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.matches(ctx, "", ""); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
	free()
	if _, err := h.matches(t.Context(), "", ""); err != nil {
		t.Errorf("%v", err)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	hash, err := HashPassword("pässword")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s, %v", hash, err)
	}
	h, err := newHasher(cheap, 1)
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"pässword": true, "pa\u0308ssword": true, "password": false, "": false} {
		if got, err := h.matches(t.Context(), hash, password); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	if again, err := HashPassword("pässword"); err != nil || again == hash {
		t.Errorf("no salt: %v", err)
	}
}

func TestHashesOfAnotherFormat(t *testing.T) {
	t.Parallel()
	for _, hash := range []string{
		"x", "$2y$10$abcdefghijklmnopqrstuv", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=64,t=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=64,t=1,p=1$c2Fs$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFz", "$argon2id$v=19$m=64,t=1,p=1$!$!",
	} {
		if _, err := parseHash(hash); !errors.Is(err, errHashFormat) {
			t.Errorf("%s: %v", hash, err)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA")
	f.Fuzz(func(t *testing.T, text string) {
		if hash, err := parseHash(text); err == nil && (hash.cost.Memory > mostMemory || hash.cost.Passes > mostPasses || hash.cost.Threads == 0) {
			t.Errorf("%s asks for %+v", text, hash.cost)
		}
	})
}

func TestWeakerHashIsStrengthened(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Cost = Cost{Memory: 128, Passes: 1, Threads: 1} })
	w.must(w.signIn(w.account.Email, goodPassword, "192.0.2.1"))
	account, err := w.store.Account(t.Context(), w.account.ID)
	if err != nil || !strings.Contains(account.PasswordHash, "m=128,") {
		t.Errorf("%s, %v", account.PasswordHash, err)
	}
	w.must(w.signIn(w.account.Email, goodPassword, "192.0.2.1"))
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"twelve chars":            "",
		"elevenchars":             "The password is too short. Choose one of at least 12 characters.",
		"":                        "The password is too short. Choose one of at least 12 characters.",
		"ééééééééééé":             "The password is too short. Choose one of at least 12 characters.",
		"ADMIN@org.example":       "The password is your email address. Choose another one.",
		"aaaaaaaaaaaaaa":          "The password repeats the same few characters. Choose one with more different ones.",
		strings.Repeat("ab", 600): "The password is too long. Choose one of at most 256 characters.",
		"\xff\xff\xff":            "The password is too long. Choose one of at most 256 characters.",
		"長い合言葉を選んでください。": "",
	} {
		err := CheckPassword(password, "admin@org.example")
		var known *fault.Error
		if got := ""; errors.As(err, &known) {
			got = known.Message
			if got != want || known.Code != "password-not-allowed" {
				t.Errorf("%q: %v", password, err)
			}
		} else if want != "" {
			t.Errorf("%q is fine", password)
		}
	}
}

func TestPasswordLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, err := NewPasswordLink(t.Context(), w.store, w.account)
	w.must(err)
	if len(token) != 43 {
		t.Errorf("%d characters are not 256 bits", len(token))
	}
	ctx, err := w.auth.sessions.Load(t.Context(), "")
	w.must(err)
	for range 2 { // looking at it does not use it up
		if account, err := w.auth.LinkAccount(ctx, token); err != nil || account.ID != w.account.ID {
			t.Fatalf("%v", err)
		}
	}
	if _, err := w.auth.UseLink(ctx, token, "short", "R1"); fault.CodeOf(err) != "password-not-allowed" {
		t.Errorf("%v", err)
	}
	if _, err := w.auth.UseLink(ctx, token, "another long password", "R1"); err != nil {
		t.Fatal(err)
	}
	w.must(w.signIn(w.account.Email, "another long password", "192.0.2.1"))
	for _, used := range []string{token, "", "x", strings.Repeat("A", 43)} {
		_, err1 := w.auth.LinkAccount(ctx, used)
		_, err2 := w.auth.UseLink(ctx, used, "a third long password", "R1")
		if fault.CodeOf(err1) != "link-used-up" || fault.CodeOf(err2) != "link-used-up" || !fault.Is(err1, fault.NotFound) {
			t.Errorf("%q: %v, %v", used, err1, err2)
		}
	}
	late, err := NewPasswordLink(t.Context(), w.store, w.account)
	w.must(err)
	w.clock.Add(LinkLasts + time.Minute)
	if _, err := w.auth.LinkAccount(ctx, late); fault.CodeOf(err) != "link-used-up" {
		t.Errorf("after its time: %v", err)
	}
}

func TestLinkIsUsedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, err := NewPasswordLink(t.Context(), w.store, w.account)
	w.must(err)
	var wait sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wait.Go(func() {
			ctx, err := w.auth.sessions.Load(t.Context(), "")
			if err == nil {
				_, err = w.auth.UseLink(ctx, token, "another long password", "R1")
			}
			results[i] = err
		})
	}
	wait.Wait()
	worked := 0
	for _, err := range results {
		if err == nil {
			worked++
		} else if fault.CodeOf(err) != "link-used-up" {
			t.Error(err)
		}
	}
	if worked != 1 {
		t.Errorf("used %d times", worked)
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, err := NewToken(t.Context(), w.store, w.account)
	w.must(err)
	if !strings.HasPrefix(token, "ts_") || len(token) != 46 {
		t.Errorf("%d characters", len(token))
	}
	own := "ts_" + strings.Repeat("b", 43)
	w.must(StoreToken(t.Context(), w.store, w.account, own))
	w.must(StoreToken(t.Context(), w.store, w.account, own)) // a demo that starts again
	if err := StoreToken(t.Context(), w.store, w.account, "short"); err == nil {
		t.Error("a short token was taken")
	}
	var failed error
	guarded := w.auth.RequireToken(func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err })(
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if account, ok := From(r.Context()); !ok || account.ID != w.account.ID {
				t.Errorf("%v", account)
			}
		}))
	for header, code := range map[string]string{
		"Bearer " + token: "", "bearer  " + token: "", "Bearer " + own: "", "": "token-missing", "Bearer": "token-missing", "Bearer ": "token-missing",
		"Basic " + token: "token-missing", token: "token-missing", "Bearer " + token + "x": "token-unknown", "Bearer x": "token-unknown",
		"Bearer " + strings.ToUpper(token): "token-unknown",
	} {
		failed = nil
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/", nil)
		request.Header.Set("Authorization", header)
		guarded.ServeHTTP(httptest.NewRecorder(), request)
		if (failed == nil) != (code == "") || failed != nil && (fault.CodeOf(failed) != code || !fault.Is(failed, fault.Unauthorized)) {
			t.Errorf("%q: %v", header, failed)
		}
	}
}

func TestSafeNext(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/team?q=a#b": "/team?q=a#b", "/": "/", "": "/", "team": "/", "//evil.example": "/", "/\\evil.example": "/",
		"https://evil.example": "/", "/\t/evil.example": "/", "/a\nb": "/", "/sign-in?next=/": "/", "/sign-out": "/",
		"/%2f%2fevil.example": "/", "///evil.example": "/", "/%zz": "/", "/team/\\x": "/", "javascript:alert(1)": "/", "/a//b": "/a//b",
	} {
		if got := SafeNext(next); got != want {
			t.Errorf("%q: %q, want %q", next, got, want)
		}
	}
}

func FuzzSafeNext(f *testing.F) {
	for _, seed := range []string{"/team", "//x", "/\\x", "/%2e%2e//x"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://here.example/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, next string) {
		target, err := base.Parse(SafeNext(next))
		if err != nil || target.Host != "here.example" || target.Scheme != "https" {
			t.Errorf("%q leads to %v, %v", next, target, err)
		}
	})
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		may     Permission
		account store.Account
		want    bool
	}{
		{CanManage, store.Account{CanManage: true}, true}, {CanManage, store.Account{CanOperate: true}, false},
		{CanOperate, store.Account{CanOperate: true}, true}, {CanOperate, store.Account{CanManage: true}, false},
	} {
		if err := test.may(test.account); (err == nil) != test.want || err != nil && !fault.Is(err, fault.Denied) {
			t.Errorf("%+v: %v", test.account, err)
		}
	}
}
