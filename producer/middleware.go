package producer

import (
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"teamsheet/internal/fault"
)

// pagePolicy lets a page load nothing but what this server serves as a file:
// no inline script or style can run, whatever gets into a page. Pictures may be
// data: addresses because the style sheet draws its icons so.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// queuesPolicy is for the queue pages alone, which bring inline scripts and styles.
const queuesPolicy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'"

// withHeaders sets what every answer carries. What a page may be kept for is the
// page's business; by default it is not kept.
func (s *Server) withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", pagePolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		if s.secure() {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// recovered turns a bug into an answer and a log line with its stack.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			bug := recover()
			if bug == nil {
				return
			}
			if bug == http.ErrAbortHandler { //nolint:errorlint // net/http's sentinel, panicked as it is
				panic(bug)
			}
			s.Log.ErrorContext(r.Context(), "panic", "request_id", requestID(r.Context()),
				"route", recordOf(r).route, "panic", fault.PanicText(bug), "stack", string(debug.Stack()))
			if seen, ok := w.(*seenWriter); ok && seen.status != 0 {
				panic(http.ErrAbortHandler) // half an answer must not look like a whole one
			}
			s.fail(w, r, errBug)
		}()
		next.ServeHTTP(w, r)
	})
}

// readable refuses addresses that no database could look up, before anything
// meets them.
func (s *Server) readable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := url.QueryUnescape(r.URL.RawQuery)
		if err != nil || !isReadable(query) || !isReadable(r.URL.Path) {
			r.URL.RawQuery = ""
			s.fail(w, r, fault.New(fault.BadRequest, "address-unreadable",
				"The address holds characters that are no text. Check it for typing mistakes."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isReadable reports whether text is UTF-8 without NUL.
func isReadable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// isStatic reports whether the request is for an embedded file.
func isStatic(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/static/") }

// isAPI reports whether a program is asking.
func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// origin of the base URL, as browsers send it.
func (s *Server) origin() string {
	base, err := url.Parse(s.BaseURL)
	if err != nil {
		return s.BaseURL
	}
	return base.Scheme + "://" + base.Host
}
