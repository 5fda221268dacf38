package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func testOrganizations(t *testing.T, w *world) {
	org, err := w.store.OrgByName(w.ctx, "demo")
	w.must(err)
	if org.ID != w.org.ID || org.People != teamSize || org.Revision != 1 {
		t.Fatalf("got %+v", org)
	}
	_, err = w.store.CreateOrg(w.ctx, "demo")
	w.wantFault(err, fault.Conflict, "org-name-taken")
	_, err = w.store.OrgByName(w.ctx, "nobody")
	w.wantFault(err, fault.NotFound, "not-found")
	for _, id := range []string{"", "x", "00000000-0000-0000-0000-000000000000", store.NewID()} {
		_, err = w.store.Org(w.ctx, id)
		w.wantFault(err, fault.NotFound, "not-found")
	}
}

func testDirectory(t *testing.T, w *world) {
	w.must(w.store.SetRoles(w.ctx, w.org.ID, []profile.Role{{ID: 2, Name: "Team Lead", Active: false}, {ID: 3, Name: "Coach", Active: true}}))
	w.must(w.store.SetGroups(w.ctx, w.org.ID, []profile.Group{{ID: 7, Name: "Live Chat"}}))
	// One of each is another now; what is set again as it is, or is new, changes no plan.
	w.must(w.store.SetRoles(w.ctx, w.org.ID, []profile.Role{{ID: 3, Name: "Coach", Active: true}, {ID: 4, Name: "Guest", Active: true}}))
	w.must(w.store.SetGroups(w.ctx, w.org.ID, []profile.Group{{ID: 7, Name: "Live Chat"}, {ID: 8, Name: "New"}}))
	if w.revision() != 3 {
		t.Errorf("revision %d, want 3", w.revision())
	}
	d, err := w.store.Directory(w.ctx, w.org.ID)
	w.must(err)
	want := map[int32]profile.Role{1: {ID: 1, Name: "Agent", Active: true}, 2: {ID: 2, Name: "Team Lead"}, 3: {ID: 3, Name: "Coach", Active: true}}
	for id, role := range want {
		if got, ok := d.Role(id); !ok || got != role {
			t.Errorf("role %d is %+v, want %+v", id, got, role)
		}
	}
	if got, _ := d.Group(7); got.Name != "Live Chat" {
		t.Errorf("group 7 is %+v", got)
	}
	if got, _ := d.Group(30); got.Name != "Mail" {
		t.Errorf("group 30 is %+v", got)
	}
	w.wantFault(w.store.SetRoles(w.ctx, store.NewID(), []profile.Role{{ID: 1, Name: "Agent"}}), fault.NotFound, "not-found")
}

