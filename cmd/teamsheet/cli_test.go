package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
)

// command runs one command of the program in this process, on its own data
// directory.
func command(t *testing.T, settings map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = execute(t.Context(), process{
		args: args, stdout: &out, stderr: &errs,
		lookup: func(name string) (string, bool) { value, ok := settings[name]; return value, ok },
	})
	return code, out.String(), errs.String()
}

func ownData(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"TEAMSHEET_DATA_DIR": filepath.Join(t.TempDir(), "data")}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	away := map[string]string{"TEAMSHEET_DATABASE_URL": "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"}
	tests := []struct {
		name     string
		settings map[string]string
		args     []string
		code     int
		says     string
	}{
		{"no command", nil, nil, exitUsage, "teamsheet --help"},
		{"unknown command", nil, []string{"dance"}, exitUsage, "unexpected argument dance"},
		{"unknown flag", nil, []string{"run", "--fast"}, exitUsage, "--fast"},
		{"help", nil, []string{"--help"}, exitOK, ""},
		{"help of a command", nil, []string{"seed", "--help"}, exitOK, ""},
		{"help as a word", nil, []string{"help"}, exitOK, ""},
		{"help as a word, of a command", nil, []string{"help", "org", "create"}, exitOK, ""},
		{"the version", nil, []string{"--version"}, exitOK, ""},
		{"a check of a schema that is not there", ownData(t), []string{"migrate", "--check"}, exitFailure, "Run: teamsheet migrate"},
		{"a check of a database that is away", away, []string{"migrate", "--check"}, exitUnavailable, "database-unreachable"},
		{"settings that cannot be used, all of them", map[string]string{"TEAMSHEET_ADDR": "x", "TEAMSHEET_MAX_ROWS": "0"},
			[]string{"producer"}, exitConfig, "TEAMSHEET_MAX_ROWS: \"0\" is not a whole number above 0\nteamsheet: TEAMSHEET_REDIS_URL: is needed"},
		{"a database that is away", away, []string{"migrate"}, exitUnavailable, "database-unreachable"},
		{"an organization without a name", ownData(t), []string{"org", "create", "--name", " "}, exitUsage, "--name is empty"},
		{"an organization that is not there", ownData(t), []string{"seed", "--org", "none", "--people", "3"}, exitUsage,
			"teamsheet: There is no organization named \"none\". 'teamsheet org create' makes one."},
		{"no people", ownData(t), []string{"seed", "--org", "none", "--people", "0"}, exitUsage, "teamsheet: --people has to be at least 1"},
		{"an email that is none", ownData(t), []string{"admin", "create", "--org", "x", "--email", "nobody"}, exitUsage, `This email has no "@".`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			code, _, stderr := command(t, test.settings, test.args...)
			if code != test.code || !strings.Contains(stderr, test.says) {
				t.Errorf("exit %d, want %d; said:\n%s\nwant in it: %q", code, test.code, stderr, test.says)
			}
		})
	}
}

func TestSmallCommands(t *testing.T) {
	t.Parallel()
	settings := ownData(t)
	run := func(args ...string) string {
		t.Helper()
		code, stdout, stderr := command(t, settings, args...)
		if code != exitOK {
			t.Fatalf("%v: exit %d: %s", args, code, stderr)
		}
		return strings.TrimSpace(stdout)
	}
	id := run("org", "create", "--name", "Acme")
	if len(id) != 36 {
		t.Errorf("org create printed %q", id)
	}
	if got := run("seed", "--org", "Acme", "--people", "50"); got != "people: 50" {
		t.Errorf("seed printed %q", got)
	}
	if code, _, stderr := command(t, settings, "seed", "--org", "Acme", "--people", "50"); code != exitUsage {
		t.Errorf("a second seed: exit %d: %s", code, stderr)
	}
	link := run("admin", "create", "--org", id, "--email", "ana@acme.example")
	if !strings.HasPrefix(link, "http://127.0.0.1:8080/password/") {
		t.Errorf("admin create printed %q", link)
	}
	if token := run("token", "create", "--org", "Acme", "--email", "ana@acme.example"); !strings.HasPrefix(token, "ts_") || strings.Contains(token, "\n") {
		t.Errorf("token create printed %q", token)
	}
	// Who has lost the link, or the password, is given another.
	if again := run("admin", "link", "--org", "Acme", "--email", "ana@acme.example"); again == link || !strings.HasPrefix(again, "http://127.0.0.1:8080/password/") {
		t.Errorf("admin link printed %q", again)
	}
	if got := run("admin", "lock", "--org", "Acme", "--email", "ana@acme.example"); len(got) != 36 {
		t.Errorf("admin lock printed %q", got)
	}
	if code, _, stderr := command(t, settings, "admin", "lock", "--org", "Acme", "--email", "ben@acme.example"); code != exitUsage {
		t.Errorf("the lock of nobody: exit %d: %s", code, stderr)
	}
	if got := run("migrate", "--check"); got != "schema: up to date" {
		t.Errorf("migrate --check printed %q", got)
	}
	if got := run("config"); !strings.Contains(got, "TEAMSHEET_DATABASE_URL=sqlite:"+settings["TEAMSHEET_DATA_DIR"]) {
		t.Errorf("config printed:\n%s", got)
	}
}

// A crash loop is read from the log: each start says what started.
func TestStartIsLogged(t *testing.T) {
	t.Parallel()
	settings := ownData(t)
	settings["TEAMSHEET_ADDR"], settings["TEAMSHEET_BASE_URL"] = "127.0.0.1:0", "https://team.example"
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out, errs bytes.Buffer
	code := execute(ctx, process{
		args: []string{"run"}, stdout: &stopAtFirstLine{&out, stop}, stderr: &errs,
		lookup: func(name string) (string, bool) { value, ok := settings[name]; return value, ok },
	})
	want := "msg=started role=run version=" + version() + " address=127.0.0.1:"
	if code != exitOK || !strings.Contains(errs.String(), want) || !strings.Contains(errs.String(), "base_url=https://team.example") {
		t.Errorf("exit %d; want %q in the log:\n%s", code, want, errs.String())
	}
}

// stopAtFirstLine stops the program when it has said where it is.
type stopAtFirstLine struct {
	io.Writer
	stop func()
}

func (w *stopAtFirstLine) Write(text []byte) (int, error) {
	defer w.stop()
	return w.Writer.Write(text)
}

func TestRedisClientLogsInTheForm(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	redisLog{slog.New(slog.NewJSONHandler(&out, nil))}.Printf(t.Context(), "pool: %s\n", "gone")
	if got := out.String(); !strings.Contains(got, `"level":"WARN","msg":"pool: gone\n","from":"redis"`) {
		t.Errorf("logged %s", got)
	}
}
