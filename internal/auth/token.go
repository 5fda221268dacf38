package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"teamsheet/internal/fault"
	"teamsheet/internal/store"
)

// tokenPrefix makes an API token recognizable to people and secret scanners.
const tokenPrefix = "ts_"

// secretLength of tokens and links in bytes: 256 bits need no slow hash and no
// salt at rest.
const secretLength = 32

func newSecret() (string, error) {
	secret := make([]byte, secretLength)
	if _, err := rand.Read(secret); err != nil {
		return "", fmt.Errorf("make secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(secret), nil
}

// hashSecret is what is stored and looked up. Looking up a hash gives away
// nothing by its timing: nobody can choose the hash they ask for.
func hashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// NewToken makes an API token for the account. Only its hash is kept.
func NewToken(ctx context.Context, st *store.Store, account store.Account) (token string, err error) {
	secret, err := newSecret()
	if err != nil {
		return "", err
	}
	token = tokenPrefix + secret
	if err := st.CreateToken(ctx, account.ID, hashSecret(token)); err != nil {
		return "", fmt.Errorf("store token: %w", err)
	}
	return token, nil
}

// StoreToken gives the account a token whose text the caller has chosen: a demo
// prints the same one at every start.
func StoreToken(ctx context.Context, st *store.Store, account store.Account, token string) error {
	if !strings.HasPrefix(token, tokenPrefix) || len(token) < len(tokenPrefix)+secretLength {
		return fmt.Errorf("store token: a token begins with %s and is longer", tokenPrefix)
	}
	return st.CreateToken(ctx, account.ID, hashSecret(token))
}

// RequireToken lets only calls with a token pass, whatever cookie they carry:
// what a browser sends by itself must never be a call of the API.
func (a *Auth) RequireToken(fail Fail) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			account, err := a.tokenAccount(r)
			if err != nil {
				w.Header().Set("WWW-Authenticate", `Bearer realm="teamsheet"`)
				fail(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(with(r.Context(), account)))
		})
	}
}

func (a *Auth) tokenAccount(r *http.Request) (store.Account, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return store.Account{}, fault.New(fault.Unauthorized, "token-missing",
			`Send an API token: "Authorization: Bearer <token>". Whoever runs Teamsheet makes one with "teamsheet token create".`)
	}
	unknown := fault.New(fault.Unauthorized, "token-unknown", "Nobody has this API token. Check it, or ask whoever runs Teamsheet for a new one.")
	if !strings.HasPrefix(token, tokenPrefix) {
		return store.Account{}, unknown
	}
	account, err := a.store.AccountByToken(r.Context(), hashSecret(token))
	if fault.Is(err, fault.Unauthorized) || fault.Is(err, fault.NotFound) {
		return store.Account{}, unknown
	}
	if err != nil {
		return store.Account{}, fmt.Errorf("find the token's account: %w", err)
	}
	return account, nil
}
