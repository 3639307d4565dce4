package tls

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// everything is a server that refuses nothing.
func everything() box {
	b := modern()
	b.versions = []uint16{ssl30, tls10, tls11, tls12, tls13}
	b.suites = numbers(oldSuites())
	b.suites13 = numbers(suitesWhere(func(x records.Suite) bool { return x.TLS13 }))
	b.curves, b.groups13 = nil, nil
	for _, g := range records.Groups() {
		b.groups13 = append(b.groups13, g.Number)
		if g.Kind == "ec" && (g.Number < 31 || g.Number > 33) {
			b.curves = append(b.curves, g.Number)
		}
	}
	b.schemes = []uint16{0x0804, 0x0201}
	b.prime = slices.Repeat([]byte{0xff}, 96)
	b.compresses = true
	b.extensions = extensionOfHello(15, []byte{1})
	return b
}

func TestGradeDepth(t *testing.T) {
	t.Parallel()
	with := func(change func(*box)) box {
		b := modern()
		change(&b)
		return b
	}
	const sound = "TLS1.2 TLS1.3 pq=X25519MLKEM768"
	for name, test := range map[string]struct {
		box  box
		full evidence.Handshake
		most int // connections, without the ordinary handshake
		want string
	}{
		"modern":                {modern(), showed13(), 9, sound},
		"modern-with-own-order": {with(func(b *box) { b.ownOrder = true }), showed13(), 9, sound},
		"post-quantum-shown-already": {
			modern(), showed("TLS 1.3", "TLS_AES_128_GCM_SHA256", "X25519MLKEM768"), 8, sound,
		},
		"tls-1.3-only": {
			with(func(b *box) { b.versions = []uint16{tls13} }), showed13(), 7, "TLS1.3 pq=X25519MLKEM768",
		},
		"no-post-quantum": {with(func(b *box) { b.groups13 = []uint16{29} }), showed13(), 9, "TLS1.2 TLS1.3"},
		"tls-1.2-at-best": {
			with(func(b *box) { b.versions = []uint16{tls12} }), showed("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "x25519"), 9, "TLS1.2",
		},
		"intermediate-with-dhe": {
			with(func(b *box) { b.suites, b.prime = append(b.suites, 0x009e, 0x009f), slices.Repeat([]byte{0xff}, 256) }),
			showed13(), 9, "TLS1.2 TLS1.3 phase-out=dhe pq=X25519MLKEM768",
		},
		"cbc-preferred-to-gcm": {
			with(func(b *box) { b.suites, b.ownOrder = []uint16{0xc013, 0xc02f}, true }), showed13(), 11,
			"TLS1.2 TLS1.3 phase-out=cbc disorder pq=X25519MLKEM768",
		},
		"cbc-only-is-no-wrong-order": {
			with(func(b *box) { b.suites = []uint16{0xc013} }), showed13(), 11, "TLS1.2 TLS1.3 phase-out=cbc pq=X25519MLKEM768",
		},
		"static-key-and-3des": {
			with(func(b *box) { b.suites = append(b.suites, 0x002f, 0x000a) }), showed13(), 11, "TLS1.2 TLS1.3 3des static-key pq=X25519MLKEM768",
		},
		"short-curve": {
			with(func(b *box) { b.curves = append(b.curves, 1) }), showed13(), 9, "TLS1.2 TLS1.3 curve=sect163k1 pq=X25519MLKEM768",
		},
		"an-ecdsa-certificate-too": {
			with(func(b *box) { b.suites = append(b.suites, 0xc02c) }), showed13(), 9, "TLS1.2 TLS1.3 pq=X25519MLKEM768 second",
		},
		"signs-with-sha-1-only": {
			with(func(b *box) { b.schemes = []uint16{0x0201} }), showed13(), 9, "TLS1.2 TLS1.3 signs=rsa_pkcs1_sha1 pq=X25519MLKEM768",
		},
		"everything": {
			everything(), showed13(), 25,
			"SSL3.0 TLS1.0 TLS1.1 TLS1.2 TLS1.3 null anonymous export des rc4 3des static-key phase-out=dhe curve=sect163k1 compression insecure-renegotiation heartbeat pq=MLKEM512 second",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, lanes := range []int{1, 2} {
				got, connections := test.box.ask(t, test.full, evidence.GradeDepth, lanes)
				words := told(got)
				if lanes == 1 {
					words = strings.TrimPrefix(words, "SSL2.0 ")
				}
				if diff := cmp.Diff(test.want, words); diff != "" {
					t.Errorf("%d lanes: -want +got\n%s", lanes, diff)
				}
				if connections > test.most {
					t.Errorf("%d lanes: %d connections, want at most %d", lanes, connections, test.most)
				}
				if got.Accepts.Hellos != connections {
					t.Errorf("%d hellos written down, %d connections", got.Accepts.Hellos, connections)
				}
			}
		})
	}
}

