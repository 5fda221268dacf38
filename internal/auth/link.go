package auth

import (
	"context"
	"fmt"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/store"
)

// LinkLasts is how long a password link can be used.
const LinkLasts = 7 * 24 * time.Hour

// LinkPath is where a password link leads, with its token behind it.
const LinkPath = "/password/"

// NewPasswordLink makes a link with which the account chooses a password, once.
// Only its hash is kept. The address is the base URL + LinkPath + token.
func NewPasswordLink(ctx context.Context, st *store.Store, account store.Account) (token string, err error) {
	token, err = newSecret()
	if err != nil {
		return "", err
	}
	if err := st.CreatePasswordLink(ctx, account.ID, hashSecret(token), st.Now().Add(LinkLasts)); err != nil {
		return "", fmt.Errorf("store password link: %w", err)
	}
	return token, nil
}

// LinkAccount returns whose link it is without using it up: mail programs open
// links before people do. fault.NotFound "link-used-up" for one that is unknown,
// used or expired.
func (a *Auth) LinkAccount(ctx context.Context, token string) (store.Account, error) {
	account, err := a.store.PasswordLinkAccount(ctx, hashSecret(token))
	return account, linkFault(err)
}

// UseLink sets the password, uses the link up and signs in. requestID is for the
// audit entry. Faults: NotFound "link-used-up", Rejected "password-not-allowed".
func (a *Auth) UseLink(ctx context.Context, token, password, requestID string) (store.Account, error) {
	account, err := a.LinkAccount(ctx, token)
	if err != nil {
		return store.Account{}, err
	}
	if err := CheckPassword(password, account.Email); err != nil {
		return store.Account{}, err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return store.Account{}, err
	}
	account, err = a.store.UsePasswordLink(ctx, hashSecret(token), hash, requestID)
	if err != nil {
		return store.Account{}, linkFault(err)
	}
	account.PasswordHash = hash
	return account, a.begin(ctx, account)
}

func linkFault(err error) error {
	if err == nil {
		return nil
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Unauthorized) {
		return fault.Wrap(err, fault.NotFound, "link-used-up",
			"This link has been used or is older than 7 days. Ask for a new one.")
	}
	return fmt.Errorf("look up password link: %w", err)
}
