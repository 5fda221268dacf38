package store

import (
	"context"
	"time"
)

// Sessions is the storage of people's sessions (scs: Store and CtxStore).
type Sessions struct{ store *Store }

// Sessions returns the storage of sessions.
func (s *Store) Sessions() *Sessions { return &Sessions{s} }

// sessionRow is a session as it is read.
type sessionRow struct{ Content []byte }

// FindCtx reads a session that has not expired.
func (x *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var row sessionRow
	found, err := x.store.reads(ctx).one(&row, "SELECT content FROM sessions WHERE token = ? AND expires_at > ?",
		storable(token), x.store.now())
	if err != nil || !found {
		return nil, false, wrap(err, "find session")
	}
	return row.Content, true, nil
}

// CommitCtx keeps a session until its expiry, and clears away a few old ones.
func (x *Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return x.store.repeatable(ctx, func(h *handle) error {
		if err := h.do("INSERT INTO sessions (token, content, expires_at) VALUES (?, ?, ?)"+
			" ON CONFLICT (token) DO UPDATE SET content = excluded.content, expires_at = excluded.expires_at",
			storable(token), b, stored(expiry)); err != nil {
			return wrap(err, "keep session")
		}
		return wrap(h.do("DELETE FROM sessions WHERE token IN (SELECT token FROM sessions WHERE expires_at < ?"+
			" ORDER BY expires_at LIMIT 10"+h.dialect.sweep()+")", h.now), "clear sessions")
	})
}

// DeleteCtx forgets a session.
func (x *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return x.store.repeatable(ctx, func(h *handle) error {
		return wrap(h.do("DELETE FROM sessions WHERE token = ?", storable(token)), "delete session")
	})
}

// Find is FindCtx without a context.
func (x *Sessions) Find(token string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (x *Sessions) Commit(token string, b []byte, expiry time.Time) error {
	return x.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx without a context.
func (x *Sessions) Delete(token string) error {
	return x.DeleteCtx(context.Background(), token)
}