func testAccounts(t *testing.T, w *world) {
	_, err := w.store.CreateAccount(w.ctx, store.Account{OrgID: w.org.ID, Email: "Admin@DEMO.example"})
	w.wantFault(err, fault.Conflict, "account-email-taken")
	other := w.newOrg("other")
	_, err = w.store.CreateAccount(w.ctx, store.Account{OrgID: other.ID, Email: "admin@demo.example"})
	w.wantFault(err, fault.Conflict, "account-email-taken")
	_, err = w.store.CreateAccount(w.ctx, store.Account{OrgID: store.NewID(), Email: "x@demo.example"})
	w.wantFault(err, fault.NotFound, "not-found")

	w.must(w.store.SetPassword(w.ctx, w.account.ID, "hash"))
	w.must(w.store.SetNotifyApplied(w.ctx, w.account.ID, true))
	w.must(w.store.SetTimeZone(w.ctx, w.account.ID, "Europe/Lisbon"))
	w.wantFault(w.store.SetTimeZone(w.ctx, store.NewID(), "UTC"), fault.NotFound, "not-found")
	got, err := w.store.AccountByEmail(w.ctx, "ADMIN@demo.EXAMPLE")
	w.must(err)
	want := w.account
	want.PasswordHash, want.NotifyApplied, want.TimeZone = "hash", true, "Europe/Lisbon"
	if got != want {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	if !got.CreatedAt.Equal(w.clock.Now().Truncate(time.Microsecond)) || got.CreatedAt.Location() != time.UTC {
		t.Errorf("created at %v", got.CreatedAt)
	}
	byID, err := w.store.Account(w.ctx, w.account.ID)
	w.must(err)
	if byID != want {
		t.Errorf("got %+v, want %+v", byID, want)
	}
	_, err = w.store.Account(w.ctx, "nonsense")
	w.wantFault(err, fault.NotFound, "not-found")
	w.wantFault(w.store.SetPassword(w.ctx, store.NewID(), "hash"), fault.NotFound, "not-found")
	for _, read := range []string{"hash", "another"} { // the second was read before somebody else's change
		w.must(w.store.Rehash(w.ctx, store.Account{ID: w.account.ID, PasswordHash: read}, "stronger "+read))
	}
	rehashed, err := w.store.Account(w.ctx, w.account.ID)
	w.must(err)
	if rehashed.PasswordHash != "stronger hash" {
		t.Errorf("the hash is %q", rehashed.PasswordHash)
	}
}

func testPasswordLinks(t *testing.T, w *world) {
	hash := []byte{0, 1, 255}
	w.must(w.store.CreatePasswordLink(w.ctx, w.account.ID, hash, w.clock.Now().Add(time.Hour)))
	w.wantFault(w.store.CreatePasswordLink(w.ctx, store.NewID(), []byte{9}, w.clock.Now()), fault.NotFound, "not-found")
	for range 2 {
		got, err := w.store.PasswordLinkAccount(w.ctx, hash)
		w.must(err)
		if got.ID != w.account.ID {
			t.Fatalf("the link is of %s", got.ID)
		}
	}
	errs := together(2, func(int) error {
		_, err := w.store.UsePasswordLink(w.ctx, hash, "chosen", "R1")
		return err
	})
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("used once each: %v", errs)
	}
	w.wantFault(errors.Join(errs...), fault.NotFound, "link-unknown")
	_, err := w.store.PasswordLinkAccount(w.ctx, hash)
	w.wantFault(err, fault.NotFound, "link-unknown")
	account, err := w.store.Account(w.ctx, w.account.ID)
	w.must(err)
	if account.PasswordHash != "chosen" {
		t.Errorf("password hash %q", account.PasswordHash)
	}

	late := []byte{7}
	w.must(w.store.CreatePasswordLink(w.ctx, w.account.ID, late, w.clock.Now().Add(time.Hour)))
	w.clock.Add(time.Hour)
	_, err = w.store.UsePasswordLink(w.ctx, late, "later", "R1")
	w.wantFault(err, fault.NotFound, "link-unknown")
}

func testPasswordChange(t *testing.T, w *world) {
	other, err := w.store.CreateAccount(w.ctx, store.Account{OrgID: w.org.ID, Email: "other@demo.example", PasswordHash: "first"})
	w.must(err)
	w.must(w.store.SetPassword(w.ctx, w.account.ID, "first"))
	account, err := w.store.Account(w.ctx, w.account.ID)
	w.must(err)
	for i, id := range []string{account.ID, other.ID} {
		w.must(w.store.CreatePasswordLink(w.ctx, id, []byte{3, byte(i)}, w.clock.Now().Add(time.Hour)))
	}
	w.must(w.store.CreateToken(w.ctx, account.ID, []byte{4}))

	stale := account
	stale.PasswordHash = "older"
	w.wantFault(w.store.ChangePassword(w.ctx, stale, "second", "R1"), fault.Conflict, "password-changed-meanwhile")
	if linked, err := w.store.PasswordLinkAccount(w.ctx, []byte{3, 0}); err != nil || linked.PasswordHash != "first" {
		t.Fatalf("a refused change has done something: %+v, %v", linked, err)
	}
	errs := together(2, func(i int) error {
		return w.store.ChangePassword(w.ctx, account, []string{"second", "third"}[i], "R1")
	})
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("changed once each: %v", errs)
	}
	w.wantFault(errors.Join(errs...), fault.Conflict, "password-changed-meanwhile")
	chosen := map[bool]string{true: "second", false: "third"}[errs[0] == nil]
	w.must(w.store.ChangePassword(w.ctx, account, chosen, "R1")) // once more, as after a lost reply

	changed, err := w.store.AccountByToken(w.ctx, []byte{4}) // programs are not signed out
	w.must(err)
	if changed.PasswordHash != chosen {
		t.Errorf("password hash %q, want %q", changed.PasswordHash, chosen)
	}
	_, err = w.store.PasswordLinkAccount(w.ctx, []byte{3, 0})
	w.wantFault(err, fault.NotFound, "link-unknown")
	free, err := w.store.PasswordLinkAccount(w.ctx, []byte{3, 1})
	w.must(err)
	if free.PasswordHash != "first" {
		t.Errorf("another account was touched: %+v", free)
	}
	account.ID = store.NewID()
	w.wantFault(w.store.ChangePassword(w.ctx, account, "second", "R1"), fault.NotFound, "not-found")
}

