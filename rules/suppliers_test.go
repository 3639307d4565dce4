package rules

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys["suppliers/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestSupplierIsReadWithAllItsTraces(t *testing.T) {
	t.Parallel()
	list, problems := loadSuppliers(folder(map[string]string{"nuvolette.yaml": `id: nuvolette
name: Nuvolette
countries: [it, fr]
roles: [mail, dns]
mx: ["*.nuvolette.example"]
spf: [_spf.nuvolette.example]
ns: ["*.nuvolette.example"]
cname: [siti.nuvolette.example]
networks: [198.51.100.0/24, "2001:db8:6::/48"]
asns: [64496]
selectors: [s1]
claimable: ["*.gratis.nuvolette.example"]
consumer: [posta.example]
pec: [pec.example]
`}), io.Discard)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := []Supplier{{
		ID: "nuvolette", Name: "Nuvolette", Countries: []string{"it", "fr"}, Roles: []string{"mail", "dns"},
		MX: []string{"*.nuvolette.example"}, SPF: []string{"_spf.nuvolette.example"}, NS: []string{"*.nuvolette.example"},
		CNAME: []string{"siti.nuvolette.example"}, Networks: []string{"198.51.100.0/24", "2001:db8:6::/48"}, ASNs: []uint32{64496},
		Selectors: []string{"s1"}, Claimable: []string{"*.gratis.nuvolette.example"}, Consumer: []string{"posta.example"}, PEC: []string{"pec.example"},
	}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEveryMistakeInASupplierIsNamedWithFileAndField(t *testing.T) {
	t.Parallel()
	const good = "id: uno\nname: Uno\nmx: [mx.uno.example]\n"
	for _, c := range []struct{ name, text, want string }{
		{"unknown-field", good + "mxs: [a.example]\n", "suppliers/uno.yaml: line 4: field mxs"},
		{"another-id-than-the-file", "id: due\nname: Uno\nmx: [mx.uno.example]\n", `suppliers/uno.yaml: id: "due" does not fit the file name`},
		{"id-with-capitals", "id: Uno\nname: Uno\nmx: [mx.uno.example]\n", `id: "Uno" is not lower-case words`},
		{"no-name", "id: uno\nmx: [mx.uno.example]\n", "suppliers/uno.yaml: name: missing"},
		{"unknown-role", good + "roles: [post]\n", `roles: "post" is none of mail, gateway, pec, dns, web`},
		{"no-trace", "id: uno\nname: Uno\nselectors: [s1]\n", "nothing to recognise it by"},
		{"star-in-the-middle", good + "spf: [a.*.example]\n", `spf: "a.*.example" is not a host name`},
		{"final-dot", good + "ns: [ns.uno.example.]\n", `ns: "ns.uno.example." is not a host name`},
		{"capital-letter", good + "cname: [Siti.example]\n", `cname: "Siti.example" is not a host name`},
		{"whole-top-level", good + "claimable: ['*.example']\n", `claimable: "*.example" is not a host name`},
		{"not-a-range", good + "networks: [192.0.2.1]\n", `networks: "192.0.2.1" is not an address range`},
		{"range-not-from-its-start", good + "networks: [192.0.2.1/24]\n", `networks: "192.0.2.1/24" is not an address range`},
		{"system-zero", good + "asns: [0]\n", `asns: "0" is not the number of an autonomous system`},
		{"system-in-words", good + "asns: [AS64496]\n", "suppliers/uno.yaml: line 4: cannot unmarshal"},
		{"selector-with-blank", good + "selectors: [a b]\n", `selectors: "a b" is not a DKIM selector`},
		{"mailbox-in-place-of-domain", good + "consumer: [x@posta.example]\n", `consumer: "x@posta.example" is not a domain`},
		{"pattern-in-place-of-domain", good + "pec: ['*.pec.example']\n", `pec: "*.pec.example" is not a domain`},
		{"twice", good + "ns: [a.example, a.example]\n", `ns: "a.example" stands there twice`},
		{"empty", "", "suppliers/uno.yaml: the file is empty"},
		{"two-in-one-file", good + "---\n" + good, "more than one document"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, problems := loadSuppliers(folder(map[string]string{"uno.yaml": c.text}), io.Discard)
			if err := errors.Join(problems...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want ...%s", err, c.want)
			}
		})
	}
}

func TestTwoSuppliersCannotHaveTheSameTrace(t *testing.T) {
	t.Parallel()
	_, problems := loadSuppliers(folder(map[string]string{
		"due.yaml": "id: due\nname: Due\nmx: [mx.uno.example]\nselectors: [s1]\n",
		"uno.yaml": "id: uno\nname: Uno\nmx: [mx.uno.example]\nselectors: [s1]\n",
	}), io.Discard)
	want := `suppliers/uno.yaml: mx: "mx.uno.example" is in due.yaml already`
	if err := errors.Join(problems...); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// The lists of consumer and certified mailboxes decide what a clerk is told;
// they must be there and must not overlap.
func TestShippedSuppliersLoad(t *testing.T) {
	t.Parallel()
	list, err := EmbeddedSuppliers()
	if err != nil {
		t.Fatal(err)
	}
	domains := map[string]string{}
	for _, s := range list {
		for _, domain := range append(s.Consumer, s.PEC...) {
			if domains[domain] != "" {
				t.Errorf("%s: both %s and %s have it", domain, domains[domain], s.ID)
			}
			domains[domain] = s.ID
		}
	}
	for domain, want := range map[string]string{
		"gmail.com": "google", "libero.it": "italiaonline", "orange.fr": "orange", "legalmail.it": "infocert", "cert.ruparpiemonte.it": "csi-piemonte",
	} {
		if domains[domain] != want {
			t.Errorf("%s belongs to %q, want %s", domain, domains[domain], want)
		}
	}
}
