package mail

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Bounds of one reply. RFC 5321 section 4.5.3.1.5 asks for 512 bytes of a line;
// real servers send more.
const (
	maxLine  = 2048
	maxLines = 64
)

// reply is one SMTP reply (RFC 5321 section 4.2).
type reply struct {
	code  int
	lines []string // without code and line end
}

func (r reply) text() string { return strings.Join(r.lines, " ") }

// newReader reads lines of at most maxLine bytes.
func newReader(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, maxLine) }

// readReply reads one reply with all its lines. Errors about what the server
// sent are *network.Error.
func readReply(in *bufio.Reader) (reply, error) {
	var r reply
	for range maxLines {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return reply{}, tooLarge("a line of more than %d bytes", maxLine)
		case err != nil:
			return reply{}, err
		}
		code, text, last, ok := parseLine(strings.TrimRight(string(line), "\r\n"))
		if !ok || r.code != 0 && r.code != code {
			return reply{}, &network.Error{Problem: string(evidence.Malformed), Err: fmt.Errorf("%.60q is no SMTP reply", line)}
		}
		r.code, r.lines = code, append(r.lines, text)
		if last {
			return r, nil
		}
	}
	return reply{}, tooLarge("a reply of more than %d lines", maxLines)
}

func tooLarge(format string, bound int) error {
	return &network.Error{Problem: string(evidence.TooLarge), Err: fmt.Errorf(format, bound)}
}

// parseLine reads three digits, then a hyphen where more lines follow, a blank
// or nothing where it is the last (RFC 5321 section 4.2.1).
func parseLine(line string) (code int, text string, last, ok bool) {
	if len(line) < 3 || line[0] < '2' || line[0] > '5' {
		return 0, "", false, false
	}
	for _, digit := range []byte(line[:3]) {
		if digit < '0' || digit > '9' {
			return 0, "", false, false
		}
		code = 10*code + int(digit-'0')
	}
	switch {
	case len(line) == 3:
		return code, "", true, true
	case line[3] == ' ':
		return code, line[4:], true, true
	case line[3] == '-':
		return code, line[4:], false, true
	}
	return 0, "", false, false
}

// unwelcome is the reason behind a reply that ends the session.
func unwelcome(to string, r reply) error {
	problem := evidence.Refused
	switch text := strings.ToLower(r.text()); {
	case r.code < 400:
		problem = evidence.Malformed
	case r.code < 500: // RFC 5321 section 4.2.1: transient, try again later
		problem = evidence.RateLimited
	case namesABlock(text):
		problem = evidence.Firewall
	}
	return &network.Error{Problem: string(problem), Err: fmt.Errorf("%s was answered with %d %.200q", to, r.code, r.text())}
}

// namesABlock finds the words of servers that keep a list of addresses they do
// not talk to; ours may be on it, other senders' may not.
func namesABlock(text string) bool {
	for _, word := range []string{"block", "listed", "dnsbl", "reputation", "banned", "denied"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
