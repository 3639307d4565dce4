package namespaces

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sync/errgroup"

	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// dnssecVariable tells the copy of the test that it is in the namespaces.
const dnssecVariable = "CAMPANILE_NAMESPACES_DNSSEC"

// TestDNSSECAgreesWithDelv serves zones that BIND's and NLnet Labs' tools signed
// from NSD through Unbound, and holds our verdict on each name against that of
// BIND's delv. It starts itself again in namespaces, as TestRealServers does.
func TestDNSSECAgreesWithDelv(t *testing.T) {
	if os.Getenv(dnssecVariable) != "" {
		testDNSSEC(t)
		return
	}
	requireTools(t)
	for tool, where := range map[string]string{"delv": "bind9-dnsutils", "dnssec-signzone": "bind9-utils", "dnssec-keygen": "bind9-utils"} {
		if _, err := find(tool); err != nil {
			unable(t, "install first: apt-get install -y --no-install-recommends "+where)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	command := exec.CommandContext(t.Context(), self, "-test.v", "-test.count=1", "-test.run=^TestDNSSECAgreesWithDelv$", "-test.timeout="+remaining(t).String())
	command.Env = append(os.Environ(), dnssecVariable+"=yes")
	command.Stdout, command.Stderr = &output, &output
	command.SysProcAttr = namespaced()
	// The death signal comes when the thread ends that started the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := command.Start(); err != nil {
		unable(t, "this machine gives no namespaces: "+err.Error())
	}
	err = command.Wait()
	t.Log("\n" + output.String())
	if err != nil {
		t.Errorf("the test in the namespaces: %v", err)
	}
}

// testDNSSEC is the test as it runs in the namespaces.
func testDNSSEC(t *testing.T) {
	t.Helper()
	w := raiseSigned(t)
	anchor := w.readAnchor(t)
	t.Run("agrees-with-delv", func(t *testing.T) { w.holdAgainstDelv(t, anchor) })
	t.Run("resolver-without-dnssec-is-no-verdict", func(t *testing.T) {
		w.forwardWithoutDNSSEC(t)
		w.expectNoDNSSEC(t, anchor, netip.AddrPortFrom(netip.MustParseAddr(w.OldResolver.V4), 53))
	})
	t.Run("resolver-that-strips-signatures-is-no-verdict", func(t *testing.T) {
		w.expectNoDNSSEC(t, anchor, w.stripSignatures(t))
	})
}

func (w *world) readAnchor(t *testing.T) dnssec.Anchor {
	t.Helper()
	file, err := os.Open(w.anchor())
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	anchor, err := dnssec.ReadAnchor(file)
	if err != nil {
		t.Fatal(err)
	}
	return anchor
}

// holdAgainstDelv asks delv and ourselves for each name, and prints both.
func (w *world) holdAgainstDelv(t *testing.T, anchor dnssec.Anchor) {
	t.Helper()
	session := (&network.Network{Resolvers: []netip.AddrPort{w.resolverPort()}, Limits: network.Limits{Queries: 4000}}).Session()
	validator := dnssec.New(session, anchor)
	cases := signedCases()
	theirs := w.askDelv(t, cases)
	var table strings.Builder
	rows := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(rows, "name\ttype\tours\tdelv\tour reason\tat\tdelv's last word")
	for i, c := range cases {
		got := validator.Validate(t.Context(), session.Ask(t.Context(), c.name, dns.StringToType[c.kind]))
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.name, c.kind, said(got), theirs[i].verdict, got.Fault, got.At, theirs[i].word)
		if got.Security != theirs[i].verdict {
			t.Errorf("%s %s: we say %s, delv says %s (%s): %s", c.name, c.kind, said(got), theirs[i].verdict, theirs[i].word, got.Detail)
		}
		if got.Security != c.want || got.Fault != c.fault {
			t.Errorf("%s %s: %s %s at %q, want %s %s: %s", c.name, c.kind, said(got), got.Fault, got.At, c.want, c.fault, got.Detail)
		}
		if c.at != "" && got.At != c.at {
			t.Errorf("%s %s: the fault is at %q, want %q: %s", c.name, c.kind, got.At, c.at, got.Detail)
		}
	}
	_ = rows.Flush()
	t.Logf("%d names\n%s", len(cases), table.String())
}

func said(v dnssec.Verdict) string {
	if v.Security == "" {
		return "unknown: " + string(v.Problem)
	}
	return string(v.Security)
}

// delvSays is BIND's verdict on a name, of several records the weakest, and the
// end of what it printed.
type delvSays struct {
	verdict evidence.Security
	word    string
}

// askDelv runs delv for each name, a few at a time.
func (w *world) askDelv(t *testing.T, cases []signedCase) []delvSays {
	t.Helper()
	path, err := find("delv")
	if err != nil {
		t.Fatal(err)
	}
	answers := make([]delvSays, len(cases))
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(8)
	for i, c := range cases {
		group.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			command := exec.CommandContext(ctx, path, "@"+w.Resolver.V4, "+cdflag", "-a", filepath.Join(w.Dir, "anchor.conf"), "+root=.", c.name, c.kind)
			output, _ := command.CombinedOutput() // its status says less than its words
			var known bool
			if answers[i], known = readDelv(string(output)); !known {
				return fmt.Errorf("delv %s %s: %q", c.name, c.kind, output)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return answers
}

func readDelv(text string) (says delvSays, known bool) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, ";") {
			says.word = strings.TrimLeft(line, "; ")
		}
	}
	failed := strings.Contains(strings.ReplaceAll(text, "resolution failed: ncache", ""), "resolution failed: ")
	switch {
	case strings.Contains(text, "timed out"), strings.Contains(text, "canceled"):
		return says, false
	case failed:
		says.verdict = evidence.BogusData
	case strings.Contains(text, "unsigned answer"):
		says.verdict = evidence.Insecure
	case strings.Contains(text, "fully validated"):
		says.verdict = evidence.Secure
	}
	return says, says.verdict != ""
}

// expectNoDNSSEC asks a resolver that does not pass signatures on. Whatever it
// is asked for, the verdict is that it could not be told.
func (w *world) expectNoDNSSEC(t *testing.T, anchor dnssec.Anchor, resolver netip.AddrPort) {
	t.Helper()
	session := (&network.Network{Resolvers: []netip.AddrPort{resolver}, Limits: network.Limits{Queries: 4000}}).Session()
	validator := dnssec.New(session, anchor)
	asked := 0
	for _, c := range signedCases() {
		answer := session.Ask(t.Context(), c.name, dns.StringToType[c.kind])
		if answer.Err != nil {
			// This resolver validates for itself, and hides what is bogus.
			if got := validator.Validate(t.Context(), answer); got.Security != "" {
				t.Errorf("%s %s: %s, though it was not answered", c.name, c.kind, said(got))
			}
			continue
		}
		asked++
		if got := validator.Validate(t.Context(), answer); got.Security != "" || got.Problem != evidence.NoDNSSEC {
			t.Errorf("%s %s: %s %s, want unknown: no-dnssec", c.name, c.kind, said(got), got.Fault)
		}
	}
	if asked < 20 {
		t.Errorf("only %d names were answered", asked)
	}
	t.Logf("%d names, each of them unknown: no-dnssec", asked)
}

func (w *world) resolverPort() netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(w.Resolver.V4), 53)
}
