package tls

import (
	cryptorand "crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"math/rand/v2"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
	"campanile/collectors/internal/loopback"
)

// An alert that says something else than no to what was offered leaves it open:
// that the hello cannot be read, or lacks what the server wants to see.
func TestAlertThatIsNoRefusal(t *testing.T) {
	t.Parallel()
	for name, alert := range map[string]byte{
		"unexpected-message": 10, "illegal-parameter": 47, "decode-error": 50, "missing-extension": 109, "unrecognized-name": 112,
	} {
		for _, depth := range []string{evidence.GradeDepth, evidence.FullDepth} {
			t.Run(name+"-"+depth, func(t *testing.T) {
				t.Parallel()
				b := modern()
				b.flaw = func(_ int64, conn net.Conn, h heardHello) bool {
					fits := h.version == tls12 && slices.Contains(h.suites, b.suites[0]) && b.pick(h.groups(), b.curves) != 0
					return !fits && speak(conn, record(recordAlert, []byte{2, alert}))
				}
				got, _ := b.ask(t, showed13(), depth, lanes)
				a := got.Accepts
				for what, o := range map[string]evidence.Observation{
					"TLS 1.1": got.Offer("TLS 1.1").Observation, "export": a.Weak[2].Observation,
					"a short curve": a.Curve.Observation, "a post-quantum group": a.PostQuantum.Observation,
				} {
					if o.State != evidence.Unknown || o.Problem != evidence.TLSAlert {
						t.Errorf("%s is %+v", what, o)
					}
				}
			})
		}
	}
}

