package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/hibiken/asynq"

	"teamsheet/internal/fault"
	"teamsheet/internal/sabotage"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
)

const (
	// mailLease is longer than a try may take, so that no two senders have one mail.
	mailLease = 13 * time.Minute
	// mailTime bounds one try; a server may think for ten minutes after it has
	// everything (RFC 5321 §4.5.3.2.6).
	mailTime = 12 * time.Minute
	// giveUpAfter is how long a mail is tried (RFC 5321 §4.5.4.1: four to five days).
	giveUpAfter = 5 * 24 * time.Hour
	// triesLeast is how often it is tried at least: half a day's tries.
	triesLeast = 12
	// settleTime bounds storing the outcome of a try.
	settleTime = 30 * time.Second
)

// mail makes one try to send a mail of the outbox, at least once in all: what is
// not known to be sent is sent again, with the same Message-ID.
func (w *Worker) mail(ctx context.Context, task *asynq.Task) error {
	payload, err := tasks.DecodeMail(task)
	if err != nil {
		return errors.Join(asynq.SkipRetry, err)
	}
	m, ok, err := w.Store.ClaimMail(ctx, payload.MailID, sabotage.Wait("mail_lease", mailLease))
	if err != nil || !ok {
		return err
	}
	sending, cancel := context.WithTimeout(ctx, mailTime)
	err = w.Sender.Send(sending, m)
	cancel()
	// What was sent is to be known even if the worker is being stopped.
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	return w.settle(settling, m, err)
}

// settle stores the outcome of a try. When that fails too, the lease runs out and
// the mail is due again.
func (w *Worker) settle(ctx context.Context, m store.Mail, sendErr error) error {
	outcome, err := "sent", error(nil)
	switch {
	case sendErr == nil:
		sabotage.At("before_mark_sent")
		err = w.Store.MailSent(ctx, m.ID)
	case permanent(sendErr), w.Now().Sub(m.CreatedAt) > giveUpAfter && m.Tries >= triesLeast:
		outcome = "given-up"
		err = w.Store.MailGivenUp(ctx, m, sendErr.Error())
	default:
		outcome = "retry"
		err = w.Store.MailRetry(ctx, m, mailDelay(m.Tries), sendErr.Error())
	}
	w.Metrics.Mail(outcome)
	log := w.Log.With("mail_id", m.ID, "batch_id", m.BatchID, "kind", m.Kind, "try", m.Tries, "outcome", outcome)
	if sendErr != nil {
		log.WarnContext(ctx, "mail not sent", "error", sendErr)
	} else {
		log.InfoContext(ctx, "mail sent")
	}
	return err
}

// permanent reports an answer that will be the same next time. A batch or an
// organization that is gone has nothing to report any more.
func permanent(err error) bool {
	var refused interface{ Permanent() bool }
	return errors.As(err, &refused) && refused.Permanent() || fault.Is(err, fault.NotFound)
}

// mailDelay is how long after its try number tries (from 1) a mail is tried
// again: 1, 5, 15, 30, 60 minutes, then every hour, each up to a quarter longer.
func mailDelay(tries int) time.Duration {
	minutes := []int{1, 5, 15, 30, 60}
	delay := time.Duration(minutes[min(max(tries, 1), len(minutes))-1]) * time.Minute
	delay = sabotage.Wait("mail_retry", delay)
	return delay + rand.N(delay/4)
}
