package mail

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

func TestTargetsOfReports(t *testing.T) {
	t.Parallel()
	const wild, own = "*._report._dmarc.rapporti.example", "comune.test._report._dmarc.rapporti.example"
	const agrees = ` 300 IN TXT "v=DMARC1"`
	policy := func(rua string) string { return `_dmarc.comune.test. 300 IN TXT "v=DMARC1; p=none; rua=` + rua + `"` }
	for name, test := range map[string]struct {
		lines []string
		fails []string
		want  []string
	}{
		"no-policy":                  {lines: []string{"comune.test. 300 IN A 192.0.2.10"}},
		"no-address":                 {lines: []string{`_dmarc.comune.test. 300 IN TXT "v=DMARC1; p=none"`}},
		"own-domain":                 {lines: []string{policy("mailto:dmarc@comune.test")}},
		"below-the-domain":           {lines: []string{policy("mailto:dmarc@posta.comune.test")}},
		"web-address-is-no-mailbox":  {lines: []string{policy("https://rapporti.example/dmarc")}},
		"supplier-takes-all":         {lines: []string{policy("mailto:a@rapporti.example"), wild + "." + agrees}, want: []string{wild + " seen"}},
		"supplier-takes-this-domain": {lines: []string{policy("mailto:a@rapporti.example"), own + "." + agrees}, want: []string{wild + " absent", own + " seen"}},
		"supplier-knows-nothing":     {lines: []string{policy("mailto:a@rapporti.example")}, want: []string{wild + " absent", own + " absent"}},
		"another-text-is-no-yes": {
			lines: []string{policy("mailto:a@rapporti.example"), wild + `. 300 IN TXT "v=spf1 -all"`}, want: []string{wild + " seen", own + " absent"},
		},
		"failure-is-no-refusal": {
			lines: []string{policy("mailto:a@rapporti.example")}, fails: []string{wild, own}, want: []string{wild + " unknown", own + " unknown"},
		},
		"size-limit-and-capitals": {
			lines: []string{policy("MAILTO:a@Rapporti.Example!10m,mailto:b@rapporti.example?subject=x"), wild + "." + agrees}, want: []string{wild + " seen"},
		},
		"so-many-and-no-more": {
			lines: []string{
				policy("mailto:a@a.example,mailto:a@b.example,mailto:a@c.example,mailto:a@d.example,mailto:a@e.example"),
				"*._report._dmarc.a.example." + agrees, "*._report._dmarc.b.example." + agrees,
				"*._report._dmarc.c.example." + agrees, "*._report._dmarc.d.example." + agrees,
			},
			want: []string{
				"*._report._dmarc.a.example seen", "*._report._dmarc.b.example seen",
				"*._report._dmarc.c.example seen", "*._report._dmarc.d.example seen",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.lines...)
			for _, owner := range test.fails {
				l.dns.Say(owner+". TXT", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			}
			_, lookups := Collect(t.Context(), l.session(), l.request())
			var found []evidence.Lookup
			for _, each := range lookups {
				if strings.Contains(each.Name, "._report.") {
					found = append(found, each)
				}
			}
			if diff := cmp.Diff(test.want, asked(found)); diff != "" {
				t.Errorf("look-ups (-want +got):\n%s", diff)
			}
		})
	}
}

// The policy of a parent speaks for the domain, under the parent's name.
func TestReportsOfAPolicyAbove(t *testing.T) {
	t.Parallel()
	l := newLab(t, `_dmarc.valle.example. 300 IN TXT "v=DMARC1; p=none; rua=mailto:a@rapporti.test"`, "ufficio.valle.example. 300 IN A 192.0.2.10")
	r := l.request()
	r.Domain = "ufficio.valle.example"
	_, lookups := Collect(t.Context(), l.session(), r)
	var found []evidence.Lookup
	for _, each := range lookups {
		if strings.Contains(each.Name, "._report.") {
			found = append(found, each)
		}
	}
	want := []string{"*._report._dmarc.rapporti.test absent", "valle.example._report._dmarc.rapporti.test absent"}
	if diff := cmp.Diff(want, asked(found)); diff != "" {
		t.Errorf("look-ups (-want +got):\n%s", diff)
	}
}

// Two names of one organization need no word between them.
func TestReportsWithinTheOrganization(t *testing.T) {
	t.Parallel()
	l := newLab(t, `_dmarc.ufficio.valle.example. 300 IN TXT "v=DMARC1; p=none; rua=mailto:a@valle.example,mailto:b@posta.valle.example"`)
	r := l.request()
	r.Domain = "ufficio.valle.example"
	Collect(t.Context(), l.session(), r)
	for _, question := range l.dns.Asked() {
		if strings.Contains(question, "_report.") {
			t.Errorf("asked %s", question)
		}
	}
}

func TestReportsAboutTLSOnlyWhereSendersInsist(t *testing.T) {
	t.Parallel()
	const tlsa = "_25._tcp.mx.comune.test. 300 IN TLSA 3 1 1 00"
	for name, test := range map[string]struct {
		lines []string
		fails string
		want  string
	}{
		"neither":                {lines: oneMX},
		"mta-sts":                {lines: announced, want: "absent"},
		"dane":                   {lines: append([]string{tlsa}, oneMX...), want: "absent"},
		"mta-sts-not-known":      {lines: oneMX, fails: "_mta-sts.comune.test. TXT"},
		"there":                  {lines: append([]string{`_smtp._tls.comune.test. 300 IN TXT "v=TLSRPTv1; rua=mailto:a@comune.test"`}, announced...), want: "seen"},
		"failure-is-no-absence":  {lines: announced, fails: "_smtp._tls.comune.test. TXT", want: "unknown"},
		"another-text-at-mtasts": {lines: []string{`_mta-sts.comune.test. 300 IN TXT "v=STSv2; id=1"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.lines...)
			l.dns.Say(test.fails, dnstest.Reply{Rcode: dns.RcodeServerFailure})
			_, lookups := Collect(t.Context(), l.session(), l.request())
			got := (&evidence.DNS{Lookups: lookups}).Lookup("_smtp._tls.comune.test", "TXT")
			if string(got.State) != test.want {
				t.Errorf("state %q, want %q", got.State, test.want)
			}
		})
	}
}
