package namespaces

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// zone is one zone of the tree before it is signed.
type zone struct {
	name     string   // with the final dot
	template string   // its file in testdata/servers
	data     any      // what the template speaks of
	unsigned bool     // served as it is, without a DS record above
	key      []string // for ldns-keygen
	options  []string // for ldns-signzone
	at       []string // the servers that have it; nil: all of the level
	older    any      // what the template speaks of at ns2, where that serves an older version
}

// nameServer is one program that answers for zones at some addresses.
type nameServer struct {
	name string
	at   []address
}

// plantTree writes and signs the zones from the leaves up, as each level needs
// the DS records of the one below, and configures its servers.
func (w *world) plantTree(t *testing.T) {
	t.Helper()
	// RFC 9276 section 3.1 for the parameters of NSEC3; with opt-out it leaves
	// unsigned delegations out, as most top-level domains do (RFC 5155 section 6).
	hashed := []string{"-n", "-t", "0"}
	optOut := []string{"-n", "-t", "0", "-p"}

	leaves := []zone{{name: supplier + ".", template: "supplier.zone", data: w}}
	for i, town := range w.Towns {
		leaf := w.zoneOf(town)
		if i%2 == 1 {
			leaf.options = append(leaf.options, hashed...) // the others deny with NSEC
		}
		leaves = append(leaves, leaf)
	}
	w.DS = w.level(t, "leaf", leaves, nameServer{"first", []address{w.Leaf, w.NearLeaf}}, nameServer{"second", []address{w.SecondLeaf}})
	w.DS = w.level(t, "top", []zone{
		{name: "example.", template: "example.zone", data: w, options: optOut},
		{name: "arpa.", template: "arpa.zone", data: w},
		{name: "net.", template: "net.zone", data: w},
	}, nameServer{"top", []address{w.TLD, w.SecondTLD}})
	anchor := w.level(t, "root", []zone{{name: ".", template: "root.zone", data: w}}, nameServer{"root", []address{w.Root}})
	write(t, w.anchor(), []byte(strings.Join(anchor, "\n")+"\n"))
}

// zoneOf is the zone of a town, with the faults that its entry plants.
func (w *world) zoneOf(town *town) zone {
	date := func(from time.Duration) string { return time.Now().Add(from).UTC().Format("20060102150405") }
	leaf := zone{
		name: town.Domain + ".", template: "town.zone", data: townView{w, town, 2}, unsigned: town.Unsigned,
		options: []string{"-i", date(town.Signatures.From), "-e", date(town.Signatures.To)},
	}
	if town.ShortKey {
		leaf.key = []string{"-a", "RSASHA256", "-b", "1024"}
	}
	if town.Lame {
		leaf.at = []string{"first"}
	}
	if town.Behind {
		leaf.older = townView{w, town, 1}
	}
	return leaf
}

// level writes the zones of one level and the configuration of each NSD that
// serves them, and gives their DS records.
func (w *world) level(t *testing.T, name string, zones []zone, servers ...nameServer) []string {
	t.Helper()
	dir := filepath.Join(w.Dir, name)
	files := map[string]map[string]string{}
	for _, s := range servers {
		files[s.name] = map[string]string{}
	}
	var ds []string
	for _, z := range zones {
		file, record := w.produce(t, dir, z, z.data)
		ds = append(ds, record...)
		for _, s := range servers {
			if z.at == nil || slices.Contains(z.at, s.name) {
				files[s.name][z.name] = file
			}
		}
		if z.older != nil {
			files["second"][z.name], _ = w.produce(t, filepath.Join(dir, "older"), z, z.older)
		}
	}
	for _, s := range servers {
		w.nsd = append(w.nsd, w.configureNSD(t, s, files[s.name]))
	}
	return ds
}

// produce writes one version of a zone and signs it. Versions of one zone share
// its key.
func (w *world) produce(t *testing.T, dir string, z zone, data any) (file string, ds []string) {
	t.Helper()
	file = filepath.Join(dir, z.name+"zone")
	write(t, file, w.fill(t, z.template, data))
	if z.unsigned {
		return file, nil
	}
	if w.keys[z.name] == "" {
		w.keys[z.name] = newZoneKey(t, dir, z)
	}
	key := w.keys[z.name]
	tool(t, dir, "ldns-signzone", slices.Concat(z.options, []string{"-o", z.name, "-f", file + ".signed", file, key})...)
	record, err := os.ReadFile(key + ".ds")
	if err != nil {
		t.Fatal(err)
	}
	return file + ".signed", []string{strings.TrimSpace(string(record))}
}

// newZoneKey gives the path of a key without its ending.
func newZoneKey(t *testing.T, dir string, z zone) string {
	t.Helper()
	algorithm := z.key
	if algorithm == nil {
		algorithm = []string{"-a", "ECDSAP256SHA256"}
	}
	name := tool(t, dir, "ldns-keygen", slices.Concat([]string{"-k"}, algorithm, []string{"-r", "/dev/urandom", z.name})...)
	return filepath.Join(dir, strings.TrimSpace(name))
}

// configureNSD writes the configuration of one NSD.
func (w *world) configureNSD(t *testing.T, s nameServer, files map[string]string) *server {
	t.Helper()
	var addresses []string
	for _, each := range s.at {
		addresses = append(addresses, each.V4, each.V6)
	}
	dir := filepath.Join(w.Dir, "nsd", s.name)
	config := filepath.Join(dir, "nsd.conf")
	write(t, config, w.fill(t, "nsd.conf", struct {
		Dir   string
		At    []string
		Zones map[string]string
	}{dir, addresses, files}))
	return w.server("NSD "+s.name, addresses[0]+":53", "nsd", "-d", "-c", config)
}

// configureNamed writes the configuration of the BIND server that answers for
// some towns and resolves every other name for everybody.
func (w *world) configureNamed(t *testing.T) {
	t.Helper()
	files := map[string]string{}
	for _, town := range w.Towns {
		if town.On("ns-aperto") {
			files[town.Domain] = filepath.Join(w.Dir, "leaf", town.Domain+".zone.signed")
		}
	}
	dir := filepath.Join(w.Dir, "named")
	config := filepath.Join(dir, "named.conf")
	write(t, config, w.fill(t, "named.conf", struct {
		Dir   string
		At    address
		Hints string
		Zones map[string]string
	}{dir, w.OpenLeaf, w.hints(), files}))
	w.named = w.server("BIND", w.OpenLeaf.V4+":53", "named", "-g", "-n", "1", "-c", config)
}

// tool runs a program to its end and gives what it prints.
func tool(t *testing.T, dir, name string, arguments ...string) string {
	t.Helper()
	path, err := find(name)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), path, arguments...)
	command.Dir = dir
	var errors strings.Builder
	command.Stderr = &errors
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", command, err, output, errors.String())
	}
	return string(output)
}
