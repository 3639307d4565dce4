package lab

import (
	"crypto/tls"
	"encoding/hex"
	"slices"

	"campanile/collectors/records"
)

// relic is a server of long ago, as it was set up then. crypto/tls knows none of
// its habits any more, so it answers by hand, and only as far as both sides speak
// in the clear (RFC 5246 section 7.3): hello, certificates, key exchange. Whoever
// wants to go on offers TLS 1.3 as well, see relicDoor.
type relic struct {
	oldest, newest uint16   // versions, ssl20 to TLS 1.2
	suites         []uint16 // in its own order
	deflate        bool     // it compresses what it encrypts (RFC 3749)
	renegotiation  bool     // it knows RFC 5746
	scheme         uint16   // with which it signs in TLS 1.2; before there is no choice
	bleeds         bool     // it takes heartbeats, and answers with what was never sent (CVE-2014-0160)
}

// Versions that crypto/tls has no name for.
const (
	ssl20 = 0x0002
	ssl30 = 0x0300
)

// lockOf2008 is OpenSSL 0.9.8 as it came: everything it knows is switched on.
func lockOf2008() *relic {
	return &relic{oldest: ssl20, newest: tls.VersionTLS10, deflate: true, suites: []uint16{
		0x0039, // TLS_DHE_RSA_WITH_AES_256_CBC_SHA
		0x0035, // TLS_RSA_WITH_AES_256_CBC_SHA
		0x0016, // TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA
		0x000a, // TLS_RSA_WITH_3DES_EDE_CBC_SHA
		0x0033, // TLS_DHE_RSA_WITH_AES_128_CBC_SHA
		0x002f, // TLS_RSA_WITH_AES_128_CBC_SHA
		0x0005, // TLS_RSA_WITH_RC4_128_SHA
		0x0004, // TLS_RSA_WITH_RC4_128_MD5
		0x0015, // TLS_DHE_RSA_WITH_DES_CBC_SHA
		0x0009, // TLS_RSA_WITH_DES_CBC_SHA
		0x0008, // TLS_RSA_EXPORT_WITH_DES40_CBC_SHA
		0x0003, // TLS_RSA_EXPORT_WITH_RC4_40_MD5
	}}
}

// balancerOf2013 is a box in front of the server, with the old versions switched
// off since and nothing else looked after.
func balancerOf2013() *relic {
	const sha1WithRSA = 0x0201 // RFC 5246 section 7.4.1.4.1
	return &relic{oldest: tls.VersionTLS12, newest: tls.VersionTLS12, renegotiation: true, scheme: sha1WithRSA, suites: []uint16{
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
		tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	}}
}

// gatewayOf2012 is OpenSSL 1.0.1 before the spring of 2014, with the old versions
// switched off.
func gatewayOf2012() *relic {
	const sha256WithRSA = 0x0401
	return &relic{
		oldest: tls.VersionTLS12, newest: tls.VersionTLS12, renegotiation: true, scheme: sha256WithRSA, bleeds: true,
		suites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
	}
}

// oakley2 is the prime of 1024 bits that servers of that time shared (RFC 2409
// section 6.2).
const oakley2 = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
	"ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
	"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff"

// adjust lets crypto/tls, which serves those who go on, take the versions of the
// relic and of its suites the first that it can.
func (r relic) adjust(config *tls.Config) {
	config.MinVersion, config.MaxVersion = max(r.oldest, tls.VersionTLS10), r.newest
	known := slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites())
	for _, number := range r.suites {
		if slices.ContainsFunc(known, func(s *tls.CipherSuite) bool { return s.ID == number }) {
			config.CipherSuites = []uint16{number}
			return
		}
	}
}

// Alerts with which a relic refuses (RFC 5246 section 7.2).
const (
	handshakeFailure = 40
	protocolVersion  = 70
)

