package main

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"teamsheet/internal/testkit/ledger"
)

// The ledger is a check that is able to fail: each thing that must not be in the
// database is found when it is put there.
func TestLedgerFindsWhatIsWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a process of its own; make test runs it")
	}
	t.Parallel()
	r := worked(t)
	entries, err := r.book.Entries()
	if err != nil {
		t.Fatal(err)
	}
	accepted, _ := r.mail.ids()
	const applied = "(SELECT id FROM batches WHERE state = 'applied' ORDER BY id LIMIT 1)"
	const later = "(SELECT id FROM batches WHERE state = 'applied' ORDER BY id LIMIT 1 OFFSET 1)"
	for name, test := range map[string]struct {
		harm []string
		want string // invariant; "": none
	}{
		"as it is":                 {nil, ""},
		"a batch is gone":          {[]string{"DELETE FROM batches WHERE state = 'rejected'"}, "1"},
		"a batch hangs":            {[]string{"UPDATE batches SET state = 'confirmed' WHERE id = " + applied}, "1"},
		"a final state changes":    {[]string{"UPDATE batches SET state = 'failed' WHERE id = " + applied}, "1"},
		"an edit is lost":          {[]string{"DELETE FROM profile_edits"}, "1"},
		"half a batch":             {[]string{"DELETE FROM profile_history WHERE profile_id = (SELECT min(profile_id) FROM profile_history)"}, "2"},
		"a change without a trace": {[]string{"UPDATE profiles SET version = version + 1 WHERE id = (SELECT min(id) FROM profiles)"}, "2"},
		"an older value":           {[]string{"UPDATE profiles SET hometown = 'Porto' WHERE id = (SELECT min(profile_id) FROM profile_history)"}, "2"},
		"a failed batch has saved": {[]string{"UPDATE profile_history SET batch_id = (SELECT id FROM batches WHERE state = 'rejected')"}, "2"},
		"two outcomes": {[]string{"INSERT INTO audit (org_id, id, at, action, subject, request_id)" +
			" SELECT org_id, 'another', at, 'batch.failed', subject, '' FROM audit WHERE action = 'batch.applied' LIMIT 1"}, "2"},
		"two batches at once": {[]string{
			"UPDATE profile_history SET version = version + 100 WHERE profile_id = (SELECT min(profile_id) FROM profile_history) AND batch_id = " + applied,
			"UPDATE profile_history SET version = version - 1 WHERE profile_id = (SELECT min(profile_id) FROM profile_history) AND batch_id = " + later}, "3"},
		"a revision too many": {[]string{"UPDATE orgs SET revision = revision + 1"}, "3"},
		"no report":           {[]string{"DELETE FROM mails"}, "4"},
		"two reports": {[]string{"INSERT INTO mails (org_id, id, batch_id, kind, recipient, message_id, created_at, next_try_at, sent_at)" +
			" SELECT org_id, 'another', batch_id, kind, recipient || 'x', message_id, created_at, next_try_at, sent_at FROM mails LIMIT 1"}, "4"},
		"a report of something else": {[]string{"UPDATE mails SET kind = 'failed'"}, "4"},
		"a report that was not sent": {[]string{"UPDATE mails SET sent_at = NULL"}, "4"},
		"a report to a stranger":     {[]string{"UPDATE mails SET recipient = 'else@example.com'"}, "5"},
		"rows of a stranger":         {[]string{"UPDATE batch_rows SET profile_id = 'nobody'"}, "5"},
	} {
		found := tampered(t, r, entries, &ledger.Mails{Accepted: accepted}, test.harm)
		if test.want == "" && len(found) > 0 || test.want != "" && !slices.ContainsFunc(found, of(test.want)) {
			t.Errorf("%s: found %v, want invariant %q", name, found, test.want)
		}
	}
	for id := range accepted {
		accepted[id] = 2
	}
	if found := tampered(t, r, entries, &ledger.Mails{Accepted: accepted}, nil); !slices.ContainsFunc(found, of("4")) {
		t.Errorf("a mail that came twice: found %v", found)
	}
}

func of(invariant string) func(ledger.Violation) bool {
	return func(v ledger.Violation) bool { return strings.HasPrefix(v.Invariant, invariant) }
}

// worked is an installation in which somebody has worked, and which has stopped.
func worked(t *testing.T) *rig {
	t.Helper()
	ctx := context.Background()
	s := usually()
	s.embedded, s.orgs = true, 1
	r, err := install(ctx, options{program: programPath}, "ledger", testSeed, s)
	t.Cleanup(func() { _ = r.close() })
	if err == nil {
		err = trial{}.begin(ctx, r)
	}
	if err != nil {
		t.Fatal(err)
	}
	l, o := &load{rig: r, stopping: ctx}, r.orgs[0]
	err = errors.Join(l.send(ctx, o, "first", false), l.send(ctx, o, "second", false),
		l.edit(ctx, o, o.people[0], "edited"), l.sendWrong(ctx, o, "wrong"), r.comeToRest(ctx, usualRest), r.halt())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tampered checks a copy of the database that was harmed by statements.
func tampered(t *testing.T, r *rig, entries []ledger.Entry, mails *ledger.Mails, statements []string) []ledger.Violation {
	t.Helper()
	content, err := os.ReadFile(r.database)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(copied, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", copied)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if result, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		} else if n, _ := result.RowsAffected(); n == 0 {
			t.Fatalf("%s: nothing was harmed", statement)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	found, _, err := ledger.Check(context.Background(), copied, entries, mails)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
