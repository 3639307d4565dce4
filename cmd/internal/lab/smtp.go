package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
)

// mailServer greets, says what it can do, starts TLS, and takes no mail.
type mailServer struct {
	name   string
	banner string
	tls    *tls.Config // nil: no STARTTLS
}

const (
	maxCommands = 100
	maxCommand  = 1024 // bytes of a line; RFC 5321 section 4.5.3.1.4 asks for 512
)

func (m mailServer) serve(ctx context.Context, conn net.Conn) {
	if !say(conn, "220 "+m.name+" "+m.banner) {
		return
	}
	lines := bufio.NewReaderSize(conn, maxCommand)
	secure := false
	for range maxCommands {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		verb = strings.ToUpper(verb)
		if verb == "STARTTLS" && m.tls != nil && !secure {
			// RFC 3207 section 4.2: what was sent before TLS is forgotten.
			if conn = m.startTLS(ctx, conn); conn == nil {
				return
			}
			lines, secure = bufio.NewReaderSize(conn, maxCommand), true
			continue
		}
		if !say(conn, m.answer(verb, secure)) || verb == "QUIT" {
			return
		}
	}
}

// startTLS gives the protected connection, or nil when the handshake fails.
func (m mailServer) startTLS(ctx context.Context, conn net.Conn) net.Conn {
	if !say(conn, "220 2.0.0 Pronto") {
		return nil
	}
	protected := tls.Server(conn, m.tls)
	if err := protected.HandshakeContext(ctx); err != nil {
		return nil
	}
	return protected
}

func (m mailServer) answer(verb string, secure bool) string {
	switch verb {
	case "EHLO":
		extensions := []string{m.name, "SIZE 26214400", "8BITMIME", "PIPELINING", "ENHANCEDSTATUSCODES"}
		if m.tls != nil && !secure {
			extensions = append(extensions, "STARTTLS")
		}
		last := len(extensions) - 1
		return "250-" + strings.Join(extensions[:last], "\r\n250-") + "\r\n250 " + extensions[last]
	case "HELO":
		return "250 " + m.name
	case "NOOP", "RSET":
		return "250 2.0.0 Ok"
	case "QUIT":
		return "221 2.0.0 Arrivederci"
	case "MAIL", "RCPT", "DATA", "VRFY":
		return "550 5.7.1 Il laboratorio non accetta posta"
	}
	return "502 5.5.2 Comando sconosciuto"
}

// say sends one answer and reports whether the other side is still there.
func say(w io.Writer, answer string) bool {
	_, err := fmt.Fprintf(w, "%s\r\n", answer)
	return err == nil
}
