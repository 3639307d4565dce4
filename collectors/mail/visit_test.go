package mail

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// welcoming is a server without STARTTLS that has nothing to hide.
func welcoming() *postman {
	return &postman{greeting: hello, replies: map[string]string{"EHLO": "250 mx\r\n", "QUIT": farewell}}
}

func TestSecondTry(t *testing.T) {
	t.Parallel()
	reset := func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }
	for name, test := range map[string]struct {
		first       func(net.Conn)
		tries       int
		state       evidence.State
		connections int
	}{
		"answers-at-the-second":                 {reset, 2, evidence.Seen, 2},
		"turned-us-away-and-is-not-asked-again": {func(c net.Conn) { _, _ = fmt.Fprint(c, "554 no\r\n") }, 0, evidence.Unknown, 1},
		"hung-up-and-is-not-asked-again":        {func(net.Conn) {}, 0, evidence.Unknown, 1},
		"broke-off-after-the-greeting": {func(c net.Conn) {
			_, _ = fmt.Fprint(c, hello)
			_, _ = c.Read(make([]byte, 100))
			reset(c)
		}, 0, evidence.Unknown, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, oneMX...)
			var visits atomic.Int32
			l.serve(t, "192.0.2.25:25", func(c net.Conn) {
				if visits.Add(1) == 1 {
					test.first(c)
					return
				}
				welcoming().script(c)
			})
			mail, _ := Collect(t.Context(), l.session(), l.request())
			got := mail.Exchanges[0].Servers[0]
			if got.Tries != test.tries || got.State != test.state {
				t.Errorf("server = %+v, want %s after %d tries", got, test.state, test.tries)
			}
			if got.Reverse.State != evidence.Absent {
				t.Errorf("reverse = %+v, want it kept", got.Reverse)
			}
			if len(l.dialled) != test.connections {
				t.Errorf("dialled %v, want %d connections", l.dialled, test.connections)
			}
			if diff := cmp.Diff(evidence.Control{}, mail.Control); diff != "" {
				t.Errorf("control without need (-want +got):\n%s", diff)
			}
		})
	}
}

// Who turns us away in words at the second try was reached: the tries do not
// count as a shut door.
func TestSecondTryMeetsARefusalInWords(t *testing.T) {
	t.Parallel()
	l := newLab(t, oneMX...)
	var visits atomic.Int32
	l.serve(t, "192.0.2.25:25", func(c net.Conn) {
		if visits.Add(1) == 1 {
			_ = c.(*net.TCPConn).SetLinger(0)
			return
		}
		_, _ = fmt.Fprint(c, "554 no SMTP service here\r\n")
	})
	mail, _ := Collect(t.Context(), l.session(), l.request())
	if got := mail.Exchanges[0].Servers[0]; got.Problem != evidence.Refused || got.Tries != 0 {
		t.Errorf("server = %+v, want a refusal and no tries counted", got)
	}
}

