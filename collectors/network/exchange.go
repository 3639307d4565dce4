package network

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"

	"github.com/miekg/dns"
)

// payload is the EDNS buffer size that avoids fragments (RFC 9715 section 3).
const payload = 1232

// newQuery asks for the data as it is, signatures included: DO and CD.
func newQuery(name string, kind uint16) *dns.Msg {
	query := new(dns.Msg)
	query.SetQuestion(name, kind)
	query.CheckingDisabled = true
	query.SetEdns0(payload, true)
	return query
}

// exchange sends one question and reads its answer: over UDP first, over TCP
// when the answer was truncated, and without EDNS when the server does not
// know it (RFC 6891 section 7).
func (s *Session) exchange(ctx context.Context, try try, query *dns.Msg) (*dns.Msg, error) {
	reply, err := s.roundTrip(ctx, try, query)
	if err == nil && (reply.Rcode == dns.RcodeFormatError || reply.Rcode == dns.RcodeNotImplemented) {
		query = query.Copy()
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

// roundTrip sends the query once and waits for its answer. Resolvers are the
// user's own choice, often on a private network: Permit has no say here. The
// wait for a turn is not part of the limit of the try.
func (s *Session) roundTrip(ctx context.Context, try try, query *dns.Msg) (*dns.Msg, error) {
	server := try.server.Addr().Unmap()
	var had turn
	if try.queue != nil {
		var err error
		if had, err = try.queue.enter(ctx); err != nil {
			return nil, &Error{"interrupted", fmt.Errorf("waiting for a turn at %s: %w", try.server.Addr(), err)}
		}
		defer had.leave()
		if err := s.network.Permit.Check(server); err != nil { // it may have changed since the first try
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, try.limit)
	defer cancel()
	if !s.ledger.question(server, s.limits.Queries, s.search) {
		return nil, &Error{budgetSpent, fmt.Errorf("%d DNS questions for one target", s.limits.Queries)}
	}
	raw, err := s.network.connect(ctx, try.network, try.server)
	if err != nil {
		return nil, ioError(ctx, try.server, err)
	}
	defer raw.Close()
	conn := &counted{Conn: raw, to: server, ledger: s.ledger}
	defer Bind(ctx, conn)()

	query.Id = dns.Id()
	if err := send(conn, try.network, query); err != nil {
		return nil, ioError(ctx, try.server, err)
	}
	if try.queue != nil {
		had.move(instant())
	}
	return readReply(ctx, conn, try, query)
}

// send writes the query as one packet, over TCP behind its length (RFC 1035
// section 4.2.2).
func send(conn net.Conn, network string, query *dns.Msg) error {
	message, err := query.Pack()
	if err != nil {
		return fmt.Errorf("packing the question: %w", err)
	}
	if network == "tcp" {
		message = append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)
	}
	_, err = conn.Write(message)
	return err
}

// receive reads one message: a packet, or over TCP what the length announces.
func receive(conn net.Conn, network string) ([]byte, error) {
	if network == "udp" {
		packet := make([]byte, dns.DefaultMsgSize)
		n, err := conn.Read(packet)
		return packet[:n], err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(conn, message)
	return message, err
}

// maxStrays bounds how many packets that are not our answer are read before
// giving up; each is somebody else's, or somebody guessing.
const maxStrays = 16

// readReply waits for the answer to the query. Over UDP, what does not parse or
// does not match may be forged: it is passed over and the true one awaited.
func readReply(ctx context.Context, conn net.Conn, try try, query *dns.Msg) (*dns.Msg, error) {
	for range maxStrays {
		message, err := receive(conn, try.network)
		if err != nil {
			return nil, ioError(ctx, try.server, err)
		}
		reply := new(dns.Msg)
		err = reply.Unpack(message)
		// A truncated answer may end in the middle of a record.
		if matches(reply, query) && (err == nil || reply.Truncated) {
			return reply, nil
		}
		if try.network == "tcp" {
			return nil, &Error{"malformed", fmt.Errorf("%s did not answer the question", try.server)}
		}
	}
	return nil, &Error{"malformed", fmt.Errorf("%s sent only answers to other questions", try.server)}
}

// matches holds the answer against the question (RFC 5452 section 9.1). A
// server that cannot read the question may leave it out of its FORMERR.
func matches(reply, query *dns.Msg) bool {
	if !reply.Response || reply.Id != query.Id {
		return false
	}
	if len(reply.Question) == 0 {
		return reply.Rcode == dns.RcodeFormatError
	}
	asked, echoed := query.Question[0], reply.Question[0]
	return len(reply.Question) == 1 && echoed.Qtype == asked.Qtype && echoed.Qclass == asked.Qclass &&
		dns.CanonicalName(echoed.Name) == asked.Name
}

// ioError gives the reason of a failed exchange; when our own deadline woke the
// read, that is a timeout, whatever the connection calls it.
func ioError(ctx context.Context, server netip.AddrPort, err error) error {
	if cause := ctx.Err(); cause != nil {
		err = cause
	}
	return &Error{Problem(err), fmt.Errorf("asking %s: %w", server, err)}
}
