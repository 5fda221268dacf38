package testkit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a test that notes how it was ended instead of ending.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper()           {}
func (r *recorder) Name() string      { return "TestRecorded" }
func (r *recorder) Skip(args ...any)  { r.skipped = args[0].(string) }
func (r *recorder) Fatal(args ...any) { r.failed = args[0].(string) }

// Not parallel: these set the environment.

func TestNeedSkipsLoudly(t *testing.T) {
	skips := filepath.Join(t.TempDir(), "skips")
	t.Setenv(EnvSkips, skips)
	t.Setenv(EnvRequire, "")
	var r recorder
	Need(&r, false, "a parrot")
	const want = `NOT TESTED: TestRecorded needs a parrot. "make test" provides it.`
	if r.skipped != want || r.failed != "" {
		t.Errorf("skipped %q, failed %q; want the skip %q", r.skipped, r.failed, want)
	}
	if seen, err := os.ReadFile(skips); err != nil || strings.TrimSpace(string(seen)) != want {
		t.Errorf("the list of skips has %q, %v", seen, err)
	}
}

func TestNeedFailsWhereSkipsAreForbidden(t *testing.T) {
	t.Setenv(EnvRequire, "1")
	var r recorder
	Need(&r, false, "a parrot")
	if r.failed == "" || r.skipped != "" {
		t.Errorf("skipped %q, failed %q; want a failure", r.skipped, r.failed)
	}
}

func TestNeedOfWhatIsThere(t *testing.T) {
	t.Parallel()
	var r recorder
	Need(&r, true, "a parrot")
	if r.failed != "" || r.skipped != "" {
		t.Errorf("skipped %q, failed %q; want neither", r.skipped, r.failed)
	}
}

func TestProgramsRun(t *testing.T) {
	t.Parallel()
	for _, path := range []string{Chromium(t), Calc(t)} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}
