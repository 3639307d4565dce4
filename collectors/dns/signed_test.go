package dns

import (
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// signedWorld is the town with a signed root, top level and zone.
type signedWorld struct {
	*world
	root, test, town *signer
}

func newSignedWorld(t *testing.T) *signedWorld {
	t.Helper()
	return newSignedWorldUntil(t, now.Add(7*24*time.Hour), nil)
}

// newSignedWorldUntil lets the town's signatures expire, and changes its zone
// after it was signed.
func newSignedWorldUntil(t *testing.T, until time.Time, spoil func([]dns.RR) []dns.RR) *signedWorld {
	t.Helper()
	root, test, comune := newSigner(t, "."), newSigner(t, "test."), newSigner(t, "comune.test.")
	comune.until = until
	zone := comune.sign(append(town[:8:8],
		"comune.test. 300 IN NSEC ns1.comune.test. A NS SOA MX TXT RRSIG NSEC DNSKEY",
		"ns1.comune.test. 300 IN NSEC www.comune.test. A RRSIG NSEC",
		"www.comune.test. 300 IN NSEC comune.test. CNAME RRSIG NSEC")...)
	above := test.sign(append([]string{comune.ds()}, top[:3]...)...)
	above = append(above, dnstest.Records(t, delegated...)...)
	w := &signedWorld{assemble(t, zone, above), root, test, comune}
	w.resolver.Add(above...)
	w.resolver.Add(root.sign(test.ds(), ". 300 IN SOA a.root.example. admin.example. 1 7200 3600 1209600 300")...)
	if spoil != nil {
		w.resolver = dnstest.New(t)
		w.resolver.Add(spoil(zone)...)
		w.resolver.Add(above...)
		w.resolver.Add(root.sign(test.ds())...)
		w.reach[resolverAt] = w.resolver.Listen(t)
	}
	for _, server := range []*dnstest.Server{w.resolver, w.first, w.second} {
		server.ProveDenials()
	}
	return w
}

func (w *signedWorld) collect(t *testing.T) evidence.DNS {
	t.Helper()
	session := w.network.Session()
	request := wanted
	request.Validator = dnssec.New(session, w.root.anchor())
	return Collect(t.Context(), session, request)
}

func TestZoneThatIsSignedIsSecure(t *testing.T) {
	t.Parallel()
	got := newSignedWorld(t).collect(t)
	if got.Signed.State != evidence.Seen || got.Signed.Fault != "" || got.Signed.Zone != "comune.test" {
		t.Errorf("signed = %+v, want secure", got.Signed)
	}
	if got.Signed.First.Expiration.IsZero() {
		t.Error("no signature is kept")
	}
	for _, kind := range []string{"A", "MX", "TXT", "NS", "DNSKEY", "DS"} {
		if l := got.Lookup("comune.test", kind); l.Security != evidence.Secure {
			t.Errorf("%s: security %q, want secure (%+v)", kind, l.Security, l.Observation)
		}
	}
}

func TestExpiredSignaturesAreAFaultOfTheZone(t *testing.T) {
	t.Parallel()
	got := newSignedWorldUntil(t, now.Add(-time.Hour), nil).collect(t)
	if got.Signed.State != evidence.Seen || got.Signed.Fault != evidence.FaultExpired || got.Signed.FaultAt == "" {
		t.Errorf("signed = %+v, want the fault signature-expired", got.Signed)
	}
}

// A box on the way that changes what the resolver hands on is no fault of the
// zone: its own server gives the records intact.
func TestDamageOnTheWayIsNoFaultOfTheZone(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(dns.RR) dns.RR{
		"of-a-record": func(rr dns.RR) dns.RR {
			mx, ok := rr.(*dns.MX)
			if !ok {
				return rr
			}
			other := *mx
			other.Mx = "mx.altrove.example."
			return &other
		},
		"of-the-keys": func(rr dns.RR) dns.RR {
			sig, ok := rr.(*dns.RRSIG)
			if !ok || sig.TypeCovered != dns.TypeDNSKEY {
				return rr
			}
			other := *sig
			other.Expiration = uint32(now.Add(-time.Hour).Unix())
			return &other
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newSignedWorldUntil(t, now.Add(7*24*time.Hour), func(zone []dns.RR) []dns.RR {
				var changed []dns.RR
				for _, rr := range zone {
					changed = append(changed, change(rr))
				}
				return changed
			})
			got := w.collect(t)
			if got.Signed.State != evidence.Unknown || got.Signed.Problem != evidence.NoDNSSEC || got.Signed.Fault != "" {
				t.Errorf("signed = %+v, want unknown: no-dnssec", got.Signed)
			}
			if l := got.Lookup("comune.test", "MX"); l.Security == evidence.BogusData {
				t.Errorf("MX = %+v, want no word on its security", l)
			}
			// Where nobody hears the zone's own servers, the resolver's word stands.
			w.reach[firstAt], w.reach[secondAt] = dnstest.Nobody, dnstest.Nobody
			w.network = w.afresh()
			if alone := w.collect(t).Signed; alone.State != evidence.Seen || alone.Fault == "" {
				t.Errorf("signed = %+v, want the fault that the resolver shows", alone)
			}
		})
	}
}

