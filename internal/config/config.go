// Package config reads the settings of CONTRACT §6 from the environment, once,
// into a value that is passed down. Every fault in them is reported at once.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Defaults of the limits.
const (
	DefaultAddr        = "127.0.0.1:8080"
	DefaultMaxFileSize = 1 << 30 // bytes
	DefaultMaxRows     = 2_000_000
	defaultSender      = "Teamsheet <teamsheet@localhost>"
)

// Config is the effective configuration.
type Config struct {
	Addr        string // host:port; port 0 picks one
	WorkerAddr  string // host:port of the worker's own numbers; "": none
	BaseURL     string // without a slash at the end; "": from the address
	DataDir     string
	DatabaseURL string // sqlite://… or postgres://…
	RedisURL    string // "": the embedded queue, in `run` alone
	BlobURL     string // file://… or s3://…
	SMTPURL     string // "": mails are written to the data directory
	MailFrom    string
	MaxFileSize int64 // bytes
	MaxRows     int
	LogFormat   string // text or json
}

// setting ties one environment variable to its place in the Config.
type setting struct {
	name     string
	secret   bool   // may hold a password in its URL
	standard string // the default as documentation writes it; "": derived, see help
	help     string
	set      func(*Config, string) error
	get      func(Config) string
}

func settings() []setting {
	return []setting{
		{"TEAMSHEET_ADDR", false, DefaultAddr, "address to listen on; port 0 picks one",
			func(c *Config, v string) error { c.Addr = v; return checkAddr(v) },
			func(c Config) string { return c.Addr }},
		{"TEAMSHEET_WORKER_ADDR", false, "", "address of the worker's own /healthz, /readyz and /metrics; none",
			func(c *Config, v string) error { c.WorkerAddr = v; return checkAddr(v) },
			func(c Config) string { return c.WorkerAddr }},
		{"TEAMSHEET_BASE_URL", false, "", "address that people see, for links in mails; from the address",
			func(c *Config, v string) error {
				c.BaseURL = strings.TrimRight(v, "/")
				return checkURL(v, "http", "https")
			},
			func(c Config) string { return c.BaseURL }},
		{"TEAMSHEET_DATA_DIR", false, "./data", "folder for everything that is kept on this machine",
			func(c *Config, v string) error { c.DataDir = v; return nil },
			func(c Config) string { return c.DataDir }},
		{"TEAMSHEET_DATABASE_URL", true, "", "postgres://… or sqlite:/path; a file in the data directory",
			func(c *Config, v string) error {
				c.DatabaseURL = v
				if v == "sqlite" {
					c.DatabaseURL = ""
					return nil
				}
				return checkURL(v, "postgres", "postgresql", "sqlite")
			},
			func(c Config) string { return c.DatabaseURL }},
		{"TEAMSHEET_REDIS_URL", true, "", "redis://…, rediss://…, redis-sentinel://…, redis-cluster://…; embedded in run alone",
			func(c *Config, v string) error {
				c.RedisURL = v
				return checkURL(v, "redis", "rediss", "redis-sentinel", "redis-cluster")
			},
			func(c Config) string { return c.RedisURL }},
		{"TEAMSHEET_BLOB_URL", true, "", "s3://… or file:/path; a folder in the data directory",
			func(c *Config, v string) error { c.BlobURL = v; return checkURL(v, "s3", "file") },
			func(c Config) string { return c.BlobURL }},
		{"TEAMSHEET_SMTP_URL", true, "", "smtp://… or smtps://…; none: mails are written to the data directory",
			func(c *Config, v string) error { c.SMTPURL = v; return checkURL(v, "smtp", "smtps") },
			func(c Config) string { return c.SMTPURL }},
		{"TEAMSHEET_MAIL_FROM", false, defaultSender, "sender of the mails",
			func(c *Config, v string) error { c.MailFrom = v; return checkSender(v) },
			func(c Config) string { return c.MailFrom }},
		{"TEAMSHEET_MAX_FILE_SIZE", false, "1GiB", "largest upload, in bytes or with KiB, MiB, GiB",
			func(c *Config, v string) (err error) { c.MaxFileSize, err = parseSize(v); return err },
			func(c Config) string { return strconv.FormatInt(c.MaxFileSize, 10) }},
		{"TEAMSHEET_MAX_ROWS", false, "2000000", "most rows in one file",
			func(c *Config, v string) (err error) { c.MaxRows, err = parseCount(v); return err },
			func(c Config) string { return strconv.Itoa(c.MaxRows) }},
		{"TEAMSHEET_LOG_FORMAT", false, "text", "text or json",
			func(c *Config, v string) error { c.LogFormat = v; return checkOneOf(v, "text", "json") },
			func(c Config) string { return c.LogFormat }},
	}
}

