package namespaces

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// zone is one zone of the tree before it is signed.
type zone struct {
	name     string   // with the final dot
	template string   // its file in testdata/servers
	data     any      // what the template speaks of
	unsigned bool     // served as it is, without a DS record above
	options  []string // for ldns-signzone
}

// plantTree writes and signs the zones from the leaves up, as each level needs
// the DS records of the one below, and configures its servers.
func (w *world) plantTree(t *testing.T) {
	t.Helper()
	// RFC 9276 section 3.1 for the parameters of NSEC3; with opt-out it leaves
	// unsigned delegations out, as most top-level domains do (RFC 5155 section 6).
	hashed := []string{"-n", "-t", "0"}
	optOut := []string{"-n", "-t", "0", "-p"}

	leaves := []zone{{name: "fornitore.example.", template: "supplier.zone", data: w}}
	for i, town := range w.Towns {
		leaf := zone{name: town.Domain + ".", template: "town.zone", data: townView{w, town}, unsigned: town.Unsigned}
		if i%2 == 1 {
			leaf.options = hashed // the others deny with NSEC
		}
		leaves = append(leaves, leaf)
	}
	w.DS = w.level(t, "leaf", leaves, w.Leaf, w.SecondLeaf)
	w.DS = w.level(t, "top", []zone{{name: "example.", template: "example.zone", data: w, options: optOut}}, w.TLD, w.SecondTLD)
	anchor := w.level(t, "root", []zone{{name: ".", template: "root.zone", data: w}}, w.Root)
	write(t, w.anchor(), []byte(strings.Join(anchor, "\n")+"\n"))
}

// level writes the zones of one level and the configuration of the NSD that
// serves them, and gives their DS records.
func (w *world) level(t *testing.T, name string, zones []zone, at ...address) []string {
	t.Helper()
	dir := filepath.Join(w.Dir, name)
	files := map[string]string{}
	var ds []string
	for _, z := range zones {
		file := filepath.Join(dir, z.name+"zone")
		write(t, file, w.fill(t, z.template, z.data))
		if !z.unsigned {
			ds = append(ds, sign(t, file, z))
			file += ".signed"
		}
		files[z.name] = file
	}
	var addresses []string
	for _, each := range at {
		addresses = append(addresses, each.V4, each.V6)
	}
	config := filepath.Join(dir, "nsd.conf")
	write(t, config, w.fill(t, "nsd.conf", struct {
		Dir   string
		At    []string
		Zones map[string]string
	}{dir, addresses, files}))
	w.nsd = append(w.nsd, w.server("NSD "+name, addresses[0]+":53", "nsd", "-d", "-c", config))
	return ds
}

// sign makes a key for the zone, signs it beside the file and gives its DS
// record.
func sign(t *testing.T, file string, z zone) string {
	t.Helper()
	dir := filepath.Dir(file)
	key := strings.TrimSpace(tool(t, dir, "ldns-keygen", "-k", "-a", "ECDSAP256SHA256", "-r", "/dev/urandom", z.name))
	tool(t, dir, "ldns-signzone", slices.Concat(z.options, []string{"-o", z.name, "-f", file + ".signed", file, key})...)
	ds, err := os.ReadFile(filepath.Join(dir, key+".ds"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ds))
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
