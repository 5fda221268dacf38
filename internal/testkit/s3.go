package testkit

import (
	"context"
	"os"
	"testing"

	"teamsheet/internal/testkit/server"
)

// EnvS3 is the path of versitygw, which "make test" builds.
const EnvS3 = "TEAMSHEET_TEST_S3"

// StartS3 starts an S3 server for the test, with one empty bucket. Its URL is an
// s3:// address with keys, without a prefix; a prefix each keeps tests apart that
// share a server.
func StartS3(tb testing.TB) *Server {
	tb.Helper()
	program := os.Getenv(EnvS3)
	if program == "" {
		program = server.FindS3()
	}
	_, err := os.Stat(program)
	Need(tb, err == nil, "an S3 server (the program versitygw)")
	return owned(tb, func(ctx context.Context) (*server.Server, error) { return server.S3(ctx, program) })
}
