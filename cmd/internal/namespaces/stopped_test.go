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
	needs func(finding) bool
}

func (w *world) outages() []outage {
	list := []outage{
		{"NSD", w.nsd, []*server{w.unbound}, everything},
		{"Unbound", []*server{w.unbound}, nil, everything},
		{"nginx", []*server{w.nginx}, nil, needsWebServer},
	}
	if w.postfix != nil {
		list = append(list, outage{"Postfix", []*server{w.postfix}, nil, needsMailServer})
	}
	return list
}

// everything depends on the DNS: without an address there is nobody to ask.
func everything(finding) bool { return true }

// needsMailServer admits what is measured on port 25; the other rules of the
// family read the DNS.
func needsMailServer(f finding) bool {
	return f.Rule == "mail-starttls-missing" || f.Rule == "mail-mx-unreachable" || strings.HasPrefix(f.Rule, "mail-tls-")
}

// needsWebServer admits what is measured on ports 80 and 443. The record of
// MTA-STS is in the DNS; only its policy is on a web server.
func needsWebServer(f finding) bool {
	inDNS := strings.HasPrefix(f.Rule, "dns") || strings.HasPrefix(f.Rule, "domain-")
	onMail := strings.HasPrefix(f.Rule, "mail-")
	return !inDNS && !onMail || f.Rule == "mail-mta-sts-invalid" || f.Rule == "mail-mta-sts-testing"
}

func needsHost(f finding) bool { return needsWebServer(f) || needsMailServer(f) }

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
					w.compareStopped(t, w.scans[i], w.run(t, town, w.Resolver.V4), outage.needs)
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
	hosts := outage{name: "hosts", stop: []*server{w.nginx}, needs: needsHost}
	if w.postfix != nil {
		hosts.stop = append(hosts.stop, w.postfix)
	}
	for _, outage := range []outage{hosts, {name: "resolver", stop: []*server{w.unbound}, needs: everything}} {
		t.Run(outage.name, func(t *testing.T) {
			for _, s := range outage.stop {
				s.freeze(t)
				t.Cleanup(func() { s.thaw(t) })
			}
			s := w.run(t, w.Towns[0], w.Resolver.V4, "--timeout", "15s")
			w.compareStopped(t, w.scans[0], s, outage.needs)
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
func (w *world) compareStopped(t *testing.T, before, after *scan, dependent func(finding) bool) {
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
