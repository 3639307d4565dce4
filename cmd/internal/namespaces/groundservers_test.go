package namespaces

import (
	"crypto/tls"
	"net"
	"testing"

	"github.com/miekg/dns"
)

// places says where the supplier's name servers are.
func (w *world) places() map[string]address {
	return map[string]address{"ns1": w.Leaf, "ns-vicino": w.NearLeaf, "ns2": w.SecondLeaf, "ns-quattro": {V4: w.SecondLeaf.V4}, "ns-aperto": w.OpenLeaf}
}

// testNameServers asks each server of each town for its zone, by record and
// whole, and whether it resolves names.
func (w *world) testNameServers(t *testing.T) {
	for _, town := range w.Towns {
		for _, name := range town.NameServers {
			at := net.JoinHostPort(w.places()[name].V4, "53")
			query := new(dns.Msg).SetQuestion(town.Domain+".", dns.TypeSOA)
			reply, err := dns.ExchangeContext(t.Context(), query, at)
			if err != nil {
				t.Fatalf("%s at %s: %v", town.Domain, name, err)
			}
			if lame := town.Lame && name == "ns2"; reply.Authoritative == lame || reply.RecursionAvailable != (name == "ns-aperto") {
				t.Errorf("%s at %s, lame %v:\n%v", town.Domain, name, lame, reply)
			}
			if older := town.Behind && name == "ns2"; !town.Lame && (reply.Answer[0].(*dns.SOA).Serial == 2026112201) != older {
				t.Errorf("%s at %s, older %v:\n%v", town.Domain, name, older, reply)
			}
			if given := handsOut(t, town.Domain, at); given != town.GivenAway {
				t.Errorf("%s at %s: handed out %v, configured %v", town.Domain, name, given, town.GivenAway)
			}
		}
	}
}

// handsOut reports whether the server begins with a transfer (RFC 5936).
func handsOut(t *testing.T, domain, at string) bool {
	t.Helper()
	messages, err := new(dns.Transfer).In(new(dns.Msg).SetAxfr(domain+"."), at)
	if err != nil {
		t.Fatal(err)
	}
	given := false
	for message := range messages {
		given = given || len(message.RR) > 0
	}
	return given
}

// testOldMail asks the mail servers for TLS 1.0, as nobody should, and for the
// name in their certificate.
func (w *world) testOldMail(t *testing.T) {
	if w.postfix == nil {
		t.Skip("Postfix was not run, as it needs root")
	}
	for _, server := range []struct {
		at   address
		old  bool
		name string
	}{
		{w.Mail, false, "mx.fornitore.example"},
		{w.OldMail, true, "mx-vecchio.fornitore.example"},
		{w.OtherMail, false, "posta.fornitore.example"},
	} {
		client := greet(t, server.at.V4)
		err := client.StartTLS(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}) // what is looked at is the version
		if accepted := err == nil; accepted != server.old {
			t.Errorf("%s: TLS 1.0 accepted %v, configured %v: %v", server.at.V4, accepted, server.old, err)
		}
		_ = client.Close()
		client = greet(t, server.at.V4)
		if err := client.StartTLS(&tls.Config{RootCAs: w.pool(t), ServerName: server.name}); err != nil {
			t.Errorf("%s: %v", server.at.V4, err)
		}
		_ = client.Close()
	}
}
