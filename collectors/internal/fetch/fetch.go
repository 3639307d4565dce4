// Package fetch makes HTTP/1.1 requests over a network.Session and reads their
// answers, bounded in bytes and in time. It follows no redirect and keeps no
// cookie; only a Client makes a second request on a connection.
//
// It must not judge: whether a certificate can be trusted is evidence of its
// own, so any certificate will do here.
package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Bounds of one answer, besides the body that the caller wants.
const (
	maxHead    = 64 << 10 // bytes of the status line and the header lines
	maxInterim = 4        // answers of the 1xx kind before the true one
	overhead   = 64 << 10 // bytes that chunks, trailers and a compression's frame may add
)

// Request is one GET.
type Request struct {
	URL    *url.URL    // http or https; the host in ASCII or an address
	Header http.Header // besides Host and Connection
	Body   int         // bytes of the body to keep, after decoding
	// Time bounds handshake, request and answer together. Resolving, waiting
	// for a turn and connecting have limits of their own.
	Time time.Duration
}

// Answer is what came back.
type Answer struct {
	Address netip.Addr
	Status  int
	Header  http.Header
	Body    []byte // decoded; as much of it as was wanted and came
	Cut     bool   // the body is longer, broke off, or has a coding that was not asked for
}

// Get sends the request on a connection of its own and reads the answer. An
// error means that there was no HTTP answer; network.Problem gives the word for
// it.
func Get(ctx context.Context, s *network.Session, r Request) (Answer, error) {
	conn, address, err := dial(ctx, s, r.URL)
	if err != nil {
		return Answer{}, err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, r.Time)
	defer cancel()
	defer network.Bind(ctx, conn)()
	stream, err := secure(ctx, conn, r.URL)
	if err != nil {
		return Answer{}, Reason(ctx, err)
	}
	answer, _, err := ask(ctx, s, stream, address, r, true)
	return answer, err
}

// GetOn is Get on a connection to the address whose TLS handshake is done, for
// the host of the URL; Request.Time begins behind it. It closes the connection.
func GetOn(ctx context.Context, s *network.Session, conn *tls.Conn, address netip.Addr, r Request) (Answer, error) {
	// The one below, as Get does: a farewell in TLS would wait for a peer that
	// does not read.
	defer conn.NetConn().Close()
	ctx, cancel := context.WithTimeout(ctx, r.Time)
	defer cancel()
	defer network.Bind(ctx, conn)()
	answer, _, err := ask(ctx, s, conn, address, r, true)
	return answer, err
}

// standing is how a connection stands behind a request.
type standing struct {
	silent bool // nothing came back
	open   bool // the answer was read to its end, and another request may follow
}

// ask makes one request; last says that no other follows on the connection.
func ask(ctx context.Context, s *network.Session, conn net.Conn, address netip.Addr, r Request, last bool) (Answer, standing, error) {
	s.CountRequest(address)
	answer, left, err := exchange(ctx, conn, r, last)
	answer.Address = address
	return answer, left, Reason(ctx, err)
}

func exchange(ctx context.Context, conn net.Conn, r Request, last bool) (Answer, standing, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL.String(), nil)
	if err != nil {
		return Answer{}, standing{}, err
	}
	request.Header = r.Header.Clone()
	request.Header.Set("Accept-Encoding", "gzip, br")
	request.Close = last
	if err := request.Write(conn); err != nil {
		return Answer{}, standing{silent: true}, err
	}
	limited := &io.LimitedReader{R: conn, N: maxHead}
	return read(limited, request, r.Body)
}

// read takes the first answer that is not an interim one (RFC 9110 section 15.2).
func read(limited *io.LimitedReader, request *http.Request, want int) (Answer, standing, error) {
	reader := bufio.NewReader(limited)
	for range maxInterim + 1 {
		response, err := http.ReadResponse(reader, request)
		switch {
		case err != nil && limited.N <= 0:
			return Answer{}, standing{}, &network.Error{Problem: string(evidence.TooLarge), Err: fmt.Errorf("more than %d bytes of headers", maxHead)}
		case err != nil:
			return Answer{}, standing{silent: limited.N == maxHead}, err
		case response.StatusCode/100 == 1 && response.StatusCode != http.StatusSwitchingProtocols:
			continue
		}
		limited.N = int64(want + overhead)
		body, cut := decode(response, want)
		cut = cut || limited.N <= 0 // what looks like the end is our own bound
		left := standing{open: !cut && !response.Close && ends(response) && reader.Buffered() == 0}
		return Answer{Status: response.StatusCode, Header: response.Header, Body: body, Cut: cut}, left, nil
	}
	return Answer{}, standing{}, &network.Error{Problem: string(evidence.TooMany), Err: errors.New("interim answers without end")}
}

// ends reads what stands behind the part of a body that was wanted: the last
// chunk, or the frame of a compression. Without it nobody knows where the next
// answer begins (RFC 9112 section 6.3).
func ends(response *http.Response) bool {
	if response.StatusCode == http.StatusSwitchingProtocols {
		return false
	}
	_, err := io.Copy(io.Discard, response.Body)
	return err == nil && response.Body.Close() == nil
}
