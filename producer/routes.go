package producer

import (
	"fmt"
	"net/http"

	"teamsheet/internal/auth"
	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/telemetry"
)

// routes ties every address to what answers it. The pages' own are in
// pageRoutes.
func (s *Server) routes() (http.Handler, error) {
	api := http.NewServeMux()
	api.Handle("GET /api/v1/team.txt", s.api(s.getTeamText))
	api.Handle("GET /api/v1/team.xlsx", s.api(s.getTeamWorkbook))
	api.Handle("POST /api/v1/batches", s.api(s.postBatch))
	api.Handle("GET /api/v1/batches", s.api(s.getBatches))
	api.Handle("GET /api/v1/batches/{id}", s.api(s.getBatch))
	api.Handle("GET /api/v1/batches/{id}/rows", s.api(s.getRows))
	api.Handle("GET /api/v1/batches/{id}/problems", s.api(s.getProblems))
	api.Handle("GET /api/v1/batches/{id}/fixup", s.api(s.getFixUp))
	api.Handle("POST /api/v1/batches/{id}/confirm", s.api(s.postConfirm))
	api.Handle("POST /api/v1/batches/{id}/cancel", s.api(s.postCancel))
	api.Handle("POST /api/v1/batches/{id}/preview", s.api(s.postPreview))
	api.Handle("GET /api/v1/profiles/{id}", s.api(s.getProfile))
	api.Handle("PATCH /api/v1/profiles/{id}", s.api(s.patchProfile))

	pages := http.NewServeMux()
	s.pageRoutes(pages)
	if s.Queues != nil {
		pages.Handle("/ops/queues/", s.operators(s.Queues))
		pages.Handle("/ops/queues", s.operators(s.Queues))
	}

	ops := http.NewServeMux()
	ops.HandleFunc("GET /healthz", telemetry.Health)
	ops.HandleFunc("GET /readyz", s.getReadiness)
	if s.Metrics != nil {
		ops.Handle("GET /metrics", s.Metrics)
	}

	pageChain, err := s.pageChain(pages)
	if err != nil {
		return nil, err
	}
	root := http.NewServeMux()
	root.Handle("/", pageChain)
	root.Handle("/api/", s.Auth.RequireToken(s.fail)(auth.Require(auth.CanManage, s.fail)(s.routed(api))))
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		root.Handle(path, s.routed(ops))
	}
	return s.recorded(s.recovered(s.withHeaders(s.readable(s.metered(root))))), nil
}

// pageChain is what every page passes: its session, and that the request was not
// made by another site.
func (s *Server) pageChain(pages *http.ServeMux) (http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	if s.BaseURL != "" {
		if err := protection.AddTrustedOrigin(s.origin()); err != nil {
			return nil, fmt.Errorf("trust the base URL: %w", err)
		}
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, fault.New(fault.Denied, "cross-origin",
			"This request came from another site. Nothing was changed. Open the page here and try again."))
	}))
	routed := s.routed(pages)
	whole := protection.Handler(s.Auth.LoadSession(s.fail)(routed))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isStatic(r) {
			routed.ServeHTTP(w, r) // costs no look at the session
			return
		}
		whole.ServeHTTP(w, r)
	}), nil
}

// operators guards the queue pages, whose scripts are their own: the strict
// content policy would leave them blank.
func (s *Server) operators(next http.Handler) http.Handler {
	relaxed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", queuesPolicy)
		next.ServeHTTP(w, r)
	})
	return auth.RequireSession(auth.Require(auth.CanOperate, s.fail)(relaxed))
}

// routed answers what no route matches, and a method that a route does not
// have, in the same form as every other error.
func (s *Server) routed(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			rec := recordOf(r)
			rec.route = pattern
			defer func() { // also when the route panics
				if id := r.PathValue("id"); isID(id) {
					rec.subject = id
				}
			}()
			mux.ServeHTTP(w, r)
			return
		}
		unmatched := &statusOnly{header: w.Header()}
		handler.ServeHTTP(unmatched, r)
		if unmatched.status == http.StatusMethodNotAllowed {
			s.fail(w, r, errMethod)
			return
		}
		s.fail(w, r, fault.New(fault.NotFound, "not-found", "There is nothing at this address. Check it for typing mistakes."))
	})
}

// isID keeps what somebody typed into an address out of the log.
func isID(text string) bool {
	_, ok := profile.ParseID(text)
	return ok
}

// statusOnly hears what ServeMux would have answered; Allow goes to the header.
type statusOnly struct {
	header http.Header
	status int
}

func (w *statusOnly) Header() http.Header         { return w.header }
func (w *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (w *statusOnly) WriteHeader(status int)      { w.status = status }
