package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// The towns of these tests are fictional, their names under .example, their
// addresses from the ranges of RFC 5737.

var (
	taken  = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	digest = "sha256:" + strings.Repeat("0123456789abcdef", 4)
	tool   = evidence.Tool{Name: "campanile", Version: "0.1.0"}
)

func text(title, good, why, letter string) rules.Text {
	return rules.Text{Title: title, Good: good, Why: why, Fix: []string{"→ {supplier}", title + "."}, ToSupplier: letter, Verify: "campanile scan {domain}"}
}

// sampleRules are a few rules with short texts, one for each severity.
func sampleRules() *rules.Set {
	expired := &rules.Rule{
		ID: "tls-certificate-expired", Family: "tls", Countries: []string{"it", "fr", "eu"}, Severity: rules.Critical,
		Actor: rules.WebSupplier, Effort: rules.Hours, Law: []string{"eu-gdpr-32", "it-only", "fr-only"},
		Refs: []string{"RFC 5280 section 4.1.2.5"}, DMA: []rules.DMA{{Item: "8.2", Fail: "contradicts", Pass: "supports"}},
		Text: map[rules.Language]rules.Text{
			rules.Italian: text(
				"Chi apre il sito del Comune trova un avviso di pericolo", "Il certificato di {host} è valido.",
				"Il certificato di {host} è scaduto (data di scadenza: {expired_on}).\nI genitori che pagano la mensa si fermano lì.",
				"Buongiorno, il certificato di {host} è scaduto. Apra https://{host}/ e lo rinnovi. Per il Comune ({name}): {report_mailbox}.",
			),
			rules.French: text(
				"Les visiteurs du site de la commune se heurtent à un avertissement", "Le certificat de {host} est valable.",
				"Le certificat de {host} a expiré (date d'expiration : {expired_on}).",
				"Bonjour, le certificat de {host} a expiré. Ouvrez https://{host}/ et renouvelez-le.",
			),
			rules.English: text(
				"Visitors to the municipality's site meet a warning", "The certificate of {host} is valid.",
				"The certificate of {host} has expired (expiry date: {expired_on}).",
				"Hello, the certificate of {host} has expired. Please open https://{host}/ and renew it.",
			),
		},
	}
	dmarc := &rules.Rule{
		ID: "mail-dmarc-missing", Family: "mail", Countries: []string{"it", "fr", "eu"}, Severity: rules.High,
		Actor: rules.EmailSupplier, Effort: rules.Hours, Law: []string{"eu-gdpr-32"}, Refs: []string{"RFC 9989", "Linee guida sulla posta"},
		DMA: []rules.DMA{{Item: "8.1", Fail: "contradicts", Pass: "supports"}},
		Text: map[rules.Language]rules.Text{
			rules.Italian: text(
				"Un messaggio falso può sembrare scritto dal Comune", "La posta di {domain} è protetta dai falsi (DMARC).",
				"Il dominio {domain} non pubblica la regola DMARC.", "Buongiorno, pubblicate in _dmarc.{domain} «v=DMARC1; p=none; rua=mailto:{report_mailbox}».",
			),
			rules.French: text(
				"Un faux message peut sembrer envoyé par la commune", "Le courrier de {domain} est protégé des faux (DMARC).",
				"Le domaine {domain} ne publie pas de règle DMARC.", "Bonjour, publiez dans _dmarc.{domain} « v=DMARC1; p=none; rua=mailto:{report_mailbox} ».",
			),
			rules.English: text(
				"A forged message can look as if the municipality had sent it", "Mail of {domain} is protected from forgery (DMARC).",
				"The domain {domain} publishes no DMARC rule.", `Hello, please publish at _dmarc.{domain} "v=DMARC1; p=none; rua=mailto:{report_mailbox}".`,
			),
		},
	}
	return &rules.Set{
		Rules:  []*rules.Rule{expired, dmarc, sampleRule("web-hsts-missing", "web", rules.Medium, rules.WebSupplier), sampleRule("dns-caa-missing", "dns", rules.Low, rules.DNSSupplier), sampleRule("web-forms-paper-only", "web", rules.Info, rules.RTD), sampleRule("privacy-notice-missing", "web", rules.Medium, rules.Staff)},
		Law:    sampleLaw(),
		Digest: digest,
		Glossary: map[string]map[rules.Language]rules.Term{
			"dmarc": {
				rules.Italian: {Term: "DMARC", Meaning: "La regola che dice che cosa fare dei messaggi falsi."},
				rules.French:  {Term: "DMARC", Meaning: "La règle qui dit que faire des faux messages."},
				rules.English: {Term: "DMARC", Meaning: "The rule that says what to do with forged messages."},
			},
			"unused": {
				rules.Italian: {Term: "mai usato", Meaning: "-"}, rules.French: {Term: "jamais utilisé", Meaning: "-"}, rules.English: {Term: "never used", Meaning: "-"},
			},
		},
	}
}

