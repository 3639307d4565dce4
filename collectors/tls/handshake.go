package tls

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/hello"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// handshakeTime bounds one handshake.
const handshakeTime = 10 * time.Second

// Handshake does one ordinary TLS handshake on an open connection and keeps
// what the server presented. It trusts nothing and refuses nothing: whether a
// chain leads to the roots is a fact of the evidence. Where the handshake ended
// well the connection goes on inside it, else there is none; closing the one
// below is the caller's business. The protocols are those of RFC 7301.
func Handshake(ctx context.Context, s *network.Session, conn net.Conn, name string, roots Roots, protocols ...string) (evidence.Handshake, *tls.Conn) {
	v := visitor{session: s, roots: roots, issuers: new(issuers)}
	return v.handshake(ctx, conn, name, &tls.Config{NextProtos: protocols})
}

// visitor is what all visits of one collection share.
type visitor struct {
	session *network.Session
	roots   Roots
	issuers *issuers
	lists   *lists // nil: no revocation list is fetched
}

// handshake is greet with certify at once.
func (v visitor) handshake(ctx context.Context, conn net.Conn, name string, offer *tls.Config) (evidence.Handshake, *tls.Conn) {
	h, shown, client := v.greet(ctx, conn, name, offer)
	v.certify(ctx, &h, name, shown)
	return h, client
}

// greet does the handshake alone: what its certificates say comes with certify,
// which may ask their authorities and take its time over it. It may offer less
// than usual groups, and application protocols besides.
func (v visitor) greet(ctx context.Context, conn net.Conn, name string, offer *tls.Config) (evidence.Handshake, presented, *tls.Conn) {
	heard := &listener{Conn: conn}
	client := tls.Client(heard, config(canonical(name), offer))
	state, err := finish(ctx, client)
	if err != nil {
		h, shown := v.broken(heard, err)
		return h, shown, nil
	}
	h := evidence.Handshake{
		Observation: evidence.SeenAt(v.session.Now()),
		Version:     versionName(state.Version),
		Suite:       suiteName(state.CipherSuite),
		Group:       groupName(state.CurveID),
		ALPN:        evidence.Clip(state.NegotiatedProtocol, evidence.MaxText),
	}
	return h, presented{rawOf(state), true, state.OCSPResponse, state.SignedCertificateTimestamps}, client
}

func canonical(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

func finish(ctx context.Context, client *tls.Conn) (tls.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	if err := client.HandshakeContext(ctx); err != nil {
		return tls.ConnectionState{}, fetch.Reason(ctx, err)
	}
	return client.ConnectionState(), nil
}

// broken keeps what could be heard of a handshake that did not end. Up to TLS
// 1.2 the certificates travel in the clear, so one that crypto/tls refuses to
// read is still evidence: the server did its part.
func (v visitor) broken(heard *listener, err error) (evidence.Handshake, presented) {
	h := evidence.Handshake{Observation: observe.Failure(v.session.Now(), err)}
	first, _ := hello.Read(bytes.NewReader(heard.bytes))
	if first.Version == 0 {
		return h, presented{}
	}
	h.Version, h.Suite = versionName(first.Version), suiteName(first.Suite)
	if len(first.Certificates) == 0 {
		return h, presented{}
	}
	parsed, facts := parse(first.Certificates)
	if !slices.Contains(parsed, nil) {
		h.Certificates = facts
		return h, presented{}
	}
	h.Observation = evidence.SeenAt(v.session.Now())
	return h, presented{certificates: first.Certificates}
}

func config(name string, offer *tls.Config) *tls.Config {
	return &tls.Config{
		ServerName:         name,
		InsecureSkipVerify: true,             // trust is a fact of the evidence, see trust.go
		MinVersion:         tls.VersionTLS10, // so is the version
		MaxVersion:         offer.MaxVersion,
		CipherSuites:       everySuite(),
		NextProtos:         offer.NextProtos,
		CurvePreferences:   offer.CurvePreferences,
	}
}

func everySuite() []uint16 {
	var list []uint16
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		list = append(list, suite.ID)
	}
	return list
}

func rawOf(state tls.ConnectionState) [][]byte {
	var raw [][]byte
	for _, certificate := range state.PeerCertificates {
		raw = append(raw, certificate.Raw)
	}
	return raw
}

// maxHeard bounds what is kept of a handshake.
const maxHeard = 256 << 10

// listener keeps what the server says in a handshake.
type listener struct {
	net.Conn
	bytes []byte
}

func (l *listener) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	l.bytes = append(l.bytes, b[:min(n, max(0, maxHeard-len(l.bytes)))]...)
	return n, err
}
