package auth

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"teamsheet/internal/fault"
)

const newPassword = "another long password"

func TestChangedPasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site()
	here, elsewhere := w.browser(site), w.browser(site)
	here.signIn()
	elsewhere.signIn()
	link, err := NewPasswordLink(t.Context(), w.store, w.account)
	w.must(err)
	before := here.cookie()
	if response := here.post("/change", "present", goodPassword, "new", newPassword); response.StatusCode != 200 {
		t.Fatalf("status %d", response.StatusCode)
	}
	if here.get("/").StatusCode != 200 {
		t.Error("whoever changed the password is signed out")
	}
	if elsewhere.get("/").StatusCode != 303 {
		t.Error("a session outlives its password")
	}
	at, err := url.Parse(site.URL)
	w.must(err)
	here.client.Jar.SetCookies(at, []*http.Cookie{{Name: before.Name, Value: before.Value, Path: "/"}})
	if here.get("/").StatusCode != 303 {
		t.Error("the token stayed")
	}
	if _, err := w.auth.LinkAccount(t.Context(), link); fault.CodeOf(err) != "link-used-up" {
		t.Errorf("a link outlives the password: %v", err)
	}
	if err := w.signIn(w.account.Email, goodPassword, "192.0.2.3"); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("the old password: %v", err)
	}
	w.must(w.signIn(w.account.Email, newPassword, "192.0.2.3"))
}

func TestPresentPasswordIsGuarded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, err := w.auth.sessions.Load(t.Context(), "")
	w.must(err)
	change := func(present, chosen string) error {
		return w.auth.ChangePassword(ctx, w.account, PasswordChange{Present: present, New: chosen, IP: "192.0.2.1"})
	}
	for range 2 * freeTries { // nothing about the present one can be learnt from it
		if err := change("wrong", "short"); fault.CodeOf(err) != CodePasswordNotAllowed {
			t.Fatal(err)
		}
	}
	for range freeTries - 1 {
		if err := change("wrong", newPassword); fault.CodeOf(err) != CodePasswordWrong || !fault.Is(err, fault.Rejected) {
			t.Fatal(err)
		}
	}
	if err := w.signIn(w.account.Email, "wrong", "192.0.2.1"); !fault.Is(err, fault.Unauthorized) {
		t.Fatal(err)
	}
	var wait *WaitError
	if err := change(goodPassword, newPassword); !errors.As(err, &wait) {
		t.Fatalf("the tries at signing in do not count: %v", err)
	}
	if err := w.signIn(w.account.Email, goodPassword, "192.0.2.1"); !errors.As(err, &wait) {
		t.Fatalf("nor those at changing: %v", err)
	}
	if now, err := w.store.Account(t.Context(), w.account.ID); err != nil || now.PasswordHash != w.account.PasswordHash {
		t.Errorf("something was changed: %v", err)
	}
	w.clock.Add(wait.Wait)
	w.must(change(goodPassword, newPassword))
	if err := change(goodPassword, goodPassword); fault.CodeOf(err) != "password-changed-meanwhile" {
		t.Errorf("by a session that had seen the old one: %v", err)
	}
}

func TestLockedAccountHasNoPresentPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, err := w.auth.sessions.Load(t.Context(), "")
	w.must(err)
	w.must(w.store.LockAccount(t.Context(), w.account.ID))
	for range 2 { // as read before the lock, and after it
		err := w.auth.ChangePassword(ctx, w.account, PasswordChange{Present: goodPassword, New: newPassword, IP: "192.0.2.1"})
		if err == nil {
			t.Error("a lock was opened")
		}
		w.account.PasswordHash = ""
	}
}

func TestIsPassword(t *testing.T) {
	t.Parallel()
	hash, err := hashPassword(goodPassword, cheap)
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{goodPassword: true, newPassword: false, "": false} {
		if got, err := IsPassword(hash, password); got != want || err != nil {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	if _, err := IsPassword("", ""); err == nil {
		t.Error("no hash is no error")
	}
}
