package mail

import (
	"context"
	cryptotls "crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records"
	"campanile/collectors/tls"
)

// policyTime bounds one download, from the open connection on.
const policyTime = 15 * time.Second

// findPolicy fetches the MTA-STS policy of a domain that announces one (RFC
// 8461 section 3).
func findPolicy(ctx context.Context, s *network.Session, r Request, record evidence.Lookup) (evidence.Policy, []evidence.Lookup) {
	switch {
	case !record.Known():
		return evidence.Policy{Observation: evidence.Skipped(evidence.DependsOnOther, "whether the domain has an MTA-STS record is not known")}, nil
	case len(records.MTASTSRecords(record.Records)) == 0:
		return evidence.Policy{}, nil
	}
	return fetchPolicy(ctx, s, r, "mta-sts."+r.Domain)
}

// fetchPolicy tries the addresses of the policy host until one settles the
// question, IPv6 only when no IPv4 address takes a connection. The first failure
// tells the most, except that a missing route (IPv6 from an IPv4 network) tells
// about this machine only.
func fetchPolicy(ctx context.Context, s *network.Session, r Request, host string) (evidence.Policy, []evidence.Lookup) {
	url := "https://" + host + "/.well-known/mta-sts.txt"
	var lookups []evidence.Lookup
	var tried []evidence.Policy
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		answer := s.Ask(ctx, host, kind)
		lookups = append(lookups, observe.Lookup(answer))
		for _, address := range some(network.AddressesOf(answer.Records)) {
			got := download(ctx, s, r, url, host, address)
			if got.Known() {
				return got, lookups
			}
			tried = append(tried, got)
		}
		if slices.ContainsFunc(tried, connected) {
			break
		}
	}
	if len(tried) == 0 {
		return evidence.Policy{Observation: unplaced(s, host, lookups), URL: url}, lookups
	}
	routed := slices.IndexFunc(tried, func(p evidence.Policy) bool { return p.Problem != evidence.NoRoute })
	return tried[max(routed, 0)], lookups
}

func connected(p evidence.Policy) bool { return p.TLS.State != evidence.NotAsked }

// unplaced says why there is no address to try.
func unplaced(s *network.Session, host string, lookups []evidence.Lookup) evidence.Observation {
	for _, l := range lookups {
		if !l.Known() {
			return l.Observation
		}
	}
	return evidence.UnknownAt(s.Now(), evidence.NoAddress, host+" has no address")
}

// download asks one address for the file.
func download(ctx context.Context, s *network.Session, r Request, url, host string, address netip.Addr) evidence.Policy {
	conn, err := s.Dial(ctx, netip.AddrPortFrom(address, 443))
	if err != nil {
		return evidence.Policy{Observation: observe.Failure(s.Now(), err), URL: url}
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, policyTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	shown, inside := tls.Handshake(ctx, s, conn, host, r.Roots, "http/1.1")
	policy := evidence.Policy{URL: url, TLS: shown}
	if policy.Observation = shown.Observation; shown.State == evidence.Unknown {
		return policy
	}
	if err := refusal(s, r, host, inside); err != nil {
		policy.Observation = observe.Failure(s.Now(), err)
		return policy
	}
	s.CountRequest(address)
	return readPolicy(ctx, s, r.Agent, inside, policy)
}

// refusal says why senders would not take a policy from the host. RFC 8461
// section 3.3: a chain to a trusted authority, the name of the policy host, and
// a time that fits; RFC 8996: no version before TLS 1.2.
func refusal(s *network.Session, r Request, host string, inside *cryptotls.Conn) error {
	if inside == nil {
		return &network.Error{Problem: string(evidence.Malformed), Err: errors.New("the certificate of the policy host cannot be read")}
	}
	shown := inside.ConnectionState()
	if shown.Version < cryptotls.VersionTLS12 {
		return &network.Error{Problem: string(evidence.Malformed), Err: fmt.Errorf("the policy host speaks %s at best", cryptotls.VersionName(shown.Version))}
	}
	options := x509.VerifyOptions{DNSName: host, Roots: r.Roots.Pool, Intermediates: x509.NewCertPool(), CurrentTime: s.Now()}
	if options.Roots == nil {
		options.Roots = x509.NewCertPool() // trust nobody; nil would trust whom this machine trusts
	}
	for _, c := range shown.PeerCertificates[1:] {
		options.Intermediates.AddCert(c)
	}
	_, err := shown.PeerCertificates[0].Verify(options)
	return err
}
