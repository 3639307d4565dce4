package mail

import (
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/records"
)

// exemplary is a domain in which everything is in order.
var exemplary = []string{
	"comune.test. 300 IN MX 10 mx.comune.test.",
	`comune.test. 300 IN TXT "v=spf1 include:_spf.fornitore.example -all"`,
	`_spf.fornitore.example. 300 IN TXT "v=spf1 ip4:192.0.2.0/24 -all"`,
	"mx.comune.test. 300 IN A 192.0.2.25",
	"25.2.0.192.in-addr.arpa. 300 IN PTR mx.comune.test.",
	`_dmarc.comune.test. 300 IN TXT "v=DMARC1; p=reject; rua=mailto:a@rapporti.example"`,
	`*._report._dmarc.rapporti.example. 300 IN TXT "v=DMARC1"`,
	`_mta-sts.comune.test. 300 IN TXT "v=STSv1; id=1"`,
	"mta-sts.comune.test. 300 IN A 192.0.2.80",
	`_smtp._tls.comune.test. 300 IN TXT "v=TLSRPTv1; rua=mailto:a@comune.test"`,
	"_25._tcp.mx.comune.test. 300 IN TLSA 3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"f1._domainkey.comune.test." + aKey,
}

// What is not answered is not known, and what hangs on it is not asked for or
// not known either.
func TestSilence(t *testing.T) {
	t.Parallel()
	questions := []string{
		"comune.test. MX", "comune.test. TXT", "mx.comune.test. A", "mx.comune.test. AAAA", "25.2.0.192.in-addr.arpa. PTR",
		"_dmarc.comune.test. TXT", "*._report._dmarc.rapporti.example. TXT", "_mta-sts.comune.test. TXT", "mta-sts.comune.test. A",
		"_smtp._tls.comune.test. TXT", "_25._tcp.mx.comune.test. TLSA", "f1._domainkey.comune.test. TXT",
	}
	for _, question := range questions {
		for name, each := range map[string]struct {
			reply dnstest.Reply
			want  evidence.Problem
		}{
			"silence":  {dnstest.Reply{Silent: true}, evidence.Timeout},
			"servfail": {dnstest.Reply{Rcode: dns.RcodeServerFailure}, evidence.ServFail},
			"refused":  {dnstest.Reply{Rcode: dns.RcodeRefused}, evidence.Refused},
		} {
			t.Run(question+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					server := dnstest.New(t, exemplary...)
					server.Say(question, each.reply)
					start := time.Now()
					hangUp := func(net.Conn) {}
					mail, lookups := Collect(t.Context(), inTime(t, server, hangUp), Request{
						Domain: "comune.test", Helo: "scanner.example", Suppliers: []records.Supplier{hoster},
					})
					if spent := time.Since(start); spent > time.Minute {
						t.Errorf("it took %s", spent)
					}
					i := slices.IndexFunc(lookups, func(l evidence.Lookup) bool { return l.Name+". "+l.Type == question })
					if i < 0 || lookups[i].State != evidence.Unknown || lookups[i].Problem != each.want {
						t.Fatalf("no look-up of %s that is unknown by %s: %+v", question, each.want, lookups)
					}
					for _, x := range mail.Exchanges {
						for _, s := range x.Servers {
							if s.State == evidence.Absent || s.Reverse.State == evidence.Absent || s.DANE.State == evidence.Absent {
								t.Errorf("server = %+v: silence became a no", s)
							}
						}
						if x.Addresses.State == evidence.Absent {
							t.Errorf("exchange = %+v: silence became a no", x)
						}
					}
					if mail.Policy.State == evidence.Absent {
						t.Errorf("policy = %+v: silence became a no", mail.Policy)
					}
				})
			})
		}
	}
}

// How much is asked is part of what we promise.
func TestQuestionsThatATownCosts(t *testing.T) {
	t.Parallel()
	shared := []string{
		"comune.test. 300 IN MX 10 mx.fornitore.example.",
		`comune.test. 300 IN TXT "v=spf1 include:_spf.fornitore.example -all"`,
		`_spf.fornitore.example. 300 IN TXT "v=spf1 ip4:192.0.2.0/24 -all"`,
		"mx.fornitore.example. 300 IN A 192.0.2.25",
		"25.2.0.192.in-addr.arpa. 300 IN PTR mx.fornitore.example.",
		`_dmarc.comune.test. 300 IN TXT "v=DMARC1; p=reject"`,
		"f1._domainkey.comune.test." + aKey,
	}
	for name, test := range map[string]struct {
		lines []string
		want  []string
	}{
		"exemplary": {exemplary, []string{
			"*._report._dmarc.rapporti.example. TXT", "25.2.0.192.in-addr.arpa. PTR", "_25._tcp.mx.comune.test. TLSA",
			"_dmarc.comune.test. TXT", "_mta-sts.comune.test. TXT", "_smtp._tls.comune.test. TXT", "_spf.fornitore.example. TXT",
			"comune.test. MX", "comune.test. TXT", "f1._domainkey.comune.test. TXT", "mta-sts.comune.test. A",
			"mta-sts.comune.test. AAAA", // nobody listens at the IPv4 address
			"mx.comune.test. A", "mx.comune.test. AAAA",
		}},
		"with-a-supplier": {shared, []string{
			"25.2.0.192.in-addr.arpa. PTR", "_25._tcp.mx.fornitore.example. TLSA", "_dmarc.comune.test. TXT", "_mta-sts.comune.test. TXT",
			"_spf.fornitore.example. TXT", "comune.test. MX", "comune.test. TXT", "f1._domainkey.comune.test. TXT",
			"mx.fornitore.example. A", "mx.fornitore.example. AAAA",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.lines...)
			s, r := l.session(), l.request()
			r.Suppliers = []records.Supplier{hoster}
			Collect(t.Context(), s, r)
			if diff := cmp.Diff(test.want, l.dns.Asked()); diff != "" {
				t.Errorf("questions (-want +got):\n%s", diff)
			}
			if sent := s.Sent().Queries; sent != len(test.want) {
				t.Errorf("%d questions sent, want each once: %d", sent, len(test.want))
			}
		})
	}
}
