package names_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/names"
	"campanile/collectors/records"
)

var suppliers = []records.Supplier{
	{
		ID: "nuvolette", Name: "Nuvolette", Roles: []string{"mail", "dns", "web"}, MX: []string{"*.nuvolette.example"}, SPF: []string{"_spf.nuvolette.example"},
		NS: []string{"*.nuvolette.example"}, CNAME: []string{"*.siti.nuvolette.example"}, Networks: []string{"198.51.100.0/24", "2001:db8:6::/48"}, ASNs: []uint32{64496},
	},
	{ID: "gratis", Name: "Gratis Hosting", Roles: []string{"web"}, CNAME: []string{"*.gratis.example"}, Claimable: []string{"*.gratis.example"}},
	{ID: "pagine", Name: "Pagine", Roles: []string{"web"}, Claimable: []string{"*.pagine.example"}, Unclaimed: []string{"Nessuno abita qui"}},
	{ID: "filtro", Name: "Filtro", Roles: []string{"gateway"}, MX: []string{"*.filtro.nuvolette.example"}},
	{ID: "certa", Name: "Posta Certa", Roles: []string{"pec"}, MX: []string{"*.certa.example"}, PEC: []string{"certa.example"}},
	{ID: "notizie", Name: "Notizie", SPF: []string{"_spf.notizie.example"}},
}

func alias(name string, l evidence.Lookup, targets ...string) evidence.Lookup {
	l.Name, l.Type, l.Aliases = name, "A", targets
	return l
}

func TestReferencesSayWhatTheRecordsLeadTo(t *testing.T) {
	t.Parallel()
	b := town(
		seen("comune.test", "MX", "10 mx.nuvolette.example.", "20 mx.comune.test.", "30 ."),
		seen("comune.test", "NS", "NS1.nuvolette.example."),
		seen("comune.test", "TXT", `"v=spf1 include:_spf.nuvolette.example include:%{d}.example a:x.example -all redirect=dead.example"`),
		alias("www.comune.test", seen("", "", "192.0.2.1"), "comune.siti.nuvolette.example", "edge.rete.example"),
		alias("eventi.comune.test", seen("", "", "192.0.2.2"), "eventi.pagine.example"),
		alias("servizi.comune.test", gone("", ""), "ospite.comune.test", "servizi.gratis.example"),
		seen("_spf.nuvolette.example", "TXT", `"v=spf1 include:inner.nuvolette.example -all"`),
		seen("mx.nuvolette.example", "A", "198.51.100.25"), seen("ns1.nuvolette.example", "A", "198.51.100.53"), seen("mx.comune.test", "A", "192.0.2.25"),
	)
	b.DNS.Delegation.NameServers = []string{"ns2.nuvolette.example"}
	server := dnstest.New(t, "ns2.nuvolette.example. IN A 198.51.100.54")
	references, _ := names.References(t.Context(), session(t, server), b, suppliers)
	want := []evidence.Reference{
		{From: "comune.test", Type: "MX", To: "mx.comune.test"},
		{From: "comune.test", Type: "MX", To: "mx.nuvolette.example", Registrable: "nuvolette.example", Supplier: "nuvolette"},
		{From: "comune.test", Type: "NS", To: "ns1.nuvolette.example", Registrable: "nuvolette.example", Supplier: "nuvolette"},
		{From: "comune.test", Type: "NS", To: "ns2.nuvolette.example", Registrable: "nuvolette.example", Supplier: "nuvolette"},
		{From: "comune.test", Type: "SPF", To: "_spf.nuvolette.example", Registrable: "nuvolette.example", Supplier: "nuvolette"},
		{From: "eventi.comune.test", Type: "CNAME", To: "eventi.pagine.example", Registrable: "pagine.example", Claimable: "Pagine", Visit: true},
		{From: "ospite.comune.test", Type: "CNAME", To: "servizi.gratis.example", Registrable: "gratis.example", Claimable: "Gratis Hosting", Supplier: "gratis"},
		{From: "servizi.comune.test", Type: "CNAME", To: "ospite.comune.test"},
		{From: "www.comune.test", Type: "CNAME", To: "comune.siti.nuvolette.example", Registrable: "nuvolette.example", Supplier: "nuvolette"},
		{From: "www.comune.test", Type: "CNAME", To: "edge.rete.example", Registrable: "rete.example"},
	}
	if diff := cmp.Diff(want, references); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	// What the first visit has shown is not asked again; a registrable name only
	// where the target is gone.
	if diff := cmp.Diff([]string{"gratis.example. NS", "ns2.nuvolette.example. A", "ospite.comune.test. A", "servizi.gratis.example. A"}, server.Asked()); diff != "" {
		t.Errorf("questions (-want +got)\n%s", diff)
	}
}

