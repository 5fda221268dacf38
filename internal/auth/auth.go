// Package auth knows who is calling: people by email and password and the
// session that follows, programs by an API token, and what each of them may do.
//
// Secrets are never kept: passwords as argon2id hashes, session tokens, API
// tokens and password links as SHA-256 hashes of 256 random bits (sessions: as
// long as scs makes them). Whether an account exists cannot be learnt from an
// answer or from how long it takes.
//
// Not promised: tries at signing in are counted in this process, so with several
// producers each counts its own.
package auth

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"teamsheet/internal/store"
)

// How long a session lasts. A working day fits into the longest one; an
// unattended browser is signed out over lunch at the latest.
const (
	SessionIdle     = 2 * time.Hour
	SessionLifetime = 12 * time.Hour
)

// Options of New.
type Options struct {
	Store *store.Store
	// Secure: people reach the pages by https. The cookie is then sent over
	// https alone and bound to this very host by its name (__Host-).
	Secure bool
	Now    func() time.Time // nil: the store's
	// Cost of hashing a password; the zero Cost is DefaultCost.
	Cost Cost
	// HashesAtOnce bounds how many passwords are hashed side by side, since each
	// takes Cost.Memory. 0: 4.
	HashesAtOnce int
}

// Auth decides who is calling. Safe for concurrent use.
type Auth struct {
	store    *store.Store
	sessions *scs.SessionManager
	now      func() time.Time
	hasher   *hasher
	backoff  *backoff
}

// New makes an Auth.
func New(o Options) (*Auth, error) {
	if o.Now == nil {
		o.Now = o.Store.Now
	}
	if o.Cost == (Cost{}) {
		o.Cost = DefaultCost
	}
	if o.HashesAtOnce == 0 {
		o.HashesAtOnce = 4
	}
	hasher, err := newHasher(o.Cost, o.HashesAtOnce)
	if err != nil {
		return nil, err
	}
	return &Auth{
		store:    o.Store,
		sessions: newSessions(o.Store, o.Secure),
		now:      o.Now,
		hasher:   hasher,
		backoff:  newBackoff(o.Now),
	}, nil
}

// newSessions does without scs.New, which starts a goroutine for a store in
// memory that can never be stopped.
func newSessions(st *store.Store, secure bool) *scs.SessionManager {
	cookie := scs.SessionCookie{Name: "teamsheet", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if secure {
		cookie.Name, cookie.Secure = "__Host-teamsheet", true
	}
	return &scs.SessionManager{
		Lifetime: SessionLifetime, Store: st.Sessions(), Codec: scs.GobCodec{}, HashTokenInStore: true,
		Cookie: cookie, // not persistent: a closed browser forgets it
	}
}

type contextKey struct{}

// From returns the account that the middleware found for the request.
func From(ctx context.Context) (store.Account, bool) {
	account, ok := ctx.Value(contextKey{}).(store.Account)
	return account, ok
}

func with(ctx context.Context, account store.Account) context.Context {
	return context.WithValue(ctx, contextKey{}, account)
}

// Fail answers a request with an error, in the form its caller understands.
type Fail func(http.ResponseWriter, *http.Request, error)