// answer is all that the relic says to a hello before it waits for the client: its
// first flight, or an alert. What matters only to those who compute a key (random
// numbers, public values, signatures) is zero.
func (r relic) answer(g greeting, chain [][]byte) []byte {
	version := min(g.version, r.newest)
	if version < max(r.oldest, ssl30) {
		return alert(version, protocolVersion)
	}
	suite, ok := r.choose(g)
	if !ok {
		return alert(version, handshakeFailure)
	}
	var flight []byte
	for _, message := range [][]byte{r.hello(g, version, suite.Number), certificates(chain), r.exchange(version, suite), {14, 0, 0, 0}} {
		if message != nil {
			flight = append(flight, record(22, version, message)...)
		}
	}
	return flight
}

// choose takes the first of its own suites that the client offers.
func (r relic) choose(g greeting) (records.Suite, bool) {
	for _, number := range r.suites {
		suite, _ := records.SuiteByNumber(number)
		usable := suite.Exchange != "ecdhe" || g.groups == nil || slices.Contains(g.groups, uint16(tls.CurveP256))
		if usable && slices.Contains(g.suites, number) {
			return suite, true
		}
	}
	return records.Suite{}, false
}

// hello is the ServerHello (RFC 5246 section 7.4.1.3). It knows two extensions at
// most.
func (r relic) hello(g greeting, version, suite uint16) []byte {
	const noSession = 0
	compression := byte(0)
	if r.deflate && slices.Contains(g.compressions, 1) {
		compression = 1
	}
	body := slices.Concat(two(version), make([]byte, 32), []byte{noSession}, two(suite), []byte{compression})
	var extensions []byte
	if r.renegotiation && g.renegotiation {
		extensions = append(extensions, slices.Concat(two(renegotiationInfo), sized(2, []byte{0}))...) // RFC 5746 section 3.6
	}
	if r.bleeds && g.heartbeat {
		extensions = append(extensions, slices.Concat(two(heartbeat), sized(2, []byte{1}))...) // RFC 6520 section 2: they may come
	}
	if extensions != nil {
		body = append(body, sized(2, extensions)...)
	}
	return message(2, body)
}

func certificates(chain [][]byte) []byte {
	var list []byte
	for _, der := range chain {
		list = append(list, sized(3, der)...)
	}
	return message(11, sized(3, list))
}

// exchange is the ServerKeyExchange (RFC 5246 section 7.4.3), nil where the
// certificate's own key does for the exchange.
func (r relic) exchange(version uint16, suite records.Suite) []byte {
	var parameters []byte
	switch {
	case suite.Exchange == "ecdhe": // RFC 8422 section 5.4
		parameters = slices.Concat([]byte{3}, two(uint16(tls.CurveP256)), sized(1, make([]byte, 65)))
	case suite.Exchange == "dhe":
		prime, _ := hex.DecodeString(oakley2) // a constant, which a test reads
		parameters = slices.Concat(sized(2, prime), sized(2, []byte{2}), sized(2, make([]byte, len(prime))))
	case suite.Export: // a key of 512 bits, as the law then wished (RFC 2246 section 7.4.3)
		parameters = slices.Concat(sized(2, make([]byte, 512/8)), sized(2, []byte{1, 0, 1}))
	default:
		return nil
	}
	if version == tls.VersionTLS12 {
		parameters = append(parameters, two(r.scheme)...)
	}
	return message(12, parameters, sized(2, make([]byte, 1024/8)))
}

// answerSSL2 is a SERVER-HELLO of SSL 2.0 with one suite, RC4 with MD5
// (draft-hickman-netscape-ssl-00 section 2.6).
func answerSSL2(leaf []byte) []byte {
	const isServerHello, noSession, isX509 = 4, 0, 1
	suite, connection := []byte{1, 0, 0x80}, make([]byte, 16)
	body := slices.Concat(
		[]byte{isServerHello, noSession, isX509}, two(ssl20),
		two(uint16(len(leaf))), two(uint16(len(suite))), two(uint16(len(connection))),
		leaf, suite, connection,
	)
	return append(two(0x8000|uint16(len(body))), body...)
}
