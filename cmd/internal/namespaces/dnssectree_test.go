package namespaces

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// signedZone is one zone of the tree for the comparison with delv.
type signedZone struct {
	name      string                     // with the final dot
	more      string                     // records besides the ordinary ones
	unsigned  bool                       // served as it is
	algorithm string                     // default ECDSAP256SHA256
	options   []string                   // for dnssec-signzone
	ldns      []string                   // for ldns-signzone, which signs it when this is given
	ds        func(ds []string) []string // what the parent publishes instead
	spoil     spoiler
}

// spoiler makes what is served instead of what was signed into a file.
type spoiler func(t *testing.T, z signedZone, file string, signed []dns.RR) []dns.RR

// raiseSigned builds the tree and starts its servers.
func raiseSigned(t *testing.T) *world {
	t.Helper()
	w := &world{
		Dir:  t.TempDir(),
		Root: host(1, 1), TLD: host(1, 2), SecondTLD: host(2, 2), Leaf: host(1, 3), SecondLeaf: host(2, 3),
		Resolver: host(1, 53), OldResolver: host(1, 54),
		Mail: host(1, 25), ClearMail: host(1, 26), Policies: host(1, 80), Issuer: host(1, 81),
	}
	w.layNetwork(t)
	delegations := map[string][]string{} // of each top level, with the DS records
	for zone, ds := range w.plantSigned(t, "leaf", w.Leaf, leafZones()) {
		labels := dns.SplitDomainName(zone)
		if len(labels) > 2 {
			continue // delegated by a leaf
		}
		top := labels[1] + "."
		delegations[top] = append(delegations[top], fmt.Sprintf("%s 3600 IN NS ns.leaf.%s", zone, top))
		delegations[top] = append(delegations[top], ds...)
	}
	tops := []signedZone{
		{name: "test.", options: []string{"-3", "-", "-A"}},
		{name: "example.", ldns: []string{}},
	}
	for i := range tops {
		name := tops[i].name
		tops[i].more = strings.Join(delegations[name], "\n") + fmt.Sprintf("\nns.leaf.%s 3600 IN A %s\n", name, w.Leaf.V4)
	}
	rootServer := fmt.Sprintf("a.root.example. 3600 IN A %s\n", w.Root.V4)
	tops[1].more += rootServer
	root := []string{rootServer}
	for zone, ds := range w.plantSigned(t, "top", w.TLD, tops) {
		root = append(root, fmt.Sprintf("%s 3600 IN NS ns.%s\nns.%s 3600 IN A %s", zone, zone, zone, w.TLD.V4))
		root = append(root, ds...)
	}
	anchor := w.plantSigned(t, "root", w.Root, []signedZone{{name: ".", more: strings.Join(root, "\n") + "\n"}})["."]
	write(t, w.anchor(), []byte(strings.Join(anchor, "\n")+"\n"))
	w.writeAnchors(t, anchor)
	w.configureResolver(t)
	// Unbound answers for the top level "test" itself, unless told otherwise.
	config, err := os.OpenFile(filepath.Join(w.Dir, "unbound.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.WriteString("server:\n  local-zone: \"test.\" nodefault\n"); err != nil {
		t.Fatal(err)
	}
	if err := config.Close(); err != nil {
		t.Fatal(err)
	}
	for _, s := range append(slices.Clip(w.nsd), w.unbound) {
		s.start(t)
		t.Cleanup(func() { s.stop(t) })
	}
	return w
}

// writeAnchors writes the anchor as delv wants it.
func (w *world) writeAnchors(t *testing.T, ds []string) {
	t.Helper()
	text := "trust-anchors {\n"
	for _, rr := range parseLines(t, ds...) {
		ds := rr.(*dns.DS)
		text += fmt.Sprintf("  . static-ds %d %d %d %q;\n", ds.KeyTag, ds.Algorithm, ds.DigestType, ds.Digest)
	}
	write(t, filepath.Join(w.Dir, "anchor.conf"), []byte(text+"};\n"))
}

func parseLines(t *testing.T, lines ...string) []dns.RR {
	t.Helper()
	var list []dns.RR
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil || rr == nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, rr)
	}
	return list
}

// plantSigned writes and signs the zones, configures the NSD that serves them,
// and gives the DS records of each zone that is delegated.
func (w *world) plantSigned(t *testing.T, level string, at address, zones []signedZone) map[string][]string {
	t.Helper()
	dir := filepath.Join(w.Dir, level)
	files, all := map[string]string{}, map[string][]string{}
	for _, z := range zones {
		file := filepath.Join(dir, z.name+"zone")
		write(t, file, []byte(z.text(at)))
		ds := []string{}
		if !z.unsigned {
			ds = z.sign(t, file)
			file += ".signed"
		}
		if z.ds != nil {
			ds = z.ds(ds)
		}
		if z.spoil != nil {
			file = respell(t, file, z)
		}
		files[z.name], all[z.name] = file, ds
	}
	config := filepath.Join(dir, "nsd.conf")
	write(t, config, w.fill(t, "nsd.conf", struct {
		Dir   string
		At    []string
		Zones map[string]string
	}{dir, []string{at.V4, at.V6}, files}))
	w.nsd = append(w.nsd, w.server("NSD "+level, at.V4+":53", "nsd", "-d", "-c", config))
	return all
}