func sampleLaw() map[string]rules.Law {
	title := func(it, fr, en string) map[rules.Language]string {
		return map[rules.Language]string{rules.Italian: it, rules.French: fr, rules.English: en}
	}
	read := rules.Date{Time: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	return map[string]rules.Law{
		"eu-gdpr-32": {Country: "eu", Title: title("Regolamento (UE) 2016/679", "Règlement (UE) 2016/679", "Regulation (EU) 2016/679"), Article: "32", Link: "https://law.example/gdpr", Read: read, Binding: true, Source: "primary"},
		"it-only":    {Country: "it", Title: title("Linea guida italiana", "Ligne directrice italienne", "Italian guideline"), Link: "https://law.example/it", Read: read, Source: "secondary"},
		"fr-only":    {Country: "fr", Title: title("Linea guida francese", "Ligne directrice française", "French guideline"), Link: "https://law.example/fr", Read: read, Source: "primary"},
	}
}

// sampleRule makes a rule whose texts only name it.
func sampleRule(id, family string, severity rules.Severity, actor rules.Actor) *rules.Rule {
	all := map[rules.Language]rules.Text{}
	for _, l := range rules.Languages {
		all[l] = text(fmt.Sprintf("%s (%s)", id, l), "", id+": {subject}", "")
	}
	return &rules.Rule{ID: id, Family: family, Countries: []string{"it", "fr", "eu"}, Severity: severity, Actor: actor, Effort: rules.Minutes, Text: all}
}

// judged gives a verdict under one of the sample rules.
func judged(t *testing.T, set *rules.Set, id, subject string, outcome checks.Outcome, facts checks.Facts) score.Verdict {
	t.Helper()
	rule, ok := set.Rule(id)
	if !ok {
		t.Fatalf("no rule %s in the sample", id)
	}
	return score.Verdict{Finding: checks.Finding{Rule: id, Subject: subject, Outcome: outcome, Facts: facts}, Rule: rule, Severity: rule.SeverityOf(facts)}
}

func sampleBundle(domain, name string) *evidence.Bundle {
	return &evidence.Bundle{
		Schema: evidence.Schema, Tool: tool, Target: evidence.Target{Domain: domain, Name: name, Country: "it", Code: "c_x000"},
		Taken: taken, Profile: evidence.Standard, Families: []evidence.Family{evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily},
		Vantage: evidence.Vantage{Resolvers: []string{"192.0.2.53:53"}},
		Sent: evidence.Sent{
			DNSQueries: 41, Connections: 23, Requests: 9, Bytes: 81234, Received: 400000,
			ByAddress: map[string]evidence.SentTo{"192.0.2.10": {Connections: 12, Requests: 9, Bytes: 70000}, "192.0.2.53": {DNSQueries: 41, Bytes: 2234}, "2001:db8::25": {Connections: 11, Bytes: 9000}},
		},
	}
}

// documentOf builds the document of a bundle and its verdicts.
func documentOf(b *evidence.Bundle, set *rules.Set, verdicts []score.Verdict, language rules.Language) Document {
	grades := []rules.Grade{
		{Grade: "A", AtMost: map[rules.Severity]int{rules.Critical: 0, rules.High: 0, rules.Medium: 0}},
		{Grade: "C", AtMost: map[rules.Severity]int{rules.Critical: 0}},
		{Grade: "E"},
	}
	return New(Input{
		Bundle: b, Digest: digest, Verdicts: verdicts, Summary: score.Summarise(verdicts, grades),
		Rules: set, Language: language, Tool: tool,
	})
}

// forgeable is a town with a failure of every severity, on two hosts, with a
// question left open and something well done.
func forgeable(t *testing.T, language rules.Language) Document {
	t.Helper()
	set, domain := withGuidelines(t, sampleRules()), "comune.valbassa.example"
	b := sampleBundle(domain, "Comune di Valbassa")
	b.Endpoints = sampleEndpoints(domain)
	return documentOf(b, set, []score.Verdict{
		judged(t, set, "tls-certificate-expired", domain, checks.Fail, checks.Facts{"host": domain, "expired_on": "2026-11-01", "issuer": "Prova CA"}),
		judged(t, set, "tls-certificate-expired", "www."+domain, checks.Fail, checks.Facts{"host": "www." + domain, "expired_on": "2026-11-01", "issuer": "Prova CA"}),
		judged(t, set, "mail-dmarc-missing", domain, checks.Fail, nil),
		judged(t, set, "web-hsts-missing", domain, checks.Fail, nil),
		judged(t, set, "dns-caa-missing", domain, checks.Fail, nil),
		judged(t, set, "web-forms-paper-only", domain, checks.Fail, nil),
		judged(t, set, "privacy-notice-missing", domain, checks.Fail, nil),
		judged(t, set, "mail-dmarc-missing", "pec."+domain, checks.NotApplicable, nil),
		judged(t, set, "mail-dmarc-missing", "posta."+domain, checks.Pass, nil),
		judged(t, set, "web-hsts-missing", "www."+domain, checks.Pass, nil),
		judged(t, set, "dns-caa-missing", "www."+domain, checks.Inconclusive, checks.Facts{"what": "DNS CAA www." + domain, "problem": "timeout"}),
	}, language)
}

// wellKept is a town with nothing to mend.
func wellKept(t *testing.T, language rules.Language) Document {
	t.Helper()
	set, domain := sampleRules(), "comune.montechiaro.example"
	return documentOf(sampleBundle(domain, "Comune di Montechiaro"), set, []score.Verdict{
		judged(t, set, "tls-certificate-expired", domain, checks.Pass, checks.Facts{"host": domain}),
		judged(t, set, "mail-dmarc-missing", domain, checks.Pass, nil),
		judged(t, set, "web-hsts-missing", domain, checks.Pass, nil),
	}, language)
}

// withGuidelines adds some guidelines of the program to the sample: one for each
// form of verdict, and one edition besides.
func withGuidelines(t *testing.T, set *rules.Set) *rules.Set {
	t.Helper()
	all, err := rules.EmbeddedGuidelines()
	if err != nil {
		t.Fatal(err)
	}
	set.Guidelines = slices.DeleteFunc(all, func(g *rules.Guideline) bool {
		return !slices.Contains([]string{"agid-2020", "mozilla-modern-6.0", "ncsc-nl-2025-05", "ssl-labs-2009r"}, g.ID)
	})
	return set
}

// sampleEndpoints are two sites on one server that takes an old version and an
// old suite, and one of which only the ordinary connection is known.
func sampleEndpoints(domain string) []evidence.Endpoint {
	seen, absent := evidence.SeenAt(taken), evidence.AbsentAt(taken)
	leaf := evidence.Certificate{Key: "RSA", KeyBits: 2048, Signature: "SHA256-RSA", NotBefore: taken.AddDate(0, 0, -9), NotAfter: taken.AddDate(0, 0, 80)}
	old := evidence.Endpoint{
		Name: domain, Address: "192.0.2.10", Port: 443, Connect: seen,
		TLS: evidence.Handshake{
			Observation: seen, Version: "TLS 1.2", Suite: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", Group: "secp256r1",
			Certificates: []evidence.Certificate{leaf}, Trust: evidence.Trust{Observation: seen, Match: evidence.Seen},
		},
		Accepts: evidence.Accepts{
			Depth: evidence.GradeDepth, PhaseOut: evidence.SuiteOffer{Observation: absent}, DH: evidence.FiniteField{Observation: absent},
			Curve: evidence.GroupOffer{Observation: absent}, Signing: evidence.Signing{Observation: seen}, Compression: absent,
			SecureRenegotiation: seen, MasterSecret: seen, Heartbeat: absent, PostQuantum: evidence.GroupOffer{Observation: absent},
		},
		Second: evidence.Handshake{Observation: absent},
	}
	for _, class := range evidence.WeakClasses {
		old.Accepts.Weak = append(old.Accepts.Weak, evidence.SuiteOffer{Class: class, Observation: absent})
	}
	old.Accepts.Weak[5] = evidence.SuiteOffer{Class: "3des", Suite: "TLS_RSA_WITH_3DES_EDE_CBC_SHA", Observation: seen}
	for _, version := range []string{"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"} {
		state := absent
		if version == "TLS 1.1" || version == "TLS 1.2" {
			state = seen
		}
		old.Offers = append(old.Offers, evidence.VersionOffer{Version: version, Observation: state})
	}
	www, alone, silent := old, old, old
	www.Name = "www." + domain
	alone.Name, alone.Offers, alone.Accepts = "servizi."+domain, nil, evidence.Accepts{}
	silent.Name, silent.Offers, silent.TLS = "muto."+domain, nil, evidence.Handshake{Observation: evidence.UnknownAt(taken, evidence.Timeout, "")}
	return []evidence.Endpoint{old, www, alone, silent}
}
