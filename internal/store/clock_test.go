package store

import (
	"strings"
	"testing"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/testkit"
)

// Machines whose clocks are apart agree on who is alive.
func TestClocksApart(t *testing.T) {
	t.Parallel()
	const apart = 10 * time.Minute
	url := testkit.PostgresURL(t)
	open := func(wrong time.Duration) *Store {
		s, err := Open(t.Context(), url, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		s.options.Now = func() time.Time { return time.Now().Add(wrong) }
		return s
	}
	early, late := open(-apart), open(apart)
	if err := early.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	org, err := early.CreateOrg(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	account, err := early.CreateAccount(t.Context(), Account{OrgID: org.ID, Email: "admin@demo.example", CanManage: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]*Store{{early, late}, {late, early}} {
		b, _, err := early.CreateBatch(t.Context(), NewBatch{ID: NewID(), OrgID: org.ID, AccountID: account.ID, AccountEmail: account.Email,
			File: batch.File{Name: "team.txt", Size: 1, SHA256: strings.Repeat("ab", 32)}, BlobKey: "key"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := pair[0].StartRun(t.Context(), b.ID, b.Generation, batch.Uploaded); err != nil {
			t.Fatal(err)
		}
		if err := pair[0].Rung(t.Context(), b.ID, b.Generation); err != nil {
			t.Fatal(err)
		}
		waiting, err := pair[1].Waiting(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, seen := range waiting {
			if beat, rung := pair[1].now().Sub(seen.BeatAt).Abs(), pair[1].now().Sub(seen.RungAt).Abs(); beat > apart/2 || rung > apart/2 {
				t.Errorf("a beat seems %v away, a ring %v", beat, rung)
			}
		}
		if moved, err := pair[1].NextGeneration(t.Context(), b.ID, b.Generation, apart/2); err != nil || moved || len(waiting) == 0 {
			t.Errorf("of %d waiting, a healthy run was taken over: %v, %v", len(waiting), moved, err)
		}
	}
}
