package testkit

import (
	"errors"
	"io"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// SMTPServer is a real mail server that keeps what it accepts and fails on demand.
// Its methods may be called from several goroutines.
type SMTPServer struct {
	tb      testing.TB
	address string

	mu       sync.Mutex
	stop     func() // nil while stopped
	accepted []Message
	refusal  *refusal
	cutOff   int // messages still to be accepted without an answer
	tries    int
	changed  chan struct{} // closed and replaced at every message
}

// Stage is the part of a delivery at which a server refuses.
type Stage string

// The stages, in their order.
const (
	AtGreeting  Stage = "greeting" // on connecting
	AtSender    Stage = "sender"
	AtRecipient Stage = "recipient"
	AtData      Stage = "data" // after the whole message was sent
)

type refusal struct {
	stage Stage
	reply *smtp.SMTPError
}

// Message is an accepted mail.
type Message struct {
	From string   // of the envelope
	To   []string // of the envelope
	Raw  []byte   // header and body as sent
}

// SMTP starts a mail server on the loopback, without TLS or sign-in.
func SMTP(tb testing.TB) *SMTPServer {
	tb.Helper()
	s := &SMTPServer{tb: tb, changed: make(chan struct{})}
	s.serve("127.0.0.1:0")
	tb.Cleanup(s.Stop)
	return s
}

// URL is the address for the program's configuration.
func (s *SMTPServer) URL() string { return "smtp://" + s.address }

// Address is host:port. It stays the same over Stop and Start.
func (s *SMTPServer) Address() string { return s.address }

// Stop makes the server unreachable: open connections break and new ones are
// refused. What it had accepted it keeps.
func (s *SMTPServer) Stop() {
	s.mu.Lock()
	stop := s.stop
	s.stop = nil
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// Start makes a stopped server reachable again, at the same address.
func (s *SMTPServer) Start() {
	s.tb.Helper()
	s.serve(s.address)
}

// Refuse makes the server answer with a code (4xx: later; 5xx: never) at a stage,
// until Accept.
func (s *SMTPServer) Refuse(stage Stage, code int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	enhanced := smtp.EnhancedCode{code / 100, 0, 0}
	s.refusal = &refusal{stage: stage, reply: &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}}
}

// Accept ends Refuse.
func (s *SMTPServer) Accept() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = nil
}

// CutOff makes the server accept the next n messages and then break the
// connection instead of saying so: the sender cannot know.
func (s *SMTPServer) CutOff(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cutOff = n
}

// Messages are the mails accepted so far, in their order.
func (s *SMTPServer) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accepted)
}

// Tries is how many connections there have been, refused ones included. A stopped
// server counts none.
func (s *SMTPServer) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

// WaitFor returns the mails once there are n or more.
func (s *SMTPServer) WaitFor(n int) []Message {
	s.tb.Helper()
	limit := time.NewTimer(Limit)
	defer limit.Stop()
	for {
		messages, changed := s.snapshot()
		if len(messages) >= n {
			return messages
		}
		select {
		case <-changed:
		case <-limit.C:
			s.tb.Fatalf("waited %v for %d mails, got %d", Limit, n, len(messages))
		}
	}
}

func (s *SMTPServer) snapshot() ([]Message, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accepted), s.changed
}

// Mail reads the message as RFC 5322 says.
func (m Message) Mail(tb testing.TB) *mail.Message {
	tb.Helper()
	read, err := mail.ReadMessage(strings.NewReader(string(m.Raw)))
	if err != nil {
		tb.Fatalf("testkit: read a mail: %v", err)
	}
	return read
}

func (s *SMTPServer) serve(address string) {
	s.tb.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		s.tb.Fatalf("testkit: start the mail server: %v", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(s.session))
	server.Domain = "mail.test.example"
	server.EnableSMTPUTF8 = true
	server.ErrorLog = quiet{}
	s.mu.Lock()
	s.address = listener.Addr().String()
	s.stop = func() {
		_ = listener.Close() // the server may not know of it yet
		_ = server.Close()
	}
	s.mu.Unlock()
	go func() { _ = server.Serve(listener) }()
}

// quiet drops what the mail server says of broken connections: tests break them
// on purpose.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (s *SMTPServer) session(conn *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	s.tries++
	s.mu.Unlock()
	if err := s.refused(AtGreeting); err != nil {
		return nil, err
	}
	return &session{server: s, conn: conn}, nil
}

func (s *SMTPServer) refused(stage Stage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusal != nil && s.refusal.stage == stage {
		return s.refusal.reply
	}
	return nil
}

// keep stores a message and says whether its sender is to be cut off.
func (s *SMTPServer) keep(message Message) (cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted = append(s.accepted, message)
	close(s.changed)
	s.changed = make(chan struct{})
	if s.cutOff == 0 {
		return false
	}
	s.cutOff--
	return true
}

type session struct {
	server *SMTPServer
	conn   *smtp.Conn
	from   string
	to     []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if err := s.server.refused(AtSender); err != nil {
		return err
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.server.refused(AtRecipient); err != nil {
		return err
	}
	s.to = append(s.to, to)
	return nil
}

var errCutOff = errors.New("the connection is cut off")

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.server.refused(AtData); err != nil {
		return err
	}
	if s.server.keep(Message{From: s.from, To: s.to, Raw: raw}) {
		_ = s.conn.Conn().Close()
		return errCutOff
	}
	return nil
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }
