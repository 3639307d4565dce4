package tls

import (
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// resetsAbove breaks the connection over a hello of more suites.
func resetsAbove(most int) func(int64, net.Conn, heardHello) bool {
	return func(_ int64, conn net.Conn, h heardHello) bool {
		if len(h.suites) > most {
			resetConn(conn)
			return true
		}
		return false
	}
}

// only answers the first connections and breaks the others.
func only(first int64, breakOff func(net.Conn)) func(int64, net.Conn, heardHello) bool {
	return func(n int64, conn net.Conn, _ heardHello) bool {
		if n > first {
			breakOff(conn)
			return true
		}
		return false
	}
}

// Servers with a fault that is known from the wild: the facts are right all the
// same, at both depths.
func TestFaultsThatAreSurvived(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lanes int
		flaw  func(b *box) func(int64, net.Conn, heardHello) bool
	}{
		"resets-above-128-suites": {lanes, func(*box) func(int64, net.Conn, heardHello) bool { return resetsAbove(128) }},
		"resets-above-64-suites":  {lanes, func(*box) func(int64, net.Conn, heardHello) bool { return resetsAbove(64) }},
		"resets-above-40-suites":  {lanes, func(*box) func(int64, net.Conn, heardHello) bool { return resetsAbove(40) }},
		"hangs-up-above-40-suites": {lanes, func(*box) func(int64, net.Conn, heardHello) bool {
			return func(_ int64, conn net.Conn, h heardHello) bool { return len(h.suites) > 40 && conn.Close() == nil }
		}},
		"reads-64-suites-and-no-more": {lanes, func(b *box) func(int64, net.Conn, heardHello) bool {
			return func(_ int64, conn net.Conn, h heardHello) bool {
				h.suites = h.suites[:min(64, len(h.suites))]
				_, _ = conn.Write(b.answer(h))
				return false
			}
		}},
		"resets-over-a-hello-of-256-to-511-bytes": {lanes, func(*box) func(int64, net.Conn, heardHello) bool {
			return func(_ int64, conn net.Conn, h heardHello) bool {
				if h.length < 256 || h.length > 511 {
					return false
				}
				resetConn(conn)
				return true
			}
		}},
		"a-warning-before-each-answer": {lanes, func(b *box) func(int64, net.Conn, heardHello) bool {
			return func(_ int64, conn net.Conn, h heardHello) bool {
				_, _ = conn.Write(say(warning, b.answer(h)))
				return true
			}
		}},
		// With two lanes two of them may come to stand in a row.
		"loses-every-fifth-connection": {1, func(*box) func(int64, net.Conn, heardHello) bool {
			return func(n int64, conn net.Conn, _ heardHello) bool {
				if n%5 == 0 {
					resetConn(conn)
					return true
				}
				return false
			}
		}},
		"refuses-the-signature-after-server-hello": {lanes, func(b *box) func(int64, net.Conn, heardHello) bool {
			return func(_ int64, conn net.Conn, h heardHello) bool {
				if h.version != tls12 || b.pick(h.schemes(), b.schemes) != 0 {
					return false
				}
				_, _ = conn.Write(say(record(recordHandshake, serverHelloOf(tls12, b.pick(h.suites, b.suites))), refusal))
				return true
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := modern()
			b.versions = []uint16{tls11, tls12, tls13}
			b.suites = append(b.suites, 0xc013, 0x0005, 0x002f)
			b.curves = append(b.curves, 19)
			b.flaw = test.flaw(&b)
			for depth, want := range map[string]string{
				evidence.GradeDepth: "TLS1.1 TLS1.2 TLS1.3 rc4 static-key phase-out=cbc curve=secp192r1 pq=X25519MLKEM768",
				evidence.FullDepth:  "TLS1.1 TLS1.2 TLS1.3 rc4 static-key phase-out=cbc curve=secp192r1 pq=X25519MLKEM768 client-order",
			} {
				got, _ := b.ask(t, showed13(), depth, test.lanes)
				words := told(got)
				if diff := cmp.Diff(want, words); diff != "" {
					t.Errorf("%s: -want +got\n%s", depth, diff)
				}
				if depth == evidence.FullDepth {
					if diff := cmp.Diff(b.everySuite(), namesOfSuites(got.Accepts)); diff != "" {
						t.Errorf("suites -want +got\n%s", diff)
					}
				}
			}
		})
	}
}

// Where answers are lost nothing is called absent that was not refused, and
// nobody insists.
func TestLossesAreNoCleanBill(t *testing.T) {
	t.Parallel()
	hangUp := func(conn net.Conn) { _ = conn.Close() }
	for name, test := range map[string]struct {
		flaw    func(int64, net.Conn, heardHello) bool
		most    int
		problem evidence.Problem
	}{
		"resets-everything":       {only(0, resetConn), 6, evidence.Reset},
		"hangs-up-on-everything":  {only(0, hangUp), 6, evidence.Closed},
		"one-connection-a-second": {only(2, hangUp), 6, evidence.Closed},
		"gets-tired-of-us":        {only(4, resetConn), 9, evidence.Reset},
		"takes-what-nobody-offered": {func(_ int64, conn net.Conn, _ heardHello) bool {
			return speak(conn, record(recordHandshake, serverHelloOf(tls12, 0x1234), helloDone))
		}, 6, evidence.Malformed},
		"takes-a-version-from-nowhere": {func(_ int64, conn net.Conn, _ heardHello) bool {
			return speak(conn, record(recordHandshake, serverHelloOf(0x0309, 0xc02f), helloDone))
		}, 6, evidence.Malformed},
		"speaks-http": {func(_ int64, conn net.Conn, _ heardHello) bool {
			return speak(conn, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		}, 6, evidence.Malformed},
		"alert-after-every-server-hello": {func(_ int64, conn net.Conn, h heardHello) bool {
			return h.version != tls13 && speak(conn, say(record(recordHandshake, serverHelloOf(h.version, h.suites[0])), refusal))
		}, 0, evidence.TLSAlert},
	} {
		for _, depth := range []string{evidence.GradeDepth, evidence.FullDepth} {
			t.Run(name+"-"+depth, func(t *testing.T) {
				t.Parallel()
				b := everything()
				b.flaw = test.flaw
				got, connections := b.ask(t, showed13(), depth, lanes)
				for _, o := range got.Accepts.Weak {
					if o.State != evidence.Unknown && o.State != evidence.Seen || o.State == evidence.Unknown && o.Problem != test.problem && o.Problem != evidence.DependsOnOther {
						t.Errorf("suites of class %s are %+v", o.Class, o.Observation)
					}
				}
				a := got.Accepts
				for what, o := range map[string]evidence.Observation{
					"phase-out": a.PhaseOut.Observation, "dh": a.DH.Observation, "curve": a.Curve.Observation, "second": got.Second.Observation,
					"suites": a.SuitesDone, "groups": a.GroupsDone,
				} {
					if o.State == evidence.Absent || strings.HasSuffix(what, "s") && o.State == evidence.Seen {
						t.Errorf("%s: %+v", what, o)
					}
				}
				if test.most > 0 && connections > test.most {
					t.Errorf("%d connections, want at most %d", connections, test.most)
				}
			})
		}
	}
}

func speak(conn net.Conn, what []byte) bool {
	_, _ = conn.Write(what)
	return true
}

// Who breaks over TLS 1.2 and takes TLS 1.1 shows what that takes: what it refuses
// there says nothing about TLS 1.2.
func TestTLS12IsLostAndTLS11IsThere(t *testing.T) {
	t.Parallel()
	b := modern()
	b.versions, b.suites = []uint16{tls11, tls12, tls13}, []uint16{0xc013, 0x000a}
	b.flaw = func(_ int64, conn net.Conn, h heardHello) bool {
		if h.version == tls12 {
			resetConn(conn)
		}
		return h.version == tls12
	}
	got, _ := b.ask(t, showed13(), evidence.GradeDepth, lanes)
	want := "TLS1.1 TLS1.2?reset TLS1.3 null?reset anonymous?reset export?reset des?reset rc4?reset 3des static-key?reset phase-out=cbc curve?reset compression?reset heartbeat?reset pq=X25519MLKEM768 second?reset"
	if diff := cmp.Diff(want, told(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// A version that the ordinary handshake took is there, though every hello of ours
// is lost.
func TestOwnHelloIsLost(t *testing.T) {
	t.Parallel()
	b := modern()
	b.versions = []uint16{tls12}
	b.flaw = only(0, resetConn)
	got, _ := b.ask(t, showed("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "x25519"), evidence.GradeDepth, 1)
	if o := got.Offer("TLS 1.2"); o.State != evidence.Seen {
		t.Errorf("TLS 1.2 is %+v", o)
	}
	if got.Accepts.Order.State != evidence.Unknown || got.Accepts.Weak[0].State != evidence.Unknown || got.Offer("TLS 1.1").State != evidence.Unknown {
		t.Errorf("got %s", told(got))
	}
}

// A server that hangs costs two timeouts, one for each lane and hello.
func TestServerThatHangs(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]int64{"at-once": 0, "after-the-first-hellos": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			synctest.Test(t, func(t *testing.T) {
				var count atomic.Int64
				b := everything()
				b.flaw = only(after, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
				w.Pipe(place, func(conn net.Conn) { b.serve(count.Add(1), conn) })
				began := time.Now()
				got := ask(t.Context(), w, showed13(), evidence.FullDepth, lanes)
				if took := time.Since(began); took > 2*handshakeTime {
					t.Errorf("took %v, want at most %v", took, 2*handshakeTime)
				}
				if got.Accepts.SuitesDone.Problem != evidence.Timeout || got.Accepts.GroupsDone.Problem != evidence.Timeout {
					t.Errorf("got %s", told(got))
				}
				if slices.ContainsFunc(got.Accepts.Weak, func(o evidence.SuiteOffer) bool { return o.State == evidence.Absent }) {
					t.Errorf("a clean bill: %s", told(got))
				}
			})
		})
	}
}

// A server that names a group which it was not offered does not keep us for ever.
func TestSameGroupForEver(t *testing.T) {
	t.Parallel()
	b := modern()
	b.flaw = func(_ int64, conn net.Conn, h heardHello) bool {
		if h.version != tls13 {
			return false
		}
		stuck := b
		h.extensions[10] = vector(2, pair(29))
		return speak(conn, stuck.retry(h))
	}
	got, connections := b.ask(t, showed13(), evidence.FullDepth, lanes)
	if got.Accepts.GroupsDone.Problem != evidence.Malformed || got.Accepts.PostQuantum.State != evidence.Unknown || connections > 20 {
		t.Errorf("%s in %d connections", told(got), connections)
	}
}

// Who signs with something else when offered SHA-1 only is no proof of anything.
func TestSchemeThatWasNotOffered(t *testing.T) {
	t.Parallel()
	b := modern()
	b.flaw = func(_ int64, conn net.Conn, h heardHello) bool {
		if slices.Contains(h.schemes(), 0x0804) || h.version != tls12 {
			return false
		}
		h.extensions[13] = vector(2, pair(0x0804))
		return speak(conn, b.answer(h))
	}
	got, _ := b.ask(t, showed13(), evidence.FullDepth, lanes)
	if got.Accepts.SHA1.State != evidence.Unknown || got.Accepts.SHA1.Problem != evidence.Malformed {
		t.Errorf("SHA-1 is %+v", got.Accepts.SHA1)
	}
}
