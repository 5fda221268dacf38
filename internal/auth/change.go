package auth

import (
	"context"
	"fmt"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// PasswordChange is what somebody who is signed in asks for.
type PasswordChange struct {
	Present, New string
	IP           string // the caller's address, for slowing down guesses
	RequestID    string // for the audit entry
}

// Codes of what is wrong with a PasswordChange.
const (
	CodePasswordWrong      = "password-wrong"
	CodePasswordNotAllowed = "password-not-allowed"
)

// ChangePassword gives the account of this session another password. The session
// goes on under a new token; every other one, and the account's unused links, end.
// The present password is asked for, and guesses at it count as those at signing in:
// a browser that was left alone gives nobody the account. Faults: Rejected
// CodePasswordNotAllowed and CodePasswordWrong, TooMany (a *WaitError), Unavailable
// "sign-in-busy", Conflict "password-changed-meanwhile".
func (a *Auth) ChangePassword(ctx context.Context, account store.Account, c PasswordChange) error {
	if err := CheckPassword(c.New, account.Email); err != nil {
		return err
	}
	key := keyOf(profile.EmailKey(account.Email), c.IP)
	if err := a.backoff.try(key); err != nil {
		return err
	}
	matches, err := a.proved(ctx, key, account, c.Present)
	if err != nil {
		return err
	}
	if !matches {
		return fault.New(fault.Rejected, CodePasswordWrong,
			"The present password is not right. Nothing was changed. Enter the one that you sign in with now.")
	}
	hash, err := a.hasher.hash(ctx, c.New)
	if err != nil {
		return err
	}
	if err := a.store.ChangePassword(ctx, account, hash, c.RequestID); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	account.PasswordHash = hash
	return a.begin(ctx, account)
}
