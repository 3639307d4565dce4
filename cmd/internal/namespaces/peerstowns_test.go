package namespaces

import (
	"fmt"
	"strings"
)

// peersTown is a zone of the comparison. The zero value but for its name is the
// exemplary one.
type peersTown struct {
	name      string
	servers   []string // labels in rete.test; default ns1 and ns2
	above     []string // what the top level says instead
	lame      bool     // the second server does not know the zone
	behind    bool     // the second server has an older copy
	givenAway bool     // the zone is for everybody to transfer
	unsigned  bool
	wrongDS   bool
	algorithm string   // of dnssec-keygen
	signing   []string // options of dnssec-signzone
	mx        string   // default mx
	records   string   // the whole of the zone but SOA and NS
	noSPF     bool

	faults []peersFault
}

// peersFault is one planted fault and how each tool calls it: any one of the
// words is enough, and no word says that the tool does not look for it.
type peersFault struct {
	what       string
	standard   string // what is asked for, and where
	ours       string // the rule
	zonemaster []string
	dnsviz     []string
	// silent says that the fault is a server's silence. From one place that could
	// be the way to it: our verdict is "inconclusive", and names the server.
	silent bool
}

func peersTowns() []peersTown {
	return []peersTown{
		{name: "esemplare.test"},
		{name: "zoppa.test", lame: true, unsigned: true, faults: []peersFault{{
			what: "a server that refuses the zone", standard: "RFC 1912 2.8",
			ours: "dns-nameserver-unresponsive", zonemaster: []string{"IS_NOT_AUTHORITATIVE"}, dnsviz: []string{"SERVER_INVALID_RESPONSE_UDP"},
		}}},
		{name: "muta.test", servers: []string{"ns1", "ns2", "muto"}, unsigned: true, faults: []peersFault{{
			what: "a server that does not answer", standard: "RFC 2182 3",
			ours: "dns-nameserver-unresponsive", zonemaster: []string{"CN01_NO_RESPONSE_UDP"}, dnsviz: []string{"SERVER_UNRESPONSIVE_UDP"}, silent: true,
		}}},
		{name: "unica.test", servers: []string{"ns1"}, unsigned: true, faults: []peersFault{{
			what: "one name server only", standard: "RFC 2182 5",
			ours: "dns-nameserver-single", zonemaster: []string{"NOT_ENOUGH_NS_DEL", "NOT_ENOUGH_NS_CHILD"},
		}}},
		{name: "vicina.test", servers: []string{"ns2", "ns3"}, unsigned: true, faults: []peersFault{{
			what: "all servers in one network", standard: "RFC 2182 3",
			ours: "dns-nameservers-one-network", zonemaster: []string{"CN04_IPV4_SAME_PREFIX", "CN04_IPV4_SINGLE_PREFIX"},
		}}},
		{name: "indietro.test", behind: true, unsigned: true, faults: []peersFault{{
			what: "serials that differ", standard: "RFC 1034 4.3.5",
			ours: "dns-soa-serial-mismatch", zonemaster: []string{"MULTIPLE_SOA_SERIALS"},
		}}},
		{name: "regalata.test", givenAway: true, unsigned: true, faults: []peersFault{{
			what: "transfer open to all (AXFR)", standard: "RFC 5936 5",
			ours: "dns-zone-transfer-open", zonemaster: []string{"AXFR_AVAILABLE"},
		}}},
		{name: "ricorsiva.test", servers: []string{"ns1", "aperto"}, unsigned: true, faults: []peersFault{{
			what: "recursion for strangers", standard: "RFC 5358 4",
			ours: "dns-recursion-open", zonemaster: []string{"IS_A_RECURSOR"},
		}}},
		{name: "discorde.test", servers: []string{"ns1", "ns3"}, above: []string{"ns1", "ns2"}, unsigned: true, faults: []peersFault{{
			what: "delegation and zone differ", standard: "RFC 1034 4.2.2",
			ours: "dns-delegation-mismatch", zonemaster: []string{"EXTRA_NAME_PARENT", "EXTRA_NAME_CHILD"}, dnsviz: []string{"NS_NAME_NOT_IN_CHILD", "NS_NAME_NOT_IN_PARENT"},
		}}},
		{name: "impronta.test", wrongDS: true, faults: []peersFault{{
			what: "DS that fits no key", standard: "RFC 4035 5.2",
			ours: "dnssec-invalid", zonemaster: []string{"DS02_NO_MATCH_DS_DNSKEY"}, dnsviz: []string{"DIGEST_INVALID"},
		}}},
		{name: "scaduta.test", signing: []string{"-s", "20240101000000", "-e", "20240201000000"}, faults: []peersFault{{
			what: "signatures that have expired", standard: "RFC 4035 5.3.1",
			ours: "dnssec-invalid", zonemaster: []string{"RRSIG_EXPIRED"}, dnsviz: []string{"EXPIRATION_IN_PAST"},
		}}},
		{name: "debole.test", algorithm: "RSASHA1", faults: []peersFault{{
			what: "signed with RSA/SHA-1", standard: "RFC 9905 2",
			ours: "dnssec-algorithm-weak", zonemaster: []string{"ALGORITHM_DEPRECATED", "ALGORITHM_NOT_RECOMMENDED"}, dnsviz: []string{"ALGORITHM_NOT_RECOMMENDED", "ALGORITHM_PROHIBITED"},
		}}},
		{name: "alias.test", mx: "posta", unsigned: true, faults: []peersFault{{
			what: "MX that is an alias", standard: "RFC 2181 10.3",
			ours: "mail-mx-invalid", zonemaster: []string{"MX_RECORD_IS_CNAME"},
		}}},
		{name: "senza.test", noSPF: true, unsigned: true, faults: []peersFault{{
			what: "no SPF", standard: "RFC 7208 3 (offers it)",
			ours: "mail-spf-missing",
		}}},
	}
}

func (town peersTown) delegated() []string {
	if town.above != nil {
		return inRete(town.above)
	}
	return town.nameServers()
}

func (town peersTown) nameServers() []string {
	if town.servers != nil {
		return inRete(town.servers)
	}
	return inRete([]string{"ns1", "ns2"})
}

func inRete(labels []string) []string {
	var list []string
	for _, label := range labels {
		list = append(list, label+"."+reteZone)
	}
	return list
}

// text is the zone with a serial number.
func (town peersTown) text(serial int) string {
	var text strings.Builder
	servers := town.nameServers()
	fmt.Fprintf(&text, "$ORIGIN %s.\n$TTL 3600\n@ SOA %s hostmaster.rete.test. %d 14400 3600 1209600 3600\n", town.name, servers[0], serial)
	for _, server := range servers {
		fmt.Fprintf(&text, "@ NS %s\n", server)
	}
	text.WriteString(town.records)
	mx := "mx"
	if town.mx != "" {
		mx = town.mx
	}
	fmt.Fprintf(&text, "@ MX 10 %s.%s\n@ A 203.0.113.80\n", mx, reteZone)
	if town.name+"." != reteZone {
		text.WriteString("www CNAME @\n")
	}
	fmt.Fprintf(&text, "_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@%s\"\n", town.name)
	if !town.noSPF {
		text.WriteString("@ TXT \"v=spf1 mx -all\"\n")
	}
	return text.String()
}