func TestSecondTryComesWhenTheOthersAreDone(t *testing.T) {
	t.Parallel()
	l := newLab(t, "comune.test. 300 IN MX 10 a.example.", "comune.test. 300 IN MX 20 b.example.",
		"a.example. 300 IN A 192.0.2.1", "b.example. 300 IN A 192.0.2.2")
	l.serve(t, "192.0.2.2:25", welcoming().script)
	mail, _ := Collect(t.Context(), l.session(), l.request())
	var order []string
	for _, to := range l.dialled {
		order = append(order, to.Addr().String())
	}
	if len(order) != 3 || order[2] != "192.0.2.1" {
		t.Errorf("dialled %v, want the silent one again at the end", order)
	}
	want := evidence.Control{Host: "b.example", Address: "192.0.2.2", Observation: evidence.SeenAt(now)}
	if diff := cmp.Diff(want, mail.Control); diff != "" {
		t.Errorf("control (-want +got):\n%s", diff)
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	const control = "prova.example"
	unknown := func(why evidence.Problem) evidence.Observation {
		return evidence.Observation{State: evidence.Unknown, Problem: why, At: now}
	}
	for name, test := range map[string]struct {
		lines  []string
		script func(net.Conn)
		want   evidence.Control
	}{
		"answers": {
			[]string{control + ". 300 IN A 192.0.2.99"},
			welcoming().script,
			evidence.Control{Host: control, Address: "192.0.2.99", Observation: evidence.SeenAt(now)},
		},
		"turns-us-away-and-so-is-there": {
			[]string{control + ". 300 IN A 192.0.2.99"},
			func(c net.Conn) { _, _ = fmt.Fprint(c, "554 no\r\n") },
			evidence.Control{Host: control, Address: "192.0.2.99", Observation: evidence.SeenAt(now)},
		},
		"second-address-answers": {
			[]string{control + ". 300 IN A 192.0.2.98", control + ". 300 IN A 192.0.2.99"},
			welcoming().script,
			evidence.Control{Host: control, Address: "192.0.2.99", Observation: evidence.SeenAt(now)},
		},
		"port-25-is-shut-here": {
			[]string{control + ". 300 IN A 192.0.2.98"},
			welcoming().script,
			evidence.Control{Host: control, Address: "192.0.2.98", Observation: unknown(evidence.Refused)},
		},
		"something-else-answers": {
			[]string{control + ". 300 IN A 192.0.2.99"},
			func(c net.Conn) { _, _ = fmt.Fprint(c, "HTTP/1.1 200 OK\r\n\r\n") },
			evidence.Control{Host: control, Address: "192.0.2.99", Observation: unknown(evidence.Malformed)},
		},
		"has-no-address": {nil, nil, evidence.Control{Host: control, Observation: unknown(evidence.NoAddress)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, slices.Concat(oneMX, test.lines)...)
			if test.script != nil {
				l.serve(t, "192.0.2.99:25", test.script)
			}
			r := l.request()
			r.Control = control
			mail, _ := Collect(t.Context(), l.session(), r)
			if diff := cmp.Diff(test.want, mail.Control, cmpopts.IgnoreFields(evidence.Observation{}, "Detail")); diff != "" {
				t.Errorf("control (-want +got):\n%s", diff)
			}
		})
	}
}

// A provider, or a virus scanner on this machine, may answer on port 25 in place
// of every server, or cross STARTTLS out: then the control shows none either.
func TestNoEncryptionFromHere(t *testing.T) {
	t.Parallel()
	offering := &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": "454 not now\r\n", "QUIT": farewell}}
	for name, test := range map[string]struct {
		control *postman
		mx      []string
		want    evidence.Observation
	}{
		"nor-at-the-control":            {welcoming(), oneMX, evidence.Observation{State: evidence.Unknown, Problem: evidence.Firewall, At: now}},
		"the-control-offers-it":         {offering, oneMX, evidence.AbsentAt(now)},
		"the-control-turns-us-away":     {&postman{greeting: "554 no\r\n"}, oneMX, evidence.AbsentAt(now)},
		"the-control-is-the-server":     {welcoming(), []string{"comune.test. 300 IN MX 10 prova.example."}, evidence.AbsentAt(now)},
		"another-exchanger-shows-a-way": {welcoming(), append([]string{"comune.test. 300 IN MX 20 mx2.comune.test.", "mx2.comune.test. 300 IN A 192.0.2.26"}, oneMX...), evidence.AbsentAt(now)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, append([]string{"prova.example. 300 IN A 192.0.2.99"}, test.mx...)...)
			l.serve(t, "192.0.2.25:25", welcoming().script)
			l.serve(t, "192.0.2.26:25", offering.script)
			l.serve(t, "192.0.2.99:25", test.control.script)
			r := l.request()
			r.Control = "prova.example"
			mail, _ := Collect(t.Context(), l.session(), r)
			if diff := cmp.Diff(test.want, mail.Exchanges[0].Servers[0].StartTLS, cmpopts.IgnoreFields(evidence.Observation{}, "Detail")); diff != "" {
				t.Errorf("STARTTLS (-want +got):\n%s", diff)
			}
		})
	}
}