// Read reads the settings through lookup (os.LookupEnv in the program). Each
// NAME can also come from the file that NAME_FILE names. The error lists every
// setting that cannot be used.
func Read(lookup func(string) (string, bool)) (Config, error) {
	c := Config{
		Addr: DefaultAddr, DataDir: "data", MaxFileSize: DefaultMaxFileSize, MaxRows: DefaultMaxRows,
		LogFormat: "text", MailFrom: defaultSender,
	}
	var faults []error
	for _, s := range settings() {
		value, given, err := valueOf(s.name, lookup)
		if err == nil && given {
			err = s.set(&c, value)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", s.name, err))
		}
	}
	if len(faults) > 0 {
		return Config{}, errors.Join(faults...)
	}
	return c, c.fillIn()
}

// fillIn derives what was not set.
func (c *Config) fillIn() error {
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return fmt.Errorf("TEAMSHEET_DATA_DIR: %w", err)
	}
	c.DataDir = dir
	if c.DatabaseURL == "" {
		c.DatabaseURL = "sqlite:" + filepath.Join(dir, "teamsheet.db")
	}
	if c.BlobURL == "" {
		c.BlobURL = "file:" + filepath.Join(dir, "files")
	}
	return nil
}

func valueOf(name string, lookup func(string) (string, bool)) (value string, given bool, err error) {
	value, given = lookup(name)
	path, inFile := lookup(name + "_FILE")
	switch {
	case given && inFile:
		return "", false, fmt.Errorf("is set, and %s_FILE too; use one of them", name)
	case inFile:
		content, err := os.ReadFile(path)
		if err != nil {
			return "", false, fmt.Errorf("%s_FILE cannot be read: %w", name, err)
		}
		value, given = strings.TrimSpace(string(content)), true
		if value == "" { // a secret that was not delivered must not become the default
			return "", false, fmt.Errorf("%s_FILE names an empty file: %s", name, path)
		}
	}
	if value == "" {
		return "", false, nil
	}
	return value, given, nil
}

// Setting is one line of the effective configuration.
type Setting struct{ Name, Value, Default, Help string }

// Settings lists the effective configuration with passwords redacted.
func (c Config) Settings() []Setting {
	var lines []Setting
	for _, s := range settings() {
		value := s.get(c)
		if s.secret {
			value = redact(value)
		}
		lines = append(lines, Setting{s.name, value, s.standard, s.help})
	}
	return lines
}

// redact hides the password and every secret-looking parameter of a URL.
func redact(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(hidden)"
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "xxxxx")
	}
	query := u.Query()
	for name := range query {
		if slices.ContainsFunc([]string{"password", "secret", "key", "token"}, func(part string) bool {
			return strings.Contains(strings.ToLower(name), part)
		}) {
			query.Set(name, "xxxxx")
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func checkAddr(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return fmt.Errorf("%q is not host:port", v)
	}
	return checkPort(port)
}

func checkPort(port string) error {
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is not a port from 0 to 65535", port)
	}
	return nil
}

// checkURL never repeats the value: it may hold a password.
func checkURL(v string, schemes ...string) error {
	u, err := url.Parse(v)
	if err != nil {
		return errors.New("is not a URL")
	}
	if !slices.Contains(schemes, u.Scheme) {
		return fmt.Errorf("has to begin with %s:", strings.Join(schemes, ":, "))
	}
	if u.Host == "" && u.Path == "" && u.Opaque == "" {
		return errors.New("names no host or path")
	}
	if port := u.Port(); port != "" {
		return checkPort(port)
	}
	return nil
}

func checkSender(v string) error {
	if !strings.Contains(v, "@") || strings.ContainsAny(v, "\r\n") {
		return fmt.Errorf("%q is not an email address", v)
	}
	return nil
}

func checkOneOf(v string, allowed ...string) error {
	if !slices.Contains(allowed, v) {
		return fmt.Errorf("%q is not one of %s", v, strings.Join(allowed, ", "))
	}
	return nil
}

func parseCount(v string) (int, error) {
	n, err := strconv.Atoi(strings.ReplaceAll(v, "_", ""))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a whole number above 0", v)
	}
	return n, nil
}

func parseSize(v string) (int64, error) {
	number, factor := v, int64(1)
	for suffix, f := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if rest, ok := strings.CutSuffix(v, suffix); ok {
			number, factor = strings.TrimSpace(rest), f
		}
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(number, "_", ""), 10, 64)
	if err != nil || n < 1 || n > (1<<62)/factor {
		return 0, fmt.Errorf("%q is not a size such as 500MiB or 1GiB", v)
	}
	return n * factor, nil
}
