package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func from(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := Read(from(map[string]string{"TEAMSHEET_DATA_DIR": "/srv/t"}))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Addr: "127.0.0.1:8080", DataDir: "/srv/t", DatabaseURL: "sqlite:/srv/t/teamsheet.db",
		BlobURL: "file:/srv/t/files", MaxFileSize: 1 << 30, MaxRows: 2_000_000,
		LogFormat: "text", MailFrom: "Teamsheet <teamsheet@localhost>",
	}
	if c != want {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Read(from(map[string]string{
		"TEAMSHEET_ADDR":          "nowhere",
		"TEAMSHEET_BASE_URL":      "ftp://x",
		"TEAMSHEET_BLOB_URL":      "s3://key:s3cret@store:99999/files",
		"TEAMSHEET_DATABASE_URL":  "mysql://root:s3cret@h/d",
		"TEAMSHEET_REDIS_URL":     "redis://ok",
		"TEAMSHEET_MAX_FILE_SIZE": "-1",
		"TEAMSHEET_MAX_ROWS":      "many",
		"TEAMSHEET_SMTP_URL_FILE": "/nowhere/at/all",
		"TEAMSHEET_LOG_FORMAT":    "xml",
	}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`TEAMSHEET_ADDR: "nowhere" is not host:port`,
		`TEAMSHEET_BASE_URL: has to begin with http:, https:`,
		`TEAMSHEET_BLOB_URL: "99999" is not a port from 0 to 65535`,
		`TEAMSHEET_DATABASE_URL: has to begin with postgres:, postgresql:, sqlite:`,
		`TEAMSHEET_MAX_FILE_SIZE: "-1" is not a size such as 500MiB or 1GiB`,
		`TEAMSHEET_MAX_ROWS: "many" is not a whole number above 0`,
		`TEAMSHEET_SMTP_URL: TEAMSHEET_SMTP_URL_FILE cannot be read`,
		`TEAMSHEET_LOG_FORMAT: "xml" is not one of text, json`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error shows a password:\n%v", err)
	}
}

func TestFileVariant(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(path, []byte("postgres://u:p@h/d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Read(from(map[string]string{"TEAMSHEET_DATABASE_URL_FILE": path}))
	if err != nil || c.DatabaseURL != "postgres://u:p@h/d" {
		t.Errorf("got %q, %v", c.DatabaseURL, err)
	}
	_, err = Read(from(map[string]string{"TEAMSHEET_ADDR": ":1", "TEAMSHEET_ADDR_FILE": path}))
	if err == nil {
		t.Error("both a value and a file were accepted")
	}
}

// A secret that was not delivered would otherwise become the default: an embedded
// queue of the process's own, a database in a file, mails that are never sent.
func TestAnEmptyFileIsAFault(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(path, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Read(from(map[string]string{"TEAMSHEET_REDIS_URL_FILE": path}))
	if err == nil || !strings.Contains(err.Error(), "TEAMSHEET_REDIS_URL_FILE names an empty file") {
		t.Errorf("got %v", err)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"1": 1, "64KiB": 64 << 10, "20 MiB": 20 << 20, "2GiB": 2 << 30, "1_000": 1000} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("parseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "1.5GiB", "9999999999GiB", "MiB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q) = %d, want an error", text, got)
		}
	}
}

func TestSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	c, err := Read(from(map[string]string{
		"TEAMSHEET_DATABASE_URL": "postgres://app:hunter2@db/teamsheet",
		"TEAMSHEET_BLOB_URL":     "s3://id:hunter2@s3.example/bucket?secret_key=hunter2",
		"TEAMSHEET_SMTP_URL":     "smtp://u:hunter2@mail:587",
		"TEAMSHEET_REDIS_URL":    "redis://:hunter2@cache:6379/0",
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Settings() {
		if strings.Contains(s.Value, "hunter2") {
			t.Errorf("%s shows a secret: %s", s.Name, s.Value)
		}
	}
}
