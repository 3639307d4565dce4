package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	mdns "github.com/miekg/dns"
	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/engine"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/report"
)

// place is where we scan from.
type place struct {
	world   *network.Network
	anchor  dnssec.Anchor
	control string // a mail server that is known to take mail
	engine  string // the file of the nuclei engine
}

// examine tries everything, side by side; the order is that of the report.
func (p place) examine(ctx context.Context) []report.Capability {
	s := p.world.Session()
	roots := rootServer(ctx, s)
	looks := []func() report.Capability{
		func() report.Capability { return answers(ctx, s) },
		func() report.Capability { return p.overTCP(ctx, s) },
		func() report.Capability { return passesOn(ctx, s) },
		func() report.Capability { return p.validates(ctx, s) },
		func() report.Capability { return p.anchored(ctx, s) },
		func() report.Capability { return clock(ctx, s) },
		func() report.Capability { return direct(ctx, s, "port53-udp", roots, false) },
		func() report.Capability { return direct(ctx, s, "port53-tcp", roots, true) },
		func() report.Capability { return p.mail(ctx, s) },
		func() report.Capability { return p.route(ctx, "ipv4", "192.0.2.1") },
		func() report.Capability { return p.route(ctx, "ipv6", "2001:db8::1") },
		func() report.Capability { return p.scanEngine(ctx) },
	}
	found := make([]report.Capability, len(looks))
	var group errgroup.Group
	group.SetLimit(len(looks))
	for i, look := range looks {
		group.Go(func() error {
			found[i] = look()
			return nil
		})
	}
	_ = group.Wait() // none of them returns an error
	return found
}

func works(id, detail string) report.Capability {
	return report.Capability{ID: id, State: report.Works, Detail: detail}
}

func fails(id, detail string) report.Capability {
	return report.Capability{ID: id, State: report.Fails, Detail: detail}
}

func unclear(id string, err error) report.Capability {
	return report.Capability{ID: id, State: report.Unclear, Problem: evidence.Problem(network.Problem(err)), Detail: evidence.Clip(network.Reason(err), evidence.MaxDetail)}
}

func broken(id string, err error) report.Capability {
	c := unclear(id, err)
	c.State = report.Fails
	return c
}

// answers asks for the name servers of the root, which every resolver knows.
func answers(ctx context.Context, s *network.Session) report.Capability {
	answer := s.Ask(ctx, ".", mdns.TypeNS)
	switch {
	case answer.Err != nil:
		return broken("resolver", answer.Err)
	case len(answer.Records) == 0:
		return fails("resolver", "it knows no name server of the root")
	}
	return works("resolver", "")
}

func (p place) overTCP(ctx context.Context, s *network.Session) report.Capability {
	if len(p.world.Resolvers) == 0 {
		return fails("resolver-tcp", "no resolver is known")
	}
	reply := s.AskResolver(ctx, p.world.Resolvers[0], network.Query{Name: ".", Type: mdns.TypeNS, TCP: true})
	if reply.Err != nil {
		return broken("resolver-tcp", reply.Err)
	}
	return works("resolver-tcp", "")
}

// passesOn asks for the keys of the root with DO and CD: without signatures in
// the answer nothing can be validated here.
func passesOn(ctx context.Context, s *network.Session) report.Capability {
	answer := s.Ask(ctx, ".", mdns.TypeDNSKEY)
	switch {
	case answer.Err != nil:
		return unclear("dnssec-data", answer.Err)
	case !answer.Signed() || len(answer.Records) == 0:
		return fails("dnssec-data", "the keys of the root come without a signature")
	}
	return works("dnssec-data", "")
}

// validates asks without CD: AD in the answer says that the resolver has
// validated it (RFC 6840 section 5.8).
func (p place) validates(ctx context.Context, s *network.Session) report.Capability {
	if len(p.world.Resolvers) == 0 {
		return fails("dnssec-validation", "no resolver is known")
	}
	reply := s.AskResolver(ctx, p.world.Resolvers[0], network.Query{Name: ".", Type: mdns.TypeNS})
	switch {
	case reply.Err != nil:
		return unclear("dnssec-validation", reply.Err)
	case !reply.AuthenticData:
		return fails("dnssec-validation", "the answer comes without AD")
	}
	return works("dnssec-validation", "")
}

// anchored validates the keys of the root ourselves.
func (p place) anchored(ctx context.Context, s *network.Session) report.Capability {
	v := dnssec.New(s, p.anchor).Zone(ctx, ".")
	c := report.Capability{ID: "anchor", State: report.Unclear, Problem: v.Problem, Detail: v.Detail}
	switch v.Security {
	case evidence.Secure:
		c.State = report.Works
	case evidence.BogusData, evidence.Insecure:
		c.State = report.Fails
	}
	return c
}

