package mail

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/tls"
)

// Bounds of one session, from the open connection on. At the first one we are
// patient: RFC 5321 section 4.5.3.2.1 gives a server five minutes to greet, and
// those that make strangers wait mostly take half of one.
const (
	firstTime   = 40 * time.Second
	sessionTime = 20 * time.Second
	quitTime    = 3 * time.Second
	maxBanner   = 512 // bytes kept
	maxKeyword  = 64  // bytes of an EHLO keyword
)

// dialogue is one SMTP session as far as STARTTLS: no sender, no recipient, no
// password is ever named.
type dialogue struct {
	session *network.Session
	request Request
	conn    net.Conn
	in      *bufio.Reader
	spoken  bool // the server said something that is a reply
	broken  bool // what came last was no reply
	server  evidence.Server
}

// converse holds the first session with one server, and says whether the server
// did not let us in for a reason that may pass.
func converse(ctx context.Context, s *network.Session, r Request, host string, address netip.Addr) (server evidence.Server, silent bool) {
	d := dialogue{session: s, request: r, server: evidence.Server{Address: address.String()}}
	conn, err := s.Dial(ctx, netip.AddrPortFrom(address, 25))
	if err != nil {
		d.server.Observation = observe.Failure(s.Now(), err)
		return d.server, d.silent()
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, firstTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	d.conn, d.in = conn, newReader(conn)
	d.hold(ctx, host)
	return d.server, d.silent()
}

// silent tells a server that lets nobody in from one that took the connection
// and makes us wait (a tarpit): other senders have more time than we do.
func (d *dialogue) silent() bool {
	switch d.server.Problem {
	case evidence.Timeout:
		return d.conn == nil
	case evidence.Refused, evidence.Reset:
		return !d.spoken
	default:
		return false
	}
}

// hold goes through the steps of RFC 5321 section 3.1 and RFC 3207 section 4.
func (d *dialogue) hold(ctx context.Context, host string) {
	if err := d.greet(ctx); err != nil {
		d.server.Observation = observe.Failure(d.session.Now(), err)
		d.quit(ctx)
		return
	}
	d.server.Observation = evidence.SeenAt(d.session.Now())
	switch {
	case slices.Contains(d.server.Extensions, startTLS):
		d.encrypt(ctx, host)
		return
	case masked(d.server):
		d.server.StartTLS = evidence.UnknownAt(d.session.Now(), evidence.Firewall,
			"a firewall in between rewrites what the mail server says")
	default:
		d.server.StartTLS = evidence.AbsentAt(d.session.Now())
	}
	d.quit(ctx)
}

// greet waits for the greeting and introduces us.
func (d *dialogue) greet(ctx context.Context) error {
	greeting, err := d.read(ctx)
	switch {
	case err != nil:
		return err
	case greeting.code != 220:
		return unwelcome("the connection", greeting)
	}
	d.server.Banner = evidence.Clip(greeting.lines[0], maxBanner)
	hello, err := d.command(ctx, "EHLO "+d.request.Helo)
	if err == nil && (hello.code == 500 || hello.code == 502) {
		// RFC 5321 section 3.2: a server without extensions knows HELO only.
		hello, err = d.command(ctx, "HELO "+d.request.Helo)
	}
	switch {
	case err != nil:
		return err
	case hello.code != 250:
		return unwelcome("the introduction", hello)
	}
	d.server.Extensions = keywords(hello.lines[1:])
	return nil
}

// startTLS is the keyword and the command (RFC 3207 section 4).
const startTLS = "STARTTLS"

// encrypt asks for encryption, looks at what comes, and leaves inside it: the
// state of the dialogue before TLS does not count after it.
func (d *dialogue) encrypt(ctx context.Context, host string) {
	if err := d.upgrade(ctx); err != nil {
		d.server.StartTLS = observe.Failure(d.session.Now(), err)
		d.quit(ctx)
		return
	}
	d.server.StartTLS = evidence.SeenAt(d.session.Now())
	if err := d.injected(); err != nil {
		d.server.TLS.Observation = observe.Failure(d.session.Now(), err)
		return
	}
	shown, inside := tls.Handshake(ctx, d.session, d.conn, host, d.request.Roots)
	d.server.TLS = shown
	if inside != nil {
		d.conn, d.in = inside, newReader(inside)
		d.quit(ctx)
	}
}

// upgrade asks for encryption. The error says why there is none.
func (d *dialogue) upgrade(ctx context.Context) error {
	answer, err := d.command(ctx, startTLS)
	switch {
	case err != nil:
		return err
	case answer.code == 454 || answer.code/100 == 4 && answer.code != 421:
		// RFC 3207 section 4: TLS is not available for the moment.
		return &network.Error{Problem: string(evidence.ServerBusy), Err: fmt.Errorf("STARTTLS was answered with %d %.200q", answer.code, answer.text())}
	case answer.code != 220:
		return unwelcome(startTLS, answer)
	}
	return nil
}

// injected finds words behind the answer to STARTTLS. RFC 3207 section 6: what
// was sent in the clear may be somebody else's and must not be taken for the
// server's.
func (d *dialogue) injected() error {
	if n := d.in.Buffered(); n > 0 {
		return &network.Error{Problem: string(evidence.Malformed), Err: fmt.Errorf("%d bytes in the clear after the answer to STARTTLS", n)}
	}
	return nil
}

func (d *dialogue) command(ctx context.Context, line string) (reply, error) {
	if _, err := d.conn.Write([]byte(line + "\r\n")); err != nil {
		d.broken = true
		return reply{}, fetch.Reason(ctx, err)
	}
	return d.read(ctx)
}

func (d *dialogue) read(ctx context.Context) (reply, error) {
	r, err := readReply(d.in)
	d.broken = err != nil
	d.spoken = d.spoken || err == nil
	return r, fetch.Reason(ctx, err)
}

// quit says goodbye to a server that speaks SMTP, and does not insist on an
// answer.
func (d *dialogue) quit(ctx context.Context) {
	if d.broken {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, quitTime)
	defer cancel()
	defer network.Bind(ctx, d.conn)()
	_, _ = d.command(ctx, "QUIT")
}

// keywords lists the extensions of an EHLO reply (RFC 5321 section 4.1.1.1).
func keywords(lines []string) []string {
	var list []string
	for _, line := range lines {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word = strings.ToUpper(word); isKeyword(word) {
			list = append(list, word)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func isKeyword(word string) bool {
	outside := func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' }
	return word != "" && len(word) <= maxKeyword && word[0] != '-' && strings.IndexFunc(word, outside) < 0
}

// masked finds the traces of firewalls that inspect SMTP: a banner of stars, or
// a keyword crossed out with the letter X. What they hide is not known.
func masked(s evidence.Server) bool {
	crossedOut := func(word string) bool { return len(word) >= 6 && len(strings.TrimLeft(word, "X")) <= 1 }
	return strings.Contains(s.Banner, "*****") || slices.ContainsFunc(s.Extensions, crossedOut)
}
