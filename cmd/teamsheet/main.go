// Command teamsheet updates the profiles of large teams with a spreadsheet:
// web side, queue side and the tools around them in one program.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/redis/go-redis/v9"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, process{
		args: os.Args[1:], lookup: os.LookupEnv, stdout: os.Stdout, stderr: os.Stderr,
		hearLibraries: func(log *slog.Logger) { redis.SetLogger(redisLog{log}) },
	})
	stop()
	os.Exit(code)
}

// process is what a command may touch of the process it runs in, so that tests
// can be one.
type process struct {
	args   []string
	lookup func(string) (string, bool) // of the environment
	stdout io.Writer                   // results alone
	stderr io.Writer                   // logs and errors
	// hearLibraries has libraries that keep one log for the whole process write to
	// this one; nil in tests, which are several processes in one.
	hearLibraries func(*slog.Logger)
}

// redisLog keeps what the Redis client has to say in the form of the log.
type redisLog struct{ *slog.Logger }

// Printf logs trouble: the client tells of nothing else.
func (l redisLog) Printf(ctx context.Context, format string, values ...any) {
	l.WarnContext(ctx, fmt.Sprintf(format, values...), "from", "redis")
}
