package producer

import (
	"net/http"
	"strconv"
)

// errorView is the page of everything that did not work.
type errorView struct {
	layoutView
	Heading, Message, Fix string
	RequestID             string // when it is of use to whoever helps
	Links                 []errorLink
}

type errorLink struct{ URL, Label string }

// pageError answers with an error as a page.
func (s *Server) pageError(w http.ResponseWriter, r *http.Request, err error) {
	a := s.answerTo(r, err)
	if a.RetryIn > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(a.RetryIn))
	}
	s.show(w, r, a.Status, "error", newErrorView(s.layout(r, "", ""), a))
}

func newErrorView(frame layoutView, a answer) errorView {
	v := errorView{layoutView: frame, Heading: errorHeading(a.Status), Message: a.Message, Fix: a.Fix}
	v.Title, v.Narrow = "Error: "+v.Heading, true
	if a.Status != http.StatusNotFound && a.Status != http.StatusForbidden {
		v.RequestID = a.RequestID
	}
	v.Links = []errorLink{{URL: "/sign-in", Label: "Sign in"}}
	if v.Account != nil {
		v.Links = []errorLink{{URL: "/", Label: "Back to the start"}}
	}
	return v
}

func errorHeading(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Not found"
	case http.StatusForbidden, http.StatusUnauthorized:
		return "Not allowed"
	case http.StatusConflict, http.StatusPreconditionFailed:
		return "Not done"
	case http.StatusTooManyRequests:
		return "Too many tries"
	case http.StatusServiceUnavailable:
		return "Not available right now"
	}
	if status >= http.StatusInternalServerError {
		return "There is a problem with Teamsheet"
	}
	return "That did not work"
}
