package names

import (
	"net/netip"
	"strings"
	"testing"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

func TestWhoSharesAnAddress(t *testing.T) {
	t.Parallel()
	const town = "comune.borgo.example"
	lookup := func(name string, records []string, aliases ...string) evidence.Lookup {
		return evidence.Lookup{Name: name, Type: "A", Observation: evidence.Observation{State: evidence.Seen}, Records: records, Aliases: aliases}
	}
	showing := func(address string, names ...string) []evidence.Endpoint {
		return []evidence.Endpoint{{Name: "www." + town, Address: address, TLS: evidence.Handshake{Certificates: []evidence.Certificate{{Names: names}}}}}
	}
	host := records.Supplier{ID: "ospite", Name: "Ospite", Roles: []string{"web"}, Networks: []string{"198.51.100.0/24"}, ASNs: []uint32{64496}}
	carrier := records.Supplier{ID: "linea", Name: "Linea", Roles: []string{"dns"}, Networks: []string{"198.51.100.0/24"}}
	for name, tt := range map[string]struct {
		lookups   []evidence.Lookup
		endpoints []evidence.Endpoint
		suppliers []records.Supplier
		origins   Origins
		want      string // part of the reason; empty: nobody else is known there
	}{
		"nothing-known":               {},
		"own-name-leads-there":        {lookups: []evidence.Lookup{lookup(town, []string{"198.51.100.7"})}},
		"alias-within-the-town":       {lookups: []evidence.Lookup{lookup("www."+town, []string{"198.51.100.7"}, "web."+town+".")}},
		"alias-of-a-stranger":         {lookups: []evidence.Lookup{lookup("www."+town, []string{"198.51.100.7"}, "web."+town, "node7.ospite.example")}, want: "alias of node7.ospite.example"},
		"alias-through-a-stranger":    {lookups: []evidence.Lookup{lookup("www."+town, []string{"198.51.100.7"}, "node7.ospite.example", "web."+town)}, want: "alias of node7.ospite.example"},
		"alias-to-another-address":    {lookups: []evidence.Lookup{lookup("www."+town, []string{"198.51.100.8"}, "node7.ospite.example")}},
		"strangers-alias-to-it":       {lookups: []evidence.Lookup{lookup("www.altro.example", []string{"198.51.100.7"}, "node7.ospite.example")}},
		"own-certificate":             {endpoints: showing("198.51.100.7", town, "*."+town)},
		"certificate-of-strangers":    {endpoints: showing("198.51.100.7", town, "www.altro.example"), want: "www.altro.example"},
		"certificate-of-a-host":       {endpoints: showing("198.51.100.7", "*.ospite.example"), want: "*.ospite.example"},
		"certificate-elsewhere":       {endpoints: showing("198.51.100.8", "www.altro.example")},
		"device-calls-itself-a-thing": {endpoints: showing("198.51.100.7", "fritz.box", "router", "nas.local", "192.168.1.1", "localhost.localdomain")},
		"network-of-a-host":           {suppliers: []records.Supplier{host}, want: "Ospite"},
		"autonomous-system-of-a-host": {suppliers: []records.Supplier{{Name: "Ospite", Roles: []string{"mail"}, ASNs: []uint32{64496}}}, origins: Origins{netip.MustParseAddr("198.51.100.7"): 64496}, want: "AS64496"},
		"network-of-a-carrier":        {suppliers: []records.Supplier{carrier}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &evidence.Bundle{Endpoints: tt.endpoints}
			b.DNS.Lookups = tt.lookups
			tenancy := Tenancy{Suppliers: tt.suppliers, Origins: tt.origins, Own: func(n string) bool { return within(n, town) }}
			for _, address := range []string{"198.51.100.7", "::ffff:198.51.100.7"} {
				why, shared := tenancy.Shared(b, netip.MustParseAddr(address))
				if shared != (tt.want != "") || !strings.Contains(why, tt.want) {
					t.Errorf("%s: %q, %v; want %q", address, why, shared, tt.want)
				}
			}
		})
	}
}
