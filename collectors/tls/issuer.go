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
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/network"
)

const issuerTime = 5 * time.Second

// issuers remembers what was fetched: the names and addresses of one town, and
// hundreds of towns, share their authority, which need not send the same file
// each time. The zero value is empty and ready.
type issuers struct{ by cache[string, issuer] }

type issuer struct {
	certificate *x509.Certificate
	err         error
}

const maxIssuers = 1 << 10 // of a few kilobytes each

// fetch gives the certificate at an address. Whoever wants the same file at the
// same time waits for it.
func (i *issuers) fetch(ctx context.Context, s *network.Session, address string) (*x509.Certificate, error) {
	kept, err := i.by.get(ctx, s.Now, address, maxIssuers, func() (issuer, time.Time) {
		certificate, err := download(ctx, s, address)
		return issuer{certificate, err}, keptUntil(ctx, s.Now(), err)
	})
	if err != nil {
		return nil, err
	}
	return kept.certificate, kept.err
}

// Times for which what was fetched is kept.
const (
	keepFile    = 24 * time.Hour
	keepFailure = time.Hour
)

// keptUntil says how long others may have what one fetched. Who was stopped, or
// had used up his budget, learned nothing about the file.
func keptUntil(ctx context.Context, now time.Time, err error) time.Time {
	switch {
	case err == nil:
		return now.Add(keepFile)
	case ctx.Err() != nil || network.Problem(err) == string(evidence.BudgetSpent) || network.Problem(err) == string(evidence.Interrupted):
		return time.Time{}
	}
	return now.Add(keepFailure)
}

func download(ctx context.Context, s *network.Session, address string) (*x509.Certificate, error) {
	what := "the issuer at " + address
	body, err := body(ctx, s, what, address, evidence.MaxCertificate, issuerTime)
	if err != nil {
		return nil, err
	}
	certificate, err := readIssuer(body)
	if err != nil {
		return nil, unusable(evidence.Malformed, "%s: %w", what, err)
	}
	return certificate, nil
}

// body fetches a whole file of an authority over http.
func body(ctx context.Context, s *network.Session, what, address string, most int, within time.Duration) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, unusable(evidence.Malformed, "%s: %w", what, err)
	}
	answer, err := fetch.Get(ctx, s, fetch.Request{URL: u, Header: http.Header{"User-Agent": {"campanile"}}, Body: most, Time: within})
	switch {
	case err != nil:
		return nil, unusable(evidence.Problem(network.Problem(err)), "%s: %w", what, err)
	case answer.Status == http.StatusTooManyRequests:
		return nil, unusable(evidence.RateLimited, "%s: status %d", what, answer.Status)
	case answer.Status >= 500:
		return nil, unusable(evidence.ServerBusy, "%s: status %d", what, answer.Status)
	case answer.Status != http.StatusOK:
		return nil, unusable(evidence.Malformed, "%s: status %d", what, answer.Status)
	case len(answer.Body) == most && answer.Cut:
		return nil, unusable(evidence.TooLarge, "%s: more than %d bytes", what, most)
	case answer.Cut:
		return nil, unusable(evidence.Closed, "%s: the answer breaks off", what)
	}
	return answer.Body, nil
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
	if heavy(body) {
		return nil, errHeavy
	}
	return x509.ParseCertificate(body)
}
