package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// lookedAtTown is a town whose services were looked at under a mandate: one
// address with a remote desktop, one that drops everything, one shared, one that
// answers on every port.
func lookedAtTown(t *testing.T, language rules.Language, who string) Document {
	t.Helper()
	set, domain := sampleRules(), "comune.valbassa.example"
	set.Rules = append(set.Rules, sampleRule("service-remote-desktop-exposed", "services", rules.Critical, rules.NetSupplier), sampleRule("service-vnc-exposed", "services", rules.Critical, rules.NetSupplier), sampleRule("exposed-phpinfo", "services", rules.Medium, rules.WebSupplier))
	b := sampleBundle(domain, "Comune di Valbassa")
	b.Profile, b.Families, b.Services = evidence.Full, evidence.Families, sampleServices(domain, who)
	b.Sent.ByAddress["198.51.100.7"] = evidence.SentTo{Connections: 190, Requests: 71, Bytes: 20100}
	verdicts := []score.Verdict{
		judged(t, set, "service-remote-desktop-exposed", "198.51.100.7", checks.Fail, checks.Facts{"host": "vpn." + domain, "service": "Remote Desktop (RDP)", "port": "3390"}),
		judged(t, set, "exposed-phpinfo", "vpn."+domain, checks.Inconclusive, checks.Facts{"what": "templates https://vpn." + domain, "problem": "engine-failed"}),
		judged(t, set, "tls-certificate-expired", domain, checks.Pass, checks.Facts{"host": domain}),
		judged(t, set, "service-vnc-exposed", "198.51.100.7", checks.Inconclusive, checks.Facts{"what": "tcp 198.51.100.7:502", "problem": "not-to-be-asked"}),
		judged(t, set, "service-vnc-exposed", "198.51.100.7", checks.Inconclusive, checks.Facts{"what": "tcp 198.51.100.7:5555", "problem": "not-to-be-asked"}),
	}
	for _, host := range []struct{ address, problem string }{{"198.51.100.8", "timeout"}, {"198.51.100.9", "shared-host"}, {"2001:db8::9", "tarpit"}} {
		for _, id := range []string{"service-remote-desktop-exposed", "service-vnc-exposed"} {
			verdicts = append(verdicts, judged(t, set, id, host.address, checks.Inconclusive, checks.Facts{"what": "services " + host.address, "problem": host.problem}))
		}
	}
	return documentOf(b, set, verdicts, language)
}

// sampleServices are the services of the town; who is what strangers say of
// themselves.
func sampleServices(domain, who string) evidence.Services {
	seen := evidence.SeenAt(taken)
	why := func(p evidence.Problem) evidence.Observation { return evidence.UnknownAt(taken, p, "") }
	fact := func(name, value string) evidence.Fact { return evidence.Fact{Name: name, Value: value} }
	return evidence.Services{
		Observation: seen,
		Mandate:     evidence.Mandate{Body: "Comune di Valbassa", By: "Sindaco", From: "2026-11-16", Until: "2026-12-15", Digest: digest},
		Hosts: []evidence.Host{
			{Address: "198.51.100.7", Names: []string{"vpn." + domain}, Observation: seen, Asked: 177, Silent: 3, Ports: []evidence.Port{
				{Number: 22, Transport: "tcp", Identity: seen, Service: "ssh", Product: "OpenSSH", Version: "9.2p1", Facts: []evidence.Fact{
					fact("protocol", "2.0"), fact("kex", "curve25519-sha256,diffie-hellman-group14-sha256"), fact("host-key", "ssh-ed25519"), fact("compression", "none"), fact("methods", "publickey,password"),
				}},
				{Number: 502, Transport: "tcp", Identity: why(evidence.NotToBeAsked)},
				{Number: 3390, Transport: "tcp", Identity: seen, Service: "rdp", Facts: []evidence.Fact{fact("security", "credssp"), fact("network-level-authentication", "required")}},
				{Number: 5432, Transport: "tcp", Identity: seen, Service: "postgresql", Product: "PostgreSQL", Facts: []evidence.Fact{fact("tls", "none")}},
				{Number: 8443, Transport: "tcp", Identity: seen, Service: "router_web", Product: who, Version: who, TLS: true, Facts: []evidence.Fact{fact("tls", "offered"), fact("title", who)}},
				{Number: 9999, Transport: "tcp", Identity: evidence.AbsentAt(taken)},
				{Number: 53, Transport: "udp", Identity: seen, Service: "never-heard-of", Facts: []evidence.Fact{fact("recursion", "yes"), fact("factor", "1.4")}},
			}},
			{Address: "198.51.100.8", Observation: why(evidence.Timeout), Asked: 177},
			{Address: "198.51.100.9", Names: []string{domain, "www." + domain}, Observation: why(evidence.SharedHost)},
			{Address: "198.51.100.10", Observation: seen, Asked: 177},
			{Address: "2001:db8::9", Observation: why(evidence.Tarpit), Tarpit: true, Asked: 177},
		},
		Engine:    evidence.Engine{Observation: why(evidence.EngineFailed), Version: "3.8.0"},
		Templates: []string{"exposed-log-file", "exposed-phpinfo"},
		Tried: []evidence.Tried{
			{URL: "https://vpn." + domain + ":8443", Address: "198.51.100.7", Observation: seen},
			{URL: "https://" + domain, Address: "198.51.100.9", Observation: why(evidence.SharedHost)},
		},
	}
}

