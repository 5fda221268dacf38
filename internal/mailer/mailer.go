// Package mailer tells an admin by email how a batch ended: what it was, that
// nothing was saved (or what was), what to mend first and how to finish. It
// renders from the database at the time of sending, so that the outbox holds no
// people.
//
// Delivery is at least once: a message whose acceptance is not known is sent
// again, with the same Message-ID.
package mailer

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/wneessen/go-mail"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/sabotage"
	"teamsheet/internal/store"
)

// Source is what a report is made from; *store.Store in the program.
type Source interface {
	Org(ctx context.Context, id string) (store.Org, error)
	Batch(ctx context.Context, orgID, id string) (batch.Batch, error)
	AccountByEmail(ctx context.Context, email string) (store.Account, error)
	Groups(ctx context.Context, orgID, batchID string, after, limit int) ([]plan.Group, int, error)
}

// Links are the addresses of the pages that a mail leads to.
type Links struct {
	Batch    func(batchID string) string
	FixUp    func(batchID string) string
	Upload   func(batchID string) string // for the mended file of a batch
	Settings string
}

// Options of New.
type Options struct {
	Source  Source
	Links   Links
	BaseURL string // its host names the sender's machine and the Message-IDs
	From    string // as in a From header
	SMTPURL string // smtp://[user:password@]host[:port][?tls=mandatory|opportunistic|none], smtps://…; "": into Folder
	Folder  string // for .eml files when there is no SMTP server
}

// Mailer sends reports.
type Mailer struct {
	source    Source
	links     Links
	from      string
	host      string
	transport transport
}

// transport hands one message over.
type transport interface {
	deliver(ctx context.Context, name string, message *mail.Msg) error
}

// New makes a Mailer. It does not connect.
func New(o Options) (*Mailer, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Hostname() == "" {
		return nil, errors.New("set up mail: the base URL names no host")
	}
	m := &Mailer{source: o.Source, links: o.Links, from: o.From, host: base.Hostname()}
	if o.SMTPURL == "" {
		m.transport, err = newFolder(o.Folder)
	} else {
		m.transport, err = newSMTP(o.SMTPURL, m.host)
	}
	if err != nil {
		return nil, fmt.Errorf("set up mail: %w", err)
	}
	return m, nil
}

// Send renders and hands over one mail of the outbox. An error with a method
// Permanent() bool that answers true will not go away by trying again.
func (m *Mailer) Send(ctx context.Context, outgoing store.Mail) error {
	report, err := m.report(ctx, outgoing)
	if err != nil {
		return err
	}
	message, err := m.message(outgoing, report)
	if err != nil {
		return err
	}
	if err := sabotage.Refuse("mailer"); err != nil {
		return err
	}
	if err := m.transport.deliver(ctx, outgoing.MessageID, message); err != nil {
		return err
	}
	return sabotage.Mishear("mailer")
}

// message lays the report out. Everything in it comes from the outbox row and
// the report, so that each try is the same message.
func (m *Mailer) message(outgoing store.Mail, r *report) (*mail.Msg, error) {
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := message.From(m.from); err != nil {
		return nil, fmt.Errorf("address mail: sender: %w", err)
	}
	if err := message.To(outgoing.Recipient); err != nil {
		// The address itself is no business of the log.
		return nil, &Refused{errors.New("address mail: the recipient's address cannot be used")}
	}
	message.Subject(r.Subject)
	message.SetDateWithValue(outgoing.CreatedAt)
	message.SetMessageIDWithValue(outgoing.MessageID + "@" + m.host)
	// All mails of one upload stand together in a mail program.
	message.SetGenHeader("References", "<batch."+outgoing.BatchID+"@"+m.host+">")
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 §5
	message.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	return message, render(message, r)
}

// Refused is a failure that trying again will not mend.
type Refused struct{ cause error }

// Error is for the log.
func (r *Refused) Error() string { return r.cause.Error() }

// Unwrap returns the cause.
func (r *Refused) Unwrap() error { return r.cause }

// Permanent reports that trying again is of no use.
func (r *Refused) Permanent() bool { return true }
