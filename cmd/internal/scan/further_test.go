package scan_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/scan"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/records"
	"campanile/collectors/tls"
)

// union is a body whose domain has no site of its own: what is found besides it
// stands out.
const union, inside = "campanile.test", "comune.roccafinta.campanile.test"

// look scans one target of the lab with the settings that the change makes.
func look(t *testing.T, target evidence.Target, change func(*scan.Scanner)) *evidence.Bundle {
	t.Helper()
	territory, err := lab.Start(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	defer territory.Close()
	anchor, err := dnssec.ReadAnchor(strings.NewReader(territory.Anchor()))
	if err != nil {
		t.Fatal(err)
	}
	roots, err := tls.MozillaRoots(territory.CA())
	if err != nil {
		t.Fatal(err)
	}
	scanner := scan.Scanner{
		Network: territory.Network(), Profile: evidence.Standard, Families: evidence.Families[:4], Roots: roots, Anchor: anchor,
		Tool: evidence.Tool{Name: "campanile", Version: "test"}, Timeout: time.Minute, Concurrency: 1, Sites: 12,
	}
	change(&scanner)
	var found *evidence.Bundle
	err = scanner.Run(t.Context(), []evidence.Target{target}, func(_ int, b *evidence.Bundle) error {
		found = b
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// hostsOf lists the sites visited besides the domain and www, and the names
// with a TLS endpoint.
func hostsOf(b *evidence.Bundle) (sites, endpoints []string) {
	for _, s := range b.Sites {
		if s.Addresses.State != evidence.Absent {
			sites = append(sites, s.Host)
		}
	}
	for _, e := range b.Endpoints {
		if !slices.Contains(endpoints, e.Name) {
			endpoints = append(endpoints, e.Name)
		}
	}
	return sites, endpoints
}

func TestListedSiteIsVisitedAndJudgedUnderItsName(t *testing.T) {
	t.Parallel()
	b := look(t, evidence.Target{Domain: union, Country: "it"}, func(s *scan.Scanner) {
		s.Names = map[string][]string{union: {inside, "spento." + union}}
	})
	if !slices.Contains(b.Names, evidence.Name{Name: inside, Source: "list", Site: true}) || !slices.Contains(b.Names, evidence.Name{Name: "spento." + union, Source: "list"}) {
		t.Errorf("names: %v", b.Names)
	}
	sites, endpoints := hostsOf(b)
	if diff := cmp.Diff([][]string{{inside}, {inside}}, [][]string{sites, endpoints}); diff != "" {
		t.Errorf("visited (-want +got)\n%s", diff)
	}
	if txt := b.Sites[len(b.Sites)-1].SecurityTxt; txt.State != evidence.NotAsked || txt.URL != "" {
		t.Errorf("security.txt of a further site was asked for: %+v", txt)
	}
	if b.Sent.NameQueries == 0 || b.Sent.NameQueries > 60 {
		t.Errorf("%d questions in search of names", b.Sent.NameQueries)
	}
	for _, f := range checks.Judge(b) {
		if f.Rule == "web-hsts-missing" && f.Subject == inside && f.Outcome == checks.Pass {
			return
		}
	}
	t.Error("the further site has no verdict of its own")
}

func TestSitesBeyondTheLimitAreOnlyListed(t *testing.T) {
	t.Parallel()
	b := look(t, evidence.Target{Domain: union, Country: "it"}, func(s *scan.Scanner) {
		s.Names, s.Sites = map[string][]string{union: {inside}}, 2
	})
	if sites, endpoints := hostsOf(b); len(sites)+len(endpoints) > 0 || !slices.Contains(b.Names, evidence.Name{Name: inside, Source: "list"}) {
		t.Errorf("visited %v %v; names %v", sites, endpoints, b.Names)
	}
}

// The question whether there is a wildcard belongs to the domain; it is counted as
// one in search of names all the same.
func TestOnlyMailAsksForNoNames(t *testing.T) {
	t.Parallel()
	b := look(t, evidence.Target{Domain: inside, Country: "it"}, func(s *scan.Scanner) { s.Families = []evidence.Family{evidence.MailFamily} })
	if b.Sent.NameQueries > 2 || len(b.Names) != 2 || b.Names[0].Site || b.DNS.References != nil {
		t.Errorf("%d questions in search of names, names %v, references %v", b.Sent.NameQueries, b.Names, b.DNS.References)
	}
}

func TestSuppliersAndReferencesOfATown(t *testing.T) {
	t.Parallel()
	town := "comune.gemellodisopra.campanile.test"
	b := look(t, evidence.Target{Domain: town, Country: "it"}, func(s *scan.Scanner) {
		s.Suppliers = []records.Supplier{{
			ID: "tuttoincluso", Name: "TuttoIncluso", Roles: []string{"mail", "dns", "web"}, MX: []string{"*.tuttoincluso.test"}, CNAME: []string{"*.tuttoincluso.test"}, ASNs: []uint32{64496},
		}}
		s.Origin = func(address netip.Addr) (uint32, bool) { return 64496, address == netip.MustParseAddr("203.0.113.1") }
	})
	want := []evidence.Supplier{
		{ID: "tuttoincluso", Name: "TuttoIncluso", Role: "mail", Evidence: "MX mx.tuttoincluso.test"},
		{ID: "tuttoincluso", Name: "TuttoIncluso", Role: "dns", Evidence: "AS64496 203.0.113.1"},
		{ID: "tuttoincluso", Name: "TuttoIncluso", Role: "web", Evidence: "CNAME web7.tuttoincluso.test"},
	}
	if diff := cmp.Diff(want, b.Suppliers); diff != "" {
		t.Errorf("suppliers (-want +got)\n%s", diff)
	}
	site := evidence.Reference{From: "www." + town, Type: "CNAME", To: "web7.tuttoincluso.test", Registrable: "tuttoincluso.test", Supplier: "tuttoincluso"}
	if !slices.Contains(b.DNS.References, site) {
		t.Errorf("references: %v", b.DNS.References)
	}
}

func TestFormerDomainIsFollowedAndNotJudged(t *testing.T) {
	t.Parallel()
	former := "comune.borgodimenticato.campanile.test"
	b := look(t, evidence.Target{Domain: inside, Country: "it", Former: []string{former, "sparito.test"}}, func(*scan.Scanner) {})
	for _, kind := range []string{"A", "AAAA", "NS"} {
		if l := b.DNS.Lookup("sparito.test", kind); l.State == evidence.NotAsked {
			t.Errorf("%s of a former domain was not asked for", kind)
		}
	}
	sites, endpoints := hostsOf(b)
	if !slices.Contains(sites, former) || slices.Contains(endpoints, former) {
		t.Errorf("visited %v %v", sites, endpoints)
	}
	for _, f := range checks.Judge(b) {
		if f.Subject == former && strings.HasPrefix(f.Rule, "web-") {
			t.Errorf("%s judges a former domain", f.Rule)
		}
	}
}

// Time that is up in the middle leaves the rest unknown, not absent.
func TestScanWithoutTimeKnowsNothingMore(t *testing.T) {
	t.Parallel()
	territory, err := lab.Start(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	defer territory.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	scanner := scan.Scanner{Network: territory.Network(), Profile: evidence.Standard, Families: evidence.Families[:4], Timeout: time.Minute, Sites: 12}
	b := scanner.Collect(ctx, evidence.Target{Domain: inside, Country: "it", Former: []string{"vecchio.test"}})
	for _, l := range b.DNS.Lookups {
		if l.Known() {
			t.Errorf("%s %s: %s", l.Name, l.Type, l.State)
		}
	}
	if len(b.Names) != 2 || len(b.Suppliers) > 0 {
		t.Errorf("names %v, suppliers %v", b.Names, b.Suppliers)
	}
}
