package namespaces

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// peersWorld is a tree of signed zones with real servers: a root, a top level,
// a supplier and the towns of the comparison.
type peersWorld struct {
	*world
	open, third address    // a server that resolves for strangers, and a third of the supplier's
	upstream    netip.Addr // from where the resolver asks
	anchorKeys  string     // the root's key, as DNSKEY
	tap         *wiretap
}

const reteZone = "rete.test."

func raisePeers(t *testing.T, program string) *peersWorld {
	t.Helper()
	w := &peersWorld{
		world: &world{
			Dir: t.TempDir(), program: program,
			Root: host(1, 1), TLD: host(1, 2), SecondTLD: host(2, 2), Leaf: host(1, 3), SecondLeaf: host(2, 3),
			Resolver: host(1, 53), OldResolver: host(1, 54),
			Mail: host(1, 25), ClearMail: host(1, 26), Policies: host(1, 80), Issuer: host(1, 81),
		},
		open: host(3, 4), third: host(2, 5),
	}
	w.upstream = netip.MustParseAddr(w.OldResolver.V4)
	w.layNetwork(t)
	for _, place := range []address{w.open, w.third, host(3, 6)} {
		tool(t, w.Dir, "ip", "addr", "add", place.V4+"/32", "dev", "lo")
	}
	w.plantPeers(t)
	w.configurePeersResolver(t)
	for _, s := range append(w.nsd, w.unbound) {
		s.start(t)
		t.Cleanup(func() { s.stop(t) })
	}
	w.tap = tap(t, w.Root.V4)
	return w
}

// plantPeers writes and signs all zones. What the two servers of the supplier
// hold differs where that is a town's fault.
func (w *peersWorld) plantPeers(t *testing.T) {
	t.Helper()
	first, second, open := map[string]string{}, map[string]string{}, map[string]string{}
	top := fmt.Sprintf(`test. NS a.nic.test.
test. NS b.nic.test.
a.nic.test. A %s
b.nic.test. A %s
ns1.rete.test. A %s
ns2.rete.test. A %s
`, w.TLD.V4, w.SecondTLD.V4, w.Leaf.V4, w.SecondLeaf.V4)
	rete := peersTown{name: strings.TrimSuffix(reteZone, "."), records: fmt.Sprintf(`ns1 A %s
ns2 A %s
ns3 A %s
aperto A %s
muto A %s
mx A %s
posta CNAME mx
`, w.Leaf.V4, w.SecondLeaf.V4, w.third.V4, w.open.V4, host(3, 6).V4, w.Mail.V4)}
	for _, town := range append([]peersTown{rete}, peersTowns()...) {
		file, ds := w.plantTown(t, town)
		zone := town.name + "."
		first[zone], second[zone], open[zone] = file, file, file
		if town.lame {
			delete(second, zone)
		}
		if town.behind {
			older := filepath.Join(w.Dir, "leaf", zone+"older")
			write(t, older, []byte(town.text(6)))
			second[zone] = older
		}
		for _, server := range town.delegated() {
			top += fmt.Sprintf("%s NS %s\n", zone, server)
		}
		for _, each := range ds {
			top += each + "\n"
		}
	}
	w.servePeers(t, "first", first, w.Leaf)
	w.servePeers(t, "second", second, w.SecondLeaf, w.third)
	w.openPeer(t, open["ricorsiva.test."])

	ds := w.plantLevel(t, "test.", top)
	w.servePeers(t, "top", map[string]string{"test.": w.zoneFile("test.")}, w.TLD, w.SecondTLD)
	root := fmt.Sprintf(". NS a.root.test.\na.root.test. A %s\ntest. NS a.nic.test.\ntest. NS b.nic.test.\na.nic.test. A %s\nb.nic.test. A %s\n%s\n",
		w.Root.V4, w.TLD.V4, w.SecondTLD.V4, strings.Join(ds, "\n"))
	anchor := w.plantLevel(t, ".", root)
	w.servePeers(t, "root", map[string]string{".": w.zoneFile(".")}, w.Root)
	write(t, w.anchor(), []byte(strings.Join(anchor, "\n")+"\n"))
	write(t, filepath.Join(w.Dir, "root.key"), []byte(w.anchorKeys))
}

func (w *peersWorld) zoneFile(zone string) string {
	return filepath.Join(w.Dir, "leaf", zone+"zone.signed")
}

