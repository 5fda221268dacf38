package testkit

import (
	"errors"
	"io"
	"net/smtp"
	"net/textproto"
	"testing"
)

const mailText = "Subject: Nothing was saved\r\nMessage-ID: <1@test.example>\r\n\r\nHello\r\n"

func send(s *SMTPServer) error {
	return smtp.SendMail(s.Address(), nil, "app@test.example", []string{"ana@test.example"}, []byte(mailText))
}

func TestSMTPKeepsWhatItAccepts(t *testing.T) {
	t.Parallel()
	server := SMTP(t)
	if err := send(server); err != nil {
		t.Fatal(err)
	}
	message := server.WaitFor(1)[0]
	if message.From != "app@test.example" || len(message.To) != 1 || message.To[0] != "ana@test.example" {
		t.Errorf("envelope from %q to %q", message.From, message.To)
	}
	read := message.Mail(t)
	body, err := io.ReadAll(read.Body)
	if err != nil || string(body) != "Hello\r\n" || read.Header.Get("Message-ID") != "<1@test.example>" {
		t.Errorf("body %q, Message-ID %q, %v", body, read.Header.Get("Message-ID"), err)
	}
}

func TestSMTPRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		stage Stage
		code  int
	}{{AtGreeting, 421}, {AtRecipient, 450}, {AtRecipient, 550}, {AtData, 451}, {AtData, 554}}
	for _, test := range tests {
		server := SMTP(t)
		server.Refuse(test.stage, test.code, "not today")
		var reply *textproto.Error
		if err := send(server); !errors.As(err, &reply) || reply.Code != test.code {
			t.Errorf("refused at %s: got %v, want %d", test.stage, err, test.code)
		}
		if n := len(server.Messages()); n != 0 {
			t.Errorf("refused at %s, and yet kept %d mails", test.stage, n)
		}
		server.Accept()
		if err := send(server); err != nil {
			t.Errorf("after Accept: %v", err)
		}
	}
}

func TestSMTPCutOffKeepsTheMailAndBreaksTheConnection(t *testing.T) {
	t.Parallel()
	server := SMTP(t)
	server.CutOff(1)
	if err := send(server); err == nil {
		t.Error("the sender was told that the mail was accepted")
	}
	if err := send(server); err != nil {
		t.Errorf("the second mail: %v", err)
	}
	if n := len(server.WaitFor(2)); n != 2 {
		t.Errorf("kept %d mails, want 2", n)
	}
}

func TestSMTPStopAndStart(t *testing.T) {
	t.Parallel()
	server := SMTP(t)
	address := server.Address()
	server.Stop()
	if err := send(server); err == nil {
		t.Error("a stopped server accepts mail")
	}
	server.Start()
	if server.Address() != address {
		t.Errorf("address %s became %s", address, server.Address())
	}
	if err := send(server); err != nil {
		t.Error(err)
	}
}
