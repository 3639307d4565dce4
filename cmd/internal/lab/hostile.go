package lab

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
)

// flood is how much a server that never ends sends before it falls silent: far
// more than anybody should read, and still an end.
const flood = 16 << 20

// stall takes everything and never answers.
func stall(_ context.Context, conn net.Conn) {
	// It ends when the visitor leaves or the lab closes.
	_, _ = io.Copy(io.Discard, conn)
}

// pour sends the same text again and again, then stalls.
func pour(ctx context.Context, conn net.Conn, text string) {
	chunk := strings.Repeat(text, 1+4096/len(text))
	for sent := 0; sent < flood; sent += len(chunk) {
		if _, err := io.WriteString(conn, chunk); err != nil {
			return
		}
	}
	stall(ctx, conn)
}

// endlessHeaders answers an HTTP request with headers that never end.
func endlessHeaders(ctx context.Context, conn net.Conn) {
	if _, err := bufio.NewReader(conn).ReadSlice('\n'); err != nil {
		return
	}
	if say(conn, "HTTP/1.1 200 OK") {
		pour(ctx, conn, "X-Sentiero: ancora\r\n")
	}
}

// circle leads every visitor back to where they are.
func circle(_ context.Context, conn net.Conn) {
	if _, err := bufio.NewReader(conn).ReadSlice('\n'); err != nil {
		return
	}
	say(conn, "HTTP/1.1 302 Found\r\nLocation: /sentiero\r\nContent-Length: 0\r\nConnection: close\r\n")
}

// endlessLine greets a mail client with a line that never ends.
func endlessLine(ctx context.Context, conn net.Conn) {
	pour(ctx, conn, "220 \x1b[2J\x1b]0;selva\x07 benvenuti ")
}

// endlessReply greets rightly, then lists its abilities for ever.
func endlessReply(ctx context.Context, conn net.Conn) {
	if !say(conn, "220 selva ESMTP <script>alert(1)</script> \x1b[31m") {
		return
	}
	if _, err := bufio.NewReader(conn).ReadSlice('\n'); err != nil {
		return
	}
	pour(ctx, conn, "250-XFINTO\r\n")
}

// busy sends every mail client away (RFC 5321 section 4.2.3).
func busy(_ context.Context, conn net.Conn) {
	say(conn, "421 4.3.2 Servizio sospeso, riprovare piu' tardi")
}
