package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"teamsheet/internal/testkit"
	"teamsheet/internal/testkit/server"
)

// asCommand makes the test program behave as the command itself.
const asCommand = "TEAMSHEET_SERVICES_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

// services is the command with these arguments, told of no Redis. What a killed
// one leaves behind goes with the test's folder.
func services(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], arguments...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "TMPDIR="+t.TempDir(), testkit.EnvRedis+"=")
	cmd.Stderr = t.Output()
	return cmd
}

// elsewhere is the address of a Redis that the person gave: nothing is started.
const elsewhere = "redis://elsewhere.example:1/0"

func servicesElsewhere(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	cmd := services(t, arguments...)
	cmd.Env = append(cmd.Env, testkit.EnvRedis+"="+elsewhere)
	return cmd
}

func exitOf(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}

func answers(t *testing.T, url string) bool {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatalf("%q is no address: %v", url, err)
	}
	options.MaxRetries, options.DialerRetries = -1, 1
	client := redis.NewClient(options)
	defer client.Close()
	return client.Ping(context.Background()).Err() == nil
}

func needRedis(t *testing.T) {
	t.Helper()
	testkit.Need(t, server.FindRedis() != "", "the program redis-server")
}

func TestServicesEndWithTheCommandAndPassItsExitCode(t *testing.T) {
	t.Parallel()
	needRedis(t)
	cmd := services(t, "-with", "redis", "--", "sh", "-c", "echo $"+testkit.EnvRedis+"; exit 7")
	out, err := cmd.Output()
	if code := exitOf(t, err); code != 7 {
		t.Errorf("exit code %d, want the command's 7", code)
	}
	url := strings.TrimSpace(string(out))
	if !strings.HasPrefix(url, "redis://") || answers(t, url) {
		t.Errorf("%q is no address or still answers", url)
	}
}

func TestServicesEndWhenAskedTo(t *testing.T) {
	t.Parallel()
	needRedis(t)
	for _, ask := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		url, code := interrupt(t, ask)
		if code != exitInterrupted || answers(t, url) {
			t.Errorf("%v: exit code %d; the server answers: %v", ask, code, answers(t, url))
		}
	}
}

// A killed process cannot stop its servers: on Linux the system does.
func TestServersEndWithAKilledParent(t *testing.T) {
	t.Parallel()
	needRedis(t)
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ties a process to its parent's life")
	}
	url, _ := interrupt(t, syscall.SIGKILL)
	testkit.Wait(t, "the server to end", func() bool { return !answers(t, url) })
}

// interrupt starts a command that does not end, signals services once the server
// answers, and waits for it.
func interrupt(t *testing.T, sig syscall.Signal) (url string, code int) {
	t.Helper()
	cmd := services(t, "-with", "redis", "--", "sh", "-c", "echo $"+testkit.EnvRedis+"; exec sleep 600")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url = strings.TrimSpace(line)
	if !answers(t, url) {
		t.Errorf("%s does not answer while the command runs", url)
	}
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, out) // ends when the command has
	return url, exitOf(t, cmd.Wait())
}

func TestServicesUseTheAddressGiven(t *testing.T) {
	t.Parallel()
	cmd := servicesElsewhere(t, "-with", "redis", "--", "sh", "-c", "echo $"+testkit.EnvRedis)
	out, err := cmd.Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != elsewhere {
		t.Errorf("the command was told %q, %v", got, err)
	}
}

func TestServicesRepeatSkips(t *testing.T) {
	t.Parallel()
	cmd := servicesElsewhere(t, "-with", "redis", "--", "sh", "-c", "echo NOT TESTED: parrots >> $"+testkit.EnvSkips)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil || !strings.Contains(said.String(), "NOT TESTED: parrots\n") {
		t.Errorf("services said %q, %v", said.String(), err)
	}
}

func TestServicesMisused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		arguments []string
		want      int
	}{
		{nil, exitUsage},
		{[]string{"-with", "parrot", "--", "true"}, exitUnavailable},
		{[]string{"-with", "redis", "--", "no-such-command"}, exitUnavailable},
	}
	for _, test := range tests {
		if code := exitOf(t, servicesElsewhere(t, test.arguments...).Run()); code != test.want {
			t.Errorf("%q: exit code %d, want %d", test.arguments, code, test.want)
		}
	}
}

func TestStillMissing(t *testing.T) {
	t.Parallel()
	nowhere := func() string { return "" }
	parrot := need{name: "parrot", what: "A parrot", variable: "PARROT_URL", find: nowhere,
		packages: [][]string{{"parrot-bin", "parrot"}, {"cage"}}}
	errs := stillMissing([]need{parrot})
	const want = "A parrot is missing: install it (Debian, Ubuntu: apt-get install parrot-bin cage) or set PARROT_URL"
	if len(errs) != 1 || errs[0].Error() != want {
		t.Errorf("got %v, want %q", errs, want)
	}
	parrot.optional = true
	if errs := stillMissing([]need{parrot}); len(errs) != 0 {
		t.Errorf("what is optional stops the run: %v", errs)
	}
}
