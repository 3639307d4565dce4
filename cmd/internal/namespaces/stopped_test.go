package namespaces

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outage is a server that does not run, and the findings that cannot be had
// without it.
type outage struct {
	name  string
	stop  []*server
	after []*server // started again, so that they remember nothing
	needs func(*town) needs
}

// needs admits the findings that depend on something.
type needs func(finding) bool

func (w *world) outages() []outage {
	list := []outage{
		{"NSD", w.nsd, []*server{w.unbound}, always(everything)},
		{"second-name-server", w.nsd[1:2], []*server{w.unbound}, needsSecond},
		{"Unbound", []*server{w.unbound}, nil, always(everything)},
		{"web-servers", w.webServers(), nil, always(needsWebServer)},
	}
	if w.postfix != nil {
		list = append(list, outage{"Postfix", []*server{w.postfix}, nil, always(needsMailServer)})
	}
	return list
}

// webServers are all that show web sites.
func (w *world) webServers() []*server { return []*server{w.nginx, w.gnutls, w.front} }

// always is for what is the same in every town.
func always(n needs) func(*town) needs { return func(*town) needs { return n } }

// everything depends on the DNS: without an address there is nobody to ask.
func everything(finding) bool { return true }

// needsSecond admits what all name servers of a zone are asked for, in the towns
// that have the second one. The resolver gets its answers from the first.
func needsSecond(t *town) needs {
	return func(f finding) bool {
		return t.On("ns2", "ns-quattro") && slices.Contains([]string{
			"dns-nameserver-unresponsive", "dns-soa-serial-mismatch", "dns-zone-transfer-open", "dns-recursion-open",
		}, f.Rule)
	}
}

// needsMailServer admits what is measured on port 25; the other rules of the
// family read the DNS.
func needsMailServer(f finding) bool {
	return f.Rule == "mail-starttls-missing" || f.Rule == "mail-mx-unreachable" || f.Rule == "mail-dane-invalid" || strings.HasPrefix(f.Rule, "mail-tls-")
}

// needsWebServer admits what is measured on ports 80 and 443, which for some of
// the rules of the other families holds by half.
func needsWebServer(f finding) bool {
	switch f.Rule {
	case "dns-ipv6-missing":
		return f.Outcome != "fail" // without an address nobody is asked
	case "dns-caa-invalid":
		return f.Facts["reason"] != "malformed" // whoever issued the certificate in use
	case "mail-mta-sts-invalid", "mail-mta-sts-testing":
		return true // the record of MTA-STS is in the DNS, its policy on a web server
	}
	inDNS := strings.HasPrefix(f.Rule, "dns") || strings.HasPrefix(f.Rule, "domain-")
	return !inDNS && !strings.HasPrefix(f.Rule, "mail-")
}

// needsHost admits what hosts say, and what is asked for after them when there
// is no time left. That they take a connection is what their kernel says, also
// where the server is frozen.
func needsHost(f finding) bool {
	switch f.Rule {
	case "dns-ipv6-missing":
		return false
	case "dns-host-forgotten", "mail-reverse-dns-missing":
		return true
	}
	return needsWebServer(f) || needsMailServer(f)
}

// needsWebHost is needsHost where no mail server runs at all: what is asked for
// after a refusal has its time.
func needsWebHost(f finding) bool { return needsHost(f) && f.Rule != "mail-reverse-dns-missing" }

// testStopped scans every town again with one server stopped: what depends on
// it is not known, never failed and never passed, and all the rest is as before.
func (w *world) testStopped(t *testing.T) {
	for _, outage := range w.outages() {
		t.Run(outage.name, func(t *testing.T) {
			outage.begin(t)
			t.Cleanup(func() { outage.end(t) })
			for i, town := range w.Towns {
				t.Run(town.Domain, func(t *testing.T) {
					t.Parallel()
					w.compareStopped(t, w.scans[i], w.run(t, town, w.Resolver.V4), outage.needs(town))
				})
			}
		})
	}
}

// testSilent scans one town again while servers are frozen: what comes is no
// refusal but silence, and silence is no verdict either.
func (w *world) testSilent(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes the scanner's patience with silent servers")
	}
	hosts := outage{name: "hosts", stop: w.webServers(), needs: always(needsWebHost)}
	if w.postfix != nil {
		hosts.stop, hosts.needs = append(hosts.stop, w.postfix), always(needsHost)
	}
	for _, outage := range []outage{
		hosts,
		{name: "second-name-server", stop: w.nsd[1:2], needs: needsSecond},
		{name: "resolver", stop: []*server{w.unbound}, needs: always(everything)},
	} {
		t.Run(outage.name, func(t *testing.T) {
			for _, s := range outage.stop {
				s.freeze(t)
				t.Cleanup(func() { s.thaw(t) })
			}
			s := w.run(t, w.Towns[0], w.Resolver.V4, "--timeout", "15s")
			w.compareStopped(t, w.scans[0], s, outage.needs(w.Towns[0]))
		})
	}
}

func (o outage) begin(t *testing.T) {
	t.Helper()
	for _, s := range slices.Concat(o.stop, o.after) {
		s.stop(t)
	}
	for _, s := range o.after {
		s.start(t)
	}
}

func (o outage) end(t *testing.T) {
	t.Helper()
	for _, s := range o.stop {
		s.start(t)
	}
	for _, s := range o.after {
		s.stop(t)
		s.start(t)
	}
}

// compareStopped holds a scan against the one with every server up.
func (w *world) compareStopped(t *testing.T, before, after *scan, dependent needs) {
	t.Helper()
	if before == nil {
		t.Fatal("no scan with every server up to compare with; run the whole test")
	}
	judged := func(f finding) bool { return dependent(f) && (f.Outcome == "pass" || f.Outcome == "fail") }
	if bold := rules(after.Findings, judged); len(bold) > 0 {
		t.Errorf("judged, although nobody can know: %v", bold)
	}
	open := rules(after.Findings, is("inconclusive"))
	for _, rule := range rules(before.Findings, judged) {
		if !slices.Contains(open, rule) {
			t.Errorf("%s had a verdict and has none now, not even inconclusive", rule)
		}
	}
	if diff := cmp.Diff(before.without(dependent), after.without(dependent)); diff != "" {
		t.Errorf("what does not depend on it (-before +after):\n%s", diff)
	}
}
