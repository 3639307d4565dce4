package lab

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// fingerprint is everything a lab shows, in a form that can be compared.
func fingerprint(t *testing.T, l *Lab) map[string]string {
	t.Helper()
	shown := map[string]string{"anchor": l.Anchor(), "root": string(l.CA())}
	for _, q := range questions(l) {
		reply := ask(t, l, q.Name, q.Qtype)
		reply.Id = 0
		packed, err := reply.Pack()
		if err != nil {
			t.Fatal(err)
		}
		shown[q.Name+" "+dns.TypeToString[q.Qtype]] = digest(packed)
	}
	for _, host := range []string{
		"comune.roccafinta.campanile.test", "comune.borgodimenticato.campanile.test", "comune.gemellodisotto.campanile.test",
		"comune.pontespezzato.campanile.test", "www.comune.pontespezzato.campanile.test", "commune-de-fable.campanile.test",
		"comune.serraturavecchia.campanile.test", "comune.sigillodicera.campanile.test", "sceau-le-bref.campanile.test",
	} {
		state, err := shake(t, l, host, tls.VersionTLS10, tls.VersionTLS13)
		if err != nil {
			t.Fatal(err)
		}
		for i, certificate := range state.PeerCertificates {
			shown[fmt.Sprintf("%s certificate %d", host, i)] = digest(certificate.Raw)
		}
	}
	page, err := get(t, visitor(t, l, true), "https://comune.roccafinta.campanile.test/")
	if err != nil {
		t.Fatal(err)
	}
	shown["page"], shown["headers"] = page.body, fmt.Sprint(page.header)
	list, err := get(t, visitor(t, l, true), caAddress(revocationFile))
	if err != nil {
		t.Fatal(err)
	}
	shown["revocations"] = digest([]byte(list.body))
	return shown
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestTwoStartsShowTheSame(t *testing.T) {
	t.Parallel()
	first, second := fingerprint(t, raised(t)), fingerprint(t, raised(t))
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two starts differ (-first +second):\n%s", diff)
	}
}

func TestTheHourDoesNotMatter(t *testing.T) {
	t.Parallel()
	now, later := raised(t), raisedOn(t, someDay.Add(9*time.Hour))
	for _, q := range []dns.Question{{Name: "comune.roccafinta.campanile.test.", Qtype: dns.TypeSOA}, {Name: "test.", Qtype: dns.TypeDNSKEY}} {
		if diff := cmp.Diff(ask(t, now, q.Name, q.Qtype).Answer, ask(t, later, q.Name, q.Qtype).Answer); diff != "" {
			t.Errorf("%s (-morning +evening):\n%s", q.Name, diff)
		}
	}
	const host = "comune.valscaduta.campanile.test"
	one, err := shake(t, now, host, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	other, err := shake(t, later, host, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !one.PeerCertificates[0].Equal(other.PeerCertificates[0]) {
		t.Error("the certificate changes within a day")
	}
}

func TestTheLabIsYoungOnAnyDay(t *testing.T) {
	t.Parallel()
	day := time.Date(2031, time.March, 1, 23, 59, 0, 0, time.FixedZone("east", 14*3600))
	l := raisedOn(t, day)
	newValidator(t, l).learn("comune.roccafinta.campanile.test.")
	if _, err := get(t, visitor(t, l, false), "https://comune.roccafinta.campanile.test/"); err != nil {
		t.Error(err)
	}
}
