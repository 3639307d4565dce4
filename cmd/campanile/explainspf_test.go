package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records/spf"
	"campanile/rules"
)

// spfExplained runs the command and gives what it wrote.
func spfExplained(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p := &program{stdout: out, stderr: out, now: time.Now}
	cmd := p.explainSPFCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(arguments)
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// spfZone has a record of every type, as it comes from the wire.
var spfZone = []string{
	`comune.example. 300 IN TXT "v=spf1 mx ip4:192.0." "2.77 include:_spf.fornitore.example exists:%{l}.utenti.example ptr -all"`,
	`comune.example. 300 IN TXT "altra verifica \"x\""`,
	`comune.example. 300 IN MX 20 mx2.comune.example.`,
	`comune.example. 300 IN MX 10 mx1.comune.example.`,
	`mx1.comune.example. 300 IN A 192.0.2.1`,
	`mx1.comune.example. 300 IN AAAA 2001:db8::1`,
	`mx2.comune.example. 300 IN A 192.0.2.2`,
	`_spf.fornitore.example. 300 IN TXT "v=spf1 ip4:198.51.100.0/24 -all"`,
	`7.2.0.192.in-addr.arpa. 300 IN PTR posta.comune.example.`,
	`posta.comune.example. 300 IN A 192.0.2.7`,
	`a\\b.utenti.example. 300 IN A 127.0.0.2`,
	`undici.example. 300 IN TXT "v=spf1 include:undici.example -all"`,
	`doppio.example. 300 IN TXT "v=spf1 -all"`,
	`doppio.example. 300 IN TXT "v=spf1 +all"`,
}

func TestExplainSPFAsksTheDNS(t *testing.T) {
	t.Parallel()
	server := resolver(t, spfZone...)
	ask := func(t *testing.T, ip, from string) spfAnswer {
		t.Helper()
		var answer spfAnswer
		text := spfExplained(t, "--ip", ip, "--from", from, "--resolver", server, "--format", "json")
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&answer); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		return answer
	}
	tests := map[string]struct {
		ip, from string
		want     spfAnswer
	}{
		"first-exchanger":  {"192.0.2.1", "sindaco@comune.example", spfAnswer{spf.Pass, "comune.example", "mx", 1, 0, "mx matches 192.0.2.1"}},
		"second-exchanger": {"192.0.2.2", "sindaco@comune.example", spfAnswer{spf.Pass, "comune.example", "mx", 1, 0, "mx matches 192.0.2.2"}},
		"ipv6":             {"2001:db8::1", "sindaco@comune.example", spfAnswer{spf.Pass, "comune.example", "mx", 1, 0, "mx matches 2001:db8::1"}},
		"strings-joined":   {"192.0.2.77", "sindaco@comune.example", spfAnswer{spf.Pass, "comune.example", "ip4:192.0.2.77", 1, 0, "ip4:192.0.2.77 matches 192.0.2.77"}},
		"included": {"198.51.100.9", "sindaco@comune.example", spfAnswer{
			spf.Pass, "comune.example", "include:_spf.fornitore.example", 2, 0,
			"ip4:198.51.100.0/24 matches 198.51.100.9, reached through include:_spf.fornitore.example",
		}},
		"backslash-is-no-escape": {"203.0.113.9", `a\b@comune.example`, spfAnswer{
			spf.Pass, "comune.example", "exists:%{l}.utenti.example", 3, 0, "exists:%{l}.utenti.example matches 203.0.113.9",
		}},
		"by-name": {"192.0.2.7", "sindaco@comune.example", spfAnswer{spf.Pass, "comune.example", "ptr", 4, 1, "ptr matches 192.0.2.7"}},
		"nobody-else": {"203.0.113.9", "sindaco@comune.example", spfAnswer{
			spf.Fail, "comune.example", "-all", 4, 2, "no term before -all matches 203.0.113.9",
		}},
		"no-record":   {"192.0.2.1", "sindaco@posta.comune.example", spfAnswer{spf.None, "posta.comune.example", "", 0, 0, "posta.comune.example publishes no SPF record"}},
		"two-records": {"192.0.2.1", "a@doppio.example", spfAnswer{spf.PermError, "doppio.example", "", 0, 0, "doppio.example publishes 2 SPF records in place of one"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, ask(t, test.ip, test.from)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExplainSPFOfARecordThatIncludesItselfEnds(t *testing.T) {
	t.Parallel()
	text := spfExplained(t, "--ip", "192.0.2.1", "--from", "a@undici.example", "--resolver", resolver(t, spfZone...), "--lang", "it")
	for _, want := range []string{"Il record SPF di undici.example non si può valutare", "more than 10 look-ups, at include:undici.example", "Interrogazioni: 11 su 10"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

// Every result has its words in every language, with every blank filled.
func TestExplainSPFInWords(t *testing.T) {
	t.Parallel()
	query := spf.Query{MailFrom: "a@comune.example"}
	for _, language := range rules.Languages {
		for _, result := range []spf.Result{spf.None, spf.Neutral, spf.Pass, spf.Fail, spf.SoftFail, spf.TempError, spf.PermError} {
			text := spfInWords(spf.Outcome{Result: result, Domain: "comune.example", Lookups: 3, VoidLookups: 1, Reason: "so it is"}, query, language)
			first, rest, _ := strings.Cut(text, "\n")
			if !strings.Contains(first, "comune.example") || !strings.Contains(rest, "so it is") || strings.ContainsAny(text, "{}") || len(first) < 30 {
				t.Errorf("%s %s:\n%s", language, result, text)
			}
		}
	}
}