func TestGoneTargetsAreFollowedToWhatSomebodyMustRegister(t *testing.T) {
	t.Parallel()
	b := town(
		alias("www.comune.test", gone("", ""), "www.fornitore-sparito.example"),
		seen("comune.test", "MX", "10 mx.altro-sparito.example."),
		gone("mx.altro-sparito.example", "A"),
	)
	_, lookups := names.References(t.Context(), session(t, dnstest.New(t, "example. IN SOA ns.example. x.example. 1 1 1 1 1", "altro-sparito.example. IN NS ns.example.")), b, suppliers)
	states := map[string]string{}
	for _, l := range lookups {
		states[l.Name+" "+l.Type] = string(l.State) + " " + l.Rcode
	}
	want := map[string]string{
		"www.fornitore-sparito.example A": "absent NXDOMAIN", "fornitore-sparito.example NS": "absent NXDOMAIN", "altro-sparito.example NS": "seen NOERROR",
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// A resolver that is silent about a target leaves it open: nobody asks who holds
// the name above.
func TestSilenceAboutATargetIsNotItsEnd(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t)
	server.Say("www.fornitore.example. A", dnstest.Reply{Silent: true})
	b := town(alias("www.comune.test", gone("", ""), "www.fornitore.example"))
	_, lookups := names.References(t.Context(), session(t, server), b, suppliers)
	if len(lookups) != 1 || lookups[0].State != evidence.Unknown || slices.Contains(server.Asked(), "fornitore.example. NS") {
		t.Errorf("got %v, asked %v", lookups, server.Asked())
	}
}

// Names under the geographic suffixes of Italy belong to whoever holds the label
// above; the suffix of a hosting service is nobody's to register.
func TestWhatHasToBeRegistered(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"mx.comune.esempio.cn.it": "esempio.cn.it", "mail.esempio.it": "esempio.it",
		"www.esempio.co.uk": "esempio.co.uk", "town.azurewebsites.net": "azurewebsites.net", "x.s3.eu-south-1.amazonaws.com": "amazonaws.com",
		"mx.esempio.to.it": "", "www.comune.esempio.to.it": "", "fornitore.test": "fornitore.test", "to.it": "", "it": "",
	} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			b := &evidence.Bundle{Target: evidence.Target{Domain: "comune.esempio.to.it"}, DNS: evidence.DNS{
				Zone: "comune.esempio.to.it", Lookups: []evidence.Lookup{seen("comune.esempio.to.it", "MX", "10 "+to+"."), seen(to, "A", "192.0.2.1")},
			}}
			references, _ := names.References(t.Context(), session(t, dnstest.New(t)), b, nil)
			if len(references) != 1 || references[0].Registrable != want {
				t.Errorf("got %v, want %q", references, want)
			}
		})
	}
}

func TestAliasOfAWildcardIsTheWildcards(t *testing.T) {
	t.Parallel()
	b := town()
	b.DNS.Lookups = []evidence.Lookup{alias("zq7.comune.test", gone("", ""), "tutto.gratis.example")}
	references, _ := names.References(t.Context(), session(t, dnstest.New(t)), b, suppliers)
	if len(references) != 1 || references[0].From != "*.comune.test" || references[0].Claimable != "Gratis Hosting" {
		t.Errorf("got %v", references)
	}
}
