package tls

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/records"
)

// box is a server that knows no key and answers hellos by the rules, but for its
// flaw.
type box struct {
	versions   []uint16
	suites     []uint16 // in its own order
	suites13   []uint16
	curves     []uint16
	groups13   []uint16
	ownOrder   bool // which counts, and not the client's
	prime      []byte
	schemes    []uint16
	extensions []byte
	compresses bool
	ssl2       []byte // what it says to SSL 2.0; an alert where there is nothing
	// flaw answers connection n instead of the box where it does not return false.
	flaw func(n int64, conn net.Conn, h heardHello) bool
}

// modern is a server as it should be, with TLS 1.2 and 1.3.
func modern() box {
	return box{
		versions:   []uint16{tls12, tls13},
		suites:     []uint16{0xc02f, 0xc030, 0xcca8},
		suites13:   []uint16{0x1301, 0x1302, 0x1303},
		curves:     []uint16{29, 23, 24},
		groups13:   []uint16{4588, 29, 23, 24},
		schemes:    []uint16{0x0804, 0x0401},
		extensions: bytes.Join([][]byte{extensionOfHello(0xff01, []byte{0}), extensionOfHello(23)}, nil),
	}
}

func extensionOfHello(kind uint16, body ...[]byte) []byte {
	return append(pair(kind), vector(2, body...)...)
}

// showed is what the ordinary handshake of the tests saw: an RSA key.
func showed(version, suite, group string) evidence.Handshake {
	return evidence.Handshake{
		Observation: evidence.SeenAt(loopback.Now()), Version: version, Suite: suite, Group: group,
		Certificates: []evidence.Certificate{{Key: "RSA", KeyBits: 2048}},
	}
}

func showed13() evidence.Handshake { return showed("TLS 1.3", "TLS_AES_128_GCM_SHA256", "x25519") }

// serve answers one connection.
func (b box) serve(n int64, conn net.Conn) {
	// A pipe has no room: what is not read holds up the other side.
	h, err := readHello(bufio.NewReader(conn))
	switch {
	case err != nil && b.ssl2 != nil:
		_, _ = conn.Write(b.ssl2)
	case err != nil:
		_, _ = conn.Write(fatal)
	case b.flaw != nil && b.flaw(n, conn, h):
		return
	default:
		_, _ = conn.Write(b.answer(h))
	}
	_, _ = io.Copy(io.Discard, conn)
}

func (b box) answer(h heardHello) []byte {
	var version uint16
	for _, v := range b.versions {
		if v <= h.version && (h.version != tls13 || v == tls13) {
			version = max(version, v)
		}
	}
	switch version {
	case 0:
		return fatal
	case tls13:
		return b.retry(h)
	}
	curve := b.pick(h.groups(), b.curves)
	able := slices.DeleteFunc(slices.Clone(b.suites), func(n uint16) bool {
		x, _ := records.SuiteByNumber(n)
		return needsCurve(x) && curve == 0 || version < tls12 && !beforeTLS12(n)
	})
	suite := b.pick(h.suites, able)
	if suite == 0 || version == tls12 && b.pick(h.schemes(), b.schemes) == 0 {
		return refusal
	}
	return record(recordHandshake, b.helloFor(version, suite, h), message(11, vector(3, vector(3, []byte("leaf")))), b.exchange(version, suite, curve, h), helloDone)
}

func (b box) pick(offered, known []uint16) uint16 {
	first, second := offered, known
	if b.ownOrder {
		first, second = known, offered
	}
	for _, n := range first {
		if slices.Contains(second, n) {
			return n
		}
	}
	return 0
}

func (b box) helloFor(version, suite uint16, h heardHello) []byte {
	said := serverHelloOf(version, suite, b.extensions)
	if b.compresses && h.deflate {
		said[4+2+32+1+2] = 1
	}
	return said
}