// text is the zone before it is signed: the delegations of an upper level, or
// the ordinary records of a leaf.
func (z signedZone) text(at address) string {
	ns := "ns." + z.name
	if z.name == "." {
		ns = "a.root.example."
	}
	text := fmt.Sprintf("$TTL 3600\n%s IN SOA %s admin.example. 1 7200 3600 1209600 300\n%s IN NS %s\n", z.name, ns, z.name, ns)
	if z.name != "." {
		text += fmt.Sprintf("%s IN A %s\n", ns, at.V4)
	}
	if dns.CountLabel(z.name) > 1 {
		text += strings.ReplaceAll(`@ IN MX 10 www.@
www.@ IN A 192.0.2.10
below.deep.@ IN A 192.0.2.11
*.star.@ IN A 192.0.2.12
here.star.@ IN TXT "beside the wildcard"
here.star.@ IN A 192.0.2.13
*.star2.@ IN CNAME www.@
to-www.@ IN CNAME www.@
`, "@", z.name)
	}
	return text + strings.ReplaceAll(z.more, "@", z.name)
}

// sign makes a key that signs the keys and one that signs the rest, signs the
// zone, and gives its DS records.
func (z signedZone) sign(t *testing.T, file string) []string {
	t.Helper()
	dir := filepath.Dir(file)
	if z.ldns != nil {
		key := strings.TrimSpace(tool(t, dir, "ldns-keygen", "-k", "-a", "ECDSAP256SHA256", "-r", "/dev/urandom", z.name))
		tool(t, dir, "ldns-signzone", slices.Concat(z.ldns, []string{"-o", z.name, "-f", file + ".signed", file, key})...)
		return z.recordsOf(t, filepath.Join(dir, key+".ds"))
	}
	algorithm := z.algorithm
	if algorithm == "" {
		algorithm = "ECDSAP256SHA256"
	}
	for _, kind := range [][]string{{"-f", "KSK"}, {}} {
		arguments := slices.Concat([]string{"-q", "-a", algorithm}, kind)
		if strings.HasPrefix(algorithm, "RSA") || strings.HasPrefix(algorithm, "NSEC3RSA") {
			arguments = append(arguments, "-b", "1024")
		}
		tool(t, dir, "dnssec-keygen", append(arguments, z.name)...)
	}
	// Smart signing takes the keys from the directory and writes the DS records.
	tool(t, dir, "dnssec-signzone", slices.Concat([]string{"-q", "-S", "-P", "-O", "full"}, z.options, []string{"-o", z.name, "-f", file + ".signed", file})...)
	return z.recordsOf(t, filepath.Join(dir, "dsset-"+z.name))
}

func (z signedZone) recordsOf(t *testing.T, file string) []string {
	t.Helper()
	var list []string
	for _, rr := range parseFile(t, file) {
		list = append(list, rr.String())
	}
	return list
}

func parseFile(t *testing.T, file string) []dns.RR {
	t.Helper()
	content, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	parser := dns.NewZoneParser(content, ".", file)
	parser.SetDefaultTTL(3600)
	var list []dns.RR
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		list = append(list, rr)
	}
	if err := parser.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// respell writes what the zone serves instead of what was signed.
func respell(t *testing.T, file string, z signedZone) string {
	t.Helper()
	var text strings.Builder
	for _, rr := range z.spoil(t, z, file, parseFile(t, file)) {
		text.WriteString(rr.String() + "\n")
	}
	write(t, file+".spoilt", []byte(text.String()))
	return file + ".spoilt"
}

// stripSignatures runs a resolver that passes everything on but signatures and
// denials.
func (w *world) stripSignatures(t *testing.T) netip.AddrPort {
	t.Helper()
	keep := func(section []dns.RR) []dns.RR {
		return slices.DeleteFunc(section, func(rr dns.RR) bool {
			return slices.Contains([]uint16{dns.TypeRRSIG, dns.TypeNSEC, dns.TypeNSEC3}, rr.Header().Rrtype)
		})
	}
	handler := dns.HandlerFunc(func(to dns.ResponseWriter, question *dns.Msg) {
		reply := new(dns.Msg).SetRcode(question, dns.RcodeServerFailure)
		client := &dns.Client{Net: "tcp"}
		if answer, _, err := client.ExchangeContext(t.Context(), question.Copy(), net.JoinHostPort(w.Resolver.V4, "53")); err == nil {
			reply.Rcode, reply.Answer, reply.Ns = answer.Rcode, keep(answer.Answer), keep(answer.Ns)
		}
		reply.RecursionAvailable = true
		_ = to.WriteMsg(reply) // who asked has gone
	})
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(running.Wait) // after the server is told to end
	started := make(chan struct{})
	server := &dns.Server{PacketConn: packets, Handler: handler, NotifyStartedFunc: func() { close(started) }}
	running.Go(func() {
		if err := server.ActivateAndServe(); err != nil {
			t.Error(err)
		}
	})
	<-started
	t.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			t.Error(err)
		}
	})
	return packets.LocalAddr().(*net.UDPAddr).AddrPort()
}
