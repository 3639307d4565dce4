package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// Bounds of one download, from the open connection on.
const (
	policyTime = 15 * time.Second
	maxHead    = 64 << 10 // bytes of status line and headers
	overhead   = 16 << 10 // bytes that the framing of the body may add
	maxType    = 200      // bytes of a Content-Type that are kept
)

// findPolicy fetches the MTA-STS policy of a domain that announces one (RFC
// 8461 section 3).
func findPolicy(ctx context.Context, s *network.Session, r Request) (evidence.Policy, []evidence.Lookup) {
	record := ask.One(ctx, s, "_mta-sts."+r.Domain, dns.TypeTXT)
	lookups := []evidence.Lookup{record}
	switch {
	case !record.Known():
		return evidence.Policy{Observation: evidence.Skipped(evidence.DependsOnOther, "whether the domain has an MTA-STS record is not known")}, lookups
	case len(records.MTASTSRecords(record.Records)) == 0:
		return evidence.Policy{}, lookups
	}
	host := "mta-sts." + r.Domain
	lookups = append(lookups, ask.All(ctx, s, ask.Addresses(host))...)
	return fetchPolicy(ctx, s, r, host), lookups
}

// fetchPolicy tries the addresses of the policy host until one settles the
// question. The first failure tells the most, except that a missing route
// (IPv6 from an IPv4 network) tells about this machine only.
func fetchPolicy(ctx context.Context, s *network.Session, r Request, host string) evidence.Policy {
	url := "https://" + host + "/.well-known/mta-sts.txt"
	addresses, err := s.Addresses(ctx, host)
	switch {
	case err != nil:
		return evidence.Policy{Observation: observe.Failure(s.Now(), err), URL: url}
	case len(addresses) == 0:
		return evidence.Policy{Observation: evidence.UnknownAt(s.Now(), evidence.NoAddress, host+" has no address"), URL: url}
	}
	var kept evidence.Policy
	for i, address := range some(addresses) {
		got := download(ctx, s, r, url, host, address)
		if got.Known() {
			return got
		}
		if i == 0 || kept.Problem == evidence.NoRoute {
			kept = got
		}
	}
	return kept
}

// download asks one address for the file.
func download(ctx context.Context, s *network.Session, r Request, url, host string, address netip.Addr) evidence.Policy {
	failed := func(err error) evidence.Policy {
		return evidence.Policy{Observation: observe.Failure(s.Now(), err), URL: url}
	}
	conn, err := s.Dial(ctx, netip.AddrPortFrom(address, 443))
	if err != nil {
		return failed(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, policyTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	client := tls.Client(conn, settings(s, r, host))
	if err := client.HandshakeContext(ctx); err != nil {
		return failed(fetch.Reason(ctx, err))
	}
	s.CountRequest(address)
	response, limited, err := request(ctx, client, url, r.Agent)
	if err != nil {
		return failed(fetch.Reason(ctx, err))
	}
	defer response.Body.Close()
	limited.N = evidence.MaxPolicy + overhead
	policy := evidence.Policy{
		URL:         url,
		Status:      response.StatusCode,
		ContentType: evidence.Clip(response.Header.Get("Content-Type"), maxType),
	}
	if policy.Observation = status(s.Now(), response.StatusCode); policy.State != evidence.Seen {
		return policy
	}
	body, err := readBody(response.Body)
	if err != nil {
		policy.Observation = observe.Failure(s.Now(), fetch.Reason(ctx, err))
		return policy
	}
	policy.Body = evidence.Clip(string(body), evidence.MaxPolicy)
	return policy
}

// settings ask for what RFC 8461 section 3.3 asks of senders: a chain to a
// trusted authority, the name of the policy host, and a time that fits.
func settings(s *network.Session, r Request, host string) *tls.Config {
	pool := r.Roots.Pool
	if pool == nil {
		pool = x509.NewCertPool() // trust nobody; nil would trust whom this machine trusts
	}
	return &tls.Config{RootCAs: pool, ServerName: host, Time: s.Now, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
}

func request(ctx context.Context, conn net.Conn, url, agent string) (*http.Response, *io.LimitedReader, error) {
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	get.Header.Set("User-Agent", agent)
	get.Close = true
	if err := get.Write(conn); err != nil {
		return nil, nil, err
	}
	limited := &io.LimitedReader{R: conn, N: maxHead}
	response, err := http.ReadResponse(bufio.NewReader(limited), get)
	if err != nil && limited.N <= 0 {
		err = &network.Error{Problem: string(evidence.TooLarge), Err: fmt.Errorf("more than %d bytes of headers", maxHead)}
	}
	return response, limited, err
}

// status reads the HTTP status as senders do: only 200 is a policy, and a
// redirect must not be followed (RFC 8461 section 3.3). Only "not found" and
// "gone" are a no; the rest may be a bad moment.
func status(at time.Time, code int) evidence.Observation {
	switch {
	case code == http.StatusOK:
		return evidence.SeenAt(at)
	case code == http.StatusNotFound || code == http.StatusGone:
		return evidence.AbsentAt(at)
	case code == http.StatusTooManyRequests:
		return evidence.UnknownAt(at, evidence.RateLimited, "the policy host answered 429")
	case code == http.StatusForbidden || code == http.StatusUnauthorized:
		return evidence.UnknownAt(at, evidence.Firewall, fmt.Sprintf("the policy host answered %d", code))
	case code/100 == 5:
		return evidence.UnknownAt(at, evidence.ServerBusy, fmt.Sprintf("the policy host answered %d", code))
	case code/100 == 3:
		return evidence.UnknownAt(at, evidence.Malformed, fmt.Sprintf("the policy host redirects (%d), which senders must not follow", code))
	}
	return evidence.UnknownAt(at, evidence.Malformed, fmt.Sprintf("the policy host answered %d", code))
}

var errLongPolicy = errors.New("the policy file is longer than senders need to read")

func readBody(body io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, evidence.MaxPolicy+1))
	if len(text) > evidence.MaxPolicy {
		return nil, &network.Error{Problem: string(evidence.TooLarge), Err: errLongPolicy}
	}
	return text, err
}
