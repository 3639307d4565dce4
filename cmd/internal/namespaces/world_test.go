package namespaces

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// postfixDaemons is where Debian keeps the parts of Postfix.
const postfixDaemons = "/usr/lib/postfix/sbin"

// address is a place in the lab, in both families.
type address struct{ V4, V6 string }

// host gives the address with a number in one of three networks. They are no
// networks for documentation: at an address of those no public host can stand,
// and the program has to say so. These are set aside for all the world, no
// body's hosts are in them (RFC 7535, RFC 7534, RFC 7450), and nothing leaves
// the lab.
func host(network, number int) address {
	return address{
		V4: fmt.Sprintf("%s.%d", []string{"192.31.196", "192.175.48", "192.52.193"}[network-1], number),
		V6: fmt.Sprintf("%s::%x", []string{"2001:4:112", "2620:4f:8000", "2001:3"}[network-1], number),
	}
}

// world is the lab. The exported fields are what its templates speak of.
type world struct {
	Dir     string
	Daemons string
	Towns   []*town
	DS      []string          // of the level below the zone being written
	keys    map[string]string // of the zones, path without ending

	MailKeys        map[string]string // SHA-256 of the public key of a mail server, for TLSA
	DKIM, ShortDKIM string

	Root, TLD, SecondTLD                 address
	Leaf, NearLeaf, SecondLeaf, OpenLeaf address // ns1, ns-vicino, ns2, ns-aperto
	Resolver, OldResolver                address
	Mail, ClearMail, OldMail, OtherMail  address
	MuteMail                             address // nobody listens there
	Policies, Issuer                     address

	program        string
	nsd            []*server // first and second of the leaves, top, root
	named          *server
	unbound, nginx *server
	front, gnutls  *server // before nginx, and in its place
	postfix        *server // nil, as the two above, where nobody needs it or it cannot run

	runs  atomic.Int32 // of the program, to scan
	scans []*scan      // of the towns in their order, with every server up
}

// townView is what the template of a town's zone speaks of.
type townView struct {
	*world
	Town   *town
	Serial int
}

// raise builds the lab and starts it; the test's end stops it.
func raise(t *testing.T, program string, mail bool, towns []*town) *world {
	t.Helper()
	w := &world{
		Dir: t.TempDir(), Daemons: postfixDaemons, Towns: towns, program: program, keys: map[string]string{},
		Root: host(1, 1), TLD: host(1, 2), SecondTLD: host(2, 2),
		Leaf: host(1, 3), NearLeaf: host(1, 4), SecondLeaf: host(2, 3), OpenLeaf: host(2, 4),
		Resolver: host(1, 53), OldResolver: host(1, 54),
		Mail: host(1, 25), ClearMail: host(1, 26), OldMail: host(1, 27), OtherMail: host(1, 28), MuteMail: host(1, 29),
		Policies: host(1, 80), Issuer: host(1, 81),
	}
	w.scans = make([]*scan, len(w.Towns))
	w.layNetwork(t)
	w.certify(t)
	w.plantTree(t)
	w.configureNamed(t)
	w.configureResolver(t)
	w.configureWeb(t)
	w.configureFronts(t)
	if mail {
		w.configureMail(t)
	}
	for _, s := range w.servers() {
		s.start(t)
		t.Cleanup(func() { s.stop(t) })
	}
	return w
}

// servers lists what runs, in the order of starting.
func (w *world) servers() []*server {
	list := append(slices.Clip(w.nsd), w.named, w.unbound, w.nginx, w.gnutls, w.front, w.postfix)
	return slices.DeleteFunc(list, func(s *server) bool { return s == nil })
}

