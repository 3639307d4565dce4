package scan_test

import (
	"context"
	"crypto"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// territoryZone is one zone of the territory, served as an authority does.
type territoryZone struct {
	origin string
	signed bool
	above  *territoryZone
	at     map[string]map[uint16][]dns.RR // signatures follow the records that they cover
	owners []string                       // of NSEC records, in canonical order
	key    *dns.DNSKEY
	secret crypto.Signer
}

// territoryDNS is all zones, by origin.
type territoryDNS map[string]*territoryZone

// add reads a zone: SOA and NS records are made, the rest are lines with full
// names. The zone above has to be there already.
func (d territoryDNS) add(tb testing.TB, origin string, signed bool, servers []string, lines ...string) {
	tb.Helper()
	z := &territoryZone{origin: origin, signed: signed, at: map[string]map[uint16][]dns.RR{}}
	lines = append(lines, origin+" 3600 IN SOA "+servers[0]+" admin.test. 7 7200 3600 1209600 3600")
	for _, server := range servers {
		lines = append(lines, origin+" 3600 IN NS "+server)
	}
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil || rr == nil {
			tb.Fatalf("%q is no record: %v", line, err)
		}
		z.hold(rr)
	}
	if signed {
		z.makeKey(tb)
	}
	if origin != "." {
		z.above = d.holding(parentOf(origin))
		for _, ns := range z.at[origin][dns.TypeNS] {
			z.above.hold(ns)
		}
		if signed {
			z.above.hold(z.key.ToDS(dns.SHA256))
		}
	}
	d[origin] = z
}

func (z *territoryZone) hold(rr dns.RR) {
	owner := dns.CanonicalName(rr.Header().Name)
	if z.at[owner] == nil {
		z.at[owner] = map[uint16][]dns.RR{}
	}
	z.at[owner][rr.Header().Rrtype] = append(z.at[owner][rr.Header().Rrtype], rr)
}

func (z *territoryZone) makeKey(tb testing.TB) {
	tb.Helper()
	z.key = &dns.DNSKEY{
		Hdr:   dns.RR_Header{Name: z.origin, Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 3600},
		Flags: dns.ZONE | dns.SEP, Protocol: 3, Algorithm: dns.ECDSAP256SHA256,
	}
	secret, err := z.key.Generate(256)
	if err != nil {
		tb.Fatal(err)
	}
	z.secret = secret.(crypto.Signer)
	z.hold(z.key)
}

// seal adds the chain of denials and the signatures; nothing is added later.
func (z *territoryZone) seal(tb testing.TB, now time.Time) {
	tb.Helper()
	for owner := range z.at {
		z.owners = append(z.owners, owner)
	}
	slices.SortFunc(z.owners, canonically)
	for i, owner := range z.owners {
		if !z.signed {
			break
		}
		kinds := []uint16{dns.TypeRRSIG, dns.TypeNSEC}
		for kind := range z.at[owner] {
			kinds = append(kinds, kind)
		}
		slices.Sort(kinds)
		z.hold(&dns.NSEC{
			Hdr:        dns.RR_Header{Name: owner, Rrtype: dns.TypeNSEC, Class: dns.ClassINET, Ttl: 3600},
			NextDomain: z.owners[(i+1)%len(z.owners)], TypeBitMap: kinds,
		})
		for kind, set := range z.at[owner] {
			if kind == dns.TypeNS && owner != z.origin {
				continue // of a delegation (RFC 4035 section 2.2)
			}
			sig := &dns.RRSIG{
				Hdr: dns.RR_Header{Ttl: 3600}, Algorithm: z.key.Algorithm, SignerName: z.origin, KeyTag: z.key.KeyTag(),
				Inception: uint32(now.Add(-time.Hour).Unix()), Expiration: uint32(now.AddDate(0, 0, 14).Unix()),
			}
			if err := sig.Sign(z.secret, set); err != nil {
				tb.Fatal(err)
			}
			z.at[owner][kind] = append(set, sig)
		}
	}
}

// canonically is the order of RFC 4034 section 6.1.
func canonically(a, b string) int {
	left, right := dns.SplitDomainName(a), dns.SplitDomainName(b)
	slices.Reverse(left)
	slices.Reverse(right)
	return slices.Compare(left, right)
}

func parentOf(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}

func (d territoryDNS) holding(name string) *territoryZone {
	for d[name] == nil {
		name = parentOf(name)
	}
	return d[name]
}

