package network

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/miekg/dns"
)

// payload is the EDNS buffer size that avoids fragments (RFC 9715 section 3).
const payload = 1232

// exchange sends one question and reads its answer: over UDP first, over TCP
// when the answer was truncated, and without EDNS when the server does not
// know it (RFC 6891 section 7).
func (s *Session) exchange(ctx context.Context, try try, name string, kind uint16) (*dns.Msg, error) {
	query := new(dns.Msg)
	query.SetQuestion(name, kind)
	query.CheckingDisabled = true
	query.SetEdns0(payload, true)

	reply, err := s.roundTrip(ctx, try, query)
	if err == nil && (reply.Rcode == dns.RcodeFormatError || reply.Rcode == dns.RcodeNotImplemented) {
		query.Extra = nil
		reply, err = s.roundTrip(ctx, try, query)
	}
	if err == nil && reply.Truncated && try.network == "udp" {
		try.network = "tcp"
		reply, err = s.roundTrip(ctx, try, query)
	}
	if err == nil && reply.Truncated {
		return nil, &Error{"malformed", errors.New("the answer is truncated even over TCP")}
	}
	return reply, err
}

func (s *Session) roundTrip(ctx context.Context, try try, query *dns.Msg) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, try.limit)
	defer cancel()
	raw, err := s.network.connect(ctx, try.network, try.server)
	if err != nil {
		return nil, &Error{Problem(err), err}
	}
	server := try.server.Addr().Unmap()
	s.ledger.add(server, SentTo{Queries: 1}, 0)
	conn := &dns.Conn{Conn: &counted{Conn: raw, to: server, ledger: &s.ledger, close: func() {}}, UDPSize: dns.DefaultMsgSize}
	defer conn.Close()
	defer Bind(ctx, raw)()

	query.Id = dns.Id()
	if err := conn.WriteMsg(query); err != nil {
		return nil, ioError(ctx, try.server, err)
	}
	return readReply(ctx, conn, try, query)
}

// maxStrays bounds how many packets that are not our answer are read before
// giving up; each is somebody else's, or somebody guessing.
const maxStrays = 16

func readReply(ctx context.Context, conn *dns.Conn, try try, query *dns.Msg) (*dns.Msg, error) {
	for range maxStrays {
		reply, err := conn.ReadMsg()
		switch {
		case err == nil && matches(reply, query):
			return reply, nil
		case err == nil && try.network == "udp":
			continue
		case err == nil:
			return nil, &Error{"malformed", fmt.Errorf("%s answered another question", try.server)}
		case reply != nil && try.network == "udp" && ctx.Err() == nil:
			continue // a packet that does not parse may be forged; wait for the true one
		}
		return nil, ioError(ctx, try.server, err)
	}
	return nil, &Error{"malformed", fmt.Errorf("%s sent only answers to other questions", try.server)}
}

// matches holds the answer against the question (RFC 5452 section 9.1).
func matches(reply, query *dns.Msg) bool {
	return reply.Response && reply.Id == query.Id && len(reply.Question) == 1 &&
		dns.CanonicalName(reply.Question[0].Name) == query.Question[0].Name &&
		reply.Question[0].Qtype == query.Question[0].Qtype
}

// ioError gives the reason of a failed exchange; when our own deadline woke the
// read, that is a timeout, whatever the connection calls it.
func ioError(ctx context.Context, server netip.AddrPort, err error) error {
	if cause := ctx.Err(); cause != nil {
		err = cause
	}
	return &Error{Problem(err), fmt.Errorf("asking %s: %w", server, err)}
}
