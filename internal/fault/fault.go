// Package fault is the one error type for trouble that is not the user's data:
// a kind, which the two edges (HTTP status, queue decision) translate, a stable
// code for programs, and a sentence written for people.
package fault

import (
	"errors"
	"fmt"
	"runtime"
)

// Kind says what the edges should make of a fault.
type Kind uint8

// The kinds. Internal is also the kind of every error that is not a fault.
const (
	Internal     Kind = iota // a bug or broken machinery: 500, retry
	BadRequest               // malformed call: 400
	Unauthorized             // nobody signed in: 401
	Denied                   // signed in, not allowed: 403
	NotFound                 // 404; also what another organization has
	Conflict                 // wrong state: 409
	Stale                    // a precondition no longer holds: 412
	TooLarge                 // 413
	Unsupported              // 415
	Rejected                 // the data breaks rules: 422
	Precondition             // a required precondition header is missing: 428
	TooMany                  // 429
	Unavailable              // a dependency is away or a lock is held: 503, retry
	NoSpace                  // 507
)

// Error is a fault. Message is for people; Err, if any, is for the log alone.
type Error struct {
	Kind    Kind
	Code    string
	Message string
	Err     error
}

// New makes a fault with a sentence for people.
func New(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// Newf is New with a formatted sentence.
func Newf(kind Kind, code, format string, args ...any) *Error {
	return New(kind, code, fmt.Sprintf(format, args...))
}

// Wrap gives an error a kind and a sentence for people.
func Wrap(err error, kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message, Err: err}
}

// Error is for the log.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Code + ": " + e.Message
	}
	return e.Code + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the outermost fault in err's chain, else Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// CodeOf returns the code of the outermost fault in err's chain, else "internal".
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "internal"
}

// Is reports whether err is a fault of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// PanicText is what a log may say of what was panicked with: the runtime's own
// words, else only its type. Anything else may hold a value of somebody's file.
func PanicText(bug any) string {
	var known runtime.Error
	if cause, ok := bug.(error); ok && errors.As(cause, &known) {
		return known.Error()
	}
	return fmt.Sprintf("%T", bug)
}
