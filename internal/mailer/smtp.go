package mailer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"teamsheet/internal/sabotage"
)

// smtpTimeout bounds one delivery. RFC 5321 §4.5.3.2.6 gives a server ten minutes
// to answer after the data; a shorter wait sends doubles.
const smtpTimeout = 10 * time.Minute

type smtpServer struct {
	host    string
	options []mail.Option
}

func newSMTP(address, helo string) (*smtpServer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("the SMTP URL names no host")
	}
	options := []mail.Option{mail.WithHELO(helo), mail.WithTimeout(smtpTimeout)}
	security, err := securityOf(u)
	if err != nil {
		return nil, err
	}
	options = append(options, security...)
	if password, given := u.User.Password(); given {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return nil, errors.New("the SMTP URL has no usable port")
		}
		options = append(options, mail.WithPort(port))
	}
	return &smtpServer{host: u.Hostname(), options: options}, nil
}

// securityOf asks for TLS unless the server is on this machine or the operator
// says otherwise.
func securityOf(u *url.URL) ([]mail.Option, error) {
	if u.Scheme == "smtps" {
		return []mail.Option{mail.WithSSLPort(false)}, nil
	}
	wanted := u.Query().Get("tls")
	if wanted == "" {
		wanted = "mandatory"
		if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback()) {
			wanted = "opportunistic"
		}
	}
	policies := map[string]mail.TLSPolicy{"mandatory": mail.TLSMandatory, "opportunistic": mail.TLSOpportunistic, "none": mail.NoTLS}
	policy, known := policies[wanted]
	if !known {
		return nil, fmt.Errorf("the SMTP URL's tls is %q, not mandatory, opportunistic or none", wanted)
	}
	return []mail.Option{mail.WithTLSPortPolicy(policy)}, nil
}

// deliver sends over a connection of its own: mails are few, and a broken
// connection then never belongs to two of them.
func (s *smtpServer) deliver(ctx context.Context, _ string, message *mail.Msg) error {
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("set up SMTP: %w", err)
	}
	err = client.DialAndSendWithContext(ctx, message)
	if message.IsDelivered() {
		sabotage.At("after_smtp_data")
	}
	if err == nil || message.IsDelivered() {
		// An error after the server took the message (RSET, QUIT) is not a failure.
		return nil
	}
	return smtpError(err)
}

// smtpError keeps the reply code alone: a server's words may repeat the address.
// Only a 5xx reply is permanent (RFC 5321 §4.2.1); a broken connection is not, nor is
// what an operator can mend while the mail waits.
func smtpError(err error) error {
	var refused *mail.SendError
	if !errors.As(err, &refused) || refused.ErrorCode() == 0 {
		return fmt.Errorf("send mail: %w", networkError(err))
	}
	reply := fmt.Errorf("send mail: the server replied %d", refused.ErrorCode())
	if refused.ErrorCode() >= 500 && !refusesUs(refused) {
		return &Refused{reply}
	}
	return reply
}

// Replies that ask for another way to sign in (RFC 4954 §6, RFC 3207 §4).
const (
	authRequired   = 530
	authWeak       = 534
	authFailed     = 535
	authEncryption = 538
)

// refusesUs reports whether the server refuses the sender or the sign-in, and not this
// mail: every other one would be refused too.
func refusesUs(refused *mail.SendError) bool {
	switch refused.ErrorCode() {
	case authRequired, authWeak, authFailed, authEncryption:
		return true
	}
	return refused.Reason == mail.ErrSMTPMailFrom
}

// networkError says why no mail could be handed over, so that whoever is called at
// night need not guess, without the server's words.
func networkError(err error) error {
	var certificate *tls.CertificateVerificationError
	var network *net.OpError
	var reply *textproto.Error
	switch {
	case errors.As(err, &certificate):
		return fmt.Errorf("the SMTP server's certificate cannot be trusted: %w", certificate.Err)
	case errors.As(err, &network):
		return network
	case errors.As(err, &reply): // to the greeting, or to who signs in
		return fmt.Errorf("the server replied %d", reply.Code)
	case strings.Contains(err.Error(), "does not support STARTTLS"): // go-mail's has no type
		return errors.New("the SMTP server offers no TLS, which the SMTP URL demands")
	}
	return errors.New("the connection to the SMTP server failed")
}
