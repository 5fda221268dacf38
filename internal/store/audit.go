package store

import "context"

// AuditEntry says who did what to which thing; it holds ids, never people's values.
type AuditEntry struct {
	OrgID, ActorID, Action, Subject, RequestID string
}

// Audit records an entry by itself. Moves of batches and edits of profiles record
// theirs in their own transaction.
func (s *Store) Audit(ctx context.Context, e AuditEntry) error {
	return s.inTx(ctx, shortWrite, func(h *handle) error { return h.audit(e) })
}

// audit writes an entry, by which this transaction can be recognized afterwards.
func (h *handle) audit(e AuditEntry) error {
	id := NewID()
	h.mark.orgID, h.mark.auditID = uid(e.OrgID), id
	return wrap(h.do("INSERT INTO audit (org_id, id, at, actor_id, action, subject, request_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
		uid(e.OrgID), id, h.now, orNull(e.ActorID), e.Action, storable(e.Subject), storable(e.RequestID)), "write audit entry")
}
