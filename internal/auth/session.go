package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// What a session keeps. The fingerprint is of the password hash: a new password
// ends every session that began with the old one.
const (
	keyAccount     = "account"
	keyFingerprint = "fingerprint"
	keySeen        = "seen" // unix seconds
)

// seenEvery is how often a session's last use is written down: a page that asks
// for progress every second must not write every second.
const seenEvery = 5 * time.Minute

// longestEmail in bytes that is looked up: 254 characters at most are stored.
const longestEmail = 4 * 254

// SignInPath is where RequireSession sends people.
const SignInPath = "/sign-in"

// LoadSession finds the session of a request and the account behind it, for
// From. Everything below it may sign in and out.
func (a *Auth) LoadSession(fail Fail) func(http.Handler) http.Handler {
	a.sessions.ErrorFunc = fail
	return func(next http.Handler) http.Handler {
		return a.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			account, ok, err := a.sessionAccount(r.Context())
			if err != nil {
				fail(w, r, err)
				return
			}
			if ok {
				r = r.WithContext(with(r.Context(), account))
			}
			next.ServeHTTP(w, r)
		}))
	}
}

func (a *Auth) sessionAccount(ctx context.Context) (account store.Account, ok bool, err error) {
	id := a.sessions.GetString(ctx, keyAccount)
	if id == "" {
		return store.Account{}, false, nil
	}
	account, err = a.store.Account(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return store.Account{}, false, fmt.Errorf("load the session's account: %w", err)
	}
	if err != nil || a.ended(ctx, account) {
		return store.Account{}, false, a.SignOut(ctx)
	}
	a.touch(ctx)
	return account, true, nil
}

func (a *Auth) ended(ctx context.Context, account store.Account) bool {
	seen := time.Unix(a.sessions.GetInt64(ctx, keySeen), 0)
	return a.now().Sub(seen) > SessionIdle ||
		a.sessions.GetString(ctx, keyFingerprint) != fingerprint(account)
}

func (a *Auth) touch(ctx context.Context) {
	seen := time.Unix(a.sessions.GetInt64(ctx, keySeen), 0)
	if now := a.now(); now.Sub(seen) >= seenEvery {
		a.sessions.Put(ctx, keySeen, now.Unix())
	}
}

func fingerprint(account store.Account) string {
	sum := sha256.Sum256([]byte(account.PasswordHash))
	return hex.EncodeToString(sum[:8])
}

// SignIn checks email and password and begins a session for them. ip is the
// caller's address, for slowing down guesses. Faults: Unauthorized
// "sign-in-failed", TooMany (a *WaitError), Unavailable "sign-in-busy".
func (a *Auth) SignIn(ctx context.Context, email, password, ip string) (store.Account, error) {
	key := keyOf(profile.EmailKey(strings.TrimSpace(email)), ip)
	if err := a.backoff.try(key); err != nil {
		return store.Account{}, err
	}
	account, err := a.find(ctx, email)
	if err != nil {
		return store.Account{}, err
	}
	matches, err := a.proved(ctx, key, account, password)
	if err != nil {
		return store.Account{}, err
	}
	if !matches {
		return store.Account{}, fault.New(fault.Unauthorized, "sign-in-failed",
			"Email and password do not belong together. Check both, then try again.")
	}
	return a.strengthen(ctx, account, password)
}

// proved reports whether the password is the account's; if so, the tries before
// are forgotten.
func (a *Auth) proved(ctx context.Context, key pairKey, account store.Account, password string) (bool, error) {
	matches, err := a.hasher.matches(ctx, account.PasswordHash, password)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	if matches {
		a.backoff.succeeded(key)
	}
	return matches, nil
}

// find returns the account with the email; without an ID when there is none.
func (a *Auth) find(ctx context.Context, email string) (store.Account, error) {
	email = strings.TrimSpace(email)
	if len(email) > longestEmail || !utf8.ValidString(email) || strings.ContainsRune(email, 0) {
		return store.Account{}, nil
	}
	account, err := a.store.AccountByEmail(ctx, email)
	switch {
	case err == nil:
		return account, nil
	case fault.Is(err, fault.NotFound):
		return store.Account{}, nil
	}
	return store.Account{}, fmt.Errorf("find account: %w", err)
}

// strengthen stores the hash anew if hashes have become costlier since, then
// begins the session. If the password was changed or locked in that very moment it
// stays so, and the session, which began with another, is worth nothing.
func (a *Auth) strengthen(ctx context.Context, account store.Account, password string) (store.Account, error) {
	if a.hasher.weaker(account.PasswordHash) {
		hash, err := a.hasher.hash(ctx, password)
		if err != nil {
			return store.Account{}, err
		}
		if err := a.store.Rehash(ctx, account, hash); err != nil {
			return store.Account{}, fmt.Errorf("store the stronger hash: %w", err)
		}
		account.PasswordHash = hash
	}
	return account, a.begin(ctx, account)
}

// begin puts the account into the session under a new token, so that a token
// that was planted before is worth nothing.
func (a *Auth) begin(ctx context.Context, account store.Account) error {
	if err := a.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	a.sessions.SetDeadline(ctx, a.now().Add(SessionLifetime).UTC())
	a.sessions.Put(ctx, keyAccount, account.ID)
	a.sessions.Put(ctx, keyFingerprint, fingerprint(account))
	a.sessions.Put(ctx, keySeen, a.now().Unix())
	return nil
}

// SignOut ends the session.
func (a *Auth) SignOut(ctx context.Context) error {
	if err := a.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// RequireSession lets only signed-in people pass; the others are sent to sign
// in and back. It stands below LoadSession.
func RequireSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := From(r.Context()); ok {
			next.ServeHTTP(w, r)
			return
		}
		if r.Header.Get("HX-Request") == "true" {
			// htmx would put the sign-in page into the middle of this one.
			w.Header().Set("HX-Redirect", signInURL(currentPage(r)))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, signInURL(wantedPage(r)), http.StatusSeeOther)
	})
}

func wantedPage(r *http.Request) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	return r.URL.RequestURI()
}

// currentPage is the page that an htmx request came from.
func currentPage(r *http.Request) string {
	page, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil {
		return ""
	}
	return page.RequestURI()
}

func signInURL(next string) string {
	if next = SafeNext(next); next == "/" {
		return SignInPath
	}
	return SignInPath + "?next=" + url.QueryEscape(next)
}

// SafeNext returns where to go after signing in: next if it is a path of this
// site, else "/".
func SafeNext(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsRune(next, '\\') ||
		strings.ContainsFunc(next, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "/"
	}
	target, err := url.Parse(next)
	if err != nil || target.Host != "" || target.Scheme != "" || strings.HasPrefix(target.Path, "//") ||
		target.Path == SignInPath || target.Path == "/sign-out" {
		return "/"
	}
	return next
}
