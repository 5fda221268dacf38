package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
)

// mailServer is a mail server that keeps the Message-ID of what it accepts, and
// fails on demand.
type mailServer struct {
	address string

	mu       sync.Mutex
	stop     func()
	accepted map[string]int // by the part of the Message-ID before the @
	refuse   *smtp.SMTPError
	cutOff   int // messages still to be taken without an answer
	cut      int // that were
}

func startMailServer() (*mailServer, error) {
	s := &mailServer{accepted: map[string]int{}}
	return s, s.serve("127.0.0.1:0")
}

func (s *mailServer) serve(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("start mail server: %w", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &mailSession{server: s, conn: conn}, nil
	}))
	server.Domain = "mail.test.example"
	server.ErrorLog = quiet{}
	s.mu.Lock()
	s.address = listener.Addr().String()
	s.stop = func() { _, _ = listener.Close(), server.Close() }
	s.mu.Unlock()
	go func() { _ = server.Serve(listener) }()
	return nil
}

// quiet drops what the mail server says of connections that are broken on purpose.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (s *mailServer) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
}

// again opens a closed server at its address.
func (s *mailServer) again() error { return s.serve(s.address) }

// refusing answers every recipient with a code; 0: with none.
func (s *mailServer) refusing(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = nil
	if code > 0 {
		s.refuse = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "come back later"}
	}
}

// cutOffNext takes the next n messages and breaks the connection instead of saying so.
func (s *mailServer) cutOffNext(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cutOff = n
}

// ids are what was accepted, and how many of them nobody was told about.
func (s *mailServer) ids() (accepted map[string]int, cut int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	accepted = map[string]int{}
	for id, times := range s.accepted {
		accepted[id] = times
	}
	return accepted, s.cut
}

type mailSession struct {
	server *mailServer
	conn   *smtp.Conn
}

func (m *mailSession) Mail(string, *smtp.MailOptions) error { return nil }

func (m *mailSession) Rcpt(string, *smtp.RcptOptions) error {
	m.server.mu.Lock()
	defer m.server.mu.Unlock()
	if m.server.refuse != nil {
		return m.server.refuse
	}
	return nil
}

var errCutOff = errors.New("the connection is cut off")

func (m *mailSession) Data(r io.Reader) error {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, message.Body); err != nil {
		return err
	}
	id, _, _ := strings.Cut(strings.Trim(message.Header.Get("Message-ID"), "<>"), "@")
	m.server.mu.Lock()
	defer m.server.mu.Unlock()
	m.server.accepted[id]++
	if m.server.cutOff == 0 {
		return nil
	}
	m.server.cutOff--
	m.server.cut++
	_ = m.conn.Conn().Close()
	return errCutOff
}

func (m *mailSession) Reset()        {}
func (m *mailSession) Logout() error { return nil }
