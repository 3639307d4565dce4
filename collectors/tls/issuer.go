package tls

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/network"
)

const issuerTime = 5 * time.Second

// issuers remembers what was fetched: the names and addresses of one town share
// their authority, which need not send the same file eight times.
type issuers struct {
	mu sync.Mutex
	by map[string]issuer
}

type issuer struct {
	certificate *x509.Certificate
	err         error
}

// fetch gives the certificate at an address. The lock is held meanwhile: whoever
// wants the same file waits for it.
func (i *issuers) fetch(ctx context.Context, s *network.Session, address string) (*x509.Certificate, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if known, ok := i.by[address]; ok {
		return known.certificate, known.err
	}
	if i.by == nil {
		i.by = map[string]issuer{}
	}
	certificate, err := download(ctx, s, address)
	i.by[address] = issuer{certificate, err}
	return certificate, err
}

func download(ctx context.Context, s *network.Session, address string) (*x509.Certificate, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, unusable(evidence.Malformed, "the address of the issuer: %w", err)
	}
	answer, err := fetch.Get(ctx, s, fetch.Request{URL: u, Header: http.Header{"User-Agent": {"campanile"}}, Body: evidence.MaxCertificate, Time: issuerTime})
	switch {
	case err != nil:
		return nil, unusable(evidence.Problem(network.Problem(err)), "the issuer at %s: %w", address, err)
	case answer.Status == http.StatusTooManyRequests:
		return nil, unusable(evidence.RateLimited, "the issuer at %s: status %d", address, answer.Status)
	case answer.Status >= 500:
		return nil, unusable(evidence.ServerBusy, "the issuer at %s: status %d", address, answer.Status)
	case answer.Status != http.StatusOK:
		return nil, unusable(evidence.Malformed, "the issuer at %s: status %d", address, answer.Status)
	case len(answer.Body) == evidence.MaxCertificate && answer.Cut:
		return nil, unusable(evidence.TooLarge, "the issuer at %s: more than %d bytes", address, evidence.MaxCertificate)
	case answer.Cut:
		return nil, unusable(evidence.Closed, "the issuer at %s: the answer breaks off", address)
	}
	certificate, err := readIssuer(answer.Body)
	if err != nil {
		return nil, unusable(evidence.Malformed, "the issuer at %s: %w", address, err)
	}
	return certificate, nil
}

func unusable(problem evidence.Problem, format string, values ...any) error {
	return &network.Error{Problem: string(problem), Err: fmt.Errorf(format, values...)}
}

// readIssuer reads a certificate in DER, as RFC 5280 section 4.2.2.1 has it, or
// in PEM, as some authorities serve it. A bundle in PKCS #7 is not read.
func readIssuer(body []byte) (*x509.Certificate, error) {
	if block, _ := pem.Decode(body); block != nil {
		body = block.Bytes
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return nil, errors.New("a page, not a certificate")
	}
	return x509.ParseCertificate(body)
}
