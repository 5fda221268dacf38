package store

import (
	"context"
	"time"

	"teamsheet/internal/fault"
)

// SetPassword stores the hash of a password.
func (s *Store) SetPassword(ctx context.Context, accountID, hash string) error {
	return s.changeAccount(ctx, "UPDATE accounts SET password_hash = ? WHERE id = ?", hash, uid(accountID))
}

// Rehash stores another hash of the same password, for the account as it was read.
// Once the password is another, nothing is done.
func (s *Store) Rehash(ctx context.Context, a Account, hash string) error {
	return s.repeatable(ctx, func(h *handle) error {
		return wrap(h.do("UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?", hash, uid(a.ID), a.PasswordHash), "rehash password")
	})
}

// ChangePassword replaces the hash that the account was read with, and ends the
// account's unused links. Once the stored hash is another, by a link, a lock or
// another change: fault.Conflict "password-changed-meanwhile", and nothing is done.
func (s *Store) ChangePassword(ctx context.Context, a Account, hash, requestID string) error {
	return s.repeatable(ctx, func(h *handle) error {
		if err := h.endLinks(a.ID); err != nil {
			return err
		}
		changed, err := h.exec("UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?", hash, uid(a.ID), a.PasswordHash)
		if err != nil {
			return wrap(err, "change password")
		}
		if changed == 0 {
			return h.passwordIs(a.ID, hash)
		}
		return h.audit(AuditEntry{OrgID: a.OrgID, ActorID: a.ID, Action: "password.changed", Subject: a.ID, RequestID: requestID})
	})
}

// passwordIs finds out whether the hash is there already, stored by a try whose
// reply was lost: its salt makes each hash one of its kind.
func (h *handle) passwordIs(accountID, hash string) error {
	now, err := h.account(notFound("account"), " WHERE a.id = ?", uid(accountID))
	if err == nil && now.PasswordHash != hash {
		err = fault.New(fault.Conflict, "password-changed-meanwhile",
			"The password was changed from elsewhere in the meantime. Nothing was changed here. Sign in with the new one.")
	}
	return err
}

// LockAccount leaves an account without a password, tokens and unused links. Its
// sessions end with the password that they began with.
func (s *Store) LockAccount(ctx context.Context, accountID string) error {
	return s.repeatable(ctx, func(h *handle) error {
		if err := h.endLinks(accountID); err != nil {
			return err
		}
		if err := h.do("DELETE FROM tokens"+ofAccount, uid(accountID)); err != nil {
			return wrap(err, "lock account")
		}
		changed, err := h.exec("UPDATE accounts SET password_hash = '' WHERE id = ?", uid(accountID))
		if err == nil && changed == 0 {
			return notFound("account")
		}
		return wrap(err, "lock account")
	})
}

const ofAccount = " WHERE (org_id, account_id) IN (SELECT org_id, id FROM accounts WHERE id = ?)"

// endLinks takes away the account's links that nobody has used. Links come before
// their account in every transaction that locks both: else two could wait for each
// other.
func (h *handle) endLinks(accountID string) error {
	return wrap(h.do("DELETE FROM password_links"+ofAccount+" AND used_at IS NULL", uid(accountID)), "end password links")
}

// CreatePasswordLink keeps the hash of a link with which the account can choose
// a password until expires.
func (s *Store) CreatePasswordLink(ctx context.Context, accountID string, tokenHash []byte, expires time.Time) error {
	return s.changeAccount(ctx, "INSERT INTO password_links (token_hash, org_id, account_id, expires_at)"+
		" SELECT ?, org_id, id, ? FROM accounts WHERE id = ?"+
		" ON CONFLICT (token_hash) DO UPDATE SET expires_at = excluded.expires_at WHERE password_links.used_at IS NULL",
		tokenHash, stored(expires), uid(accountID))
}

const openLink = " JOIN password_links l ON l.org_id = a.org_id AND l.account_id = a.id" +
	" WHERE l.token_hash = ? AND l.used_at IS NULL AND l.expires_at > ?"

// PasswordLinkAccount looks a link up without using it: fault.NotFound when it is
// unknown, used or out of date.
func (s *Store) PasswordLinkAccount(ctx context.Context, tokenHash []byte) (Account, error) {
	return s.reads(ctx).account(linkUnknown(), openLink, tokenHash, s.now())
}

// UsePasswordLink sets the password and uses the link up, once.
func (s *Store) UsePasswordLink(ctx context.Context, tokenHash []byte, passwordHash, requestID string) (Account, error) {
	var a Account
	err := s.inTx(ctx, shortWrite, func(h *handle) error {
		var err error
		if a, err = h.account(linkUnknown(), openLink, tokenHash, h.now); err != nil {
			return err
		}
		used, err := h.exec("UPDATE password_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL", h.now, tokenHash)
		if err != nil {
			return wrap(err, "use password link")
		}
		if used == 0 {
			return linkUnknown()
		}
		a.PasswordHash = passwordHash
		if err := h.do("UPDATE accounts SET password_hash = ? WHERE org_id = ? AND id = ?", passwordHash, a.OrgID, a.ID); err != nil {
			return wrap(err, "set password")
		}
		return h.audit(AuditEntry{OrgID: a.OrgID, ActorID: a.ID, Action: "password.chosen", Subject: a.ID, RequestID: requestID})
	})
	if err != nil {
		return Account{}, err
	}
	return a, nil
}

func linkUnknown() error {
	return fault.New(fault.NotFound, "link-unknown", "This link has been used or is out of date. Ask for a new one.")
}