// An internal error may be an accident: once is no answer, twice is one.
func TestInternalErrorOnce(t *testing.T) {
	t.Parallel()
	b := modern()
	b.versions = []uint16{tls11, tls12, tls13}
	b.suites = append(b.suites, 0xc013, 0x0005)
	want, _ := b.ask(t, showed13(), evidence.GradeDepth, lanes)
	b.flaw = func(n int64, conn net.Conn, _ heardHello) bool {
		return n%2 == 1 && speak(conn, record(recordAlert, []byte{2, 80}))
	}
	got, _ := b.ask(t, showed13(), evidence.GradeDepth, 1)
	if diff := cmp.Diff(told(want), told(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// A curve that the other lane finds while the answer is under way says nothing of
// those that stood beside it.
func TestCurveFoundByTheOtherLane(t *testing.T) {
	t.Parallel()
	s := newSurvey(Prober{Session: loopback.New(t).Network.Session()}, showed13(), true)
	asked := []uint16{19, 29}
	s.groups[29] = true
	s.takeCurve(asked, reply{
		Answer:      hello.Answer{Version: tls12, Suite: 0xc02f, Group: 29},
		Observation: evidence.SeenAt(loopback.Now()),
	})
	if left := s.curvesToAsk(); s.heard.curves.State != evidence.NotAsked || !slices.Contains(left, 19) {
		t.Errorf("the search ended with %+v, left are %v", s.heard.curves, left)
	}
}

// No group stands twice in a hello, which a server may refuse whatever it is.
func TestNoGroupTwice(t *testing.T) {
	t.Parallel()
	b := modern()
	b.suites, b.groups13 = []uint16{0xc02b, 0xc02c}, []uint16{29}
	b.curves = []uint16{29, 23}
	b.schemes = []uint16{0x0403}
	b.ownOrder = true
	var twice atomic.Bool
	b.flaw = func(_ int64, _ net.Conn, h heardHello) bool {
		groups := h.groups()
		slices.Sort(groups)
		if len(slices.Compact(slices.Clone(groups))) != len(groups) {
			twice.Store(true)
		}
		return false
	}
	full := showed("TLS 1.3", "TLS_AES_128_GCM_SHA256", "x25519")
	full.Certificates = []evidence.Certificate{{Key: "ECDSA", KeyBits: 256, Curve: "secp256r1"}}
	got, _ := b.ask(t, full, evidence.FullDepth, lanes)
	if twice.Load() || got.Accepts.Curve.State != evidence.Absent || !slices.Contains(got.Accepts.Groups, "secp256r1") {
		t.Errorf("twice: %v; %s, groups %v", twice.Load(), told(got), got.Accepts.Groups)
	}
}

// IIS resets the connection over a version that is switched off. What that leaves
// open is the version; the rest is the same in every scan, however the answers of
// the two lanes fall.
func TestResetsOverOldVersions(t *testing.T) {
	t.Parallel()
	for range 16 {
		b := modern()
		b.suites = append(b.suites, 0xc014, 0x000a, 0x002f)
		b.flaw = func(_ int64, conn net.Conn, h heardHello) bool {
			return h.version < tls12 && conn.Close() == nil
		}
		got := b.askInDisorder(t, evidence.GradeDepth)
		want := "SSL3.0?closed TLS1.0?closed TLS1.1?closed TLS1.2 TLS1.3 3des static-key phase-out=cbc pq?closed"
		if diff := cmp.Diff(want, told(got)); diff != "" {
			t.Fatalf("-want +got\n%s", diff)
		}
	}
}

// askInDisorder has a box surveyed whose answers overtake each other.
func (b box) askInDisorder(t *testing.T, depth string) (e evidence.Endpoint) {
	t.Helper()
	w := loopback.New(t)
	synctest.Test(t, func(t *testing.T) {
		w.Pipe(place, func(conn net.Conn) {
			time.Sleep(time.Millisecond << rand.IntN(12))
			b.serve(0, conn)
		})
		e = ask(t.Context(), w, showed13(), depth, lanes)
	})
	return e
}

// The lanes may overtake each other: the evidence is the same, but for the number
// of connections.
func TestSameFactsWhateverTheOrder(t *testing.T) {
	t.Parallel()
	for _, depth := range []string{evidence.GradeDepth, evidence.FullDepth} {
		var first evidence.Endpoint
		for turn := range 8 {
			b := everything()
			b.flaw = func(_ int64, _ net.Conn, h heardHello) bool {
				if turn < 2 && (h.version < tls12) == (turn == 0) { // one lane is done before the other begins
					time.Sleep(5 * time.Second)
				}
				return false
			}
			got := b.askInDisorder(t, depth)
			got.Accepts.Hellos = 0
			if turn == 0 {
				first = got
			}
			if diff := cmp.Diff(first, got); diff != "" {
				t.Fatalf("%s: -first +later\n%s", depth, diff)
			}
		}
	}
}

// A server that makes each answer wait does not hold a scan up for ever, and what
// was not asked of it is not known.
func TestServerThatIsSlow(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	synctest.Test(t, func(t *testing.T) {
		w.Network.Now = time.Now
		var count atomic.Int64
		b := everything()
		b.flaw = func(int64, net.Conn, heardHello) bool { time.Sleep(9 * time.Second); return false }
		w.Pipe(place, func(conn net.Conn) { b.serve(count.Add(1), conn) })
		began := time.Now()
		got := ask(t.Context(), w, showed13(), evidence.FullDepth, lanes)
		if took := time.Since(began); took > surveyTime+handshakeTime {
			t.Errorf("took %v", took)
		}
		if got.Accepts.SuitesDone.Problem != evidence.Timeout {
			t.Errorf("got %s", told(got))
		}
		if slices.ContainsFunc(got.Accepts.Weak, func(o evidence.SuiteOffer) bool { return o.State == evidence.Absent }) {
			t.Errorf("a clean bill: %s", told(got))
		}
	})
}

// Who has to sign with SHA-1 because nothing else was offered may know better.
func TestSHA1WhereNothingElseWasOffered(t *testing.T) {
	t.Parallel()
	b := modern()
	b.versions, b.suites, b.schemes = []uint16{tls12}, []uint16{0x009c, 0xc013}, []uint16{0x0401, 0x0201}
	b.ownOrder = true
	got, _ := b.ask(t, showed("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "x25519"), evidence.FullDepth, lanes)
	if got.Accepts.SHA1.State != evidence.Seen || got.Accepts.Signing.State == evidence.Absent {
		t.Errorf("SHA-1 is %+v, signing %+v", got.Accepts.SHA1, got.Accepts.Signing)
	}
}

// A certificate may hold a number with which one signature takes seconds, and no
// context ends that: it is named and never computed with.
func TestGiantKey(t *testing.T) {
	t.Parallel()
	giant := giantCertificate(t, 1<<19)
	began := time.Now()
	parsed, facts := parse([][]byte{giant})
	if parsed[0] != nil || facts[0].Unparsed == "" || facts[0].Subject != "CN=comune.example" || facts[0].KeyBits != 1<<19 {
		t.Errorf("%q with %d bits, refused because of %q", facts[0].Subject, facts[0].KeyBits, facts[0].Unparsed)
	}
	if state := match(giant, parsed[0], "comune.example"); state != evidence.Seen {
		t.Errorf("the name is %s", state)
	}
	lintsOf(giant, true)
	if _, err := readIssuer(giant); err == nil {
		t.Error("it is taken for an issuer")
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}

// giantCertificate says that it signed itself, with an RSA key of so many bits.
func giantCertificate(t *testing.T, bits uint) []byte {
	t.Helper()
	number := new(big.Int).Lsh(big.NewInt(1), bits)
	number.Sub(number, big.NewInt(1))
	signer, err := rsa.GenerateKey(cryptorand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "comune.example"}, DNSNames: []string{"comune.example"},
		NotBefore: loopback.Now(), NotAfter: loopback.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(cryptorand.Reader, template, template, &rsa.PublicKey{N: number, E: 1<<31 - 1}, signer)
	if err != nil {
		t.Fatal(err)
	}
	// crypto/rsa looks at the length of a signature first.
	var outer struct {
		Signed, Algorithm asn1.RawValue
		Signature         asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		t.Fatal(err)
	}
	outer.Signature = asn1.BitString{Bytes: make([]byte, bits/8), BitLength: int(bits)}
	if der, err = asn1.Marshal(outer); err != nil {
		t.Fatal(err)
	}
	return der
}
