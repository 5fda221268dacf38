package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// proxy stands between the program and one of its servers, and harms what passes.
// Its address stays the same.
type proxy struct {
	listener net.Listener
	target   string
	// dropAfter: when the program sends these bytes, the connection is cut: in turn
	// once the server has got them and answers, so that the answer is lost, and
	// before the server gets them. The program cannot tell one from the other.
	dropAfter []byte

	drops  atomic.Int64 // answers still to be dropped
	delay  atomic.Int64 // in nanoseconds, of everything that the server answers
	holed  atomic.Bool  // nothing passes, nothing is closed
	turns  atomic.Int64 // of what is dropped
	mu     sync.Mutex
	pairs  map[*pair]bool
	closed chan struct{}
}

// pair is one connection through the proxy.
type pair struct {
	client, server net.Conn
	doomed         atomic.Bool
}

func (p *pair) cut() {
	// A reset, not an orderly end: that is what a broken path looks like.
	for _, conn := range []net.Conn{p.client, p.server} {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

func newProxy(target string, dropAfter string) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start proxy: %w", err)
	}
	p := &proxy{listener: listener, target: target, dropAfter: []byte(dropAfter), pairs: map[*pair]bool{}, closed: make(chan struct{})}
	go p.accept()
	return p, nil
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// close ends everything.
func (p *proxy) close() error {
	close(p.closed)
	err := p.listener.Close()
	p.reset()
	return err
}

// reset cuts every connection, and says how many there were.
func (p *proxy) reset() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for pair := range p.pairs {
		pair.cut()
	}
	return len(p.pairs)
}

func (p *proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		go p.join(conn)
	}
}

func (p *proxy) join(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	pair := &pair{client: client, server: server}
	p.mu.Lock()
	p.pairs[pair] = true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.requests(pair) })
	both.Go(func() { p.answers(pair) })
	both.Wait()
	p.mu.Lock()
	delete(p.pairs, pair)
	p.mu.Unlock()
}

const proxyBuffer = 32 << 10

// requests passes on what the program sends.
func (p *proxy) requests(pair *pair) {
	defer pair.cut()
	buffer := make([]byte, proxyBuffer)
	for {
		n, err := pair.client.Read(buffer)
		p.awaitPath()
		if n > 0 && len(p.dropAfter) > 0 && bytes.Contains(bytes.ToLower(buffer[:n]), p.dropAfter) && p.takeDrop() {
			if p.turns.Add(1)%2 == 0 {
				return
			}
			pair.doomed.Store(true)
		}
		if _, writeErr := pair.server.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

func (p *proxy) takeDrop() bool {
	for {
		left := p.drops.Load()
		if left <= 0 {
			return false
		}
		if p.drops.CompareAndSwap(left, left-1) {
			return true
		}
	}
}

// answers passes on what the server sends.
func (p *proxy) answers(pair *pair) {
	defer pair.cut()
	buffer := make([]byte, proxyBuffer)
	for {
		n, err := pair.server.Read(buffer)
		if n > 0 && pair.doomed.Load() {
			return
		}
		p.pause(time.Duration(p.delay.Load()))
		p.awaitPath()
		if _, writeErr := pair.client.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

func (p *proxy) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-p.closed:
	}
}

const lookForPath = 20 * time.Millisecond

// awaitPath waits while nothing passes.
func (p *proxy) awaitPath() {
	for p.holed.Load() {
		select {
		case <-time.After(lookForPath):
		case <-p.closed:
			return
		}
	}
}

// wait sleeps until ctx ends; false: it has ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