// layNetwork gives the loopback interface of the new network namespace the
// addresses of the lab. There is no other interface: nothing can leave.
func (w *world) layNetwork(t *testing.T) {
	t.Helper()
	// The mounts of this test stay in its own namespace.
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal("making the mounts private: ", err)
	}
	places := []address{
		w.Root, w.TLD, w.SecondTLD, w.Leaf, w.NearLeaf, w.SecondLeaf, w.OpenLeaf, w.Resolver, w.OldResolver,
		w.Mail, w.ClearMail, w.OldMail, w.OtherMail, w.MuteMail, w.Policies, w.Issuer,
	}
	for _, town := range w.Towns {
		places = append(places, town.Web)
	}
	script := "link set lo up\n"
	for _, place := range slices.DeleteFunc(places, func(a address) bool { return a == address{} }) {
		script += fmt.Sprintf("addr add %s/32 dev lo\naddr add %s/128 dev lo nodad\n", place.V4, place.V6)
	}
	file := filepath.Join(w.Dir, "network")
	write(t, file, []byte(script))
	tool(t, w.Dir, "ip", "-batch", file)
}

// certify makes the authority and a certificate for every server.
func (w *world) certify(t *testing.T) {
	t.Helper()
	a := newAuthority(t, w.Dir)
	var policies []string
	for _, town := range w.Towns {
		policies = append(policies, "mta-sts."+town.Domain)
		a.issue(t, town.Domain, town.Certificate)
	}
	a.issue(t, "policies", certificate{Names: policies})
	w.MailKeys = map[string]string{
		"mx":    a.issue(t, "mx", certificate{Names: []string{"mx.fornitore.example", "mx-alias.fornitore.example", "mx-fissato.fornitore.example", "mx." + exemplary}}),
		"old":   a.issue(t, "mx-old", certificate{Names: []string{"mx-vecchio.fornitore.example"}, RSA: true}),
		"other": a.issue(t, "mx-other", certificate{Names: []string{"posta.fornitore.example"}}),
	}
	a.publish(t)
	tool(t, w.Dir, "openssl", "dhparam", "-dsaparam", "-out", filepath.Join(w.Dir, "certificates", "dh1024.pem"), "1024") // a group that nobody else has
	w.DKIM, w.ShortDKIM = dkim(t, 2048), dkim(t, 1024)
}

func (w *world) anchor() string { return filepath.Join(w.Dir, "root.ds") }

// hints is the file that says where the root is.
func (w *world) hints() string { return filepath.Join(w.Dir, "root.hints") }

func (w *world) authorities() string { return filepath.Join(w.Dir, "authority", "root.pem") }

// configureResolver writes the configuration of Unbound.
func (w *world) configureResolver(t *testing.T) {
	t.Helper()
	write(t, w.hints(), fmt.Appendf(nil, ". 3600 NS a.root.example.\na.root.example. 3600 A %s\na.root.example. 3600 AAAA %s\n", w.Root.V4, w.Root.V6))
	config := filepath.Join(w.Dir, "unbound.conf")
	write(t, config, w.fill(t, "unbound.conf", w))
	w.unbound = w.server("Unbound", w.Resolver.V4+":53", "unbound", "-d", "-c", config)
}

// configureMail writes the configuration of Postfix and lays empty file systems
// over its own folders, which only this mount namespace sees.
func (w *world) configureMail(t *testing.T) {
	t.Helper()
	config := filepath.Join(w.Dir, "postfix")
	for _, name := range []string{"main.cf", "master.cf"} {
		write(t, filepath.Join(config, name), w.fill(t, name, w))
	}
	owner := identity(t, "postfix")
	for _, dir := range []string{"/var/spool/postfix", "/var/lib/postfix"} {
		if err := syscall.Mount("campanile", dir, "tmpfs", 0, "mode=755"); err != nil {
			t.Fatalf("mounting over %s: %v", dir, err)
		}
	}
	if err := os.Chown("/var/lib/postfix", owner, -1); err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq("active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace") {
		dir := filepath.Join("/var/spool/postfix", name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(dir, owner, -1); err != nil {
			t.Fatal(err)
		}
	}
	w.postfix = w.server("Postfix", w.Mail.V4+":25", filepath.Join(postfixDaemons, "master"), "-d", "-c", config)
}