// The lists are the server's own, whatever its order.
func TestFullDepth(t *testing.T) {
	t.Parallel()
	intermediate := modern()
	intermediate.suites = append(intermediate.suites, 0x009e, 0x009f, 0xccaa)
	intermediate.prime = slices.Repeat([]byte{0xff}, 256)
	intermediate.curves = []uint16{29, 23, 30, 25, 24}
	intermediate.groups13 = []uint16{29, 23, 30, 25, 24, 256, 257, 258, 259, 260}
	only13 := intermediate
	only13.versions = []uint16{tls13}
	one := modern()
	one.suites = one.suites[:1]
	for name, test := range map[string]struct {
		box  box
		most int // connections, without the ordinary handshake; own order may cost seven more, as both lanes then find the same groups
		want string
	}{
		"intermediate": {intermediate, 24, "TLS1.2 TLS1.3 phase-out=dhe"},
		"tls-1.3-only": {only13, 17, "TLS1.3"},
		"modern":       {modern(), 19, "TLS1.2 TLS1.3 pq=X25519MLKEM768"},
		"one-suite":    {one, 19, "TLS1.2 TLS1.3 pq=X25519MLKEM768"},
		"everything": {
			everything(), len(oldSuites()) + len(records.Groups()) + 20,
			"SSL3.0 TLS1.0 TLS1.1 TLS1.2 TLS1.3 null anonymous export des rc4 3des static-key phase-out=dhe curve=sect163k1 sha1 compression insecure-renegotiation heartbeat pq=MLKEM512 second",
		},
	} {
		for _, own := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s-own-order-%t", name, own), func(t *testing.T) {
				t.Parallel()
				b := test.box
				b.ownOrder = own
				got, connections := b.ask(t, showed13(), evidence.FullDepth, 2)
				words := strings.Fields(told(got))
				want := test.want
				if len(b.suites) > 1 && slices.Contains(b.versions, tls12) {
					want += map[bool]string{false: " client-order", true: " own-order"}[own]
				}
				if own {
					// By its own order it takes the suites by number, NULL first.
					want = strings.Replace(want, " sha1 compression", " disorder sha1 compression", 1)
				}
				if diff := cmp.Diff(want, strings.Join(words, " ")); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
				if diff := cmp.Diff(b.everySuite(), namesOfSuites(got.Accepts)); diff != "" {
					t.Errorf("suites -want +got\n%s", diff)
				}
				if diff := cmp.Diff(b.everyGroup(), got.Accepts.Groups); diff != "" {
					t.Errorf("groups -want +got\n%s", diff)
				}
				if most := test.most + map[bool]int{true: 7}[own]; connections > most {
					t.Errorf("%d connections, want at most %d", connections, most)
				}
			})
		}
	}
}

func (b box) everySuite() []string {
	var list []string
	for _, x := range records.Suites() {
		if slices.Contains(b.suites13, x.Number) || slices.Contains(b.versions, tls12) && slices.Contains(b.suites, x.Number) {
			list = append(list, x.Name)
		}
	}
	return list
}

func (b box) everyGroup() []string {
	var list []string
	for _, g := range records.Groups() {
		if slices.Contains(b.groups13, g.Number) || slices.Contains(b.versions, tls12) && slices.Contains(b.curves, g.Number) {
			list = append(list, g.Name)
		}
	}
	return list
}

func namesOfSuites(a evidence.Accepts) []string {
	var list []string
	for _, s := range a.Suites {
		list = append(list, s.Suite)
	}
	return list
}
