package mail

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/records"
)

// hoster and gateway are suppliers of the tests.
var (
	hoster = records.Supplier{
		ID: "fornitore", MX: []string{"*.fornitore.example"}, SPF: []string{"_spf.fornitore.example"},
		Networks: []string{"nonsense", "198.51.100.0/24"}, CNAME: []string{"*.nuvola.example"}, Selectors: []string{"f1", "f2"},
	}
	gateway  = records.Supplier{ID: "filtro", MX: []string{"*.filtro.example"}}
	posthaus = records.Supplier{ID: "posta", SPF: []string{"spf.posta.example"}, Selectors: []string{"p1", "p2", "p3", "p4", "p5"}}
)

const (
	aKey    = ` 300 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="`
	revoked = ` 300 IN TXT "v=DKIM1; p="`
)

// An old name server says NXDOMAIN of _domainkey, and has a key below it.
func TestKeyBelowANameThatIsDenied(t *testing.T) {
	t.Parallel()
	l := newLab(t, "comune.test. 300 IN A 192.0.2.10", "dkim._domainkey.comune.test."+aKey)
	l.dns.Say("_domainkey.comune.test. TXT", dnstest.Reply{Rcode: dns.RcodeNameError})
	_, lookups := Collect(t.Context(), l.session(), l.request())
	i := slices.IndexFunc(lookups, func(each evidence.Lookup) bool { return each.Name == "dkim._domainkey.comune.test" })
	if i < 0 || !hasKey(lookups[i]) {
		t.Errorf("the key was not looked for: %v", asked(lookups))
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	const below = "._domainkey.comune.test."
	generic := strings.Split("default dkim mail selector1 google s1 k1 selector2 s2 key1 smtp email", " ")
	asGeneric := func(names ...string) []string {
		var list []string
		for _, name := range names {
			list = append(list, name+" generic")
		}
		return list
	}
	// The most frequent selector goes before the one that is made up.
	mixed := func(n int) []string {
		list := asGeneric(generic[:n]...)
		return slices.Insert(list, 1, "campanile-no-such-selector made-up")
	}
	for name, test := range map[string]struct {
		lines     []string
		fails     []string
		want      []string // selectors with their source
		questions int      // below or at _domainkey
	}{
		"supplier-known-and-key-found-at-once": {
			lines: []string{"comune.test. 300 IN MX 10 mx.fornitore.example.", "f1" + below + aKey},
			want:  []string{"f1 fornitore"}, questions: 1,
		},
		"second-selector-of-the-supplier": {
			lines: []string{"comune.test. 300 IN MX 10 mx.fornitore.example.", "f2" + below + aKey},
			want:  []string{"f1 fornitore", "f2 fornitore"}, questions: 2,
		},
		"revoked-key-is-no-key": {
			lines: []string{"comune.test. 300 IN MX 10 mx.fornitore.example.", "f1" + below + revoked, "f2" + below + aKey},
			want:  []string{"f1 fornitore", "f2 fornitore"}, questions: 2,
		},
		"key-behind-an-alias": {
			lines: []string{
				"comune.test. 300 IN MX 10 mx.fornitore.example.", "f1" + below + " 300 IN CNAME f1.fornitore.example.",
				"f1.fornitore.example." + aKey,
			},
			want: []string{"f1 fornitore"}, questions: 1,
		},
		"by-spf-behind-a-gateway": {
			lines: []string{
				"comune.test. 300 IN MX 10 mx.filtro.example.", `comune.test. 300 IN TXT "v=spf1 include:_spf.fornitore.example -all"`,
				"f1" + below + aKey,
			},
			want: []string{"f1 fornitore"}, questions: 1,
		},
		"by-address-of-an-exchanger-with-the-domain's-own-name": {
			lines: []string{"comune.test. 300 IN MX 10 mx.comune.test.", "mx.comune.test. 300 IN A 198.51.100.25", "f1" + below + aKey},
			want:  []string{"f1 fornitore"}, questions: 1,
		},
		"by-the-name-that-an-exchanger-is-an-alias-of": {
			lines: []string{
				"comune.test. 300 IN MX 10 mx.comune.test.", "mx.comune.test. 300 IN CNAME c1.nuvola.example.",
				"c1.nuvola.example. 300 IN A 192.0.2.25", "f1" + below + aKey,
			},
			want: []string{"f1 fornitore"}, questions: 1,
		},
		"two-suppliers-one-key-of-each": {
			lines: []string{
				"comune.test. 300 IN MX 10 mx.fornitore.example.", `comune.test. 300 IN TXT "v=spf1 include:spf.posta.example -all"`,
				"f1" + below + aKey, "p1" + below + aKey,
			},
			want: []string{"f1 fornitore", "p1 posta"}, questions: 2,
		},
		"four-selectors-of-a-supplier-and-no-name-below": {
			lines: []string{`comune.test. 300 IN TXT "v=spf1 include:spf.posta.example -all"`},
			want:  append([]string{"p1 posta", "p2 posta", "p3 posta", "p4 posta"}, asGeneric(generic[:4]...)...), questions: 9,
		},
		"no-name-below-and-a-few-tries": {
			lines: []string{"comune.test. 300 IN A 192.0.2.10"},
			want:  asGeneric(generic[:4]...), questions: 5,
		},
		"generic-selectors-where-names-are-below": {
			lines: []string{"s1" + below + aKey},
			want:  mixed(8), questions: 10,
		},
		"no-generic-selector-either": {
			lines: []string{"20250101" + below + aKey},
			want:  mixed(len(generic)), questions: 14,
		},
		"wildcard-answers-to-everything": {
			lines: []string{"campanile-no-such-selector" + below + aKey}, // what a resolver makes of a wildcard
			want:  mixed(1), questions: 3,
		},
		"wildcard-of-another-text": {
			lines: []string{"campanile-no-such-selector" + below + ` 300 IN TXT "v=spf1 -all"`, "dkim" + below + aKey},
			want:  mixed(4), questions: 6,
		},
		"most-frequent-selector-at-once": {
			lines: []string{"default" + below + aKey},
			want:  asGeneric(generic[0]), questions: 2,
		},
		"broken-key-is-meant-as-one": {
			lines: []string{"default" + below + ` 300 IN TXT "v=DKIM1; p=???"`},
			want:  asGeneric(generic[0]), questions: 2,
		},
		"failure-is-no-absence": {
			lines: []string{"comune.test. 300 IN MX 10 mx.fornitore.example."}, fails: []string{"f1" + below + " TXT", "_domainkey.comune.test. TXT"},
			want: append([]string{"f1 fornitore", "f2 fornitore"}, mixed(len(generic))...), questions: 16,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.lines...)
			for _, question := range test.fails {
				l.dns.Say(question, dnstest.Reply{Rcode: dns.RcodeServerFailure})
			}
			r := l.request()
			r.Suppliers = []records.Supplier{gateway, posthaus, hoster}
			mail, lookups := Collect(t.Context(), l.session(), r)
			var got []string
			for _, s := range mail.Selectors {
				got = append(got, s.Name+" "+s.Source)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("selectors (-want +got):\n%s", diff)
			}
			var questions []evidence.Lookup
			for _, each := range lookups {
				if each.Name == "_domainkey.comune.test" || strings.HasSuffix(each.Name, "._domainkey.comune.test") {
					questions = append(questions, each)
				}
			}
			if len(questions) != test.questions {
				t.Errorf("%d questions, want %d: %v", len(questions), test.questions, asked(questions))
			}
			for _, each := range questions {
				want := slices.Contains(test.fails, each.Name+". TXT")
				if (each.State == evidence.Unknown) != want {
					t.Errorf("%s is %s", each.Name, each.State)
				}
			}
		})
	}
}