// clock holds our time against the period of the signatures over the root's
// keys: three weeks, so a smaller error is not seen.
func clock(ctx context.Context, s *network.Session) report.Capability {
	answer := s.Ask(ctx, ".", mdns.TypeDNSKEY)
	if answer.Err != nil {
		return unclear("clock", answer.Err)
	}
	now := s.Now()
	for _, rr := range answer.Answer {
		sig, ok := rr.(*mdns.RRSIG)
		switch {
		case !ok || sig.TypeCovered != mdns.TypeDNSKEY:
			continue
		case sig.ValidityPeriod(now):
			return works("clock", now.UTC().Format(time.RFC3339))
		}
		return fails("clock", fmt.Sprintf("it says %s; the root's signature holds from %s to %s",
			now.UTC().Format(time.RFC3339), mdns.TimeToString(sig.Inception), mdns.TimeToString(sig.Expiration)))
	}
	return report.Capability{ID: "clock", State: report.Unclear, Problem: evidence.NoDNSSEC, Detail: "no signature to hold the clock against"}
}

// rootServer finds one name server of the root, as the resolver knows it.
func rootServer(ctx context.Context, s *network.Session) netip.Addr {
	for _, rr := range s.Ask(ctx, ".", mdns.TypeNS).Records {
		ns, ok := rr.(*mdns.NS)
		if !ok {
			continue
		}
		if list := network.AddressesOf(s.Ask(ctx, ns.Ns, mdns.TypeA).Records); len(list) > 0 {
			return list[0]
		}
		return netip.Addr{} // the others would be no better
	}
	return netip.Addr{}
}

// direct asks a name server of the root itself. An answer without authority
// comes from a box on the way that answers in its place.
func direct(ctx context.Context, s *network.Session, id string, server netip.Addr, overTCP bool) report.Capability {
	if !server.IsValid() {
		return report.Capability{ID: id, State: report.Unclear, Problem: evidence.DependsOnOther, Detail: "no address of a root server is known"}
	}
	reply := s.AskServer(ctx, server, network.Query{Name: ".", Type: mdns.TypeSOA, TCP: overTCP})
	switch {
	case reply.Err != nil:
		return broken(id, reply.Err)
	case !reply.Authoritative:
		return fails(id, server.String()+" answers without authority: something on the way answers in its place")
	}
	return works(id, server.String())
}

// mail dials a server that takes mail, reads its greeting and leaves.
func (p place) mail(ctx context.Context, s *network.Session) report.Capability {
	const id = "port25"
	if p.control == "" {
		return report.Capability{ID: id, State: report.Untested}
	}
	addresses, err := s.Addresses(ctx, p.control)
	if err != nil {
		return unclear(id, err)
	}
	if len(addresses) == 0 {
		return report.Capability{ID: id, State: report.Unclear, Problem: evidence.NoAddress, Detail: p.control + " has no address"}
	}
	conn, err := s.Dial(ctx, netip.AddrPortFrom(addresses[0], 25))
	if err != nil {
		return broken(id, err)
	}
	defer conn.Close()
	greeting, err := greetingOf(ctx, conn)
	switch {
	case err != nil:
		return broken(id, err)
	case !strings.HasPrefix(greeting, "220"):
		return fails(id, greeting)
	}
	return works(id, greeting)
}

const (
	greetingTime = 20 * time.Second
	maxGreeting  = 512 // bytes of a reply line (RFC 5321 section 4.5.3.1.5)
)

func greetingOf(ctx context.Context, conn net.Conn) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, greetingTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	line, err := bufio.NewReader(io.LimitReader(conn, maxGreeting)).ReadString('\n')
	if err != nil && line == "" {
		return "", err
	}
	_, _ = io.WriteString(conn, "QUIT\r\n") // who has hung up needs no goodbye
	return evidence.Clip(strings.TrimSpace(line), evidence.MaxDetail), nil
}

// route opens a UDP socket towards an address of a documentation range, which
// sends nothing: the system says whether there is a way.
func (p place) route(ctx context.Context, id, toward string) report.Capability {
	conn, err := dial(ctx, "udp", netip.AddrPortFrom(netip.MustParseAddr(toward), 53))
	if err != nil {
		return fails(id, evidence.Clip(network.Reason(err), evidence.MaxDetail))
	}
	defer conn.Close()
	return works(id, "")
}

// scanEngine starts the program and asks for its version.
func (p place) scanEngine(ctx context.Context) report.Capability {
	if p.engine == "" {
		return fails("engine", "")
	}
	version, err := engine.Version(ctx, p.engine)
	if err != nil {
		return fails("engine", evidence.Clip(p.engine+": "+err.Error(), evidence.MaxDetail))
	}
	return works("engine", evidence.Clip(p.engine+": "+version, evidence.MaxDetail))
}
