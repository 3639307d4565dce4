package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/records"
	"campanile/rules"
)

// resolver answers over UDP on loopback from zone-file lines; a name without a
// record does not exist.
func resolver(t *testing.T, lines ...string) string {
	t.Helper()
	zone := map[string][]dns.RR{}
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		zone[rr.Header().Name] = append(zone[rr.Header().Name], rr)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	server := &dns.Server{PacketConn: conn, NotifyStartedFunc: func() { close(started) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		reply := new(dns.Msg).SetReply(query)
		found, exists := zone[dns.CanonicalName(query.Question[0].Name)]
		for _, rr := range found {
			if rr.Header().Rrtype == query.Question[0].Qtype {
				reply.Answer = append(reply.Answer, rr)
			}
		}
		if !exists {
			reply.Rcode = dns.RcodeNameError
			reply.Ns = []dns.RR{&dns.SOA{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 300}, Ns: ".", Mbox: "."}}
		}
		_ = w.WriteMsg(reply)
	})}
	ended := make(chan error, 1)
	go func() { ended <- server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() {
		if err := errors.Join(server.Shutdown(), <-ended); err != nil {
			t.Errorf("the resolver: %v", err)
		}
	})
	return conn.LocalAddr().String()
}

// explained runs the command and gives what it wrote.
func explained(ctx context.Context, t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p := &program{stdout: out, stderr: out, now: time.Now}
	// Without its root, whose making is not for several goroutines.
	cmd := p.explainDMARCCommand() //nolint:contextcheck // cobra hands the context on
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(arguments)
	err = cmd.ExecuteContext(ctx)
	text, failed := os.ReadFile(out.Name())
	if failed != nil {
		t.Fatal(failed)
	}
	return string(text), err
}

// The example of the command's contract: a province that is a public suffix.
func TestExplainDMARCInTheProvinceOfAPublicSuffix(t *testing.T) {
	t.Parallel()
	server := resolver(t, `_dmarc.comune.esempio.to.it. 300 IN TXT "v=DMARC1; p=reject; sp=none"`, "polizia.comune.esempio.to.it. 300 IN A 192.0.2.10")
	text, err := explained(t.Context(), t, "polizia.comune.esempio.to.it", "--format", "json", "--resolver", server)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"name": "polizia.comune.esempio.to.it", "found_at": "_dmarc.comune.esempio.to.it", "record": "v=DMARC1; p=reject; sp=none", "usable": true,
		"queries": []any{
			"_dmarc.polizia.comune.esempio.to.it", "_dmarc.comune.esempio.to.it", "_dmarc.esempio.to.it", "_dmarc.to.it", "_dmarc.it",
		},
		"policy_domain": "comune.esempio.to.it", "organizational_domain": "comune.esempio.to.it", "policy": "none",
		"effective":     map[string]any{"self": "reject", "existing_subdomain": "none", "missing_subdomain": "none"},
		"older_readers": map[string]any{"usable": false, "policy": "not-applied", "percent": 100.0},
		"remarks":       []any{"subdomain-policy-weak", "found-at-parent", "not-seen-by-older-readers", "no-reports", "psd-missing"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExplainDMARCInWords(t *testing.T) {
	t.Parallel()
	server := resolver(t, `_dmarc.comune.esempio.to.it. 300 IN TXT "v=DMARC1; p=reject; sp=none; psd=n; rua=mailto:a@comune.example"`)
	for language, want := range map[string][]string{
		"en": {"stands at _dmarc.comune.esempio.to.it: v=DMARC1; p=reject; sp=none", "from polizia.comune.esempio.to.it: they let it through", "What to publish", "1. At _dmarc.polizia.comune.esempio.to.it, a record of its own"},
		"it": {"si trova in _dmarc.comune.esempio.to.it", "che finge di venire da polizia.comune.esempio.to.it: passa", "Che cosa pubblicare", "non esiste: passa"},
		"fr": {"se trouve à _dmarc.comune.esempio.to.it", "qui prétend venir de polizia.comune.esempio.to.it : il passe", "Ce qu'il faut publier", "aucune règle n'est trouvée"},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			text, err := explained(t.Context(), t, "polizia.comune.esempio.to.it", "--lang", language, "--resolver", server)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range want {
				if !strings.Contains(text, part) {
					t.Errorf("%q is missing from:\n%s", part, text)
				}
			}
		})
	}
}

// What a stranger publishes reaches neither the terminal nor the JSON raw.
func TestExplainDMARCShowsNoControlCharacters(t *testing.T) {
	t.Parallel()
	server := resolver(t, `_dmarc.comune.example. 300 IN TXT "v=DMARC1; p=reject; psd=n; x=\027[31m\010falso\226\128\174\194\155\255"`)
	for _, format := range []string{"terminal", "json"} {
		text, err := explained(t.Context(), t, "comune.example", "--format", format, "--resolver", server)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(text, "\x1b\u202e\u009b") || !utf8.ValidString(text) || strings.Contains(text, "\nfalso") || !strings.Contains(text, "falso") {
			t.Errorf("%s: %q", format, text)
		}
	}
}

func TestExplainDMARCStoppedByTheUserIsNoAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	text, err := explained(ctx, t, "comune.example", "--resolver", "127.0.0.1:1")
	if !errors.Is(err, context.Canceled) || text != "" {
		t.Errorf("%v, %q", err, text)
	}
}

// Every sentence is there in every language, with the same placeholders, and
// every policy and advice has its sentence.
func TestDMARCWordsInEveryLanguage(t *testing.T) {
	t.Parallel()
	placeholders := func(text string) map[string]bool {
		found := map[string]bool{}
		for _, part := range strings.Split(text, "{")[1:] {
			name, _, _ := strings.Cut(part, "}")
			found[name] = true
		}
		return found
	}
	want := dmarcWords(rules.English)
	for _, language := range rules.Languages {
		got := dmarcWords(language)
		if len(got) != len(want) {
			t.Errorf("%s: %d sentences, want %d", language, len(got), len(want))
		}
		for key := range want {
			if got[key] == "" {
				t.Errorf("%s: %s is missing", language, key)
			}
			if diff := cmp.Diff(placeholders(want[key]), placeholders(got[key])); diff != "" {
				t.Errorf("%s: %s (-en +%s):\n%s", language, key, language, diff)
			}
		}
	}
	for _, policy := range []string{"none", "quarantine", "reject", records.NotApplied, records.NotKnown} {
		if want["policy."+policy] == "" {
			t.Errorf("no words for %s", policy)
		}
	}
	everything := records.DMARCDiscovery{Remarks: []string{
		records.SeveralRecords, records.NoRecord, records.PolicyInvalid, records.NotSeenByOlder, records.SubdomainPolicyWeak, records.MissingSubdomainPolicyWeak,
		records.TestingMode, records.NoReports, records.HistoricTags, records.PSDMissing, records.SubdomainsFollowParent,
	}}
	watching := records.DMARCDiscovery{Usable: true, Effective: records.DMARCEffective{Self: "none"}}
	for _, d := range []records.DMARCDiscovery{everything, watching, {}} {
		for _, advice := range dmarcAdvice(d) {
			if want["advice."+advice] == "" {
				t.Errorf("no words for the advice %s", advice)
			}
		}
	}
}
