package scan_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/cmd/internal/scan"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// townsOfTerritory is the size of a small province.
const townsOfTerritory = 200

// promised is the most that a town may cost on average: DNS questions, without
// those in search of names.
const promised = 12

// TestTownsThatShareSuppliersShareQuestions scans two hundred towns that three
// suppliers serve, and holds the run to its promise.
func TestTownsThatShareSuppliersShareQuestions(t *testing.T) {
	t.Parallel()
	territory := newTerritory(t, townsOfTerritory)
	together := territory.scan(t, territory.network())
	t.Log("one cache for all towns: ", together)
	if average := together.average(together.queries); average >= promised {
		t.Errorf("%.2f questions per municipality, want under %d", average, promised)
	}
	if together.unsettled > 0 {
		t.Errorf("%d look-ups without an answer: the count says nothing", together.unsettled)
	}
	if together.signed != townsOfTerritory/10 {
		t.Errorf("%d zones are signed, want %d: the count says nothing", together.signed, townsOfTerritory/10)
	}
}

// BenchmarkTerritory200 prints what a town costs in a run of two hundred, and
// what it costs alone.
func BenchmarkTerritory200(b *testing.B) {
	territory := newTerritory(b, townsOfTerritory)
	for b.Loop() {
		together, alone := territory.scan(b, territory.network()), territory.scan(b, nil)
		b.ReportMetric(together.average(together.queries), "queries/municipality")
		b.ReportMetric(together.average(together.names), "name-queries/municipality")
		b.ReportMetric(together.average(together.connections), "ns-connections/municipality")
		b.ReportMetric(alone.average(alone.queries), "queries-alone/municipality")
		b.ReportMetric(alone.average(alone.queries)/together.average(together.queries), "alone/together")
		b.Logf("one cache for all towns: %s", together)
		b.Logf("a cache for each town:   %s", alone)
	}
}

// territory is a fictional province and its name servers.
type territory struct {
	dns     territoryDNS
	net     territoryNet
	anchor  dnssec.Anchor
	targets []evidence.Target
}

// winds are the suppliers. Each hosts zones, mail and web sites.
var winds = []string{"ponente", "levante", "maestrale"}

var nic = []string{"a.nic.test.", "b.nic.test."}

// newTerritory makes towns, each with a zone of its own; one in ten is signed.
func newTerritory(tb testing.TB, towns int) *territory {
	tb.Helper()
	t := &territory{dns: territoryDNS{}, net: territoryNet{}}
	t.dns.add(tb, ".", true, nic)
	t.dns.add(tb, "test.", true, nic, "a.nic.test. 3600 IN A 192.0.2.1", "b.nic.test. 3600 IN A 198.51.100.1")
	reverse := []string{}
	for i, wind := range winds {
		t.supplier(tb, i, wind)
		reverse = append(reverse, fmt.Sprintf("%d.113.0.203.in-addr.arpa. 3600 IN PTR mx.%s.test.", 21+i, wind))
	}
	t.dns.add(tb, "arpa.", true, nic, reverse...)
	served := []map[string]bool{{}, {}, {}}
	for i := range towns {
		origin := t.town(tb, i)
		served[i%len(winds)][origin] = true
		t.targets = append(t.targets, evidence.Target{Domain: strings.TrimSuffix(origin, "."), Name: origin, Country: "it"})
	}
	for _, zone := range t.dns {
		zone.seal(tb, noon)
	}
	top := authority{t.dns, map[string]bool{".": true, "test.": true, "arpa.": true}}
	t.net.serve(tb, "192.0.2.1", top.answer)
	t.net.serve(tb, "198.51.100.1", top.answer)
	t.net.serve(tb, "192.0.2.53", t.dns.answer)
	for i, wind := range winds {
		served[i][wind+".test."] = true
		each := authority{t.dns, served[i]}
		t.net.serve(tb, fmt.Sprintf("192.0.2.1%d", i), each.answer)
		t.net.serve(tb, fmt.Sprintf("198.51.100.1%d", i), each.answer)
	}
	anchor, err := dnssec.ReadAnchor(strings.NewReader(t.dns["."].key.ToDS(dns.SHA256).String()))
	if err != nil {
		tb.Fatal(err)
	}
	t.anchor = anchor
	return t
}

// supplier makes the zone of one supplier; every second one is signed.
func (t *territory) supplier(tb testing.TB, i int, wind string) {
	tb.Helper()
	lines := `ns1.@ 3600 IN A 192.0.2.1%[1]d
ns2.@ 3600 IN A 198.51.100.1%[1]d
mx.@ 3600 IN A 203.0.113.2%[2]d
www.@ 3600 IN A 203.0.113.8%[2]d
_spf.@ 3600 IN TXT "v=spf1 ip4:203.0.113.2%[2]d -all"
key.@ 3600 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="`
	lines = strings.ReplaceAll(fmt.Sprintf(lines, i, i+1), "@", wind+".test.")
	t.dns.add(tb, wind+".test.", i%2 == 0, serversOf(wind), strings.Split(lines, "\n")...)
}