func TestControlIsLeftAloneWithoutNeed(t *testing.T) {
	t.Parallel()
	l := newLab(t, oneMX...)
	p := &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": "454 not now\r\n", "QUIT": farewell}}
	l.serve(t, "192.0.2.25:25", p.script)
	r := l.request()
	r.Control = "prova.example"
	mail, _ := Collect(t.Context(), l.session(), r)
	if mail.Control.State != evidence.NotAsked || slices.Contains(l.dns.Asked(), "prova.example. A") {
		t.Errorf("control = %+v, asked %v", mail.Control, l.dns.Asked())
	}
}

// withRSA gives settings with a key that old suites can use.
func withRSA(t *testing.T, settings *tls.Config) *tls.Config {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(3), DNSNames: []string{"mx.comune.test"}, NotBefore: now, NotAfter: now.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	settings.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	return settings
}

func TestVersionsAndSuitesAfterSTARTTLS(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings *tls.Config
		offers   string
		weak     string
		sessions int
	}{
		"modern": {
			&tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}},
			"SSL 3.0 absent, TLS 1.0 absent, TLS 1.1 absent, TLS 1.3 seen", "absent ", 3,
		},
		"tls-1.2-at-best": {
			&tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}},
			"SSL 3.0 absent, TLS 1.0 absent, TLS 1.1 absent, TLS 1.2 seen, TLS 1.3 absent", "absent ", 3,
		},
		"old-versions": {
			&tls.Config{MinVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}},
			"SSL 3.0 absent, TLS 1.0 seen, TLS 1.1 seen, TLS 1.3 seen", "absent ", 5,
		},
		"3des": {
			&tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}},
			"SSL 3.0 absent, TLS 1.0 absent, TLS 1.1 absent, TLS 1.2 seen, TLS 1.3 absent", "seen TLS_RSA_WITH_3DES_EDE_CBC_SHA 3des", 3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, oneMX...)
			p := &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready}, tls: withRSA(t, test.settings)}
			l.serve(t, "192.0.2.25:25", p.script)
			r := l.request()
			r.Depth = evidence.GradeDepth
			mail, _ := Collect(t.Context(), l.session(), r)
			got := mail.Exchanges[0].Servers[0]
			var offers []string
			for _, o := range got.Offers {
				offers = append(offers, o.Version+" "+string(o.State))
			}
			if diff := cmp.Diff(test.offers, strings.Join(offers, ", ")); diff != "" {
				t.Errorf("offers (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.weak, strings.Join([]string{string(got.Weak.State), strings.TrimSpace(got.Weak.Suite + " " + got.Weak.Class)}, " ")); diff != "" {
				t.Errorf("weak suites (-want +got):\n%s", diff)
			}
			if len(l.dialled) != test.sessions {
				t.Errorf("%d sessions, want %d", len(l.dialled), test.sessions)
			}
		})
	}
}

func TestOrdinarySessionOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		domain, mx string
		depth      string
		suppliers  []records.Supplier
		weak       evidence.Problem
	}{
		"passive-profile":                   {"comune.test", "mx.comune.test", "", nil, ""},
		"certified-mail-domain":             {"pec.comune.test", "mx.gestore.example", evidence.GradeDepth, nil, evidence.NotInProfile},
		"certified-mail-host":               {"comune.test", "mx.cert.gestore.example", evidence.GradeDepth, nil, evidence.NotInProfile},
		"certified-mail-host-by-postacert":  {"comune.test", "postacert.gestore.example", evidence.GradeDepth, nil, evidence.NotInProfile},
		"certified-mail-host-of-a-supplier": {"comune.test", "mx.gestore.example", evidence.GradeDepth, []records.Supplier{{ID: "gestore", Roles: []string{"pec"}, MX: []string{"*.gestore.example"}}}, evidence.NotInProfile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.domain+". 300 IN MX 10 "+test.mx+".", test.mx+". 300 IN A 192.0.2.25")
			p := &postman{
				greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready, "QUIT": farewell},
				tls: l.authority.issue(t, test.mx, now.Add(time.Hour)),
			}
			l.serve(t, "192.0.2.25:25", p.script)
			r := l.request()
			r.Domain, r.Depth, r.Suppliers = test.domain, test.depth, test.suppliers
			mail, _ := Collect(t.Context(), l.session(), r)
			got := mail.Exchanges[0].Servers[0]
			if got.TLS.State != evidence.Seen || got.Offers != nil || got.Weak.State != evidence.NotAsked || got.Weak.Problem != test.weak {
				t.Errorf("server = %+v, want an ordinary session and no more", got)
			}
			if diff := cmp.Diff([]string{"EHLO scanner.example", "STARTTLS", "QUIT"}, p.said()); diff != "" {
				t.Errorf("what the server heard (-want +got):\n%s", diff)
			}
		})
	}
}

