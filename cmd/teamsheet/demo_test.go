package main

import (
	"path/filepath"
	"testing"

	"teamsheet/internal/auth"
	"teamsheet/internal/store"
)

// What a start prints of the password signs in, or says that it would not.
func TestDemoPasswordIsSaidWhileItIsRight(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "demo.db"), store.Options{})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	t.Cleanup(func() { must(s.Close()) })
	must(s.Migrate(t.Context()))
	org, err := s.CreateOrg(t.Context(), demoOrg)
	must(err)
	secrets, err := loadDemoSecrets(filepath.Join(t.TempDir(), "demo.json"))
	must(err)
	says := func(want string) {
		t.Helper()
		must(demoAdmin(t.Context(), s, org.ID, secrets)) // as each start does
		got, err := passwordSaid(t.Context(), s, secrets)
		must(err)
		if got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	}
	says(secrets.Password)
	says(secrets.Password)
	account, err := s.AccountByEmail(t.Context(), demoEmail)
	must(err)
	hash, err := auth.HashPassword("another long password")
	must(err)
	must(s.ChangePassword(t.Context(), account, hash, ""))
	says("(was changed)")
	must(s.LockAccount(t.Context(), account.ID)) // the next start opens it again
	says(secrets.Password)
}
