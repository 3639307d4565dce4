package mail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Bounds of one answer of a policy host.
const (
	maxHead  = 64 << 10 // bytes of status line and headers
	overhead = 16 << 10 // bytes that the framing of the body may add
	maxType  = 200      // bytes of a Content-Type that are kept
)

// readPolicy asks for the file on an open connection and fills the policy in.
func readPolicy(ctx context.Context, s *network.Session, agent string, conn net.Conn, policy evidence.Policy) evidence.Policy {
	response, limited, err := request(ctx, conn, policy.URL, agent)
	if err != nil {
		policy.Observation = observe.Failure(s.Now(), fetch.Reason(ctx, err))
		return policy
	}
	defer response.Body.Close()
	limited.N = evidence.MaxPolicy + overhead
	policy.Status = response.StatusCode
	policy.ContentType = evidence.Clip(response.Header.Get("Content-Type"), maxType)
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
// redirect must not be followed (RFC 8461 section 3.3). Only "not found", "gone"
// and "moved for good" are a no; the rest may be a bad moment.
func status(at time.Time, code int) evidence.Observation {
	switch {
	case code == http.StatusOK:
		return evidence.SeenAt(at)
	case code == http.StatusNotFound || code == http.StatusGone,
		code == http.StatusMovedPermanently || code == http.StatusPermanentRedirect:
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