// A server that turns us away while we count its versions is left alone.
func TestTurnedAwayAmongTheVersions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		later *postman
		want  evidence.Problem
		full  bool
	}{
		"too-many-connections":               {&postman{greeting: "421 too many connections\r\n"}, evidence.RateLimited, false},
		"too-many-connections-at-full-depth": {&postman{greeting: "421 too many connections\r\n"}, evidence.RateLimited, true},
		"at-starttls":                        {&postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": "421 slow down\r\n"}}, evidence.RateLimited, false},
		"no-more-starttls":                   {&postman{greeting: hello, replies: map[string]string{"EHLO": "250 mx\r\n"}}, evidence.Malformed, false},
		"words-in-the-clear":                 {&postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready + "250 injected\r\n"}}, evidence.Malformed, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, oneMX...)
			first := &postman{
				greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready, "QUIT": farewell},
				tls: l.authority.issue(t, "mx.comune.test", now.Add(time.Hour)),
			}
			var visits atomic.Int32
			l.serve(t, "192.0.2.25:25", func(c net.Conn) {
				if visits.Add(1) == 1 {
					first.script(c)
					return
				}
				test.later.script(c)
			})
			r := l.request()
			r.Depth = evidence.GradeDepth
			if test.full {
				r.Depth = evidence.FullDepth
			}
			mail, _ := Collect(t.Context(), l.session(), r)
			got := mail.Exchanges[0].Servers[0]
			for _, o := range got.Offers {
				if o.Version != "TLS 1.3" && (o.State != evidence.Unknown || o.Problem != test.want) {
					t.Errorf("%s = %+v, want unknown by %s", o.Version, o.Observation, test.want)
				}
			}
			if len(got.Offers) < 4 || got.Weak.State != evidence.Unknown || got.Weak.Problem != test.want {
				t.Errorf("server = %+v, want unknown by %s", got, test.want)
			}
			if len(l.dialled) != 2 {
				t.Errorf("dialled %v, want no more after the refusal", l.dialled)
			}
		})
	}
}

// At full depth a server tells everything; nobody asks a mail server for SSL 2.0.
func TestEverythingAfterSTARTTLS(t *testing.T) {
	t.Parallel()
	l := newLab(t, oneMX...)
	p := &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready}, tls: withRSA(t, &tls.Config{
		MinVersion: tls.VersionTLS11, CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256},
		CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA},
	})}
	l.serve(t, "192.0.2.25:25", p.script)
	r := l.request()
	r.Depth = evidence.FullDepth
	mail, _ := Collect(t.Context(), l.session(), r)
	got := mail.Exchanges[0].Servers[0]
	var facts []string
	for _, o := range got.Offers {
		facts = append(facts, o.Version+" "+string(o.State))
	}
	for _, s := range got.Accepts.Suites {
		facts = append(facts, s.Suite)
	}
	facts = append(facts, got.Accepts.Groups...)
	facts = append(facts, got.Weak.Class, string(got.Accepts.SuitesDone.State), string(got.Accepts.GroupsDone.State))
	want := []string{
		"SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 seen", "TLS 1.2 seen", "TLS 1.3 seen",
		"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "secp256r1", "x25519", "static-key", "seen", "seen",
	}
	if diff := cmp.Diff(want, facts); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(l.dialled) != got.Accepts.Hellos+1 || got.Accepts.Hellos > 25 {
		t.Errorf("%d sessions, %d hellos", len(l.dialled), got.Accepts.Hellos)
	}
}
