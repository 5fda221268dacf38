package store

import (
	"testing"
	"time"
)

// Both ways to a new password are in the audit log, with whose it is and the request,
// and a change that was refused is not.
func TestNewPasswordsAreAudited(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		org, err := s.CreateOrg(t.Context(), "demo")
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.CreateAccount(t.Context(), Account{OrgID: org.ID, Email: "a@demo.example", PasswordHash: "first"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.CreatePasswordLink(t.Context(), a.ID, []byte{1}, s.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.UsePasswordLink(t.Context(), []byte{1}, "second", "R1"); err != nil {
			t.Fatal(err)
		}
		if err := s.ChangePassword(t.Context(), a, "refused", "R2"); err == nil {
			t.Error("the hash was another and the password is changed")
		}
		a.PasswordHash = "second"
		if err := s.ChangePassword(t.Context(), a, "third", "R3"); err != nil {
			t.Fatal(err)
		}
		var got []AuditEntry
		if err := s.reads(t.Context()).all(&got, "SELECT org_id, actor_id, action, subject, request_id FROM audit ORDER BY request_id"); err != nil {
			t.Fatal(err)
		}
		want := []AuditEntry{{org.ID, a.ID, "password.chosen", a.ID, "R1"}, {org.ID, a.ID, "password.changed", a.ID, "R3"}}
		if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}