// reply fills in what is known at a name, as the zone's own servers know it.
func (z *territoryZone) reply(m *dns.Msg, name string, kind uint16) {
	if set := z.at[name][kind]; len(set) > 0 {
		m.Answer = append(m.Answer, set...)
		return
	}
	if alias := z.at[name][dns.TypeCNAME]; len(alias) > 0 {
		m.Answer = append(m.Answer, alias...)
		return
	}
	m.Ns = append(m.Ns, z.at[z.origin][dns.TypeSOA]...)
	i, here := slices.BinarySearchFunc(z.owners, name, canonically)
	below := i < len(z.owners) && dns.IsSubDomain(name, z.owners[i])
	if !here && !below {
		m.Rcode = dns.RcodeNameError
	}
	if !z.signed {
		return
	}
	if here {
		i++
	}
	proof := z.owners[i-1]
	m.Ns = append(m.Ns, z.at[proof][dns.TypeNSEC]...)
	if m.Rcode == dns.RcodeNameError {
		encloser := name
		for encloser != z.origin && z.at[encloser] == nil {
			encloser = parentOf(encloser)
		}
		star, _ := slices.BinarySearchFunc(z.owners, "*."+strings.TrimPrefix(encloser, "."), canonically)
		if other := z.owners[star-1]; other != proof {
			m.Ns = append(m.Ns, z.at[other][dns.TypeNSEC]...)
		}
	}
}

// authority serves some zones: it refers to those below and refuses the rest.
type authority struct {
	dns    territoryDNS
	serves map[string]bool
}

func (a authority) answer(m *dns.Msg, name string, kind uint16) {
	z := a.dns.holding(name)
	if kind == dns.TypeDS && name == z.origin && z.above != nil {
		z = z.above
	}
	cut := ""
	for !a.serves[z.origin] {
		if z.above == nil {
			m.Rcode = dns.RcodeRefused
			return
		}
		cut, z = z.origin, z.above
	}
	switch {
	case kind == dns.TypeAXFR:
		m.Rcode = dns.RcodeRefused
	case cut != "":
		m.Ns = slices.Concat(z.at[cut][dns.TypeNS], z.at[cut][dns.TypeDS])
		if len(z.at[cut][dns.TypeDS]) == 0 {
			m.Ns = append(m.Ns, z.at[cut][dns.TypeNSEC]...)
		}
	default:
		m.Authoritative = true
		z.reply(m, name, kind)
	}
}

// answer makes a recursive resolver of the whole, which follows aliases.
func (d territoryDNS) answer(m *dns.Msg, name string, kind uint16) {
	m.RecursionAvailable = true
	for range 8 {
		z := d.holding(name)
		if kind == dns.TypeDS && name == z.origin && z.above != nil {
			z = z.above
		}
		before := len(m.Answer)
		z.reply(m, name, kind)
		alias, isAlias := (*dns.CNAME)(nil), false
		if len(m.Answer) > before && kind != dns.TypeCNAME {
			alias, isAlias = m.Answer[before].(*dns.CNAME)
		}
		if !isAlias {
			return
		}
		name = dns.CanonicalName(alias.Target)
	}
}

// territoryNet leads the addresses of the territory to servers on loopback.
// Elsewhere every connection is refused.
type territoryNet map[netip.Addr]string

func (n territoryNet) connect(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
	place, known := n[to.Addr()]
	if !known || to.Port() != 53 {
		return nil, &net.OpError{Op: "dial", Net: kind, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, kind, place)
}

// serve answers on a loopback port for UDP and TCP, until the test ends.
func (n territoryNet) serve(tb testing.TB, at string, answer func(m *dns.Msg, name string, kind uint16)) {
	tb.Helper()
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		m := new(dns.Msg).SetReply(query)
		answer(m, dns.CanonicalName(query.Question[0].Name), query.Question[0].Qtype)
		if _, packets := w.LocalAddr().(*net.UDPAddr); packets {
			m.Compress = true
			m.Truncate(1232)
		}
		_ = w.WriteMsg(m) // who hung up is served well enough
	})
	stream, packets := samePort(tb)
	n[netip.MustParseAddr(at)] = stream.Addr().String()
	var running sync.WaitGroup
	tb.Cleanup(running.Wait)
	for _, server := range []*dns.Server{{Listener: stream, Handler: handler}, {PacketConn: packets, Handler: handler}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		running.Go(func() {
			if err := server.ActivateAndServe(); err != nil {
				tb.Error(err)
			}
		})
		<-started
		tb.Cleanup(func() {
			if err := server.Shutdown(); err != nil {
				tb.Error(err)
			}
		})
	}
}

// samePort opens a port that is free for both.
func samePort(tb testing.TB) (net.Listener, net.PacketConn) {
	tb.Helper()
	var failed error
	for range 20 {
		stream, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		packets, err := net.ListenPacket("udp", stream.Addr().String())
		if err == nil {
			return stream, packets
		}
		failed = errors.Join(failed, err, stream.Close())
	}
	tb.Fatal(failed)
	return nil, nil
}
