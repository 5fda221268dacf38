package producer

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/store"
)

func (s *Server) getTeamText(w http.ResponseWriter, r *http.Request) error {
	return s.sendTeam(w, r, "txt", typeText, s.writeTeamText)
}

func (s *Server) getTeamWorkbook(w http.ResponseWriter, r *http.Request) error {
	return s.sendTeam(w, r, "xlsx", typeWorkbook, s.writeTeamWorkbook)
}

// sendTeam answers with the team as a file and notes who took it.
func (s *Server) sendTeam(
	w http.ResponseWriter, r *http.Request, extension, contentType string,
	write func(ctx context.Context, w io.Writer, orgID string, completeOnly bool) error,
) error {
	completeOnly, err := readComplete(r)
	if err != nil {
		return err
	}
	account := s.account(r)
	err = s.sendFile(w, r, s.teamFileName(extension), contentType, func(out io.Writer) error {
		return write(r.Context(), out, account.OrgID, completeOnly)
	})
	if err == nil {
		s.audit(r.Context(), account, "team.download", account.OrgID)
	}
	return err
}

// readComplete reads whether incomplete deactivated people are left out.
func readComplete(r *http.Request) (bool, error) {
	text := r.URL.Query().Get("complete")
	if text == "" {
		return false, nil
	}
	complete, err := strconv.ParseBool(text)
	if err != nil {
		return false, fault.New(fault.BadRequest, "complete-unknown", `"complete" takes 1, to leave out incomplete deactivated people, or 0.`)
	}
	return complete, nil
}

func (s *Server) getFixUp(w http.ResponseWriter, r *http.Request) error {
	return s.sendFixUp(w, r, r.PathValue("id"))
}

// sendFixUp answers with the fix-up file of a batch.
func (s *Server) sendFixUp(w http.ResponseWriter, r *http.Request, batchID string) error {
	account := s.account(r)
	b, err := s.Store.Batch(r.Context(), account.OrgID, batchID)
	if err != nil {
		return fmt.Errorf("load batch: %w", err)
	}
	err = s.sendFile(w, r, fixUpName(b.File.Name), typeText, func(out io.Writer) error {
		return s.writeFixUp(r.Context(), out, b)
	})
	if err == nil {
		s.audit(r.Context(), account, "batch.fixup", b.ID)
	}
	return err
}

// fixUpName is the uploaded file's name with "-fix-up" in it.
func fixUpName(name string) string {
	name = strings.TrimSuffix(name, path.Ext(name))
	return strings.TrimSuffix(name, "-fix-up") + "-fix-up.txt"
}

// audit notes who did what. The deed is done, so trouble is only logged, and a
// long transaction elsewhere is not waited for.
func (s *Server) audit(ctx context.Context, account store.Account, action, subject string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	err := s.Store.Audit(ctx, store.AuditEntry{OrgID: account.OrgID, ActorID: account.ID,
		Action: action, Subject: subject, RequestID: requestID(ctx)})
	if err != nil {
		s.Log.ErrorContext(ctx, "not in the audit log", "request_id", requestID(ctx),
			"action", action, "account_id", account.ID, "error", err)
	}
}
