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
}

// handshake may offer less than usual groups, and application protocols besides.
func (v visitor) handshake(ctx context.Context, conn net.Conn, name string, offer *tls.Config) (evidence.Handshake, *tls.Conn) {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	heard := &listener{Conn: conn}
	client := tls.Client(heard, config(name, offer))
	state, err := finish(ctx, client)
	if err != nil {
		return v.broken(ctx, heard, name, err), nil
	}
	parsed, facts := parse(rawOf(state))
	return evidence.Handshake{
		Observation:  evidence.SeenAt(v.session.Now()),
		Version:      versionName(state.Version),
		Suite:        suiteName(state.CipherSuite),
		Group:        groupName(state.CurveID),
		ALPN:         evidence.Clip(state.NegotiatedProtocol, evidence.MaxText),
		Stapled:      len(state.OCSPResponse) > 0,
		Certificates: facts,
		Trust:        v.trust(ctx, name, parsed),
	}, client
}

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
func (v visitor) broken(ctx context.Context, heard *listener, name string, err error) evidence.Handshake {
	h := evidence.Handshake{Observation: observe.Failure(v.session.Now(), err)}
	first, _ := readFlight(bytes.NewReader(heard.bytes))
	if len(first.certificates) == 0 {
		return h
	}
	parsed, facts := parse(first.certificates)
	h.Version, h.Suite, h.Certificates = versionName(first.version), suiteName(first.suite), facts
	if slices.Contains(parsed, nil) {
		h.Observation = evidence.SeenAt(v.session.Now())
		h.Trust = v.trust(ctx, name, parsed)
	}
	return h
}

func config(name string, offer *tls.Config) *tls.Config {
	return &tls.Config{
		ServerName:         name,
		InsecureSkipVerify: true,             // trust is a fact of the evidence, see trust.go
		MinVersion:         tls.VersionTLS10, // so is the version
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

// listener keeps what the server says in a handshake.
type listener struct {
	net.Conn
	bytes []byte
}

func (l *listener) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	l.bytes = append(l.bytes, b[:min(n, max(0, maxFlight-len(l.bytes)))]...)
	return n, err
}
