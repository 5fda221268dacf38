package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"teamsheet/internal/testkit"
)

// A process that is told to stop still answers, so that its balancer hears that it
// is not ready any more.
func TestServeGivesNotice(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	server := &http.Server{ReadHeaderTimeout: testkit.Limit, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if ctx.Err() != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})}
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, server, testkit.Limit) }()
	status := func() int {
		t.Helper()
		answer, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	if got := status(); got != http.StatusOK {
		t.Errorf("answered with %d", got)
	}
	stop()
	if got := status(); got != http.StatusServiceUnavailable {
		t.Errorf("answered with %d once it is told to stop", got)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

func TestServeEndsAfterNotice(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := serve(ctx, listener, &http.Server{ReadHeaderTimeout: testkit.Limit}, time.Millisecond); err != nil {
		t.Error(err)
	}
}
