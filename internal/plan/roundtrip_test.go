package plan

import "testing"

func TestDownloadUploadedUnchanged(t *testing.T) {
	t.Parallel()
	org := newTeam(agent(1, "Ana", "ana@example.com", "001", leads), agent(2, "Rui", "rui@example.com", "", under(1)))
	for _, how := range []mode{byKey, whole} {
		got := org.check(t, org.download(), how)
		if said := got.say(); said != "" {
			t.Errorf("%s: %s", how, said)
		}
		if got.Totals.Counts.Unchanged != 2 || got.Totals.Digest == "" {
			t.Errorf("%s: %+v", how, got.Totals)
		}
	}
}
