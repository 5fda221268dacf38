package store

import (
	"context"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
)

// Account is a person who signs in. Not a profile.
type Account struct {
	ID, OrgID, Email string
	PasswordHash     string // "" until a password is chosen
	CanManage        bool   // may see and change the team
	CanOperate       bool   // may see the operators' pages
	NotifyApplied    bool   // wants mail about applied batches too
	TimeZone         string // IANA name; "": none was chosen
	CreatedAt        time.Time
}

const accountColumns = "SELECT a.id, a.org_id, a.email, a.password_hash, a.can_manage, a.can_operate," +
	" a.notify_applied, a.time_zone, a.created_at FROM accounts a"

// CreateAccount makes an account and its id. The email is unique over all
// organizations: fault.Conflict.
func (s *Store) CreateAccount(ctx context.Context, a Account) (Account, error) {
	a.ID, a.OrgID, a.Email = NewID(), uid(a.OrgID), storable(a.Email)
	err := s.repeatable(ctx, func(h *handle) error {
		a.CreatedAt = h.now
		if err := h.needOrg(a.OrgID); err != nil {
			return err
		}
		created, err := h.exec("INSERT INTO accounts (org_id, id, email, email_key, password_hash, can_manage, can_operate,"+
			" notify_applied, time_zone, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			a.OrgID, a.ID, a.Email, profile.EmailKey(a.Email), a.PasswordHash, a.CanManage, a.CanOperate,
			a.NotifyApplied, storable(a.TimeZone), a.CreatedAt)
		if err != nil || created > 0 {
			return wrap(err, "create account")
		}
		return a.mine(h)
	})
	return a, err
}

// mine finds out whether the email is taken by this very account, made by a try
// whose reply was lost.
func (a Account) mine(h *handle) error {
	var id string
	if _, err := h.one(&id, "SELECT id FROM accounts WHERE email_key = ?", profile.EmailKey(a.Email)); err != nil {
		return wrap(err, "create account")
	}
	if id != a.ID {
		return fault.New(fault.Conflict, "account-email-taken", "An account with this email exists already. Enter another email.")
	}
	return nil
}

// Account reads an account.
func (s *Store) Account(ctx context.Context, id string) (Account, error) {
	return s.reads(ctx).account(notFound("account"), " WHERE a.id = ?", uid(id))
}

// AccountByEmail reads an account; emails are the same by profile.EmailKey.
func (s *Store) AccountByEmail(ctx context.Context, email string) (Account, error) {
	return s.reads(ctx).account(notFound("account"), " WHERE a.email_key = ?", profile.EmailKey(storable(email)))
}

// AccountByToken reads whose an API token is; an unknown one: fault.Unauthorized.
func (s *Store) AccountByToken(ctx context.Context, tokenHash []byte) (Account, error) {
	unknown := fault.New(fault.Unauthorized, "token-unknown", "This API token is not known. Make a new one.")
	return s.reads(ctx).account(unknown, " JOIN tokens t ON t.org_id = a.org_id AND t.account_id = a.id"+
		" WHERE t.token_hash = ?", tokenHash)
}

func (h *handle) account(missing error, where string, args ...any) (Account, error) {
	var a Account
	found, err := h.one(&a, accountColumns+where, args...)
	if err != nil {
		return Account{}, wrap(err, "load account")
	}
	if !found {
		return Account{}, missing
	}
	a.CreatedAt = a.CreatedAt.UTC()
	return a, nil
}

// SetNotifyApplied says whether the account wants mail about applied batches.
func (s *Store) SetNotifyApplied(ctx context.Context, accountID string, wanted bool) error {
	return s.changeAccount(ctx, "UPDATE accounts SET notify_applied = ? WHERE id = ?", wanted, uid(accountID))
}

// SetTimeZone says in which zone the account reads moments: an IANA name, or "" for
// none. Whether there is such a zone is for the caller to know.
func (s *Store) SetTimeZone(ctx context.Context, accountID, zone string) error {
	return s.changeAccount(ctx, "UPDATE accounts SET time_zone = ? WHERE id = ?", storable(zone), uid(accountID))
}

func (s *Store) changeAccount(ctx context.Context, sql string, args ...any) error {
	return s.repeatable(ctx, func(h *handle) error {
		changed, err := h.exec(sql, args...)
		if err == nil && changed == 0 {
			return notFound("account")
		}
		return wrap(err, "change account")
	})
}

// CreateToken keeps the hash of an API token.
func (s *Store) CreateToken(ctx context.Context, accountID string, tokenHash []byte) error {
	return s.changeAccount(ctx, "INSERT INTO tokens (token_hash, org_id, account_id, created_at)"+
		" SELECT ?, org_id, id, ? FROM accounts WHERE id = ?"+
		" ON CONFLICT (token_hash) DO UPDATE SET created_at = tokens.created_at", tokenHash, s.now(), uid(accountID))
}

// stored is a time as the database keeps it.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