// A link and a change of the same account at once: one of them is in time, and
// neither waits for the other for ever.
func testPasswordChangeBesideALink(t *testing.T, w *world) {
	w.must(w.store.SetPassword(w.ctx, w.account.ID, "first"))
	for i := range byte(8) {
		account, err := w.store.Account(w.ctx, w.account.ID)
		w.must(err)
		link := []byte{5, i}
		w.must(w.store.CreatePasswordLink(w.ctx, account.ID, link, w.clock.Now().Add(time.Hour)))
		errs := together(2, func(n int) error {
			if n == 0 {
				return w.store.ChangePassword(w.ctx, account, fmt.Sprint("changed", i), "R1")
			}
			_, err := w.store.UsePasswordLink(w.ctx, link, fmt.Sprint("chosen", i), "R1")
			return err
		})
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both or neither: %v", errs)
		}
		if errs[0] != nil {
			w.wantFault(errs[0], fault.Conflict, "password-changed-meanwhile")
		} else {
			w.wantFault(errs[1], fault.NotFound, "link-unknown")
		}
	}
}

func testLockedAccounts(t *testing.T, w *world) {
	other, err := w.store.CreateAccount(w.ctx, store.Account{OrgID: w.org.ID, Email: "other@demo.example", PasswordHash: "theirs"})
	w.must(err)
	for i, account := range []store.Account{w.account, other} {
		secret := byte(i)
		w.must(w.store.CreateToken(w.ctx, account.ID, []byte{1, secret}))
		w.must(w.store.CreatePasswordLink(w.ctx, account.ID, []byte{2, secret}, w.clock.Now().Add(time.Hour)))
	}
	w.must(w.store.SetPassword(w.ctx, w.account.ID, "hash"))
	w.must(w.store.LockAccount(w.ctx, w.account.ID))

	locked, err := w.store.Account(w.ctx, w.account.ID)
	w.must(err)
	if locked.PasswordHash != "" {
		t.Errorf("password hash %q", locked.PasswordHash)
	}
	_, err = w.store.AccountByToken(w.ctx, []byte{1, 0})
	w.wantFault(err, fault.Unauthorized, "token-unknown")
	_, err = w.store.PasswordLinkAccount(w.ctx, []byte{2, 0})
	w.wantFault(err, fault.NotFound, "link-unknown")
	w.wantFault(w.store.LockAccount(w.ctx, store.NewID()), fault.NotFound, "not-found")

	free, err := w.store.AccountByToken(w.ctx, []byte{1, 1})
	w.must(err)
	linked, err := w.store.PasswordLinkAccount(w.ctx, []byte{2, 1})
	w.must(err)
	if free.PasswordHash != "theirs" || linked.ID != other.ID {
		t.Errorf("another account was touched: %+v", free)
	}
}

func testTokens(t *testing.T, w *world) {
	w.must(w.store.CreateToken(w.ctx, w.account.ID, []byte{1, 2, 3}))
	got, err := w.store.AccountByToken(w.ctx, []byte{1, 2, 3})
	w.must(err)
	if got.ID != w.account.ID {
		t.Errorf("the token is of %s", got.ID)
	}
	for _, hash := range [][]byte{nil, {}, {1, 2}, {1, 2, 3, 4}} {
		_, err = w.store.AccountByToken(w.ctx, hash)
		w.wantFault(err, fault.Unauthorized, "token-unknown")
	}
}