func TestOneAddressIsOneLineAmongWhatIsUnknown(t *testing.T) {
	t.Parallel()
	type line struct {
		Problem evidence.Problem
		Words   string
		Checks  int
	}
	var got []line
	for _, gap := range lookedAtTown(t, rules.English, "").Gaps {
		for _, q := range gap.Questions {
			got = append(got, line{gap.Problem, q.Words, q.Checks})
		}
	}
	want := []line{
		{evidence.Timeout, "all ports of 198.51.100.8", 2},
		{evidence.EngineFailed, "forgotten files and open panels at https://vpn.comune.valbassa.example", 1},
		{evidence.NotToBeAsked, "ports 502 (TCP) and 5555 (TCP) of 198.51.100.7", 2},
		{evidence.Tarpit, "all ports of 2001:db8::9", 2},
		{evidence.SharedHost, "all ports of 198.51.100.9", 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFactsOfServicesInWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ fact, value, want string }{
		"one-code":            {"security", "credssp", "TLS with login first (CredSSP)"},
		"two-codes":           {"security", "none,vnc", "none: no password is asked, VNC password"},
		"a-code-among-others": {"security", "vnc,vencrypt", "VNC password, vencrypt"},
		"no-codes":            {"kex", "curve25519-sha256@libssh.org,ecdh-sha2-nistp256", "curve25519-sha256@libssh.org, ecdh-sha2-nistp256"},
		"free-text":           {"title", "Login, please", "Login, please"},
		"control-characters":  {"kex", "a\x1b[31m,b", `a\x1b[31m, b`},
	} {
		if got := wordsIn(rules.English).factValue(c.fact, c.value); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWithoutTheEngineNothingWasLookedFor(t *testing.T) {
	t.Parallel()
	b := sampleBundle("comune.example", "")
	b.Profile, b.Families = evidence.Full, evidence.Families
	b.Services.Observation = evidence.SeenAt(taken)
	b.Services.Engine.Observation = evidence.UnknownAt(taken, evidence.EngineAbsent, "")
	for language, want := range map[rules.Language]string{
		rules.Italian: "nessuna ricerca: Programma non installato",
		rules.French:  "aucune recherche\u00a0: Programme non installé",
		rules.English: "not looked for: Program not installed",
	} {
		var got []string
		for _, line := range documentOf(b, sampleRules(), nil, language).Exposure.Looked {
			got = append(got, line.Text)
		}
		if !slices.Contains(got, want) {
			t.Errorf("%s: %q is not among %q", language, want, got)
		}
	}
}

// TestWhatSeveralAddressesSayKeepsItsPlace gathers two addresses in one entry:
// each value that differs tells where it belongs, and each sentence names one
// address.
func TestWhatSeveralAddressesSayKeepsItsPlace(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	rule := sampleRule("service-database-exposed", "services", rules.High, rules.NetSupplier)
	rule.Values = map[string]map[string]map[rules.Language]string{}
	for _, name := range []string{"version", "product"} {
		rule.Values[name] = map[string]map[rules.Language]string{"-": {rules.English: "not stated"}}
	}
	body := rule.Text[rules.English]
	body.ToSupplier = "Close {address}, port {port}: {service}; program {product}; version {version}."
	rule.Text[rules.English] = body
	set.Rules = append(set.Rules, rule)
	facts := func(address, port, service, product, version string) checks.Facts {
		return checks.Facts{"address": address, "port": port, "service": service, "product": product, "version": version}
	}
	first := facts("192.0.2.64", "3306", "MySQL or MariaDB", "-", "10.1")
	for name, c := range map[string]struct {
		others []checks.Facts
		want   string
	}{
		"one":           {nil, "Close 192.0.2.64, port 3306: MySQL or MariaDB; program not stated; version 10.1."},
		"two-alike":     {[]checks.Facts{facts("192.0.2.67", "3306", "MySQL or MariaDB", "-", "10.1")}, "Close 192.0.2.64 (also 192.0.2.67), port 3306: MySQL or MariaDB; program not stated; version 10.1."},
		"two-unlike":    {[]checks.Facts{facts("192.0.2.67", "5432", "PostgreSQL", "-", "-")}, "Close 192.0.2.64 (also 192.0.2.67), port 3306 (192.0.2.64) and 5432 (192.0.2.67): MySQL or MariaDB (192.0.2.64) and PostgreSQL (192.0.2.67); program not stated; version 10.1 (192.0.2.64) and not stated (192.0.2.67)."},
		"several-ports": {[]checks.Facts{facts("192.0.2.64", "80, 1900 (UDP)", "UPnP", "-, MiniUPnPd", "-")}, "Close 192.0.2.64, port 80, 1900 (UDP): UPnP; program not stated, MiniUPnPd; version not stated."},
	} {
		all := append([]checks.Facts{first}, c.others...)
		if name == "several-ports" {
			all = c.others
		}
		var verdicts []score.Verdict
		for _, f := range all {
			verdicts = append(verdicts, judged(t, set, rule.ID, f["address"], checks.Fail, f))
		}
		got := item(t, documentOf(sampleBundle("comune.example", ""), set, verdicts, rules.English), rule.ID)
		if diff := cmp.Diff([]string{c.want}, got.ToSupplier); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, at := range got.Facts {
			if slices.ContainsFunc(at.Facts, func(f Fact) bool { return f.Value == "-" }) {
				t.Errorf("%s: a fact that nobody stated is listed: %v", name, at.Facts)
			}
		}
	}
}

func TestQuestionsAboutServicesInWords(t *testing.T) {
	t.Parallel()
	family := wordsIn(rules.English).say("family.services")
	for name, c := range map[string]struct{ what, want string }{
		"one-port":             {"tcp 192.0.2.10:3389", "port 3389 (TCP) of 192.0.2.10"},
		"one-question-by-UDP":  {"udp [2001:db8::1]:161", "port 161 (UDP) of 2001:db8::1"},
		"a-service-by-UDP":     {"udp 192.0.2.10 snmp", "port snmp (UDP) of 192.0.2.10"},
		"a-whole-address":      {"services 192.0.2.10", "all ports of 192.0.2.10"},
		"a-web-server":         {"templates https://www.comune.example", "forgotten files and open panels at https://www.comune.example"},
		"no-address":           {"tcp www.comune.example:22", ""},
		"no-port":              {"tcp 192.0.2.10", ""},
		"no-address-by-UDP":    {"udp www.comune.example snmp", ""},
		"nothing-after-a-word": {"services", ""},
		"another-question":     {"DNS TXT comune.example", ""},
		"nothing":              {"", ""},
	} {
		got := byPlace(wordsIn(rules.English), []Question{{Family: family, What: c.what, Checks: 3}})
		if diff := cmp.Diff([]Question{{family, c.what, c.want, 3}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	other := []Question{{Family: "E-mail", What: "tcp 192.0.2.10:25", Checks: 1}, {Family: "E-mail", What: "tcp 192.0.2.10:587", Checks: 1}}
	if diff := cmp.Diff(other, byPlace(wordsIn(rules.English), other)); diff != "" {
		t.Errorf("another-family (-want +got):\n%s", diff)
	}
}

func TestWebServersShareOneLine(t *testing.T) {
	t.Parallel()
	family := wordsIn(rules.English).say("family.services")
	got := byPlace(wordsIn(rules.English), []Question{
		{Family: family, What: "templates https://a.example", Checks: 26},
		{Family: family, What: "services 192.0.2.10", Checks: 4},
		{Family: family, What: "templates https://b.example:8443", Checks: 26},
	})
	want := []Question{
		{family, "templates https://a.example", "forgotten files and open panels at https://a.example and https://b.example:8443", 52},
		{family, "services 192.0.2.10", "all ports of 192.0.2.10", 4},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAWholeAddressSwallowsItsPorts(t *testing.T) {
	t.Parallel()
	family := wordsIn(rules.English).say("family.services")
	got := byPlace(wordsIn(rules.English), []Question{
		{Family: family, What: "tcp 192.0.2.10:22", Checks: 1},
		{Family: family, What: "tcp 192.0.2.10:22", Checks: 1},
		{Family: family, What: "services 192.0.2.10", Checks: 20},
	})
	if diff := cmp.Diff([]Question{{family, "tcp 192.0.2.10:22", "all ports of 192.0.2.10", 22}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever a stranger calls itself, the page and the terminal show it and do not
// obey it; TestThePageRunsNothingAndAsksNobody looks at the page as a whole.
func TestWhatServicesSayOfThemselvesDoesNothing(t *testing.T) {
	t.Parallel()
	d := lookedAtTown(t, rules.English, hostile)
	var page, terminal bytes.Buffer
	if err := WriteHTML(&page, d); err != nil {
		t.Fatal(err)
	}
	if err := WriteTerminal(&terminal, []Document{d}, TerminalOptions{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") || strings.ContainsAny(terminal.String(), "\x1b\x07\u202e") {
		t.Error("what a service calls itself stands there as it is")
	}
}

func TestServicesAreToldOnlyWhereTheyWereAskedFor(t *testing.T) {
	t.Parallel()
	w, domain := wordsIn(rules.English), "comune.example"
	for name, c := range map[string]struct {
		change func(b *evidence.Bundle)
		want   string
	}{
		"asked":              {func(*evidence.Bundle) {}, "mandate of Comune di Valbassa, 5 hosts"},
		"standard-profile":   {func(b *evidence.Bundle) { b.Profile = evidence.Standard }, "nothing"},
		"other-families":     {func(b *evidence.Bundle) { b.Families = []evidence.Family{evidence.DNSFamily} }, "nothing"},
		"without-a-mandate":  {func(b *evidence.Bundle) { b.Services = evidence.Services{} }, "no mandate, 0 hosts"},
		"nobody-lives-there": {func(b *evidence.Bundle) { b.Services.Hosts = nil }, "mandate of Comune di Valbassa, 0 hosts"},
	} {
		b := sampleBundle(domain, "")
		b.Profile, b.Families, b.Services = evidence.Full, evidence.Families, sampleServices(domain, "")
		c.change(b)
		got := "nothing"
		if e := exposure(w, b); e != nil {
			got = "no mandate"
			if len(e.Mandate) > 0 {
				got = "mandate of " + e.Mandate[0].Text
			}
			got += fmt.Sprintf(", %d hosts", len(e.Hosts))
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestAGradeThatLeavesServicesOutSaysSo(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	set.Rules = append(set.Rules, sampleRule("service-vnc-exposed", "services", rules.Critical, rules.NetSupplier))
	seen := judged(t, set, "mail-dmarc-missing", "comune.example", checks.Pass, nil)
	shared := judged(t, set, "service-vnc-exposed", "192.0.2.10", checks.Inconclusive, checks.Facts{"what": "services 192.0.2.10", "problem": "shared-host"})
	for name, c := range map[string]struct {
		verdicts []score.Verdict
		want     bool
	}{
		"not-asked-for":   {[]score.Verdict{seen}, false},
		"on-a-shared-one": {[]score.Verdict{seen, shared}, true},
	} {
		d := documentOf(sampleBundle("comune.example", ""), set, c.verdicts, rules.English)
		var page, terminal bytes.Buffer
		if err := WriteHTML(&page, d); err != nil {
			t.Fatal(err)
		}
		if err := WriteTerminal(&terminal, []Document{d}, TerminalOptions{Width: 200}); err != nil {
			t.Fatal(err)
		}
		const sentence = "Most checks of the services open to the Internet could not be made"
		if strings.Contains(page.String(), sentence) != c.want || strings.Contains(terminal.String(), sentence) != c.want {
			t.Errorf("%s: said so: %t, want %t", name, !c.want, c.want)
		}
		if d.Summary.Grade != "A" {
			t.Errorf("%s: grade %q", name, d.Summary.Grade)
		}
	}
}
