package mailer_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/mailer"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/store"
	"teamsheet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files")

type source struct {
	batch  batch.Batch
	groups []plan.Group
}

func (s source) Org(context.Context, string) (store.Org, error) {
	return store.Org{ID: "org-1", Name: "Acmé"}, nil
}

func (s source) AccountByEmail(_ context.Context, email string) (store.Account, error) {
	switch {
	case strings.HasPrefix(email, "lisbon@"):
		return store.Account{OrgID: "org-1", Email: email, TimeZone: "Europe/Lisbon"}, nil
	case strings.HasPrefix(email, "elsewhere@"):
		return store.Account{OrgID: "org-2", Email: email, TimeZone: "Asia/Tokyo"}, nil
	}
	return store.Account{}, fault.New(fault.NotFound, "not-found", "There is no such account.")
}

func (s source) Batch(_ context.Context, orgID, id string) (batch.Batch, error) {
	if orgID != "org-1" || id != s.batch.ID {
		return batch.Batch{}, fault.New(fault.NotFound, "batch-not-found", "There is no such batch.")
	}
	return s.batch, nil
}

func (s source) Groups(_ context.Context, _, _ string, _, limit int) ([]plan.Group, int, error) {
	if len(s.groups) > limit {
		return s.groups[:limit], limit, nil
	}
	return s.groups, 0, nil
}

var uploaded = time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)

func aBatch() batch.Batch {
	return batch.Batch{
		ID: "b-1", OrgID: "org-1", State: batch.Rejected, RequestID: "req-9", Problems: 112,
		File: batch.File{Name: "équipe <nov>.txt", Size: 1234}, UploadedAt: uploaded,
		Counts: batch.Counts{Rows: 104212, Changed: 3410, Unchanged: 100705, Invalid: 97},
	}
}

func theGroups() []plan.Group {
	return []plan.Group{
		{
			Code: problem.LeaderNotFound, Column: "Team Leader", Value: "ana.silva@exmaple.com", Rows: 62,
			Cells: []string{"I17", "I18", "I44", "I45"}, Message: "No active team leader has this email or employee ID.",
			Fix: `Enter one whose Can Manage Team is "y".`, Suggestions: []string{"ana.silva@example.com"},
		},
		{
			Code: problem.RequiredEmpty, Column: "First Name", Rows: 1, Cells: []string{"D9"},
			Message: "First Name is empty.", Fix: "Enter the first name.",
		},
		{
			Code: problem.TooLong, Column: "Bio", Value: strings.Repeat("<b>long</b>\n", 20), Rows: 2, Cells: []string{"Q3", "Q4"},
			Message: "Bio has 12,000 characters.", Fix: "Shorten it to 10,000.",
		},
	}
}

