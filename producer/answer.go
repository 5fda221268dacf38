package producer

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"teamsheet/internal/auth"
	"teamsheet/internal/fault"
	"teamsheet/internal/problem"
	"teamsheet/internal/sheet"
)

// answer is what a caller is told about an error, the same on a page and in the
// API. Nothing of the error's own text is in it.
type answer struct {
	Status    int
	Code      string
	Message   string            // what is wrong, for people
	Fix       string            // what to do; "" when the message says it
	Problems  []problem.Problem // of the user's data
	RequestID string
	RetryIn   int // seconds; 0: not said
}

// statusOf is the one table from a fault's kind to a status.
var statusOf = map[fault.Kind]int{
	fault.Internal:     http.StatusInternalServerError,
	fault.BadRequest:   http.StatusBadRequest,
	fault.Unauthorized: http.StatusUnauthorized,
	fault.Denied:       http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Conflict:     http.StatusConflict,
	fault.Stale:        http.StatusPreconditionFailed,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.Unsupported:  http.StatusUnsupportedMediaType,
	fault.Rejected:     http.StatusUnprocessableEntity,
	fault.Precondition: http.StatusPreconditionRequired,
	fault.TooMany:      http.StatusTooManyRequests,
	fault.Unavailable:  http.StatusServiceUnavailable,
	fault.NoSpace:      http.StatusInsufficientStorage,
}

// fileStatus is the status of a file that is refused before it becomes a batch;
// any other code is 422.
var fileStatus = map[problem.Code]int{
	problem.FileEncoding:  http.StatusUnsupportedMediaType,
	problem.FileDelimiter: http.StatusUnsupportedMediaType,
	problem.FileTooLarge:  http.StatusRequestEntityTooLarge,
}

// internalMessage is said of everything that is nobody's mistake but ours.
const internalMessage = "Something on our side failed, and nothing was saved. Try again in a minute; " +
	"if it happens again, give the request ID to whoever runs this server."

var (
	errBug    = errors.New("panic")
	errMethod = errors.New("method not allowed")
)

// problemsError refuses data that breaks rules.
type problemsError struct{ problems []problem.Problem }

func (e *problemsError) Error() string {
	return "the data has " + strconv.Itoa(len(e.problems)) + " problems"
}

// answerTo decides what to tell about an error, and logs it here, once, if it is
// trouble of the machine.
func (s *Server) answerTo(r *http.Request, err error) answer {
	a := answerFor(err)
	a.RequestID = requestID(r.Context())
	recordOf(r).code = a.Code
	if a.Status >= http.StatusInternalServerError && r.Context().Err() == nil && !errors.Is(err, errBug) {
		s.Log.ErrorContext(r.Context(), "request failed", "request_id", a.RequestID,
			"route", recordOf(r).route, "code", a.Code, "error", err)
	}
	return a
}

func answerFor(err error) answer {
	var file *sheet.FileError
	var wrong *problemsError
	var wait *auth.WaitError
	var known *fault.Error
	switch {
	case errors.As(err, &file):
		return fileAnswer(file.Problem)
	case errors.As(err, &wrong):
		return answer{Status: http.StatusUnprocessableEntity, Code: "profile-problems",
			Message: "Nothing was saved: some of the values break the rules.", Problems: wrong.problems}
	case errors.As(err, &wait):
		return answer{Status: http.StatusTooManyRequests, Code: fault.CodeOf(err),
			Message: messageOf(err), RetryIn: wait.Seconds()}
	case errors.Is(err, errMethod):
		return answer{Status: http.StatusMethodNotAllowed, Code: "method-not-allowed",
			Message: "This address does not take that method. The Allow header lists those that it takes."}
	case errors.As(err, &known) && known.Kind != fault.Internal:
		return faultAnswer(known)
	}
	return answer{Status: http.StatusInternalServerError, Code: "internal", Message: internalMessage}
}

func fileAnswer(p problem.Problem) answer {
	status, ok := fileStatus[p.Code]
	if !ok {
		status = http.StatusUnprocessableEntity
	}
	return answer{Status: status, Code: string(p.Code), Message: p.Message, Fix: p.Fix,
		Problems: []problem.Problem{p}}
}

func faultAnswer(e *fault.Error) answer {
	a := answer{Status: statusOf[e.Kind], Code: e.Code, Message: e.Message}
	if e.Kind == fault.Unavailable {
		a.RetryIn = 5
	}
	return a
}

func messageOf(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return internalMessage
}

// fail answers with an error in the caller's form: problem+json to a program, a
// page to a person.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		recordOf(r).code = "caller-gone"
		return
	}
	if isAPI(r) {
		s.apiError(w, r, err)
		return
	}
	s.pageError(w, r, err)
}

// problemDetails is the API's form of an error: RFC 9457, with our own members
// code, request_id, fix and problems.
type problemDetails struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail"`
	Code      string            `json:"code"`
	RequestID string            `json:"request_id"`
	Fix       string            `json:"fix,omitempty"`
	Problems  []problem.Problem `json:"problems,omitempty"`
}

func (s *Server) apiError(w http.ResponseWriter, r *http.Request, err error) {
	a := s.answerTo(r, err)
	if a.RetryIn > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(a.RetryIn))
	}
	writeJSON(w, a.Status, "application/problem+json", problemDetails{
		Type: "urn:teamsheet:problem:" + a.Code, Title: http.StatusText(a.Status), Status: a.Status,
		Detail: a.Message, Code: a.Code, RequestID: a.RequestID, Fix: a.Fix, Problems: withSuggestions(a.Problems),
	})
}

// writeJSON answers with a value. Text in it is not escaped for HTML: nosniff
// and the content type say what it is.
func writeJSON(w http.ResponseWriter, status int, contentType string, value any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // the caller has gone: nobody is left to tell
}
