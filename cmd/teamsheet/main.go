// Command teamsheet updates the profiles of large teams with a spreadsheet:
// web side, queue side and the tools around them in one program.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, process{
		args: os.Args[1:], lookup: os.LookupEnv, stdout: os.Stdout, stderr: os.Stderr,
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
}