func newMailer(t *testing.T, from mailer.Source, smtpURL, folder string) *mailer.Mailer {
	t.Helper()
	m, err := mailer.New(mailer.Options{
		Source: from, BaseURL: "https://team.example", From: "Teamsheet <teamsheet@team.example>", SMTPURL: smtpURL, Folder: folder,
		Links: mailer.Links{
			Batch:    func(id string) string { return "https://team.example/batches/" + id },
			FixUp:    func(id string) string { return "https://team.example/batches/" + id + "/fixup" },
			Upload:   func(id string) string { return "https://team.example/upload?replaces=" + id },
			Settings: "https://team.example/account",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func outgoing(kind store.MailKind) store.Mail {
	return store.Mail{
		ID: "m-1", OrgID: "org-1", BatchID: "b-1", Kind: kind, Recipient: "ana@acme.example",
		MessageID: string(kind) + ".b-1.abc", CreatedAt: uploaded.Add(time.Minute),
	}
}

// TestReports holds what each mail says, headers, text and page.
func TestReports(t *testing.T) {
	t.Parallel()
	badFile := aBatch()
	badFile.Counts, badFile.Problems = batch.Counts{}, 1
	badFile.FileProblems = []problem.Problem{{
		Code: problem.FileDamaged, Cell: "D17", Message: "The file is damaged at D17.", Fix: "Save it again as Unicode Text.",
	}}
	failed := aBatch()
	failed.Failure = &batch.Failure{Code: batch.FailureFileLost, Message: "The stored file is no longer there. Upload it again."}
	applied := aBatch()
	applied.State = batch.Applied
	applied.Counts = batch.Counts{Rows: 4, Changed: 3, Unchanged: 1}
	applied.ChangesByColumn = []batch.ColumnChanges{{Column: "Hometown", Changed: 3, Cleared: 1}, {Column: "Bio", Changed: 1}}
	many := source{aBatch(), append(append(theGroups(), theGroups()...), theGroups()...)}
	mendable := aBatch()
	mendable.Highlights.Mends = []batch.Mend{{Kind: batch.MendEmployeeIDs, Column: "Employee ID", Count: 6}}
	tests := map[string]struct {
		source source
		kind   store.MailKind
	}{
		"rejected-mend": {source{mendable, theGroups()}, store.MailRejected},
		"rejected":      {source{aBatch(), theGroups()}, store.MailRejected},
		"rejected-many": {many, store.MailRejected},
		"rejected-file": {source{batch: badFile}, store.MailRejected},
		"stale":         {source{batch: aBatch()}, store.MailStale},
		"failed":        {source{batch: failed}, store.MailFailed},
		"applied":       {source{batch: applied}, store.MailApplied},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := testkit.SMTP(t)
			m := newMailer(t, test.source, server.URL(), "")
			if err := m.Send(t.Context(), outgoing(test.kind)); err != nil {
				t.Fatal(err)
			}
			golden(t, name, readable(t, server.WaitFor(1)[0].Mail(t)))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the mail differs from %s (-want +got):\n%s", path, diff)
	}
}

// readable is a mail as a person would see it, with the headers that matter.
func readable(t *testing.T, message *mail.Message) string {
	t.Helper()
	var out strings.Builder
	decoder := new(mime.WordDecoder)
	for _, header := range []string{"From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted", "X-Auto-Response-Suppress"} {
		value, err := decoder.DecodeHeader(message.Header.Get(header))
		if err != nil {
			t.Fatalf("%s: %v", header, err)
		}
		out.WriteString(header + ": " + value + "\n")
	}
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q, %v", kind, err)
	}
	parts := multipart.NewReader(message.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString("\n--- " + part.Header.Get("Content-Type") + "\n" + strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
}

func TestEveryTryIsTheSameMessage(t *testing.T) {
	t.Parallel()
	server := testkit.SMTP(t)
	server.CutOff(1)
	m := newMailer(t, source{aBatch(), theGroups()}, server.URL(), "")
	err := m.Send(t.Context(), outgoing(store.MailRejected))
	if err == nil || permanent(err) {
		t.Fatalf("a broken connection gave %v; want an error to try again", err)
	}
	if err := m.Send(t.Context(), outgoing(store.MailRejected)); err != nil {
		t.Fatal(err)
	}
	messages := server.WaitFor(2)
	first, second := messages[0].Mail(t), messages[1].Mail(t)
	if first.Header.Get("Message-ID") != second.Header.Get("Message-ID") || first.Header.Get("Date") != second.Header.Get("Date") {
		t.Error("the second try is another message")
	}
}

func permanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

func TestOnlyRefusalsArePermanent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stage testkit.Stage
		code  int
		want  bool
	}{
		"greylisted":         {testkit.AtRecipient, 451, false},
		"no such recipient":  {testkit.AtRecipient, 550, true},
		"busy":               {testkit.AtGreeting, 421, false},
		"refused as a whole": {testkit.AtData, 554, true},
		"not this sender":    {testkit.AtSender, 553, false},
		"no password":        {testkit.AtSender, 530, false},
		"no password yet":    {testkit.AtRecipient, 530, false},
		"later, after data":  {testkit.AtData, 452, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := testkit.SMTP(t)
			server.Refuse(test.stage, test.code, "no, ana@acme.example")
			m := newMailer(t, source{batch: aBatch()}, server.URL(), "")
			err := m.Send(t.Context(), outgoing(store.MailRejected))
			if err == nil || permanent(err) != test.want {
				t.Errorf("got %v (permanent %v), want permanent %v", err, permanent(err), test.want)
			}
			if strings.Contains(err.Error(), "ana@") {
				t.Errorf("the error names the recipient: %v", err)
			}
			server.Accept()
			if err := m.Send(t.Context(), outgoing(store.MailRejected)); err != nil {
				t.Errorf("later: %v", err)
			}
		})
	}
}

func TestServerAway(t *testing.T) {
	t.Parallel()
	server := testkit.SMTP(t)
	server.Stop()
	m := newMailer(t, source{batch: aBatch()}, server.URL(), "")
	if err := m.Send(t.Context(), outgoing(store.MailFailed)); err == nil || permanent(err) {
		t.Errorf("got %v, want an error to try again", err)
	}
}

// What is in the log at night has to tell a certificate from a cable.
func TestTroubleWithTLSSaysSo(t *testing.T) {
	t.Parallel()
	selfSigned := httptest.NewUnstartedServer(nil)
	selfSigned.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	selfSigned.StartTLS()
	t.Cleanup(selfSigned.Close)
	tests := map[string]struct{ url, says string }{
		"a certificate of nobody": {"smtps://" + selfSigned.Listener.Addr().String(), "certificate cannot be trusted: x509: "},
		"no TLS at all":           {testkit.SMTP(t).URL() + "?tls=mandatory", "offers no TLS"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := newMailer(t, source{batch: aBatch()}, test.url, "").Send(t.Context(), outgoing(store.MailRejected))
			if err == nil || permanent(err) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want an error to try again that says %q", err, test.says)
			}
		})
	}
}

func TestWithoutServerMailsAreFiles(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "mail")
	m := newMailer(t, source{aBatch(), theGroups()}, "", folder)
	for range 2 {
		if err := m.Send(t.Context(), outgoing(store.MailRejected)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 || files[0].Name() != "rejected.b-1.abc.eml" {
		t.Fatalf("found %v, %v", files, err)
	}
	content, err := os.Open(filepath.Join(folder, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	message, err := mail.ReadMessage(content)
	if err != nil {
		t.Fatal(err)
	}
	if text := readable(t, message); !strings.Contains(text, "Nothing was saved.") {
		t.Errorf("the file says:\n%s", text)
	}
}

func TestUnusableSettings(t *testing.T) {
	t.Parallel()
	for _, o := range []mailer.Options{
		{BaseURL: "nowhere", Folder: "x"},
		{BaseURL: "http://h"},
		{BaseURL: "http://h", SMTPURL: "smtp://mail.example?tls=perhaps"},
		{BaseURL: "http://h", SMTPURL: "smtp://"},
	} {
		if _, err := mailer.New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestUnusableRecipientIsPermanent(t *testing.T) {
	t.Parallel()
	m := newMailer(t, source{batch: aBatch()}, "", t.TempDir())
	mail := outgoing(store.MailRejected)
	mail.Recipient = "ana@acme.example\r\nBcc: all@acme.example"
	if err := m.Send(t.Context(), mail); !permanent(err) {
		t.Errorf("got %v, want a permanent error", err)
	}
}
