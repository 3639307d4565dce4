package alert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"campanile/report/notice"
)

// patience is how long a server may take for one step.
const patience = 30 * time.Second

// envelope is one message on paper.
type envelope struct {
	To, ReplyTo string
	ID          string
	Date        time.Time
	Text        notice.Text
}

// message writes the mail: plain text and nothing else, with a name that stays
// the same when it is sent again, and marked as written by a program (RFC 3834
// section 5), so that no holiday notice answers it.
func (s *Server) message(e envelope) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP), mail.WithNoDefaultUserAgent())
	err := errors.Join(m.From(s.From), m.To(e.To))
	if e.ReplyTo != "" {
		err = errors.Join(err, m.ReplyTo(e.ReplyTo))
	}
	_, domain, _ := strings.Cut(s.From, "@")
	m.SetMessageIDWithValue(e.ID + "@" + domain)
	m.SetDateWithValue(e.Date)
	m.SetUserAgent("Campanile")
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.Subject(oneLine(e.Text.Subject))
	m.SetBodyString(mail.TypeTextPlain, e.Text.Body)
	return m, err
}

// oneLine makes sure that a subject is no header of its own.
func oneLine(text string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(text) }

// send hands a message to the mail server. What the server has taken counts as
// sent, whatever happens afterwards.
func (s *Server) send(ctx context.Context, e envelope, roots *x509.CertPool) error {
	m, err := s.message(e)
	if err != nil {
		return fmt.Errorf("the addresses of the message: %w", err)
	}
	client, err := s.client(roots)
	if err != nil {
		return err
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", errDown, s.Address(), err)
	}
	defer func() { _ = client.CloseWithSMTPClient(connection) }() // the message is sent or not by then
	if err := client.SendWithSMTPClient(connection, m); err != nil && !m.IsDelivered() {
		return fmt.Errorf("%s: %w", s.Address(), err)
	}
	return nil
}

// client speaks to the server. Without TLS only this machine is spoken to, and
// never with a password.
func (s *Server) client(roots *x509.CertPool) (*mail.Client, error) {
	options := []mail.Option{
		mail.WithPort(s.Port), mail.WithTimeout(patience), mail.WithoutSMTPUTF8(),
		mail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: roots, MinVersion: tls.VersionTLS12}),
	}
	switch s.TLS {
	case Implicit:
		options = append(options, mail.WithSSL())
	case Unprotected:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case StartTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	client, err := mail.NewClient(s.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("the mail server %s: %w", s.Address(), err)
	}
	return client, nil
}
