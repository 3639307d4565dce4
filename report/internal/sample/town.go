// Package sample holds the fictional municipalities on which the writers of
// reports are tested. Only tests import it.
package sample

import (
	"strings"
	"testing"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/score"
	"campanile/rules"
)

// Hostile is what a stranger may put into a record, a banner or a page: markup,
// a formula, terminal escapes, marks that turn the text round, mentions and
// links.
const Hostile = "=HYPERLINK(\"http://evil.example\";\"x\") <script>alert(1)</script> \x1b[31mred\x1b[0m \u009b2J \u202eexe.fdp\u202c \u2066x\u2069 zero\u200bwidth \x00\r\n" +
	"@mayor #1 [x](javascript:alert(1)) ![i](//evil.example/i) | a | `code` ** __ ~~ $x$ {0} _x202E_ /close www.evil.example &lt; \xff"

// Taken is the date of the evidence of every town.
func Taken() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }

// Valbassa is a town with a failure of three severities, a note, a question
// left open, something in order and something beside the point.
func Valbassa(t testing.TB, l rules.Language) report.Document {
	t.Helper()
	domain := "comune.valbassa.example"
	return document(l, bundle(domain, "Comune di Valbassa"), []checks.Finding{
		{Rule: "dns-caa-missing", Subject: domain, Outcome: checks.Fail},
		{Rule: "web-forms-paper-only", Subject: domain, Outcome: checks.Fail},
		{Rule: "tls-certificate-expired", Subject: domain, Outcome: checks.Fail, Facts: checks.Facts{"host": domain, "expired_on": "2026-11-01", "issuer": "Prova CA"}},
		{Rule: "tls-certificate-expired", Subject: "www." + domain, Outcome: checks.Fail, Facts: checks.Facts{"host": "www." + domain, "expired_on": "2026-11-01", "issuer": "Prova CA"}},
		{Rule: "mail-dmarc-missing", Subject: "posta." + domain, Outcome: checks.Pass},
		{Rule: "mail-dmarc-missing", Subject: "pec." + domain, Outcome: checks.NotApplicable},
		{Rule: "mail-dmarc-missing", Subject: domain, Outcome: checks.Inconclusive, Facts: checks.Facts{"what": "DNS TXT _dmarc." + domain, "problem": "timeout"}},
	})
}

// Valtorta is a town whose name, hosts and facts try to act on the reader.
func Valtorta(t testing.TB, l rules.Language) report.Document {
	t.Helper()
	b := bundle("comune.valtorta.example", Hostile)
	b.Target.Code, b.Tool.Version, b.Vantage.Contact = Hostile, Hostile, Hostile
	return document(l, b, []checks.Finding{
		{Rule: "tls-certificate-expired", Subject: Hostile, Outcome: checks.Fail, Facts: checks.Facts{"host": Hostile, "expired_on": Hostile, "issuer": "+" + Hostile, "=1+1": "-" + Hostile}},
		{Rule: "mail-dmarc-missing", Subject: Hostile, Outcome: checks.Fail, Facts: checks.Facts{"supplier": Hostile}},
		{Rule: "dns-caa-missing", Subject: Hostile, Outcome: checks.Inconclusive, Facts: checks.Facts{"what": Hostile, "problem": Hostile}},
		{Rule: "dns-caa-missing", Subject: "www." + Hostile, Outcome: checks.Pass, Facts: checks.Facts{"host": Hostile}},
	})
}

// Montechiaro is a town with nothing to mend.
func Montechiaro(t testing.TB, l rules.Language) report.Document {
	t.Helper()
	domain := "comune.montechiaro.example"
	return document(l, bundle(domain, "Comune di Montechiaro"), []checks.Finding{
		{Rule: "tls-certificate-expired", Subject: domain, Outcome: checks.Pass, Facts: checks.Facts{"host": domain}},
	})
}

func bundle(domain, name string) *evidence.Bundle {
	return &evidence.Bundle{
		Schema: evidence.Schema, Tool: evidence.Tool{Name: "campanile", Version: "0.1.0"},
		Target: evidence.Target{Domain: domain, Name: name, Country: "it", Code: "c_x000"},
		Taken:  Taken(), Profile: evidence.Standard,
		Families: []evidence.Family{evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily},
	}
}

func document(l rules.Language, b *evidence.Bundle, findings []checks.Finding) report.Document {
	set := ruleSet()
	verdicts := make([]score.Verdict, len(findings))
	for i, f := range findings {
		rule, _ := set.Rule(f.Rule)
		verdicts[i] = score.Verdict{Finding: f, Rule: rule, Severity: rule.SeverityOf(f.Facts)}
	}
	return report.New(report.Input{
		Bundle: b, Digest: "sha256:" + strings.Repeat("0123456789abcdef", 4), Verdicts: verdicts,
		Summary: score.Summarise(verdicts, []rules.Grade{{Grade: "A", AtMost: map[rules.Severity]int{rules.Critical: 0}}, {Grade: "E"}}),
		Rules:   set, Language: l, Tool: evidence.Tool{Name: "campanile", Version: "0.1.0"},
	})
}

// ruleSet is a few rules with short texts, one for each severity.
func ruleSet() *rules.Set {
	dma := []rules.DMA{{Item: "8.2", Fail: "contradicts", Pass: "supports"}}
	return &rules.Set{
		Digest: "sha256:" + strings.Repeat("fedcba9876543210", 4),
		Rules: []*rules.Rule{
			rule("tls-certificate-expired", "tls", rules.Critical, rules.WebSupplier, dma, "The certificate of {host} has expired (expiry date: {expired_on})."),
			rule("mail-dmarc-missing", "mail", rules.High, rules.EmailSupplier, dma, "A message can be forged; ask {supplier}."),
			rule("dns-caa-missing", "dns", rules.Low, rules.DNSSupplier, nil, "Any authority may give a certificate for {domain}."),
			rule("web-forms-paper-only", "web", rules.Info, rules.Staff, nil, "A form exists only on paper."),
		},
		Law: map[string]rules.Law{"eu-law": {
			Country: "eu", Article: "32", Link: "https://law.example/32?a=(b)&c=<d>", Source: "primary", Binding: true,
			Title: inAll("Regulation [2016/679] @all"), Read: rules.Date{Time: Taken()},
		}},
	}
}

func rule(id, family string, severity rules.Severity, actor rules.Actor, dma []rules.DMA, why string) *rules.Rule {
	text := rules.Text{
		Title: "Visitors of {domain} meet " + id, Good: "In order.", Why: why, Fix: []string{"Look at {domain}.", "- Write to {supplier}."},
		ToSupplier: "Hello, please mend " + id + " of {domain}. Write to {report_mailbox}.", Verify: `Repeat "campanile scan {domain}".`,
	}
	return &rules.Rule{
		ID: id, Family: family, Countries: []string{"it"}, Severity: severity, Actor: actor, Effort: rules.Hours,
		Law: []string{"eu-law"}, Refs: []string{"RFC 5280 section 4.1.2.5"}, DMA: dma, Text: inAll(text),
	}
}

func inAll[T any](value T) map[rules.Language]T {
	all := map[rules.Language]T{}
	for _, l := range rules.Languages {
		all[l] = value
	}
	return all
}
