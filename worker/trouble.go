package worker

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	"github.com/hibiken/asynq"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
)

// errSuperseded ends a run whose batch has moved on without it: somebody has
// cancelled it, or another generation has taken over.
var errSuperseded = errors.New("the batch has moved on")

// hopeless is trouble that trying again will not mend: the batch fails with it.
type hopeless struct {
	failure batch.Failure
	cause   error
}

func (h *hopeless) Error() string { return string(h.failure.Code) + ": " + h.cause.Error() }
func (h *hopeless) Unwrap() error { return h.cause }

func fileLost(cause error) error {
	return &hopeless{cause: cause, failure: batch.Failure{Code: batch.FailureFileLost,
		Message: "The stored file is gone, or is no longer what was uploaded. Nothing was saved. Upload the file again."}}
}

// internalFailure is what people are told when tries have run out.
func internalFailure(state batch.State) batch.Failure {
	doing := "checked"
	if state == batch.Confirmed {
		doing = "saved"
	}
	return batch.Failure{Code: batch.FailureInternal, Message: "The file could not be " + doing +
		" because of trouble on the server, in several tries. Nothing was saved." +
		" Upload the file again; if that ends the same way, tell the people who run this server."}
}

// machineAway reports trouble that has nothing to do with the batch: the database
// or the file store cannot be reached, or a disk is full. It is waited out.
func machineAway(err error) bool {
	switch fault.KindOf(err) {
	case fault.Unavailable, fault.NoSpace:
		return true
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn)
}

// opaque is all that Redis learns of an error: a code. waits: the try does not
// count.
type opaque struct {
	code  string
	waits bool
}

func (o *opaque) Error() string { return o.code }

func opaqueOf(err error) error {
	if errors.Is(err, asynq.SkipRetry) {
		return asynq.SkipRetry
	}
	return &opaque{code: fault.CodeOf(err), waits: machineAway(err)}
}

// countsAsTry tells asynq which errors use up a task's tries. What the
// reconciler and the database bound needs no second bound in Redis.
func countsAsTry(err error) bool {
	var o *opaque
	if errors.As(err, &o) {
		return !o.waits
	}
	return !errors.Is(err, context.Canceled) && !errors.Is(err, asynq.ErrLeaseExpired)
}

const (
	firstRetry   = time.Second
	patientRetry = 4 * time.Second
)

// retryDelay is short: a person is waiting. Trouble of the machine is looked at
// every few seconds, a lost lease at once, anything else after 1, 4, 9 … seconds;
// each with jitter.
func retryDelay(tried int, err error, _ *asynq.Task) time.Duration {
	delay := time.Duration((tried+1)*(tried+1)) * firstRetry
	var o *opaque
	switch {
	case errors.Is(err, asynq.ErrLeaseExpired), errors.Is(err, context.Canceled):
		delay = firstRetry
	case errors.As(err, &o) && o.waits:
		delay = patientRetry
	}
	return delay + rand.N(delay)
}