// An alias that leads to a supplier is validated as far as the zone signs it.
func TestAliasOutOfASignedZone(t *testing.T) {
	t.Parallel()
	w := newSignedWorld(t)
	alias := w.town.sign("sito.comune.test. 300 IN CNAME town.fornitore.example.")
	w.resolver.Add(alias...)
	w.resolver.AddLines("town.fornitore.example. 300 IN A 192.0.2.11")
	session := w.network.Session()
	request := Request{Domain: "comune.test", Names: []string{"sito.comune.test"}, Validator: dnssec.New(session, w.root.anchor())}
	got := Collect(t.Context(), session, request)
	if got.Signed.State != evidence.Seen || got.Signed.Fault != "" {
		t.Errorf("signed = %+v, want secure", got.Signed)
	}
	if l := got.Lookup("sito.comune.test", "A"); l.State != evidence.Seen || l.Security != "" {
		t.Errorf("A = %+v, want seen and no word on its security", l)
	}
	for _, question := range w.resolver.Asked() {
		if question == "example. DS" || question == "fornitore.example. DS" {
			t.Errorf("asked %s: the supplier's zone is not ours to validate", question)
		}
	}
}

// The referral's DS records are signed by the zone that gave it, so no zone
// starts between the two, and nobody has to ask.
func TestSignedReferralSparesTheNameBetween(t *testing.T) {
	t.Parallel()
	const name = "comune.valle.test."
	root, test, comune := newSigner(t, "."), newSigner(t, "test."), newSigner(t, name)
	zone := comune.sign(name+soaData, name+" 300 IN NS ns2.fornitore.example.", name+" 300 IN A 192.0.2.10")
	above := test.sign(append([]string{comune.ds()}, top[:3]...)...)
	above = append(above, dnstest.Records(t, name+" 300 IN NS ns2.fornitore.example.")...)
	w := &signedWorld{assemble(t, zone, above), root, test, comune}
	w.second.Serves(name)
	w.resolver.Add(above...)
	w.resolver.Add(root.sign(test.ds())...)
	session := w.network.Session()
	got := Collect(t.Context(), session, Request{Domain: "comune.valle.test", Validator: dnssec.New(session, root.anchor())})
	if got.Signed.State != evidence.Seen || got.Signed.Zone != "comune.valle.test" {
		t.Errorf("signed = %+v, want the chain to the zone", got.Signed)
	}
	if l := got.Lookup("comune.valle.test", "A"); l.Security != evidence.Secure {
		t.Errorf("A = %+v, want secure", l)
	}
	for _, question := range w.resolver.Asked() {
		if question == "valle.test. DS" || question == name+" DS" {
			t.Errorf("asked %s; the referral holds it", question)
		}
	}
}