// plantLevel writes and signs a zone of full names, its first name server in the
// first record.
func (w *peersWorld) plantLevel(t *testing.T, zone, records string) []string {
	t.Helper()
	server := strings.Fields(records)[2]
	text := fmt.Sprintf("$ORIGIN .\n$TTL 3600\n%s SOA %s admin.rete.test. 7 14400 3600 1209600 3600\n%s", zone, server, records)
	file := filepath.Join(w.Dir, "leaf", zone+"zone")
	write(t, file, []byte(text))
	ds := signedZone{name: zone}.sign(t, file)
	if zone == "." {
		w.anchorKeys = keysOf(t, filepath.Dir(file), zone)
	}
	return ds
}

// keysOf gives the public keys of a zone that dnssec-keygen made.
func keysOf(t *testing.T, dir, zone string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "K"+zone+"+*.key"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the keys of %s: %v", zone, err)
	}
	var text strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			if strings.Contains(line, "DNSKEY 257 ") {
				text.WriteString(line)
			}
		}
	}
	return text.String()
}

// plantTown writes a town's zone, signs it where it is, and gives the file to
// serve and the DS records to publish.
func (w *peersWorld) plantTown(t *testing.T, town peersTown) (file string, ds []string) {
	t.Helper()
	zone := town.name + "."
	file = filepath.Join(w.Dir, "leaf", zone+"zone")
	write(t, file, []byte(town.text(7)))
	if town.unsigned {
		return file, nil
	}
	ds = signedZone{name: zone, algorithm: town.algorithm, options: town.signing}.sign(t, file)
	if town.wrongDS {
		ds = otherDigest(ds)
	}
	return file + ".signed", ds
}

// servePeers configures the NSD of some zones.
func (w *peersWorld) servePeers(t *testing.T, name string, zones map[string]string, at ...address) {
	t.Helper()
	dir := filepath.Join(w.Dir, "nsd-"+name)
	var addresses []string
	for _, each := range at {
		addresses = append(addresses, each.V4)
	}
	config := filepath.Join(dir, "nsd.conf")
	text := string(w.fill(t, "nsd.conf", struct {
		Dir   string
		At    []string
		Zones map[string]string
	}{dir, addresses, zones}))
	for _, town := range peersTowns() {
		if town.givenAway {
			entry := fmt.Sprintf("name: %q\n", town.name+".")
			text = strings.ReplaceAll(text, entry, entry+"  provide-xfr: 0.0.0.0/0 NOKEY\n")
		}
	}
	write(t, config, []byte(text))
	w.nsd = append(w.nsd, w.server("NSD "+name, at[0].V4+":53", "nsd", "-d", "-c", config))
}

// openPeer configures the BIND server that serves one zone and resolves for
// strangers besides.
func (w *peersWorld) openPeer(t *testing.T, file string) {
	t.Helper()
	dir := filepath.Join(w.Dir, "named")
	config := filepath.Join(dir, "named.conf")
	write(t, config, []byte(fmt.Sprintf(`options {
	directory %[1]q; pid-file none; session-keyfile none; recursion yes; allow-recursion { any; }; allow-query { any; };
	allow-transfer { none; }; listen-on { %[2]s; }; listen-on-v6 { none; }; query-source address %[2]s; dnssec-validation no;
};
controls { };
zone "." { type hint; file %[3]q; };
zone "ricorsiva.test" { type primary; file %[4]q; };
`, dir, w.open.V4, filepath.Join(w.Dir, "root.hints"), file)))
	w.nsd = append(w.nsd, w.server("BIND", w.open.V4+":53", "named", "-f", "-4", "-c", config))
}

// configurePeersResolver lets Unbound ask from an address of its own, by which
// its questions are told from the tools'.
func (w *peersWorld) configurePeersResolver(t *testing.T) {
	t.Helper()
	w.configureResolver(t)
	write(t, filepath.Join(w.Dir, "root.hints"), []byte(fmt.Sprintf(". 3600 NS a.root.test.\na.root.test. 3600 A %s\n", w.Root.V4)))
	config := filepath.Join(w.Dir, "unbound.conf")
	content, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	more := fmt.Sprintf("server:\n  local-zone: \"test.\" nodefault\n  outgoing-interface: %s\n  do-ip6: no\n", w.upstream)
	text := strings.ReplaceAll(string(content), "  interface: "+w.Resolver.V6+"\n", "")
	write(t, config, []byte(text+more))
}
