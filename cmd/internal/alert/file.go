package alert

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"campanile/report/history"
	"campanile/rules"
)

// File says who is told, and how.
type File struct {
	Name    string         // of the file
	Zone    *time.Location // of the quiet hours
	Mail    *Server        // nil: no recipient has an address of mail
	Contact string         // whom a recipient writes to; empty: the sender's address
	To      []Recipient
	roots   *x509.CertPool // nil: those of the system
}

// contact is whom to ask to be taken off the list; empty where nobody is named.
func (f *File) contact() string {
	if f.Contact == "" && f.Mail != nil {
		return f.Mail.From
	}
	return f.Contact
}

// Protection is how the way to the mail server is protected.
type Protection string

// The protections.
const (
	StartTLS    Protection = "starttls" // from the first command on; without it nothing is sent
	Implicit    Protection = "implicit" // from the first byte on
	Unprotected Protection = "none"     // to this machine only
)

// Server is a mail server that takes messages.
type Server struct {
	Host     string
	Port     int
	From     string
	User     string // empty: it asks for no password
	Password string
	TLS      Protection
}

// Address is the server as the file has it.
func (s *Server) Address() string { return fmt.Sprintf("%s:%d", s.Host, s.Port) }

// Recipient is who is told, of what, and when.
type Recipient struct {
	Line     int    // of the file
	ID       string // in the store: the address, or of a webhook its host and a digest
	Mail     string // address; empty for a webhook
	Webhook  *url.URL
	Secret   []byte // signs what goes to the webhook
	Language rules.Language
	Topics   []history.Topic // none: all
	Towns    []string        // domains; none: all
	Quiet    history.Quiet
}

// shown is the recipient for people. The path of a webhook may be a secret.
func (r Recipient) shown() string {
	if r.Webhook != nil {
		return r.Webhook.Scheme + "://" + r.Webhook.Host
	}
	return r.Mail
}

// name gives the recipient its name in the store. Two languages or two sets of
// towns for one address are two recipients in the file, and are refused.
func (r Recipient) name() string {
	if r.Webhook != nil {
		sum := sha256.Sum256([]byte(r.Webhook.String()))
		return "webhook " + r.Webhook.Host + " " + hex.EncodeToString(sum[:4])
	}
	return strings.ToLower(r.Mail)
}