// exchange is the ServerKeyExchange, where the suite has one.
func (b box) exchange(version, suite, curve uint16, h heardHello) []byte {
	x, _ := records.SuiteByNumber(suite)
	var body []byte
	switch {
	case x.Exchange == "ecdhe":
		body = slices.Concat([]byte{3}, pair(curve), vector(1, []byte("point")))
	case x.Exchange == "dhe" || x.Exchange == "dh" && x.Auth == "anon":
		body = slices.Concat(vector(2, b.prime), vector(2, []byte{2}), vector(2, []byte("public")))
	default:
		return nil
	}
	if x.Auth != "anon" {
		if version == tls12 {
			body = append(body, pair(b.pick(h.schemes(), b.schemes))...)
		}
		body = append(body, vector(2, []byte("signature"))...)
	}
	return message(12, body)
}

// retry is the HelloRetryRequest.
func (b box) retry(h heardHello) []byte {
	suite, group := b.pick(h.suites, b.suites13), b.pick(h.groups(), b.groups13)
	if suite == 0 || group == 0 {
		return refusal
	}
	said := serverHelloOf(tls12, suite, extensionOfHello(43, pair(tls13)), extensionOfHello(51, pair(group)))
	random := sha256.Sum256([]byte("HelloRetryRequest"))
	copy(said[6:], random[:])
	return record(recordHandshake, said)
}

// ask has a box surveyed, and counts the connections.
func (b box) ask(t *testing.T, full evidence.Handshake, depth string, lanes int) (evidence.Endpoint, int) {
	t.Helper()
	w := loopback.New(t)
	var count atomic.Int64
	w.Serve(t, place, func(conn net.Conn) { b.serve(count.Add(1), conn) })
	e := ask(t.Context(), w, full, depth, lanes)
	return e, int(count.Load())
}

func ask(ctx context.Context, w *loopback.World, full evidence.Handshake, depth string, lanes int) evidence.Endpoint {
	session := w.Network.Session()
	open := func(ctx context.Context) (net.Conn, error) {
		return session.Dial(ctx, netip.MustParseAddrPort(place))
	}
	s := newSurvey(Prober{Session: session, Name: "comune.example", Open: open}, full, depth == evidence.FullDepth)
	s.run(ctx, lanes)
	e := evidence.Endpoint{Offers: s.offers(), Accepts: s.accepts()}
	e.Second.Observation, _ = s.otherKey()
	return e
}

// told writes the facts as words: what is seen by its name, what is not known
// with a question mark and its reason. What is absent says nothing.
func told(e evidence.Endpoint) string {
	var words []string
	say := func(o evidence.Observation, what ...string) {
		if o.State == evidence.Seen {
			words = append(words, strings.Join(what, "="))
		}
		if o.State == evidence.Unknown {
			words = append(words, what[0]+"?"+string(o.Problem))
		}
	}
	for _, o := range e.Offers {
		say(o.Observation, strings.ReplaceAll(o.Version, " ", ""))
	}
	a := e.Accepts
	for _, o := range a.Weak {
		say(o.Observation, o.Class)
	}
	say(a.PhaseOut.Observation, "phase-out", a.PhaseOut.Class)
	say(a.Curve.Observation, "curve", a.Curve.Group)
	if a.Order.State == evidence.Absent {
		words = append(words, "disorder")
	}
	if a.Signing.State == evidence.Absent {
		words = append(words, "signs="+a.Signing.Scheme)
	}
	say(a.SHA1, "sha1")
	say(a.Compression, "compression")
	if a.SecureRenegotiation.State == evidence.Absent {
		words = append(words, "insecure-renegotiation")
	}
	say(a.Heartbeat, "heartbeat")
	say(a.PostQuantum.Observation, "pq", a.PostQuantum.Group)
	say(e.Second.Observation, "second")
	if a.Order.Server != "" {
		words = append(words, map[evidence.State]string{evidence.Seen: "own-order", evidence.Absent: "client-order", evidence.Unknown: "order?"}[a.Order.Server])
	}
	if a.SuitesDone.State == evidence.Unknown {
		words = append(words, "suites?"+string(a.SuitesDone.Problem))
	}
	if a.GroupsDone.State == evidence.Unknown {
		words = append(words, "groups?"+string(a.GroupsDone.Problem))
	}
	return strings.Join(words, " ")
}
