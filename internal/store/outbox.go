package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
	"teamsheet/internal/sabotage"
)

// MailKind is what a mail reports.
type MailKind string

// The kinds of mail.
const (
	MailRejected MailKind = "rejected"
	MailFailed   MailKind = "failed"
	MailStale    MailKind = "stale"
	MailApplied  MailKind = "applied"
)

// Mail is one report to one recipient.
type Mail struct {
	ID, OrgID, BatchID string
	Kind               MailKind
	Recipient          string
	// MessageID is the local part, the same for every try; the mailer adds the
	// domain and the brackets.
	MessageID string
	CreatedAt time.Time
	Tries     int // claims so far
}

// post puts the report of a batch's outcome into the outbox, in the transaction
// of the outcome. There is one of each kind for each recipient.
func (h *handle) post(b *batch.Batch, kind MailKind) error {
	if sabotage.Without("outbox") {
		return nil
	}
	once := " ON CONFLICT (org_id, batch_id, kind, recipient) DO NOTHING"
	if sabotage.Without("mail-key") {
		once = ""
	}
	return wrap(h.do("INSERT INTO mails (org_id, id, batch_id, kind, recipient, message_id, created_at, next_try_at)"+
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?)"+once,
		b.OrgID, NewID(), b.ID, string(kind), b.UploadedBy, messageID(kind, b.ID, b.UploadedBy), h.now, h.now), "post mail")
}

// messageID names a report for ever, so that a receiver can tell a second copy.
func messageID(kind MailKind, batchID, recipient string) string {
	const hashBytes = 8
	hash := sha256.Sum256([]byte(profile.EmailKey(recipient)))
	return string(kind) + "." + batchID + "." + hex.EncodeToString(hash[:hashBytes])
}

const mailColumns = "id, org_id, batch_id, kind, recipient, message_id, created_at, tries"

const mailOpen = "sent_at IS NULL AND given_up_at IS NULL"

const mailDue = mailOpen + " AND next_try_at <= ? AND (lease_until IS NULL OR lease_until <= ?)"

// DueMails are mails to ring for, the longest due first: unsent, next try due,
// no live lease.
func (s *Store) DueMails(ctx context.Context, limit int) ([]Mail, error) {
	h := s.reads(ctx)
	mails := []Mail{}
	err := h.all(&mails, "SELECT "+mailColumns+" FROM mails WHERE "+mailDue+" ORDER BY next_try_at, id LIMIT ?",
		h.now, h.now, pageLimit(limit))
	for i := range mails {
		mails[i].CreatedAt = mails[i].CreatedAt.UTC()
	}
	return mails, wrap(err, "list due mails")
}

// ClaimMail leases a due mail to this sender; ok false: somebody else has it or
// it is done.
func (s *Store) ClaimMail(ctx context.Context, id string, lease time.Duration) (m Mail, ok bool, err error) {
	err = s.inTx(ctx, shortWrite, func(h *handle) error {
		claimed, err := h.exec("UPDATE mails SET lease_until = ?, tries = tries + 1 WHERE id = ? AND "+mailDue,
			h.now.Add(lease), uid(id), h.now, h.now)
		if err != nil || claimed == 0 {
			return wrap(err, "claim mail")
		}
		ok, err = h.one(&m, "SELECT "+mailColumns+" FROM mails WHERE id = ?", uid(id))
		m.CreatedAt = m.CreatedAt.UTC()
		return wrap(err, "load mail")
	})
	if err != nil {
		return Mail{}, false, err
	}
	return m, ok, nil
}

// MailSent says that the server has taken the mail, whoever's claim it was.
func (s *Store) MailSent(ctx context.Context, id string) error {
	if sabotage.Without("mark-sent") {
		return s.settleMail(ctx, "next_try_at = ?", "id = ?", s.now(), uid(id))
	}
	return s.settleMail(ctx, "sent_at = ?, reason = ''", "id = ?", s.now(), uid(id))
}

// MailRetry puts the next try of a claimed mail off by delay; reason is for operators
// and names no person. Once somebody else has claimed the mail, it does nothing.
func (s *Store) MailRetry(ctx context.Context, claimed Mail, delay time.Duration, reason string) error {
	return s.settleMail(ctx, "next_try_at = ?, reason = ?", mailClaim, s.now().Add(delay), storable(reason), uid(claimed.ID), claimed.Tries)
}

// MailGivenUp ends the tries. Once somebody else has claimed the mail, it does
// nothing.
func (s *Store) MailGivenUp(ctx context.Context, claimed Mail, reason string) error {
	return s.settleMail(ctx, "given_up_at = ?, reason = ?", mailClaim, s.now(), storable(reason), uid(claimed.ID), claimed.Tries)
}

// mailClaim is the fence of a lease: its holder may be so slow that it has run
// out, and somebody else is sending.
const mailClaim = "id = ? AND tries = ?"

// settleMail ends a lease. A mail that was sent meanwhile stays sent.
func (s *Store) settleMail(ctx context.Context, set, which string, args ...any) error {
	return s.repeatable(ctx, func(h *handle) error {
		return wrap(h.do("UPDATE mails SET lease_until = NULL, "+set+" WHERE "+which+" AND "+mailOpen, args...), "settle mail")
	})
}
