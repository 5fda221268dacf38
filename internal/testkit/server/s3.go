package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// FindS3 is the path of versitygw, an S3 server over a folder, or "".
func FindS3() string { return inPath("versitygw") }

// s3Bucket is the one bucket of a server.
const s3Bucket = "files"

// S3 starts the versitygw at a path, with one empty bucket in a temporary folder. Its URL names the bucket, with the keys, as the program's settings do.
func S3(ctx context.Context, program string) (*Server, error) {
	return onFreePort(func(port int) (*Server, error) { return s3On(ctx, program, port) })
}

func s3On(ctx context.Context, program string, port int) (*Server, error) {
	dir, err := os.MkdirTemp("", "teamsheet-s3-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for S3: %w", err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	access, secret := rand.Text(), rand.Text()
	s := &Server{
		program: program,
		// What S3 keeps beside a file goes into a folder of its own: not every
		// file system of a temporary folder has extended attributes.
		args: []string{
			"--port", address, "--access", access, "--secret", secret,
			"posix", "--sidecar", filepath.Join(dir, "beside"), filepath.Join(dir, "buckets"),
		},
		dir: dir,
		url: (&url.URL{Scheme: "s3", User: url.UserPassword(access, secret), Host: address, Path: "/" + s3Bucket,
			RawQuery: "insecure=true&region=us-east-1"}).String(),
		ready: func(ctx context.Context) error { return s3Answers(ctx, address) },
		ask:   syscall.SIGTERM,
	}
	err = errors.Join(os.Mkdir(filepath.Join(dir, "beside"), 0o700), os.MkdirAll(filepath.Join(dir, "buckets", s3Bucket), 0o700))
	if err == nil {
		err = s.Start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// s3Answers takes any answer, a refusal too, for a sign of life.
func s3Answers(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
