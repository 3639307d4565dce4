package network

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// Transfer is what a name server did when it was asked for a whole zone.
type Transfer struct {
	At      time.Time
	Rcode   int
	Records int   // in what was read before we hung up; 0: it hands out nothing
	Err     error // *Error when there is no answer over TCP
}

// maxTransferMessages bounds how much of a zone transfer is read. The first
// message begins with the SOA record (RFC 5936 section 2.2); a server that
// sends one record a message shows only with the second that more follows.
const maxTransferMessages = 2

// Transfer asks a name server for the whole zone over TCP (AXFR, RFC 5936) and
// hangs up as soon as it is clear whether the server hands it out. It keeps
// the number of records and not the records.
func (s *Session) Transfer(ctx context.Context, server netip.Addr, zone string) Transfer {
	records, rcode, err := s.transfer(ctx, server.Unmap(), dns.CanonicalName(zone))
	return Transfer{At: s.network.now(), Records: records, Rcode: rcode, Err: err}
}

func (s *Session) transfer(ctx context.Context, server netip.Addr, zone string) (records, rcode int, err error) {
	zone, err = presented(zone)
	if err != nil {
		return 0, 0, err
	}
	try := try{server: netip.AddrPortFrom(server, dnsPort), network: "tcp"}
	conn, err := s.Dial(ctx, try.server)
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, s.limits.Dial)
	defer cancel()
	defer Bind(ctx, conn)()
	query := new(dns.Msg).SetAxfr(zone)
	query.Id = dns.Id()
	if err := send(conn, "tcp", query); err != nil {
		return 0, 0, ioError(ctx, try.server, err)
	}
	return readTransfer(ctx, conn, try, query)
}

// readTransfer counts records until there are two or the server has said no.
func readTransfer(ctx context.Context, conn net.Conn, try try, query *dns.Msg) (records, rcode int, err error) {
	for n := range maxTransferMessages {
		reply, err := readReply(ctx, conn, try, query)
		switch {
		case err != nil && n > 0 && Problem(err) != "timeout" && Problem(err) != "interrupted":
			return 0, rcode, nil // one SOA record and no more is no zone
		case err != nil:
			return 0, 0, err
		case n == 0 && len(reply.Answer) > 0 && reply.Answer[0].Header().Rrtype != dns.TypeSOA:
			return 0, 0, &Error{"malformed", fmt.Errorf("the transfer from %s does not begin with an SOA record", try.server)}
		}
		rcode = reply.Rcode
		records += len(reply.Answer)
		if reply.Rcode != dns.RcodeSuccess || len(reply.Answer) == 0 || records > 1 {
			break
		}
	}
	if records < 2 {
		records = 0
	}
	return records, rcode, nil
}
