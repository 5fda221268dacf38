// Command chaos proves, or refutes, that nothing is lost, done twice or half done:
// it lets people work with the program while its processes, servers and paths are
// harmed, and then compares what they were told with the database
// (internal/testkit/ledger). "make chaos" runs it and writes
// deploy/docs/RELIABILITY.md.
//
// The program has to be built with the tag "sabotage", by which its waits are
// shorter, it ends at named points, and its safeguards can be taken away.
//
// The same seed makes the same files and the same faults in the same order. It does
// not make the same run: when processes meet is the machine's affair.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func main() {
	// Linux ties servers and processes to the thread that started them.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	o, err := readOptions(os.Args[1:])
	broken := 0
	if err == nil {
		broken, err = runAll(ctx, o)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
	if broken > 0 {
		fmt.Fprintf(os.Stderr, "chaos: %d violations\n", broken)
		os.Exit(2)
	}
}
