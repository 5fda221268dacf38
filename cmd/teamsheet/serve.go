package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// drainTimeout is how long a stop waits for requests that are being answered.
const drainTimeout = 30 * time.Second

// noticeTime is how long a process that is told to stop goes on answering, so that
// whoever sends it requests can see in /readyz that it wants no more. It is more than
// one round of the usual health checks.
const noticeTime = 3 * time.Second

// listen opens the address; a port of 0 becomes the one that was picked.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return listener, nil
}

// serve answers until the context ends and for the time of notice after that, then
// lets running requests finish.
func serve(ctx context.Context, listener net.Listener, server *http.Server, notice time.Duration) error {
	stopped, closed := make(chan error, 1), make(chan struct{})
	stopWaiting := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(notice)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-closed:
		}
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		stopped <- server.Shutdown(drain)
	})
	err := server.Serve(listener)
	close(closed)
	if !errors.Is(err, http.ErrServerClosed) {
		stopWaiting()
		return fmt.Errorf("serve: %w", err)
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("stop serving: %w", errors.Join(err, server.Close()))
	}
	return nil
}

// baseURL is where people find the pages when no setting says so.
func baseURL(listener net.Listener) string {
	address, isTCP := listener.Addr().(*net.TCPAddr)
	if isTCP && address.IP.IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", address.Port)
	}
	return "http://" + listener.Addr().String()
}
