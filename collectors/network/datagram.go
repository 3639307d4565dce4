package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Bounds of one question over UDP.
const (
	answerTime   = 3 * time.Second // for all answers; who is asked to spread them over a second (SSDP, MX 1) is heard out
	maxDatagrams = 64              // that are read; a flood has an end
	datagramSize = 64 << 10        // the longest that UDP can carry
)

// Exchange sends one datagram to a vetted address and reads what comes back from
// there: permitted, within the budget, counted as a connection is. It is sent
// once and never again, since many services that answer are amplifiers.
//
// It reads until last says that an answer is the one that was waited for, until
// most bytes have come, or until the time is over, which is Limits.Dial and never
// more than three seconds. What came is given in order even where the time ran
// out; an error means that nothing came. Errors are *Error: "refused" is the word
// of the host, which has nobody at that port (RFC 1122 section 4.1.3.1).
func (s *Session) Exchange(ctx context.Context, to netip.AddrPort, question []byte, most int, last func(answer []byte) bool) ([][]byte, error) {
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	had, err := s.enterDatagram(ctx, to)
	if err != nil {
		return nil, err
	}
	limit, cancel := context.WithTimeout(ctx, min(s.limits.Dial, answerTime))
	defer cancel()
	raw, err := s.network.connect(limit, "udp", to)
	if err != nil {
		return nil, datagramError(ctx, to, err)
	}
	defer raw.Close()
	conn := &counted{Conn: raw, to: to.Addr(), ledger: s.ledger}
	defer Bind(limit, conn)()
	if _, err := conn.Write(question); err != nil {
		return nil, datagramError(ctx, to, err)
	}
	had.move(instant())
	answers, err := hear(conn, most, last)
	if len(answers) == 0 && err != nil {
		return nil, datagramError(ctx, to, err)
	}
	return answers, nil
}

// enterDatagram asks for permission and waits for the turn of one packet. The
// place is given back as soon as it is had: to wait for an answer costs the host
// nothing.
func (s *Session) enterDatagram(ctx context.Context, to netip.AddrPort) (turn, error) {
	address := to.Addr()
	if err := s.network.Permit.Check(address); err != nil {
		return turn{}, err
	}
	if !s.ledger.connection(address, s.limits.PerAddress) {
		return turn{}, &Error{budgetSpent, fmt.Errorf("%d connections to %s for one target", s.limits.PerAddress, address)}
	}
	had, err := s.network.queues.of(address, s.limits.pace(), s.network.Share, "").enter(ctx)
	if err != nil {
		s.ledger.add(address, SentTo{Connections: -1}, 0)
		return turn{}, &Error{"interrupted", fmt.Errorf("waiting for a turn at %s: %w", address, err)}
	}
	had.leave()
	if err := s.network.Permit.Check(address); err != nil { // it may have changed in the meantime
		s.ledger.add(address, SentTo{Connections: -1}, 0)
		return turn{}, err
	}
	return had, nil
}

// hear reads datagrams until there is enough or no more.
func hear(conn net.Conn, most int, last func(answer []byte) bool) ([][]byte, error) {
	var answers [][]byte
	packet := make([]byte, datagramSize)
	for range maxDatagrams {
		n, err := conn.Read(packet)
		if err != nil {
			return answers, err
		}
		answer := append([]byte{}, packet[:n]...)
		answers = append(answers, answer)
		most -= n
		if most <= 0 || last(answer) {
			break
		}
	}
	return answers, nil
}

// datagramError gives the reason why nothing came. When the caller's own time is
// over, the host did not fail to answer in the time that it has.
func datagramError(ctx context.Context, to netip.AddrPort, err error) error {
	if cause := ctx.Err(); cause != nil {
		return &Error{"interrupted", fmt.Errorf("asking %s: %w", to, cause)}
	}
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	return &Error{Problem(err), fmt.Errorf("asking %s: %w", to, err)}
}