func serversOf(wind string) []string {
	return []string{"ns1." + wind + ".test.", "ns2." + wind + ".test."}
}

// town makes the zone of one town, as the suppliers' order forms make them.
func (t *territory) town(tb testing.TB, i int) (origin string) {
	tb.Helper()
	wind, province := winds[i%len(winds)], []string{"pa", "pb", "pc", "pd"}[i%4]
	origin = fmt.Sprintf("comune.borgo%03d.%s.test.", i, province)
	if i%11 == 0 { // nine of ten Italian towns have the other form
		origin = fmt.Sprintf("borgo%03d.test.", i)
	}
	lines := []string{
		"@ 3600 IN MX 10 mx." + wind + ".test.",
		`@ 3600 IN TXT "v=spf1 include:_spf.` + wind + `.test -all"`,
		"@ 3600 IN A 203.0.113.8" + fmt.Sprint(i%len(winds)+1),
		"www.@ 3600 IN CNAME " + []string{"@", "@", "www." + wind + ".test."}[i/len(winds)%3],
	}
	if i%3 != 2 { // as many as in reality have none
		lines = append(lines, `_dmarc.@ 3600 IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@`+strings.TrimSuffix(origin, ".")+`"`)
	}
	if i%len(winds) == 0 {
		lines = append(lines, "s1._domainkey.@ 3600 IN CNAME key."+wind+".test.")
	} else {
		lines = append(lines, `s1._domainkey.@ 3600 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="`)
	}
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], "@ 3600", origin+" 3600")
		lines[i] = strings.ReplaceAll(lines[i], "CNAME @", "CNAME "+origin)
		lines[i] = strings.ReplaceAll(lines[i], "."+"@"+" ", "."+origin+" ")
	}
	t.dns.add(tb, origin, i%10 == 0, serversOf(wind), lines...)
	return origin
}

// network is a fresh one, with an empty cache. The pauses between questions to
// one server are left out: they cost time and change no count.
func (t *territory) network() *network.Network {
	return &network.Network{
		Resolvers: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.53:53")},
		Connect:   t.net.connect,
		Now:       func() time.Time { return noon },
		Permit:    network.Permit{AllowReserved: true},
		Limits:    network.Limits{PerSecond: 1 << 20, ServerPerSecond: 1 << 20, AtOnce: 64, ServerAtOnce: 64, MailSpacing: time.Nanosecond},
	}
}

// scan takes the evidence of all towns; without a network each town gets a
// fresh one.
func (t *territory) scan(tb testing.TB, shared *network.Network) cost {
	tb.Helper()
	var suppliers []records.Supplier
	for _, wind := range winds {
		pattern := []string{"*." + wind + ".test"}
		suppliers = append(suppliers, records.Supplier{
			ID: wind, Name: wind, Roles: []string{"mail", "dns", "web"}, MX: pattern, SPF: pattern, NS: pattern, Selectors: []string{"s1"},
		})
	}
	scanner := scan.Scanner{
		Network: shared, Profile: evidence.Standard, Families: []evidence.Family{evidence.DNSFamily, evidence.MailFamily},
		Anchor: t.anchor, Tool: evidence.Tool{Name: "campanile", Version: "test"}, Timeout: time.Minute, Concurrency: 4, Suppliers: suppliers,
	}
	runs := [][]evidence.Target{t.targets}
	if shared == nil {
		runs = slices.Collect(slices.Chunk(t.targets, 1))
	}
	var total cost
	for _, run := range runs {
		if shared == nil {
			scanner.Network = t.network()
		}
		if err := scanner.Run(tb.Context(), run, func(_ int, b *evidence.Bundle) error { total.add(b); return nil }); err != nil {
			tb.Fatal(err)
		}
	}
	return total
}

// cost is what a run sent, all towns together.
type cost struct {
	towns, queries, names, connections int
	signed, unsettled                  int
}

func (c *cost) add(b *evidence.Bundle) {
	c.towns++
	c.queries += b.Sent.DNSQueries
	c.names += b.Sent.NameQueries
	for address, to := range b.Sent.ByAddress {
		if !strings.HasPrefix(address, "203.0.113.") { // those of the mail servers
			c.connections += to.Connections
		}
	}
	if b.DNS.Signed.State == evidence.Seen {
		c.signed++
	}
	for _, l := range b.DNS.Lookups {
		if !l.Known() {
			c.unsettled++
		}
	}
}

func (c *cost) average(sum int) float64 { return float64(sum) / float64(c.towns) }

func (c cost) String() string {
	return fmt.Sprintf("%d municipalities; each on average: %.2f queries, %.2f more in search of names, %.2f TCP connections to name servers",
		c.towns, c.average(c.queries), c.average(c.names), c.average(c.connections))
}