func testSessions(t *testing.T, w *world) {
	sessions := w.store.Sessions()
	content := []byte{0, 'a', 255}
	w.must(sessions.Commit("token", content, w.clock.Now().Add(time.Minute)))
	w.must(sessions.Commit("token", append(content, 1), w.clock.Now().Add(time.Hour)))
	got, found, err := sessions.Find("token")
	w.must(err)
	if !found || string(got) != string(append(content, 1)) {
		t.Fatalf("found %v %v", found, got)
	}
	w.clock.Add(time.Hour)
	if _, found, err := sessions.Find("token"); err != nil || found {
		t.Errorf("an expired session: found %v, %v", found, err)
	}
	w.must(sessions.Commit("token", content, w.clock.Now().Add(time.Hour)))
	w.must(sessions.Delete("token"))
	w.must(sessions.Delete("token"))
	if _, found, err := sessions.Find("token"); err != nil || found {
		t.Errorf("a deleted session: found %v, %v", found, err)
	}
}

// testTenancy asks for everything of one organization in the name of another.
func testTenancy(t *testing.T, w *world) {
	other := w.newOrg("other")
	stranger := w.newAccount(other, "admin@other.example")
	w.edit(2, moves("Faro"), profile.Hometown)
	w.apply(w.confirmed(w.changing(2, w.profile(2), moves("Braga"), profile.Hometown)))
	b := w.preview(w.changing(2, w.profile(2), moves("Lisbon"), profile.Hometown))
	before := w.profile(2)
	for name, ask := range map[string]func() error{
		"Profile": func() error { _, err := w.store.Profile(w.ctx, other.ID, personID(2)); return err },
		"History": func() error { _, err := w.store.History(w.ctx, other.ID, personID(2), 10); return err },
		"EditProfile": func() error {
			_, _, err := w.store.EditProfile(w.ctx, store.Edit{OrgID: other.ID, ProfileID: personID(2), ActorID: stranger.ID, IfVersion: 1}, nil)
			return err
		},
		"Batch":       func() error { _, err := w.store.Batch(w.ctx, other.ID, b.ID); return err },
		"Rows":        func() error { _, _, err := w.store.Rows(w.ctx, other.ID, b.ID, store.RowsQuery{}); return err },
		"Groups":      func() error { _, _, err := w.store.Groups(w.ctx, other.ID, b.ID, 0, 10); return err },
		"RowProblems": func() error { return w.store.RowProblems(w.ctx, other.ID, b.ID, nil) },
		"Confirm": func() error {
			_, err := w.store.Confirm(w.ctx, other.ID, b.ID, *b.Plan, stranger.ID, "")
			return err
		},
		"Cancel": func() error { _, err := w.store.Cancel(w.ctx, other.ID, b.ID, stranger.ID, ""); return err },
		"CreateBatch that replaces": func() error {
			n := w.newBatch()
			n.OrgID, n.AccountID, n.Replaces = other.ID, stranger.ID, b.ID
			_, _, err := w.store.CreateBatch(w.ctx, n)
			return err
		},
	} {
		if err := ask(); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
	list, _, err := w.store.Batches(w.ctx, other.ID, "", 10)
	w.must(err)
	page, err := w.store.People(w.ctx, other.ID, store.PeopleQuery{})
	w.must(err)
	count, _, err := w.store.ActiveReports(w.ctx, other.ID, personID(1), 3)
	w.must(err)
	w.must(w.store.View(w.ctx, other.ID, func(v *store.View) error {
		if past, err := v.Past(w.ctx, personID(2), 1); err != nil || len(past) > 0 {
			t.Errorf("another organization's past: %v, %v", past, err)
		}
		return v.People(w.ctx, []profile.ID{personID(2)}, func(*profile.Profile) error {
			t.Error("a view gave another organization's person")
			return nil
		})
	}))
	if len(list) != 0 || len(page.People) != 0 || count != 0 {
		t.Errorf("%d batches, %d people, %d reports of another organization", len(list), len(page.People), count)
	}
	if diff := cmp.Diff(before, w.profile(2)); diff != "" {
		t.Errorf("the profile was changed:\n%s", diff)
	}
}
