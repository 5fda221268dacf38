package mailer_test

import (
	"strings"
	"testing"

	"teamsheet/internal/store"
	"teamsheet/internal/testkit"
)

// A mail tells moments in its reader's own zone; an account of another
// organization has no say.
func TestMomentsAreInTheReadersZone(t *testing.T) {
	t.Parallel()
	for recipient, want := range map[string]string{
		"ana@acme.example":       "22 November 2026, 14:02 UTC",
		"lisbon@acme.example":    "22 November 2026, 14:02 WET",
		"elsewhere@acme.example": "22 November 2026, 14:02 UTC",
	} {
		server := testkit.SMTP(t)
		m := newMailer(t, source{batch: aBatch()}, server.URL(), "")
		mail := outgoing(store.MailStale)
		mail.Recipient = recipient
		if err := m.Send(t.Context(), mail); err != nil {
			t.Fatal(err)
		}
		if text := readable(t, server.WaitFor(1)[0].Mail(t)); !strings.Contains(text, want) {
			t.Errorf("%s reads no %q:\n%s", recipient, want, text)
		}
	}
}
